//! What a login step can end in. An expected outcome is a value here; an error means that the
//! world broke.
//!
//! `Begun`, `Verdict`, `Next` and `Continued` are exhaustive, so a host must handle each case.
//! Their payloads may grow.

use super::proof::{Proof, Purpose};
use super::ticket::Ticket;
use crate::codes::{Malformed, Provisioning};
use crate::policy::Requirement;
use crate::types::{AccountKey, DisplayName, Locale, Method, Timestamp};

/// What beginning a login, or a step-up, ends in.
#[derive(Debug)]
#[must_use = "this decides whether the login goes on"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Begun {
    /// Nothing more is needed.
    Passed(Passed),
    /// A code is asked for.
    Challenge(Challenge),
    /// An authenticator app must be linked first; show its QR code.
    Enroll(Enrollment),
    /// This login cannot go on.
    Refused(Refused),
}

/// The judgement of one answer.
#[derive(Debug)]
#[must_use = "a verdict decides whether the login goes on"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Verdict {
    /// The answer was right, nobody has used it before, and nothing more is needed.
    Passed(Passed),
    /// The answer was right, and one more step follows under the same deadline.
    Next(Next),
    /// The answer was not accepted; the person may try again.
    Failed(Failed),
    /// Too many wrong answers; nothing guessable is judged.
    Locked(Locked),
    /// The ticket can no longer be answered; the person logs in again.
    Stale(Stale),
}

/// The step that follows a right answer.
#[derive(Debug)]
#[must_use = "the login is not finished"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Next {
    /// A code is asked for.
    Challenge(Challenge),
    /// An authenticator app must be linked.
    Enroll(Enrollment),
}

/// How an open login step goes on: the QR shown again, the code sent again, another way taken.
#[derive(Debug)]
#[must_use = "the browser needs the new ticket"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Continued {
    /// A code is asked for.
    Challenge(Challenge),
    /// An authenticator app must be linked.
    Enroll(Enrollment),
    /// Not now, or not this way; the ticket in hand stays good.
    Refused(Refused),
    /// The ticket can no longer be answered; the person logs in again.
    Stale(Stale),
}

/// A finished login.
#[derive(Debug)]
#[non_exhaustive]
pub struct Passed {
    /// What the session is made from.
    pub proof: Proof,
    /// While grace lasts: when it ends, and what will be needed then.
    pub enroll_by: Option<(Timestamp, Requirement)>,
    /// Whether this login linked an authenticator app.
    pub app_linked: bool,
}

/// A code is asked for.
#[derive(Debug)]
#[non_exhaustive]
pub struct Challenge {
    /// For the browser; the answer comes back with it.
    pub ticket: Ticket,
    /// What the step is for.
    pub purpose: Purpose,
    /// Whose login it is.
    pub key: AccountKey,
    /// The name of the company, for the page.
    pub company: DisplayName,
    /// The language of the person's mails, if they have one of their own.
    pub locale: Option<Locale>,
    /// Where the code comes from.
    pub method: Method,
    /// Where to look: the masked address, or the entry as it reads in the app.
    pub hint: String,
    /// Digits in the code.
    pub digits: u8,
    /// Other methods that this person has and the policy allows.
    pub others: Vec<Method>,
    /// When the login step ends; the same for every way.
    pub ends: Timestamp,
    /// For an e-mailed code: what is known of the mail.
    pub mail: Option<Mailed>,
}

/// What is known of the mail that carries a code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mailed {
    /// When the code stops working.
    pub works_until: Timestamp,
    /// When it can be sent again, if it can.
    pub resend_at: Option<Timestamp>,
    /// Four letters that also stand in the mail, for people who got more than one.
    pub reference: String,
    /// Whether this request put a mail into the outbox; a reload does not.
    pub queued: bool,
}

/// An authenticator app must be linked. Never show this on a page that may be cached.
#[derive(Debug)]
#[non_exhaustive]
pub struct Enrollment {
    /// For the browser; the app's first code comes back with it.
    pub ticket: Ticket,
    /// What the step is for.
    pub purpose: Purpose,
    /// Whose login it is.
    pub key: AccountKey,
    /// The name of the company, for the page.
    pub company: DisplayName,
    /// The language of the person's mails, if they have one of their own.
    pub locale: Option<Locale>,
    /// What the app scans, and the key for those who cannot.
    pub app: Provisioning,
    /// Digits in the code that the app shows.
    pub digits: u8,
    /// When this QR code stops working.
    pub ends: Timestamp,
}

/// A login that cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// Why.
    pub reason: Refusal,
}

/// Why a login cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such account. Tell outsiders what you tell them for a wrong password.
    Unknown,
    /// The host switched the account off.
    Suspended,
    /// Too many wrong answers; see [`Locked`].
    Locked {
        /// When the lock ends; never, if every authenticator is switched off.
        until: Option<Timestamp>,
    },
    /// A code is required and there is no way to get one to this person.
    NoWay,
    /// An app must be linked, and an administrator must first issue a pass for that.
    NeedsPass,
    /// Asked too often; the same request is welcome then.
    TooSoon {
        /// When.
        until: Timestamp,
    },
    /// Sent as often as one code is sent; any mail of this login still works.
    SentOften,
    /// The method asked for is not one this person may use here.
    NotOffered,
    /// The proof no longer stands; the person logs in again.
    ProofEnded,
}

