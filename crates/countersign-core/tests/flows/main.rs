//! Whole flows on the reference store, with a fake clock, phone and inbox. One binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod access;
mod acts;
mod admin;
mod another;
mod bad_input;
mod clock;
mod codes;
mod costs;
mod courier;
mod crowd;
mod damaged;
mod enroll;
mod host;
mod invitation;
mod keys;
mod leaps;
mod login;
mod long_ids;
mod mail;
mod misses;
mod names;
mod oathtool;
mod own;
mod preview;
mod proof;
mod refusals;
mod restored;
mod retry;
mod roles;
mod secrets;
mod sessions;
mod stage;
mod starving;
mod table;
mod tickets;
