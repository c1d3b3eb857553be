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

    /// The moment `length` later; what is less than a millisecond is cut off.
    #[must_use]
    pub const fn plus(self, length: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(length)))
    }

    /// The moment `length` earlier; what is less than a millisecond is cut off.
    #[must_use]
    pub const fn minus(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(length)))
    }

    /// How much time passed since `earlier`; none if that lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        let gone = self.0.saturating_sub(earlier.0);
        Duration::from_millis(if gone < 0 { 0 } else { gone.unsigned_abs() })
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, whole seconds: `2026-11-24T14:32:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.seconds()) {
            Ok(at) => write!(f, "{}", at.strftime("%Y-%m-%dT%H:%M:%SZ")),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// One minute. `10 * MINUTE` reads better than `Duration::from_secs(600)`, and works where the
/// minimum Rust has no `Duration::from_mins` yet.
pub const MINUTE: Duration = Duration::from_secs(60);
/// One hour.
pub const HOUR: Duration = Duration::from_secs(3_600);
/// One day of 24 hours.
pub const DAY: Duration = Duration::from_secs(86_400);

/// A length in whole milliseconds, at most as many as 63 bits hold.
#[expect(clippy::cast_possible_truncation, reason = "what does not fit is compared first")]
const fn millis_of(length: Duration) -> i64 {
    let millis = length.as_millis();
    if millis > i64::MAX as u128 { i64::MAX } else { millis as i64 }
}

/// Whether a length is a whole number of milliseconds, the unit that everything here counts in.
pub(crate) fn is_whole_millis(length: Duration) -> bool {
    length.subsec_nanos().is_multiple_of(1_000_000)
}

/// Twice as long, for each of `times`, saturating.
pub(crate) fn doubled(length: Duration, times: u32) -> Duration {
    length.saturating_mul(1_u32.checked_shl(times).unwrap_or(u32::MAX))
}

/// A length in the largest unit that is exact: `30 s`, `10 min`, `12 h`, `7 days`.
pub(crate) fn length_in_words(length: Duration) -> String {
    match (length.as_secs(), length.subsec_millis()) {
        (secs, 0) if secs > 0 && secs % 86_400 == 0 => format!("{} days", secs / 86_400),
        (secs, 0) if secs > 0 && secs % 3_600 == 0 => format!("{} h", secs / 3_600),
        (secs, 0) if secs > 0 && secs % 60 == 0 => format!("{} min", secs / 60),
        (secs, 0) if is_whole_millis(length) => format!("{secs} s"),
        _ => format!("{length:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_clock_makes_time_overflow() {
        for millis in [i64::MIN, -1, 0, 1 << 31, 1 << 32, i64::MAX] {
            let at = Timestamp::from_millis(millis);
            let _ = at.plus(Duration::MAX);
            let _ = at.minus(Duration::MAX);
            let _ = at.since(Timestamp::from_millis(i64::MIN));
            let _ = at.to_string();
        }
        assert!(doubled(HOUR, u32::MAX) > 1_000_000 * DAY);
        assert_eq!(doubled(HOUR, 2), 4 * HOUR);
    }

    #[test]
    fn moments_before_1970_round_down() {
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
        assert_eq!(Timestamp::from_seconds(1_795_530_720).to_string(), "2026-11-24T14:32:00Z");
    }

    #[test]
    fn lengths_read_in_words() {
        let read = [
            (Duration::from_secs(30), "30 s"),
            (10 * MINUTE, "10 min"),
            (12 * HOUR, "12 h"),
            (7 * DAY, "7 days"),
            (Duration::from_millis(5), "5ms"),
            (Duration::from_micros(1_500_001), "1.500001s"),
        ];
        for (length, words) in read {
            assert_eq!(length_in_words(length), words);
        }
    }
}
