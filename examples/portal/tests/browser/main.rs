//! The portal as a person meets it: in a browser, through chromedriver.
//!
//! A test reads like what somebody does: visit, click "Login", fill "Security code", see a sentence.
//! Things are found by role and name in the accessibility tree, as a screen reader finds them, so a
//! field that lost its label cannot be filled. Nothing sleeps; what takes time is waited for, up to
//! a deadline. Without chromedriver the tests say loudly that they were skipped, and under `CI`
//! they fail.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::future_not_send,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and should"
)]

mod browser;
mod crawler;
mod deeds;
mod driver;
mod eyes;
mod hands;
mod hostile;
mod house;
mod inbox;
mod judge;
mod keyboard;
mod look;
mod pages;
mod pictures;
mod practice;
mod qr;
mod routes;
mod seed;
mod tabs;
mod tools;
mod tree;
mod visitor;
mod walks;
mod weights;
mod wire;
