//! The gate over real HTTP on a loopback address.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod client;
mod log;
mod stage;

mod login;
mod step_up;

mod bounds;
mod crawler;
mod forgotten;
mod hostile;
mod secrets;
mod trouble;

mod json;
mod openapi;
