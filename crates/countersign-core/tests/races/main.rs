//! Races on the reference store, with real threads: one success for each code, every miss counted.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod acting;
mod crossings;
mod one_code;
mod stage;
