//! Results of an attempt, in sentences for people.

use countersign::codes::Malformed;
use countersign::login::{Failed, Failure, Refusal};
use countersign::types::Timestamp;
use countersign_axum::Flash;
use maud::{Markup, html};

use super::words::Words;
use crate::design::moment::soonest;
use crate::design::when::When;

/// Where the code that was asked for comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Mail,
    App,
    /// An app that is being linked.
    NewApp,
}

/// The sentence about a code that was not taken, if there was one.
pub(super) fn error(said: Option<&Flash>, from: From, when: When) -> Option<String> {
    let words = Words::of(when.language);
    Some(match said? {
        Flash::Failed(failed) => failed_sentence(failed, from, words),
        Flash::Refused(refused) => match refused.reason {
            Refusal::TooSoon { until } => (words.ask_again_at)(&when.near(soonest(until))),
            Refusal::SentOften => words.sent_often.to_owned(),
            _ => words.not_offered.to_owned(),
        },
        Flash::AskedAnew => words.asked_anew.to_owned(),
        _ => return None,
    })
}

/// The good news about a code, if there is some.
pub(super) fn news(said: Option<&Flash>, works_until: Timestamp, when: When) -> Option<Markup> {
    let words = Words::of(when.language);
    match said? {
        Flash::SentAgain => {
            Some(html! { p { ((words.sent_again)(&when.near_on_page(works_until))) } })
        }
        _ => None,
    }
}

fn failed_sentence(failed: &Failed, from: From, words: &Words) -> String {
    let mut sentence = match failed.reason {
        Failure::Malformed(malformed) => malformed_sentence(malformed, words),
        Failure::AlreadyUsed => match from {
            From::Mail => words.used_mail.to_owned(),
            From::App | From::NewApp => words.used_app.to_owned(),
        },
        Failure::RanOut => words.ran_out.to_owned(),
        Failure::ClockSlow { minutes } => (words.clock_slow)(minutes),
        _ => match from {
            From::Mail => words.wrong_mail.to_owned(),
            From::App => words.wrong_app.to_owned(),
            From::NewApp => words.wrong_link.to_owned(),
        },
    };
    // From the third miss on, when few are left.
    if let Some(left @ 1..=2) = failed.tries_left {
        sentence.push(' ');
        sentence.push_str(&(words.tries_left)(left));
    }
    sentence
}

fn malformed_sentence(malformed: Malformed, words: &Words) -> String {
    match malformed {
        Malformed::Empty => words.empty.to_owned(),
        Malformed::TooFew { typed, wanted } | Malformed::TooMany { typed, wanted } => {
            (words.digits_typed)(wanted, typed)
        }
        Malformed::NotDigits => words.digits_only.to_owned(),
        _ => words.too_long.to_owned(),
    }
}
