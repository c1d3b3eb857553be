//! The portal over HTTP, without a browser: what each address answers, and to whom.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and should"
)]

mod dev;
mod house;

#[expect(dead_code, reason = "the browser tests hand cookies over")]
#[path = "../browser/visitor.rs"]
mod visitor;
#[expect(dead_code, reason = "the browser tests send bytes as well")]
#[path = "../browser/wire.rs"]
mod wire;
