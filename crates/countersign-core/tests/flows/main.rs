//! Whole flows on the reference store, with a fake clock, phone and inbox. One binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod acts;
mod admin;
mod costs;
mod courier;
mod host;
mod invitation;
mod login;
mod misses;
mod preview;
mod proof;
mod retry;
mod stage;
mod standing;
mod table;
mod unreadable;
