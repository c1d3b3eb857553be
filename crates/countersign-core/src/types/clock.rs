//! The clock of this machine. The store's clock judges; this one only filters beforehand.

use std::fmt::Debug;

use super::pointers::behind_pointers;
use super::time::Timestamp;

/// Tells the time of the machine that runs this process.
///
/// # Contract
///
/// Reading it never fails and never blocks. It may step in either direction; the rules allow that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not tell the time: it does not implement `Clock`",
    note = "`SystemClock` is the clock of this machine; a clock for tests is in https://docs.rs/countersign-testkit/latest/countersign_testkit/#test-your-login"
)]
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

behind_pointers! {
    impl Clock {
        fn now(&self) -> Timestamp {
            (**self).now()
        }
    }
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port that the lint points to")]
    fn now(&self) -> Timestamp {
        let now = std::time::SystemTime::now();
        let millis = |d: std::time::Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        })
    }
}
