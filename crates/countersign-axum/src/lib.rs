//! The second step of a login in an axum application: a gate, extractors, pages and JSON.

mod gate;
mod builder;
mod layer;

mod browser;
mod submitted;
mod logged_in;

mod flow;
pub mod html;
mod pages;
mod plain;
mod said;

mod keeper;
mod problem;

mod address;
mod forgery;
mod jar;
mod seen_as;
mod target;

pub use browser::{Browser, Hidden};
pub use builder::{GateBuilder, SetupError};
pub use gate::Gate;
pub use jar::SameSite;
pub use keeper::{CookieKeeper, Keeper, NewSession};
pub use layer::{GateLayer, GateService};
pub use logged_in::LoggedIn;
pub use pages::{
    AnotherWayPage, CodePage, LinkAppPage, PageForm, Pages, ProblemPage, Stopped, StoppedPage,
};
pub use plain::PlainPages;
pub use problem::Problem;
pub use said::Said;
pub use submitted::Submitted;
pub use target::Target;
