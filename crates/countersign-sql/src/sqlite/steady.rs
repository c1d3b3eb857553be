//! The time of a database that has no clock of its own.
//!
//! SQLite's time is that of the node, so the node's clock and the store's would leap together and
//! nobody would notice. This clock goes on steadily instead: it follows the node's clock in small
//! steps, and where that leaps by more than five minutes against the time that really passed, it
//! stays with the time that passed. Then the two disagree, and nothing is judged until they agree.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_core::{Clock, MINUTE, Timestamp};

/// A larger difference is a leap.
pub(super) const LEAP: Duration = MINUTE.saturating_mul(5);

/// A clock that does not leap.
pub(super) struct Steady {
    wall: Arc<dyn Clock>,
    /// How long this process runs, by a clock that nobody sets.
    passed: Box<dyn Fn() -> Duration + Send + Sync>,
    /// A moment, and how long the process had run by then.
    last: Mutex<(Timestamp, Duration)>,
}

impl Steady {
    /// Begins at `from`, and follows this clock from then on.
    pub(super) fn new(
        wall: Arc<dyn Clock>,
        from: Timestamp,
        passed: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        let last = Mutex::new((from, passed()));
        Self { wall, passed: Box::new(passed), last }
    }
}

impl Clock for Steady {
    fn now(&self) -> Timestamp {
        // It is a pair of numbers, whole whatever panicked elsewhere.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = self.wall.now();
        let passed = (self.passed)();
        let expected = last.0.plus(passed.saturating_sub(last.1));
        if wall.since(expected).max(expected.since(wall)) > LEAP {
            return expected;
        }
        *last = (wall, passed);
        wall
    }
}

impl fmt::Debug for Steady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steady").field("wall", &self.wall).finish_non_exhaustive()
    }
}

/// How long it is since this was called.
#[expect(clippy::disallowed_methods, reason = "it tells what passed, and never what time it is")]
pub(super) fn since_now() -> impl Fn() -> Duration + Send + Sync {
    let began = std::time::Instant::now();
    move || began.elapsed()
}

#[cfg(test)]
mod tests {
    use countersign_core::{DAY, HOUR};
    use countersign_testkit::FakeClock;

    use super::*;

    const MONDAY: Timestamp = Timestamp::from_seconds(1_795_500_000);

    /// A wall clock, what really passed, and the clock that follows.
    fn clocks() -> (FakeClock, Arc<Mutex<Duration>>, Steady) {
        let wall = FakeClock::at(MONDAY);
        let passed = Arc::new(Mutex::new(Duration::ZERO));
        let told = passed.clone();
        let steady = Steady::new(Arc::new(wall.clone()), MONDAY, move || *told.lock().unwrap());
        (wall, passed, steady)
    }

    #[test]
    fn a_clock_that_leaps_either_way_is_not_followed_and_is_again_when_it_comes_back() {
        for ahead in [true, false] {
            let (wall, passed, steady) = clocks();
            for _ in 0..3 {
                wall.advance(HOUR);
                *passed.lock().unwrap() += HOUR;
                assert_eq!(steady.now(), wall.now());
            }
            let right = wall.now();
            wall.set(Timestamp::from_millis(right.millis() + if ahead { 1 } else { -1 } * 300_001));
            assert_eq!(steady.now(), right);
            *passed.lock().unwrap() += DAY;
            assert_eq!(steady.now(), right.plus(DAY), "time goes on");
            wall.set(right.plus(DAY + MINUTE));
            assert_eq!(steady.now(), right.plus(DAY + MINUTE), "it is set right");
        }
    }

    #[test]
    fn a_clock_that_drifts_is_followed_for_ever() {
        let (wall, passed, steady) = clocks();
        for _ in 0..100 {
            wall.advance(HOUR + MINUTE);
            *passed.lock().unwrap() += HOUR;
            assert_eq!(steady.now(), wall.now());
        }
    }
}
