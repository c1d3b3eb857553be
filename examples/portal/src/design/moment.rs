//! Moments and lengths of time in words, each with its exact value for machines.
//!
//! Times are UTC and say so: the server does not know the zone of the reader.

use std::time::Duration;

use countersign::Timestamp;
use maud::{Markup, html};

use super::words::Words;
use crate::language::Language;

/// The time of day: `14:32 UTC`.
pub(crate) fn time_of_day(at: Timestamp) -> Markup {
    let whole = at.to_string();
    let clock = whole.get(11..16).unwrap_or(&whole);
    html! { time datetime=(whole) { bdi dir="ltr" { (clock) " UTC" } } }
}

/// The next whole minute, so that a person who comes at the time named is never too early.
pub(crate) fn soonest(at: Timestamp) -> Timestamp {
    const MINUTE: i64 = 60;
    let up = at.plus(Duration::from_millis(59_999)).seconds();
    Timestamp::from_seconds(up - up.rem_euclid(MINUTE))
}

/// The day: `3 March 2026`.
pub(crate) fn date(at: Timestamp, language: Language) -> Markup {
    html! { time datetime=(at) { (day(at, language)) } }
}

/// The day and the time of day.
pub(crate) fn day_and_time(at: Timestamp, language: Language) -> Markup {
    let whole = at.to_string();
    let clock = whole.get(11..16).unwrap_or(&whole);
    html! {
        time datetime=(whole) {
            (day(at, language)) " " bdi dir="ltr" { (clock) " UTC" }
        }
    }
}

/// A length of time in words, rounded up: `2 minutes`.
pub(crate) fn duration(life: Duration, language: Language) -> String {
    let words = Words::of(language);
    let seconds = life.as_millis().div_ceil(1_000);
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
    match seconds {
        ..=59 => (words.seconds)(seconds),
        60..=3599 => (words.minutes)(seconds.div_ceil(60)),
        3600..=86_399 => (words.hours)(seconds / 3600),
        _ => (words.days)(seconds / 86_400),
    }
}

/// The day inside plain text: `3 March 2026`.
pub(crate) fn day(at: Timestamp, language: Language) -> String {
    let whole = at.to_string();
    let number = |range: std::ops::Range<usize>| {
        whole.get(range).and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(0)
    };
    let year = number(0..4);
    let month = number(5..7);
    let day = number(8..10);
    let words = Words::of(language);
    let name = words.months.get(month.wrapping_sub(1)).copied().unwrap_or_default();
    (words.date)(day, name, year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_in_each_language_and_is_exact_for_machines() {
        let at = Timestamp::from_seconds(1_795_530_720);
        let exact = "<time datetime=\"2026-11-24T14:32:00Z\">";
        for (language, day) in [
            (Language::English, "24 November 2026"),
            (Language::German, "24. November 2026"),
            (Language::Arabic, "24 نوفمبر 2026"),
        ] {
            assert_eq!(date(at, language).into_string(), format!("{exact}{day}</time>"));
        }
        let time = time_of_day(at).into_string();
        assert_eq!(time, format!("{exact}<bdi dir=\"ltr\">14:32 UTC</bdi></time>"));
    }

    #[test]
    fn whoever_comes_at_the_time_that_is_named_does_not_come_too_early() {
        let noon = 1_795_530_720;
        for (second, named) in [(0, 0), (1, 60), (59, 60), (60, 60), (61, 120)] {
            let at = Timestamp::from_seconds(noon + second);
            assert_eq!(soonest(at), Timestamp::from_seconds(noon + named));
        }
        let just_after = Timestamp::from_millis(noon * 1000 + 1);
        assert_eq!(soonest(just_after), Timestamp::from_seconds(noon + 60));
    }

    #[test]
    fn lengths_of_time_are_rounded_for_people() {
        let said = |seconds| duration(Duration::from_secs(seconds), Language::English);
        for (seconds, words) in [
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (61, "2 minutes"),
            (3600, "1 hour"),
            (7200, "2 hours"),
            (86_400, "1 day"),
            (172_800, "2 days"),
        ] {
            assert_eq!(said(seconds), words);
        }
    }
}
