//! How the kit fails: with a panic, which is what a test runner understands.

use std::fmt::{Debug, Display};

/// Ends the test with this sentence.
#[expect(clippy::panic, reason = "a kit for tests reports by panicking")]
#[track_caller]
pub(crate) fn fail(sentence: impl Display) -> ! {
    panic!("{sentence}")
}

/// The value, or the end of the test: `doing` says what did not work. The `Debug` of our errors is a
/// sentence that ends in the cause.
#[track_caller]
pub(crate) fn must<T, E: Debug>(result: Result<T, E>, doing: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(format_args!("{doing}: {error:?}")),
    }
}
