//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign_core::{Clock, Timestamp};

/// A clock that a test steps, forward and back. Clones show the same time.
///
/// Give clones of one clock to the store and to the `Mfa`, so that both agree.
///
/// ```
/// use countersign_core::MemoryStore;
/// use std::time::Duration;
/// use countersign_core::{MINUTE, Timestamp};
/// use countersign_testkit::FakeClock;
///
/// let clock = FakeClock::at(Timestamp::from_seconds(1_795_530_720));
/// let store = MemoryStore::with_clock(clock.clone());
/// clock.advance(10 * MINUTE);
/// assert_eq!(clock.now(), Timestamp::from_seconds(1_795_531_320));
/// ```
#[derive(Debug, Clone)]
pub struct FakeClock {
    millis: Arc<AtomicI64>,
}

impl FakeClock {
    /// A clock that shows this moment.
    #[must_use]
    pub fn at(moment: Timestamp) -> Self {
        Self { millis: Arc::new(AtomicI64::new(moment.millis())) }
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.load(Ordering::SeqCst))
    }

    /// Lets this much time pass.
    pub fn advance(&self, life: Duration) {
        self.millis.fetch_add(millis_of(life), Ordering::SeqCst);
    }

    /// Steps back, as clocks do that were fast.
    pub fn step_back(&self, life: Duration) {
        self.millis.fetch_sub(millis_of(life), Ordering::SeqCst);
    }

    /// Jumps to this moment, before or after.
    pub fn set(&self, moment: Timestamp) {
        self.millis.store(moment.millis(), Ordering::SeqCst);
    }
}

impl Default for FakeClock {
    /// A clock that shows 2026-11-24 14:32:00 UTC.
    fn default() -> Self {
        Self::at(Timestamp::from_seconds(1_795_530_720))
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        FakeClock::now(self)
    }
}

/// A length in whole milliseconds, as the clocks here count.
pub(crate) fn millis_of(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shows_the_same_time_in_both_directions() {
        let clock = FakeClock::default();
        let same = clock.clone();
        let start = clock.now();
        clock.advance(Duration::from_secs(90));
        assert_eq!(same.now(), start.plus(Duration::from_secs(90)));
        same.step_back(Duration::from_secs(91));
        assert_eq!(clock.now(), start.minus(Duration::from_secs(1)));
        clock.set(Timestamp::from_seconds(0));
        assert_eq!(same.now(), Timestamp::from_seconds(0));
    }
}
