//! The mailer keeps every law, says whose fault a failure is, and tells nothing that is secret.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test may")]

mod answers;
mod laws;
mod program;
mod stage;
