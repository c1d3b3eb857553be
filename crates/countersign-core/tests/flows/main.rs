//! Whole flows on the reference store, with a fake clock, phone and inbox. One binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod acts;
mod admin;
mod host;
mod login;
mod preview;
mod stage;
