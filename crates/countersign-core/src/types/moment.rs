//! Times as readers of a language write them, always in UTC and with the digits of a code.
//!
//! Months have names where we know them, because 11/12 is two different days. Any other language
//! gets the date of ISO 8601, which is foreign everywhere and misread nowhere.

use std::time::Duration;

use super::locale::Locale;
use super::time::Timestamp;

/// How much of a moment is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The time of the day, where the day is plain.
    Time,
    /// The day, and the time of it.
    DayAndTime,
}

/// Whether both moments are on one day in UTC.
pub(crate) fn on_one_day(one: Timestamp, other: Timestamp) -> bool {
    Moment::at(one).map(|moment| moment.date()) == Moment::at(other).map(|moment| moment.date())
}

/// The moment in the words of a language.
pub(crate) fn moment(at: Timestamp, shown: Shown, locale: &Locale) -> String {
    let Some(moment) = Moment::at(at) else { return "…".to_owned() };
    let time = moment.time();
    let day = moment.day();
    let time = match locale.language() {
        "ar" => format!("الساعة {time} بتوقيت UTC"),
        _ => format!("{time} UTC"),
    };
    match (shown, locale.language()) {
        (Shown::Time, _) => time,
        (_, "en") => format!("{day} {}, {time}", moment.month_and_year(&ENGLISH)),
        (_, "de") => format!("{day}. {}, {time}", moment.month_and_year(&GERMAN)),
        (_, "ar") => format!("{day} {}، {time}", moment.month_and_year(&ARABIC)),
        _ => format!("{}, {time}", moment.date()),
    }
}

/// The moment as it reads at `now`: the time alone on the same day, else with its date.
///
/// It is rounded up to the minute: at the time that is told, the wait is over.
pub(crate) fn moment_seen_at(at: Timestamp, now: Timestamp, locale: &Locale) -> String {
    let at = Timestamp::from_seconds(at.plus(Duration::from_millis(59_999)).seconds() / 60 * 60);
    moment(at, if on_one_day(at, now) { Shown::Time } else { Shown::DayAndTime }, locale)
}

/// A moment on the calendar of UTC.
struct Moment(jiff::civil::DateTime);

impl Moment {
    fn at(at: Timestamp) -> Option<Self> {
        let at = jiff::Timestamp::from_second(at.seconds()).ok()?;
        Some(Self(jiff::tz::Offset::UTC.to_datetime(at)))
    }

    fn date(&self) -> jiff::civil::Date {
        self.0.date()
    }

    fn day(&self) -> i8 {
        self.0.day()
    }

    fn time(&self) -> String {
        format!("{:02}:{:02}", self.0.hour(), self.0.minute())
    }

    fn month_and_year(&self, names: &[&str; 12]) -> String {
        let months_before = usize::try_from(self.0.month() - 1).unwrap_or_default();
        let month = names.get(months_before).copied().unwrap_or_default();
        format!("{month} {}", self.0.year())
    }
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// The names of Egypt and the Gulf, which the standard language uses most.
const ARABIC: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seconds: i64, tag: &str) -> String {
        moment(Timestamp::from_seconds(seconds), Shown::DayAndTime, &tag.parse().unwrap())
    }

    #[test]
    fn a_moment_is_told_as_its_readers_write_it() {
        for (tag, says) in [
            ("en", "24 November 2026, 14:32 UTC"),
            ("en-US", "24 November 2026, 14:32 UTC"),
            ("de-AT", "24. November 2026, 14:32 UTC"),
            ("ar", "24 نوفمبر 2026، الساعة 14:32 بتوقيت UTC"),
            ("ja", "2026-11-24, 14:32 UTC"),
        ] {
            assert_eq!(told(1_795_530_720, tag), says, "{tag}");
        }
        let time = moment(Timestamp::from_seconds(60), Shown::Time, &Locale::english());
        assert_eq!(time, "00:01 UTC");
    }

    #[test]
    fn every_month_has_its_name_and_no_clock_is_too_wrong() {
        let months = [(1_767_225_600, "1 January 2026"), (1_798_675_200, "31 December 2026")];
        for (seconds, day) in months {
            assert!(told(seconds, "en").starts_with(day), "{}", told(seconds, "en"));
        }
        for names in [ENGLISH, GERMAN, ARABIC] {
            let named: std::collections::BTreeSet<_> = names.into_iter().collect();
            assert_eq!(named.len(), 12);
        }
        for seconds in [i64::MIN, i64::MAX] {
            assert_eq!(told(seconds, "ar"), "…");
        }
        assert!(on_one_day(Timestamp::from_seconds(0), Timestamp::from_seconds(86_399)));
        assert!(!on_one_day(Timestamp::from_seconds(86_399), Timestamp::from_seconds(86_400)));
    }
}
