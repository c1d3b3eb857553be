//! Moments inside a sentence: a time of day for today, and a date with it for any other day.

use std::time::Duration;

use countersign::Timestamp;
use maud::Markup;

use super::moment::{day, day_and_time, duration, time_of_day};
use crate::language::Language;

/// How moments are told: in which language, and how long ago now is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When {
    pub(crate) language: Language,
    pub(crate) now: Timestamp,
}

impl When {
    /// The day: `3 March 2026`.
    pub(crate) fn day(self, at: Timestamp) -> String {
        day(at, self.language)
    }

    /// The time of day: `14:32 UTC`.
    fn time(self, at: Timestamp) -> String {
        let whole = at.to_string();
        let time = whole.get(11..16).unwrap_or(&whole);
        match self.language {
            // Digits and Latin letters stay together, in their own direction.
            Language::Arabic => format!("\u{2066}{time} UTC\u{2069}"),
            Language::English | Language::German => format!("{time} UTC"),
        }
    }

    /// The time of day where the day is today, and both where it is not.
    pub(crate) fn near(self, at: Timestamp) -> String {
        match self.is_today(at) {
            true => self.time(at),
            false => format!("{} {}", self.day(at), self.time(at)),
        }
    }

    /// The same as markup, with the exact time for machines.
    pub(crate) fn near_on_page(self, at: Timestamp) -> Markup {
        match self.is_today(at) {
            true => time_of_day(at),
            false => day_and_time(at, self.language),
        }
    }

    fn is_today(self, at: Timestamp) -> bool {
        let day = |at: Timestamp| at.to_string().get(..10).map(str::to_owned);
        day(at) == day(self.now)
    }

    /// How long it is until then: `3 days`.
    pub(crate) fn left(self, until: Timestamp) -> String {
        duration(until.since(self.now).max(Duration::from_secs(1)), self.language)
    }
}

#[cfg(test)]
mod tests {
    use countersign::{DAY, HOUR, MINUTE};

    use super::*;

    #[test]
    fn the_day_is_told_only_where_it_is_another() {
        let now = Timestamp::from_seconds(1_795_530_720);
        let when = When { language: Language::English, now };
        assert_eq!(when.near(now.plus(10 * MINUTE)), "14:42 UTC");
        assert_eq!(when.near(now.plus(DAY)), "25 November 2026 14:32 UTC");
        let tomorrow = when.near_on_page(now.plus(10 * HOUR)).into_string();
        assert!(tomorrow.contains("25 November 2026"), "{tomorrow}");
        assert_eq!(when.left(now.plus(3 * DAY)), "3 days");
        assert_eq!(when.left(now), "1 second");
    }
}
