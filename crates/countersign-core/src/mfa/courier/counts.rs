//! What became of letters, in numbers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::attempt::Fate;
use crate::types::Timestamp;

/// The outcome of draining the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Mails handed to the mail service.
    pub sent: u32,
    /// Letters that left the outbox unsent: used, replaced, ended, erased, or to an address that
    /// changed.
    pub dropped: u32,
    /// Those of the dropped that somebody still waited for: the last try failed, or they ended before
    /// there was one.
    pub given_up: u32,
    /// Letters that the mail service refused for good.
    pub refused: u32,
    /// Attempts after which a letter is to be tried again later.
    pub delayed: u32,
    /// When the next letter is due, if one waits.
    pub next: Option<Timestamp>,
    /// How long that is from now.
    pub wait: Option<Duration>,
}

impl Drained {
    pub(super) fn count(&mut self, fate: Fate) {
        let one = |count: &mut u32| *count = count.saturating_add(1);
        match fate {
            Fate::Sent => one(&mut self.sent),
            Fate::Dropped => one(&mut self.dropped),
            Fate::GivenUp => {
                one(&mut self.dropped);
                one(&mut self.given_up);
            }
            Fate::Refused => one(&mut self.refused),
            Fate::Delayed => one(&mut self.delayed),
        }
    }
}

/// What a courier has done since it was made. Clones look at the same courier.
///
/// ```
/// # countersign_testkit::Demo::run(async |demo| {
/// # let courier = demo.courier;
/// # async fn sleep(_: std::time::Duration) { std::future::pending().await }
/// let counts = courier.counts();
/// let running = courier.run(sleep); // The task has the courier now.
/// assert_eq!(counts.so_far().given_up, 0); // For a page of an operator, or a metric.
/// # drop(running);
/// # Ok(())
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct CourierCounts(Arc<Mutex<Drained>>);

impl CourierCounts {
    /// Every letter so far, by what became of it; `next` and `wait` are as the courier last saw them.
    #[must_use]
    pub fn so_far(&self) -> Drained {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Drained)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
