//! Flash messages: the outcome of a request, shown on the next page.
//!
//! Every form is answered with a redirect, so that reload and back repeat nothing. The outcome
//! travels to the next page in a short-lived cookie. It is one of a fixed set, never text and never
//! typed input. A forged cookie changes a sentence on the screen of the person who forged it.

use countersign_core::codes::Malformed;
use countersign_core::login::{Failed, Failure, Locked, Refusal, Refused, Stale, Staleness};
use countersign_core::types::Timestamp;

/// The outcome of the request before this page.
#[doc(alias = "flash message")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flash {
    /// The answer was not accepted.
    Failed(Failed),
    /// The code was sent again.
    SentAgain,
    /// The request is not possible, or not yet; the step stays open.
    Refused(Refused),
    /// Too many wrong answers.
    #[doc(alias = "lockout")]
    #[doc(alias = "rate limit")]
    Locked(Locked),
    /// The step can no longer be answered.
    Stale(Stale),
    /// The page was out of date, and a fresh step was begun.
    AskedAnew,
    /// An authenticator app was linked.
    AppLinked,
    /// The authenticator app was linked in place of those before.
    AppReplaced,
    /// An authenticator app was removed.
    AppRemoved,
    /// The new address is confirmed.
    AddressConfirmed,
    /// The person logged out.
    LoggedOut,
}

impl Flash {
    /// A sentence for the person, in English.
    #[must_use]
    pub fn for_people(&self) -> String {
        match self {
            Self::Failed(failed) => failed.for_people(),
            Self::SentAgain => "We sent the code again. Any mail from this login works.".to_owned(),
            Self::Refused(refused) => refused.for_people(),
            Self::Locked(locked) => locked.for_people(),
            Self::Stale(stale) => stale.for_people(),
            Self::AskedAnew => "That page was out of date. Enter a new code.".to_owned(),
            Self::AppLinked => "Authenticator app linked.".to_owned(),
            Self::AppReplaced => "Authenticator app replaced.".to_owned(),
            Self::AppRemoved => "Authenticator app removed.".to_owned(),
            Self::AddressConfirmed => "Your new e-mail address is confirmed.".to_owned(),
            Self::LoggedOut => "You are logged out.".to_owned(),
        }
    }

    /// Whether it is good news, and so a status rather than an error.
    #[must_use]
    pub fn is_good(&self) -> bool {
        match self {
            Self::SentAgain
            | Self::AppLinked
            | Self::AppReplaced
            | Self::AppRemoved
            | Self::AddressConfirmed
            | Self::LoggedOut => true,
            Self::Failed(_)
            | Self::Refused(_)
            | Self::Locked(_)
            | Self::Stale(_)
            | Self::AskedAnew => false,
        }
    }

    /// The cookie's value.
    pub(crate) fn to_cookie(&self) -> String {
        match self {
            Self::Failed(failed) => {
                let left = failed.tries_left.map(|left| left.to_string()).unwrap_or_default();
                format!("failed.{}.{left}", failure(failed.reason))
            }
            Self::SentAgain => "sent".to_owned(),
            Self::Refused(refused) => format!("refused.{}", refusal(refused.reason)),
            Self::Locked(locked) => format!("locked.{}", end(locked.until)),
            Self::Stale(stale) => format!("stale.{}", staleness(stale.reason)),
            Self::AskedAnew => "anew".to_owned(),
            Self::AppLinked => "linked".to_owned(),
            Self::AppReplaced => "replaced".to_owned(),
            Self::AppRemoved => "removed".to_owned(),
            Self::AddressConfirmed => "confirmed".to_owned(),
            Self::LoggedOut => "logged-out".to_owned(),
        }
    }

    /// The outcome that a cookie names, if it is one of the fixed set.
    pub(crate) fn from_cookie(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split('.').collect();
        Some(match words[..] {
            ["failed", why, n, m, left] => {
                Self::Failed(Failed::because(failure_from(why, n, m)?, left_from(left)?))
            }
            ["sent"] => Self::SentAgain,
            ["refused", why, until] => Self::Refused(Refused::because(refusal_from(why, until)?)),
            ["locked", until] => Self::Locked(Locked::with_end(end_from(until)?)),
            ["stale", why] => Self::Stale(Stale::because(staleness_from(why)?)),
            ["anew"] => Self::AskedAnew,
            ["linked"] => Self::AppLinked,
            ["replaced"] => Self::AppReplaced,
            ["removed"] => Self::AppRemoved,
            ["confirmed"] => Self::AddressConfirmed,
            ["logged-out"] => Self::LoggedOut,
            _ => return None,
        })
    }
}

fn failure(reason: Failure) -> String {
    let (word, n, m) = match reason {
        Failure::Malformed(Malformed::Empty) => ("empty", 0, 0),
        Failure::Malformed(Malformed::TooFew { typed, wanted }) => ("few", typed, wanted.into()),
        Failure::Malformed(Malformed::TooMany { typed, wanted }) => ("many", typed, wanted.into()),
        Failure::Malformed(Malformed::NotDigits) => ("letters", 0, 0),
        Failure::Malformed(_) => ("long", 0, 0),
        Failure::AlreadyUsed => ("used", 0, 0),
        Failure::RanOut => ("ran-out", 0, 0),
        Failure::ClockSlow { minutes } => ("slow", usize::try_from(minutes).unwrap_or(0), 0),
        _ => ("wrong", 0, 0),
    };
    format!("{word}.{n}.{m}")
}

