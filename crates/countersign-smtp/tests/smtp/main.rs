//! The mailer before a mail server on this machine, which records every byte and fails on request;
//! then before a server that others wrote, and before a judge of spam.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot set its stage fails, and should"
)]

mod authority;
mod log;
mod portal;
mod server;
mod stage;
mod tokens;
mod tools;
mod transcript;

mod courier;
mod encryption;
mod exim;
mod faults;
mod headers;
mod injection;
mod late;
mod laws;
mod probe;
mod real;
mod secrets;
mod spam;
