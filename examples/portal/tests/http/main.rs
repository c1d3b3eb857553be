//! The portal over HTTP, without a browser: what each address answers, and to whom.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and should"
)]

mod account;
mod decency;
mod dev;
mod house;
mod invitation;
mod pages;
mod password;
mod person;
mod sessions;
mod settings;
mod steps;
mod store;

#[path = "../browser/visitor.rs"]
mod visitor;
#[expect(dead_code, reason = "the browser tests send bytes as well")]
#[path = "../browser/wire.rs"]
mod wire;
