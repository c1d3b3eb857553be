//! Flash messages: the outcome of a request, shown on the next page.
//!
//! Every form is answered with a redirect, so that reload and back repeat nothing. The outcome
//! travels to the next page in a short-lived cookie. It is one of a fixed set, never text and never
//! typed input. A forged cookie changes a sentence on the screen of the person who forged it.

use countersign_core::codes::Malformed;
use countersign_core::{Locale, Locked, Refusal, Staleness, Timestamp, Wrong, WrongAnswer};

/// The outcome of the request before this page.
#[doc(alias = "flash message")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "pages have a sentence for each")]
pub enum Flash {
    /// The answer was not accepted.
    Wrong(Wrong),
    /// The code was sent again.
    SentAgain,
    /// The request is not possible, or not yet; the step stays open.
    Refused(Refusal),
    /// Too many wrong answers.
    #[doc(alias = "lockout")]
    #[doc(alias = "rate limit")]
    Locked(Locked),
    /// The step can no longer be answered.
    Stale(Staleness),
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
    /// The sentence for the person, as it reads at `now`.
    ///
    /// ```
    /// use countersign_axum::Flash;
    /// use countersign_core::{Locale, Timestamp};
    ///
    /// let now = Timestamp::from_seconds(1_795_530_720);
    /// assert_eq!(Flash::LoggedOut.message(&Locale::english(), now), "You are logged out.");
    /// ```
    #[must_use]
    pub fn message(&self, locale: &Locale, now: Timestamp) -> String {
        let [english, german, arabic] = match self {
            Self::Wrong(wrong) => return wrong.message(locale),
            Self::Refused(refusal) => return refusal.message(locale, now),
            Self::Locked(locked) => return locked.message(locale, now),
            Self::Stale(staleness) => return staleness.message(locale),
            Self::SentAgain => [
                "We sent the code again. You can use any of the e-mails that we sent for this login.",
                "Wir haben den Code noch einmal gesendet. Jede Mail dieser Anmeldung gilt.",
                "أرسلنا الرمز مرة أخرى. أي رسالة من هذا الدخول صالحة.",
            ],
            Self::AskedAnew => [
                "That page was out of date. Enter a new code.",
                "Diese Seite war veraltet. Geben Sie einen neuen Code ein.",
                "كانت تلك الصفحة قديمة. أدخل رمزًا جديدًا.",
            ],
            Self::AppLinked => [
                "Authenticator app set up.",
                "Authenticator-App eingerichtet.",
                "تم ربط تطبيق المصادقة.",
            ],
            Self::AppReplaced => [
                "Authenticator app replaced.",
                "Authenticator-App ersetzt.",
                "تم استبدال تطبيق المصادقة.",
            ],
            Self::AppRemoved => [
                "Authenticator app removed.",
                "Authenticator-App entfernt.",
                "تمت إزالة تطبيق المصادقة.",
            ],
            Self::AddressConfirmed => [
                "Your new e-mail address is confirmed.",
                "Ihre neue E-Mail-Adresse ist bestätigt.",
                "تم تأكيد عنوان بريدك الجديد.",
            ],
            Self::LoggedOut => ["You are logged out.", "Sie sind abgemeldet.", "تم تسجيل خروجك."],
        };
        let text = match locale.language() {
            "de" => german,
            "ar" => arabic,
            _ => english,
        };
        text.to_owned()
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
            Self::Wrong(_)
            | Self::Refused(_)
            | Self::Locked(_)
            | Self::Stale(_)
            | Self::AskedAnew => false,
        }
    }

    /// The cookie's value: a word, and for a reason its code and numbers, with `~` between them.
    pub(crate) fn to_cookie(&self) -> String {
        match self {
            Self::Wrong(wrong) => {
                let left = wrong.tries_left.map(|left| left.to_string()).unwrap_or_default();
                format!("wrong~{}~{left}", write_answer(wrong.reason))
            }
            Self::SentAgain => "sent".to_owned(),
            Self::Refused(refusal) => format!("refused~{}", write_refusal(*refusal)),
            Self::Locked(locked) => format!("locked~{}", write_end(locked.until)),
            Self::Stale(staleness) => format!("stale~{}", staleness.code()),
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
        let words: Vec<&str> = text.split('~').collect();
        Some(match words[..] {
            ["wrong", code, numbers, left] => {
                Self::Wrong(Wrong::because(read_answer(code, numbers)?, read_left(left)?))
            }
            ["sent"] => Self::SentAgain,
            ["refused", code, until] => Self::Refused(read_refusal(code, until)?),
            ["locked", until] => Self::Locked(Locked::with_end(read_end(until)?)),
            ["stale", code] => Self::Stale(read_staleness(code)?),
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

/// The code of the reason and its numbers, if it has any.
fn write_answer(reason: WrongAnswer) -> String {
    let numbers = match reason {
        WrongAnswer::Malformed(malformed) => write_malformed(malformed),
        WrongAnswer::ClockSlow { minutes } => minutes.to_string(),
        WrongAnswer::Mismatch | WrongAnswer::AlreadyUsed | WrongAnswer::RanOut => String::new(),
    };
    format!("{}~{numbers}", reason.code())
}

/// The reason that is written so.
fn read_answer(code: &str, numbers: &str) -> Option<WrongAnswer> {
    let malformed = read_malformed(numbers).map(WrongAnswer::Malformed);
    let clock_slow = read_number(numbers).map(|minutes| WrongAnswer::ClockSlow { minutes });
    let plain = [WrongAnswer::Mismatch, WrongAnswer::AlreadyUsed, WrongAnswer::RanOut];
    let written = format!("{code}~{numbers}");
    let mut known = plain.into_iter().chain(malformed).chain(clock_slow);
    known.find(|reason| write_answer(*reason) == written)
}

fn write_malformed(malformed: Malformed) -> String {
    match malformed {
        Malformed::Empty => "empty".to_owned(),
        Malformed::TooFew { typed, wanted } => format!("few.{typed}.{wanted}"),
        Malformed::TooMany { typed, wanted } => format!("many.{typed}.{wanted}"),
        Malformed::NotDigits => "letters".to_owned(),
        Malformed::TooLong => "long".to_owned(),
    }
}

fn read_malformed(text: &str) -> Option<Malformed> {
    let words: Vec<&str> = text.split('.').collect();
    Some(match words[..] {
        ["empty"] => Malformed::Empty,
        ["few", typed, wanted] => {
            Malformed::TooFew { typed: read_number(typed)?, wanted: read_number(wanted)? }
        }
        ["many", typed, wanted] => {
            Malformed::TooMany { typed: read_number(typed)?, wanted: read_number(wanted)? }
        }
        ["letters"] => Malformed::NotDigits,
        ["long"] => Malformed::TooLong,
        _ => return None,
    })
}

/// The code of the refusal and its end, if it has one.
fn write_refusal(refusal: Refusal) -> String {
    format!("{}~{}", refusal.code(), write_end(refusal.until()))
}

/// The refusal that is written so.
fn read_refusal(code: &str, until: &str) -> Option<Refusal> {
    let end = read_end(until)?;
    let with_end =
        |until| [Refusal::TooSoon { until }, Refusal::AddressRefused { until }].into_iter();
    let ending = end.into_iter().flat_map(with_end);
    let plain = [
        Refusal::Unknown,
        Refusal::Suspended,
        Refusal::Locked(Locked::with_end(end)),
        Refusal::NoWay,
        Refusal::NeedsApproval,
        Refusal::SentOften,
        Refusal::NotOffered,
        Refusal::LoginTooOld,
        Refusal::ProofEnded,
    ];
    let written = format!("{code}~{until}");
    plain.into_iter().chain(ending).find(|refusal| write_refusal(*refusal) == written)
}

fn read_staleness(code: &str) -> Option<Staleness> {
    let known =
        [Staleness::NotOurs, Staleness::RanOut, Staleness::AlreadyUsed, Staleness::Superseded];
    known.into_iter().find(|staleness| staleness.code() == code)
}

/// A moment in seconds; nothing means that there is none.
fn write_end(until: Option<Timestamp>) -> String {
    until.map(|until| until.seconds().to_string()).unwrap_or_default()
}

fn read_end(text: &str) -> Option<Option<Timestamp>> {
    // As long as it is a date that can be written down: up to the year 9999.
    let in_time = |seconds: &i64| (0..253_402_300_800).contains(seconds);
    match text {
        "" => Some(None),
        _ => text.parse().ok().filter(in_time).map(|at| Some(Timestamp::from_seconds(at))),
    }
}

fn read_left(text: &str) -> Option<Option<u32>> {
    match text {
        "" => Some(None),
        _ => read_number(text).map(Some),
    }
}

/// A number that fits a sentence. A person can type 128 digits where six are wanted.
fn read_number<N: TryFrom<u16>>(text: &str) -> Option<N> {
    text.parse().ok().filter(|number| *number <= 999).and_then(|number: u16| number.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_survives_the_cookie() {
        let soon = Timestamp::from_seconds(1_700_000_000);
        let answers = [
            WrongAnswer::Malformed(Malformed::Empty),
            WrongAnswer::Malformed(Malformed::TooFew { typed: 5, wanted: 6 }),
            WrongAnswer::Malformed(Malformed::TooMany { typed: 128, wanted: 6 }),
            WrongAnswer::Malformed(Malformed::NotDigits),
            WrongAnswer::Malformed(Malformed::TooLong),
            WrongAnswer::Mismatch,
            WrongAnswer::AlreadyUsed,
            WrongAnswer::RanOut,
            WrongAnswer::ClockSlow { minutes: 4 },
        ];
        let refusals = [
            Refusal::Unknown,
            Refusal::Suspended,
            Refusal::Locked(Locked::with_end(None)),
            Refusal::Locked(Locked::with_end(Some(soon))),
            Refusal::NoWay,
            Refusal::AddressRefused { until: soon },
            Refusal::NeedsApproval,
            Refusal::TooSoon { until: soon },
            Refusal::SentOften,
            Refusal::NotOffered,
            Refusal::LoginTooOld,
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
        all.extend(answers.map(|reason| Flash::Wrong(Wrong::because(reason, Some(2)))));
        all.extend(answers.map(|reason| Flash::Wrong(Wrong::because(reason, None))));
        all.extend(refusals.map(Flash::Refused));
        all.extend(stale.map(Flash::Stale));
        for flash in all {
            assert_eq!(Flash::from_cookie(&flash.to_cookie()), Some(flash));
        }
    }

    #[test]
    fn a_forged_cookie_says_nothing() {
        for forged in [
            "",
            "~",
            "wrong",
            "wrong~code.wrong~~x",
            "wrong~code.wrong~7~1",
            "wrong~code.wrong~~1000",
            "wrong~code.malformed~few.1000.6~1",
            "wrong~code.malformed~few.05.6~1",
            "wrong~code.malformed~few.5.256~1",
            "wrong~code.clock_slow~~1",
            "wrong~<b>~~1",
            "locked~99999999999999999999",
            "locked~-1",
            "refused~refused.too_soon~",
            "refused~refused.unknown~1700000000",
            "refused~login.locked~",
            "stale~",
            "stale~refused.unknown",
            "sent~",
            "SENT",
            "Log in at evil.example",
        ] {
            assert_eq!(Flash::from_cookie(forged), None, "{forged:?}");
        }
    }
}
