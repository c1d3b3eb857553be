//! Moments and lengths of time, in whole milliseconds of Unix time.
//!
//! Every end is half-open: a thing with life L that began at B is good for `B <= t < B + L`.

use std::fmt;
use std::time::Duration;

/// A moment: milliseconds since 1970-01-01 00:00 UTC, before or after.
///
/// Arithmetic saturates at the ends of the range, so no clock can make a rule overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many milliseconds after 1970 began.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The moment this many seconds after 1970 began.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970 began; negative before.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 began, rounded down; negative before.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `life` later.
    #[must_use]
    pub const fn plus(self, life: Lifetime) -> Self {
        Self(self.0.saturating_add(life.millis()))
    }

    /// The moment `life` earlier.
    #[must_use]
    pub const fn minus(self, life: Lifetime) -> Self {
        Self(self.0.saturating_sub(life.millis()))
    }

    /// How much time passed since `earlier`; none if that lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Lifetime {
        let gone = self.0.saturating_sub(earlier.0);
        Lifetime(if gone < 0 { 0 } else { gone })
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, whole seconds: `2026-11-24 14:32:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.seconds()) {
            Ok(at) => write!(f, "{}", at.strftime("%Y-%m-%d %H:%M:%SZ")),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// A length of time, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lifetime(i64);

impl Lifetime {
    /// This many milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u32) -> Self {
        Self(millis as i64)
    }

    /// This many seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds as i64 * 1000)
    }

    /// This many minutes.
    #[must_use]
    pub const fn from_minutes(minutes: u32) -> Self {
        Self(minutes as i64 * 60_000)
    }

    /// This many hours.
    #[must_use]
    pub const fn from_hours(hours: u32) -> Self {
        Self(hours as i64 * 3_600_000)
    }

    /// This many days of 24 hours.
    #[must_use]
    pub const fn from_days(days: u32) -> Self {
        Self(days as i64 * 86_400_000)
    }

    /// In milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// In whole seconds, rounded up: what a person should be told to wait.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.saturating_add(999) / 1000
    }

    /// In whole minutes, rounded up.
    #[must_use]
    pub const fn minutes(self) -> i64 {
        self.0.saturating_add(59_999) / 60_000
    }

    /// Half of it.
    #[must_use]
    pub const fn half(self) -> Self {
        Self(self.0 / 2)
    }

    /// Twice as long, for each of `times`, saturating.
    #[must_use]
    pub const fn doubled(self, times: u32) -> Self {
        let factor = if times >= 62 { i64::MAX } else { 1_i64 << times };
        Self(self.0.saturating_mul(factor))
    }
}

impl From<Lifetime> for Duration {
    fn from(life: Lifetime) -> Self {
        Self::from_millis(life.0.unsigned_abs())
    }
}

impl fmt::Display for Lifetime {
    /// In words, in the largest unit that is exact: `30 s`, `10 min`, `12 h`, `7 days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ms if ms > 0 && ms % 86_400_000 == 0 => write!(f, "{} days", ms / 86_400_000),
            ms if ms > 0 && ms % 3_600_000 == 0 => write!(f, "{} h", ms / 3_600_000),
            ms if ms > 0 && ms % 60_000 == 0 => write!(f, "{} min", ms / 60_000),
            ms if ms % 1000 == 0 => write!(f, "{} s", ms / 1000),
            ms => write!(f, "{ms} ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_clock_makes_time_overflow() {
        for millis in [i64::MIN, -1, 0, 1 << 31, 1 << 32, i64::MAX] {
            let at = Timestamp::from_millis(millis);
            let _ =
                (at.plus(Lifetime::from_days(u32::MAX)), at.minus(Lifetime::from_days(u32::MAX)));
            let _ = (at.since(Timestamp::from_millis(i64::MIN)).seconds(), at.to_string());
        }
        assert_eq!(Lifetime::from_hours(1).doubled(u32::MAX).millis(), i64::MAX);
    }

    #[test]
    fn moments_before_1970_round_down() {
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
        assert_eq!(Timestamp::from_seconds(1_795_530_720).to_string(), "2026-11-24 14:32:00Z");
    }

    #[test]
    fn lengths_read_in_words() {
        let read = [
            (Lifetime::from_seconds(30), "30 s"),
            (Lifetime::from_minutes(10), "10 min"),
            (Lifetime::from_hours(12), "12 h"),
            (Lifetime::from_days(7), "7 days"),
            (Lifetime::from_millis(5), "5 ms"),
        ];
        for (life, words) in read {
            assert_eq!(life.to_string(), words);
        }
    }
}