fn failure_from(word: &str, n: &str, m: &str) -> Option<Failure> {
    let typed: usize = n.parse().ok().filter(|typed| *typed <= 99)?;
    let wanted: u8 = m.parse().ok().filter(|wanted| *wanted <= 9)?;
    Some(match word {
        "empty" => Failure::Malformed(Malformed::Empty),
        "few" => Failure::Malformed(Malformed::TooFew { typed, wanted }),
        "many" => Failure::Malformed(Malformed::TooMany { typed, wanted }),
        "letters" => Failure::Malformed(Malformed::NotDigits),
        "long" => Failure::Malformed(Malformed::TooLong),
        "used" => Failure::AlreadyUsed,
        "ran-out" => Failure::RanOut,
        "slow" => Failure::ClockSlow { minutes: u32::try_from(typed).ok()? },
        "wrong" => Failure::Wrong,
        _ => return None,
    })
}

fn refusal(reason: Refusal) -> String {
    let (word, until) = match reason {
        Refusal::Unknown => ("unknown", None),
        Refusal::Suspended => ("suspended", None),
        Refusal::Locked { until } => ("locked", until),
        Refusal::NoWay => ("no-way", None),
        Refusal::NeedsPass => ("needs-pass", None),
        Refusal::TooSoon { until } => ("too-soon", Some(until)),
        Refusal::SentOften => ("sent-often", None),
        Refusal::ProofEnded => ("proof-ended", None),
        _ => ("not-offered", None),
    };
    format!("{word}.{}", end(until))
}

fn refusal_from(word: &str, until: &str) -> Option<Refusal> {
    let until = end_from(until)?;
    Some(match word {
        "unknown" => Refusal::Unknown,
        "suspended" => Refusal::Suspended,
        "locked" => Refusal::Locked { until },
        "no-way" => Refusal::NoWay,
        "needs-pass" => Refusal::NeedsPass,
        "too-soon" => Refusal::TooSoon { until: until? },
        "sent-often" => Refusal::SentOften,
        "proof-ended" => Refusal::ProofEnded,
        "not-offered" => Refusal::NotOffered,
        _ => return None,
    })
}

fn staleness(reason: Staleness) -> &'static str {
    match reason {
        Staleness::NotOurs => "not-ours",
        Staleness::RanOut => "ran-out",
        Staleness::AlreadyUsed => "used",
        _ => "superseded",
    }
}

fn staleness_from(word: &str) -> Option<Staleness> {
    Some(match word {
        "not-ours" => Staleness::NotOurs,
        "ran-out" => Staleness::RanOut,
        "used" => Staleness::AlreadyUsed,
        "superseded" => Staleness::Superseded,
        _ => return None,
    })
}

/// A moment in seconds; nothing means that there is none.
fn end(until: Option<Timestamp>) -> String {
    until.map(|until| until.seconds().to_string()).unwrap_or_default()
}

fn end_from(text: &str) -> Option<Option<Timestamp>> {
    // As long as it is a date that can be written down: up to the year 9999.
    let in_time = |seconds: &i64| (0..253_402_300_800).contains(seconds);
    match text {
        "" => Some(None),
        _ => text.parse().ok().filter(in_time).map(|at| Some(Timestamp::from_seconds(at))),
    }
}

fn left_from(text: &str) -> Option<Option<u32>> {
    match text {
        "" => Some(None),
        _ => text.parse().ok().filter(|left| *left <= 99).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_survives_the_cookie() {
        let soon = Timestamp::from_seconds(1_700_000_000);
        let failures = [
            Failure::Malformed(Malformed::Empty),
            Failure::Malformed(Malformed::TooFew { typed: 5, wanted: 6 }),
            Failure::Malformed(Malformed::TooMany { typed: 7, wanted: 6 }),
            Failure::Malformed(Malformed::NotDigits),
            Failure::Malformed(Malformed::TooLong),
            Failure::Wrong,
            Failure::AlreadyUsed,
            Failure::RanOut,
            Failure::ClockSlow { minutes: 4 },
        ];
        let refusals = [
            Refusal::Unknown,
            Refusal::Suspended,
            Refusal::Locked { until: None },
            Refusal::Locked { until: Some(soon) },
            Refusal::NoWay,
            Refusal::NeedsPass,
            Refusal::TooSoon { until: soon },
            Refusal::SentOften,
            Refusal::NotOffered,
            Refusal::ProofEnded,
        ];
        let stale =
            [Staleness::NotOurs, Staleness::RanOut, Staleness::AlreadyUsed, Staleness::Superseded];
        let mut all = vec![
            Flash::SentAgain,
            Flash::AskedAnew,
            Flash::AppLinked,
            Flash::AppReplaced,
            Flash::AppRemoved,
            Flash::AddressConfirmed,
            Flash::LoggedOut,
            Flash::Locked(Locked::with_end(None)),
            Flash::Locked(Locked::with_end(Some(soon))),
        ];
        all.extend(failures.map(|f| Flash::Failed(Failed::because(f, Some(2)))));
        all.extend(failures.map(|f| Flash::Failed(Failed::because(f, None))));
        all.extend(refusals.map(|r| Flash::Refused(Refused::because(r))));
        all.extend(stale.map(|s| Flash::Stale(Stale::because(s))));
        for flash in all {
            assert_eq!(Flash::from_cookie(&flash.to_cookie()), Some(flash));
        }
    }

    #[test]
    fn a_forged_cookie_says_nothing() {
        for forged in [
            "",
            ".",
            "failed",
            "failed.wrong.0.0.x",
            "failed.<b>.0.0.1",
            "failed.wrong.0.0.100",
            "failed.few.100.6.1",
            "locked.99999999999999999999",
            "locked.-1",
            "refused.too-soon.",
            "stale.",
            "sent.",
            "SENT",
            "Log in at evil.example",
        ] {
            assert_eq!(Flash::from_cookie(forged), None, "{forged:?}");
        }
    }
}