/// An answer that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failed {
    /// Why.
    pub reason: Failure,
    /// Wrong answers left before the next lock. Unchanged by answers that cost no try; unknown
    /// where the account was not read.
    pub tries_left: Option<u32>,
}

/// Why an answer was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// It does not look like a code; costs no try.
    Malformed(Malformed),
    /// It is not the code.
    Wrong,
    /// It is a right code that was used before.
    AlreadyUsed,
    /// The e-mailed code has run out; costs no try. The person may have a new one sent.
    RanOut,
    /// It is the code of a moment ago: the phone's clock is about this many minutes slow.
    ClockSlow {
        /// About how many.
        minutes: u32,
    },
}

/// Too many wrong answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Locked {
    /// When the lock ends; never, if every authenticator is switched off and an administrator
    /// must reset the account.
    pub until: Option<Timestamp>,
}

/// A ticket that can no longer be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stale {
    /// Why.
    pub reason: Staleness,
}

/// Why a ticket can no longer be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Staleness {
    /// It is not a ticket of ours, or it belongs to another browser.
    NotOurs,
    /// The login took too long.
    RanOut,
    /// It was answered before, perhaps in another tab.
    AlreadyUsed,
    /// Something changed meanwhile: the account, the company, or what is linked.
    Superseded,
}

impl Refused {
    /// The refusal with this reason, for a page that was only told the reason.
    #[must_use]
    pub fn because(reason: Refusal) -> Self {
        Self { reason }
    }

    /// A sentence for the person, in English.
    #[must_use]
    pub fn for_people(&self) -> String {
        match self.reason {
            Refusal::Unknown => "That e-mail address and password do not match.".to_owned(),
            Refusal::Suspended => {
                "Your account is switched off. Ask your administrator.".to_owned()
            }
            Refusal::Locked { until } => Locked { until }.for_people(),
            Refusal::NoWay => "There is no way to send you a code. Ask your administrator to \
                 check your e-mail address."
                .to_owned(),
            Refusal::NeedsPass => {
                "You must link an authenticator app, and your administrator must \
                 allow that first. Ask them for a pass."
                    .to_owned()
            }
            Refusal::TooSoon { until } => format!("You can ask again at {}.", clock(until)),
            Refusal::SentOften => {
                "The code was sent several times. Any mail from this login works.".to_owned()
            }
            Refusal::NotOffered => "That way is not open for this login.".to_owned(),
            Refusal::ProofEnded => "You have been logged out. Log in again.".to_owned(),
        }
    }
}

impl Failed {
    /// The miss with this reason, for a page that was only told the reason.
    #[must_use]
    pub fn because(reason: Failure, tries_left: Option<u32>) -> Self {
        Self { reason, tries_left }
    }

    /// A sentence for the person, in English.
    #[must_use]
    pub fn for_people(&self) -> String {
        let mut said = match self.reason {
            Failure::Malformed(malformed) => malformed.to_string(),
            Failure::Wrong => "That code is not right.".to_owned(),
            Failure::AlreadyUsed => "Each code works once. Wait for the next one.".to_owned(),
            Failure::RanOut => "That code has run out. Send a new one.".to_owned(),
            Failure::ClockSlow { minutes } => format!(
                "Your phone's clock seems to be about {minutes} minutes slow. Set it to automatic \
                 and try the next code."
            ),
        };
        match self.tries_left {
            Some(1) => said.push_str(" One try left, then we stop for a while."),
            Some(left @ 2) => {
                said.push_str(&format!(" {left} tries left, then we stop for a while."))
            }
            _ => {}
        }
        said
    }
}

impl Locked {
    /// The lock with this end, for a page that was only told the end.
    #[must_use]
    pub fn with_end(until: Option<Timestamp>) -> Self {
        Self { until }
    }

    /// A sentence for the person, in English.
    #[must_use]
    pub fn for_people(&self) -> String {
        match self.until {
            Some(until) => format!(
                "Too many wrong codes. Try again at {}. Your password was not changed.",
                clock(until)
            ),
            None => "This way of logging in is switched off until it is linked again. Ask your \
                 administrator."
                .to_owned(),
        }
    }
}

impl Stale {
    /// The end with this reason, for a page that was only told the reason.
    #[must_use]
    pub fn because(reason: Staleness) -> Self {
        Self { reason }
    }

    /// A sentence for the person, in English.
    #[must_use]
    pub fn for_people(&self) -> String {
        match self.reason {
            Staleness::NotOurs => "This login was not started in this browser. Log in again.",
            Staleness::RanOut => "This login took too long, so we closed it. Log in again.",
            Staleness::AlreadyUsed => "That code was already used. Log in again.",
            Staleness::Superseded => "Something about your account changed. Log in again.",
        }
        .to_owned()
    }
}

/// The time of day in UTC, as the sentences above say it.
fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    match text.get(11..16) {
        Some(time) if text.ends_with('Z') => format!("{time} UTC"),
        _ => text,
    }
}
