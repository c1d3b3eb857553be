//! The second step of a login in an axum application: a gate, extractors, pages and JSON.

mod builder;
mod gate;
mod layer;

mod administering;
mod browser;
mod fresh;
mod logged_in;
mod submitted;

mod errand;
mod flow;
pub mod html;
pub mod json;
mod pages;
mod plain;
mod said;
mod step_up;

mod keeper;
mod problem;

mod address;
mod forgery;
mod jar;
mod seen_as;
mod target;

pub use administering::Administering;
pub use browser::{Browser, Hidden};
pub use builder::{GateBuilder, SetupError};
pub use fresh::{Fresh, RequireLayer, RequireService, StepUp};
pub use gate::Gate;
pub use jar::SameSite;
pub use json::{JsonProblem, Program};
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

/// The JSON side as an OpenAPI 3.1 document. A test holds it against the real routes and answers.
pub const OPENAPI: &str = include_str!("../openapi.json");
