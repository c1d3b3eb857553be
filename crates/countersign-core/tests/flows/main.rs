//! Whole flows on the reference store, with a fake clock, phone and inbox. One binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod login;
mod stage;
