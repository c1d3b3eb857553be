//! A whole portal in the browser: two companies, a settings card, users, an inbox, a phone and a
//! clock.
//!
//! It is the host that countersign is written for. It owns people, passwords and sessions, and has
//! the second step asked by `countersign-axum`, whose pages it replaces by its own. Tests start it
//! in their own process with [`start`].

mod clock;
mod language;
mod options;
mod portal;
mod state;
mod trouble;

mod database;
mod passwords;
mod people;
mod post;
mod sessions;
mod tools;
mod typed;

mod demo;
mod design;
mod founding;

mod account;
mod dev;
mod login;
mod settings;

pub use clock::PortalClock;
pub use demo::PASSWORD as DEMO_PASSWORD;
pub use language::Language;
pub use options::{Asked, HELP, Options};
pub use portal::{Running, StartError, start};
