//! Wrong answers: counted per method, locked over all, and never forgotten by a resend, a new
//! login or the passing of time.
//!
//! The soft lock looks at all guessable methods together. The hard stop looks at one method and
//! switches its authenticators off. A success clears the misses of its own and weaker methods.

use crate::policy::Limits;
use crate::types::{Method, Timestamp, doubled};

/// Counts that belong to one method each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PerMethod {
    pub(crate) email: u32,
    pub(crate) app: u32,
}

impl PerMethod {
    fn of(&mut self, method: Method) -> &mut u32 {
        match method {
            Method::Email => &mut self.email,
            Method::App => &mut self.app,
        }
    }

    fn sum(self) -> u32 {
        self.email.saturating_add(self.app)
    }
}

/// What an account remembers of wrong answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Misses {
    /// Since the last success or unlock; drives the soft lock.
    pub(crate) soft: PerMethod,
    /// Since the last success; drives the hard stop. Enrollment misses do not count here.
    pub(crate) hard: PerMethod,
    pub(crate) locked_until: Option<Timestamp>,
    /// When the user was last told of a lock by mail.
    pub(crate) told: Option<Timestamp>,
}

/// What a miss led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charged {
    pub(crate) locked_until: Option<Timestamp>,
    pub(crate) hard_stop: bool,
}

impl Misses {
    /// The end of the soft lock, while it lasts.
    pub(crate) fn locked(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }

    /// Wrong answers left before the next soft lock.
    pub(crate) fn tries_left(&self, limits: &Limits) -> u32 {
        limits.soft_lock_after.saturating_sub(self.soft.sum()).max(1)
    }

    /// Counts a wrong answer. `enrolling` spares the hard stop: there is nothing to switch off yet.
    pub(crate) fn charge(
        &mut self,
        method: Method,
        enrolling: bool,
        limits: &Limits,
        now: Timestamp,
    ) -> Charged {
        let soft = self.soft.of(method);
        *soft = soft.saturating_add(1);
        let over = self.soft.sum().checked_sub(limits.soft_lock_after);
        let locked_until = over.map(|over| {
            let life = doubled(limits.soft_lock_first, over).min(limits.soft_lock_longest);
            now.plus(life)
        });
        // A clock that stepped back must not shorten what was promised.
        self.locked_until = self.locked_until.max(locked_until);
        let hard = self.hard.of(method);
        if !enrolling {
            *hard = hard.saturating_add(1);
        }
        let hard_stop = !enrolling && *hard >= limits.hard_stop_after;
        Charged { locked_until, hard_stop }
    }

    /// A success by this method clears its own misses and those of weaker methods.
    pub(crate) fn clear(&mut self, method: Method) {
        for cleared in [Method::Email, Method::App].into_iter().filter(|m| *m <= method) {
            *self.soft.of(cleared) = 0;
            *self.hard.of(cleared) = 0;
        }
        self.locked_until = None;
    }

    /// An administrator ends the soft lock; the count towards the hard stop stays.
    pub(crate) fn unlock(&mut self) {
        self.soft = PerMethod::default();
        self.locked_until = None;
    }

    /// A new password ends the soft lock and keeps every count.
    pub(crate) fn password_changed(&mut self) {
        self.locked_until = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{DAY, HOUR};
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn charged(times: u32, method: Method) -> (Misses, Charged) {
        let mut misses = Misses::default();
        let mut last = Charged { locked_until: None, hard_stop: false };
        for _ in 0..times {
            last = misses.charge(method, false, &Limits::default(), NOW);
        }
        (misses, last)
    }

    #[test]
    fn the_fifth_miss_locks_for_30_seconds_and_each_further_one_doubles_up_to_an_hour() {
        assert_eq!(charged(4, Method::App).1.locked_until, None);
        for (misses, seconds) in [(5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (90, 3600)] {
            let until = NOW.plus(Duration::from_secs(seconds));
            assert_eq!(charged(misses, Method::App).1.locked_until, Some(until), "{misses}");
        }
    }

    #[test]
    fn the_hundredth_miss_stops_the_method_for_good() {
        assert!(!charged(99, Method::App).1.hard_stop);
        assert!(charged(100, Method::App).1.hard_stop);
    }

    #[test]
    fn a_success_never_clears_the_misses_of_a_stronger_method() {
        let (mut misses, _) = charged(4, Method::App);
        let _ = misses.charge(Method::Email, false, &Limits::default(), NOW);
        misses.clear(Method::Email);
        assert_eq!((misses.hard.email, misses.hard.app), (0, 4));
        misses.clear(Method::App);
        assert_eq!(misses, Misses::default());
    }

    #[test]
    fn misses_by_any_method_draw_on_one_budget() {
        let mut misses = charged(3, Method::App).0;
        let first = misses.charge(Method::Email, false, &Limits::default(), NOW);
        let second = misses.charge(Method::Email, false, &Limits::default(), NOW);
        assert_eq!(first.locked_until, None);
        assert!(second.locked_until.is_some());
    }

    #[test]
    fn waiting_does_not_lower_any_count() {
        let (misses, _) = charged(6, Method::App);
        let later = NOW.plus(300 * DAY);
        assert_eq!(misses.locked(later), None);
        assert_eq!(misses.hard.app, 6);
    }

    #[test]
    fn a_clock_that_steps_back_does_not_shorten_a_lock() {
        let (mut misses, first) = charged(8, Method::App);
        let earlier = NOW.minus(5 * HOUR);
        let _ = misses.charge(Method::App, false, &Limits::default(), earlier);
        assert!(misses.locked_until >= first.locked_until);
    }
}
