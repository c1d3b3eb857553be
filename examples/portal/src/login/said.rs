//! Results of an attempt, in sentences for people.

use countersign::{Refusal, Timestamp, Wrong, WrongAnswer};
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
    match said? {
        Flash::Wrong(wrong) => Some(wrong_sentence(wrong, from, when)),
        Flash::Refused(refusal) => Some(refusal_sentence(*refusal, when)),
        Flash::AskedAnew => Some(words.asked_anew.to_owned()),
        Flash::SentAgain
        | Flash::Locked(_)
        | Flash::Stale(_)
        | Flash::AppLinked
        | Flash::AppReplaced
        | Flash::AppRemoved
        | Flash::AddressConfirmed
        | Flash::LoggedOut => None,
    }
}

/// The sentence of the library, with a time at which nobody is too early.
pub(super) fn refusal_sentence(refusal: Refusal, when: When) -> String {
    let refusal = match refusal {
        Refusal::TooSoon { until } => Refusal::TooSoon { until: soonest(until) },
        Refusal::AddressRefused { until } => Refusal::AddressRefused { until: soonest(until) },
        other => other,
    };
    refusal.message(&when.language.locale(), when.now)
}

/// The good news about a code, if there is some.
pub(super) fn news(said: Option<&Flash>, works_until: Timestamp, when: When) -> Option<Markup> {
    let words = Words::of(when.language);
    let again = *said? == Flash::SentAgain;
    again.then(|| html! { p { ((words.sent_again)(&when.near_on_page(works_until))) } })
}

/// The sentence of the library, or one of our own where we know which mail or which app.
fn wrong_sentence(wrong: &Wrong, from: From, when: When) -> String {
    let words = Words::of(when.language);
    let mut sentence = match (wrong.reason, from) {
        (WrongAnswer::Mismatch, From::Mail) => words.wrong_mail.to_owned(),
        (WrongAnswer::Mismatch, From::App) => words.wrong_app.to_owned(),
        (WrongAnswer::Mismatch, From::NewApp) => words.wrong_link.to_owned(),
        (WrongAnswer::AlreadyUsed, From::Mail) => words.used_mail.to_owned(),
        (reason, _) => reason.message(&when.language.locale()),
    };
    // From the third miss on, when few are left.
    if let Some(left @ 1..=2) = wrong.tries_left {
        sentence.push(' ');
        sentence.push_str(&(words.tries_left)(left));
    }
    sentence
}
