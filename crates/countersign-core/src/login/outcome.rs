//! The outcomes of a login step. An expected outcome is a value here; an error means that nothing
//! was decided.
//!
//! The enums are exhaustive, so a host must handle each case. Their payloads may grow.

use super::proof::{Proof, Purpose};
use super::reason::{Locked, Refusal, Staleness, Wrong};
use super::ticket::Ticket;
use crate::codes::Provisioning;
use crate::policy::EnrollBy;
use crate::types::{AccountKey, DisplayName, Locale, Method, Timestamp};

/// The step that the user takes next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the login is not finished"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Step {
    /// Enters a code.
    EnterCode(Challenge),
    /// Links an authenticator app: show its QR code.
    LinkApp(Enrollment),
}

impl Step {
    /// The ticket for the browser, whichever the step is; the answer comes back with it.
    #[must_use]
    pub fn ticket(&self) -> &Ticket {
        match self {
            Self::EnterCode(challenge) => &challenge.ticket,
            Self::LinkApp(enrollment) => &enrollment.ticket,
        }
    }
}

/// The outcome of beginning a login or a step-up.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "this decides whether the login goes on"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Begun {
    /// Nothing more is needed.
    Passed(Passed),
    /// A step follows.
    Step(Step),
    /// This login cannot go on.
    Refused(Refusal),
}

/// The judgement of one answer.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a verdict decides whether the login goes on"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Verdict {
    /// The answer was right, it was not used before, and nothing more is needed.
    Passed(Passed),
    /// The answer was right, and one more step follows under the same deadline.
    Step(Step),
    /// The answer was not accepted; the user may try again.
    Wrong(Wrong),
    /// Too many wrong answers; no code is judged, not even a right one.
    Locked(Locked),
    /// The ticket can no longer be answered; the user logs in again.
    Stale(Staleness),
}

/// How an open login step goes on: the QR shown again, the code sent again, another way taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the browser needs the new ticket"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
#[expect(clippy::large_enum_variant, reason = "nearly every call ends in a step")]
pub enum Continued {
    /// The step, with a new ticket.
    Step(Step),
    /// Not now, or not this way; the ticket in hand stays good.
    Refused(Refusal),
    /// The ticket can no longer be answered; the user logs in again.
    Stale(Staleness),
}

/// A finished login.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passed {
    /// The proof, which the session is made from.
    pub proof: Proof,
    /// While grace lasts: its end, and the requirement from then on.
    pub enroll_by: Option<EnrollBy>,
    /// Whether this login linked an authenticator app.
    pub app_linked: bool,
}

/// A code is asked for.
#[doc(alias = "otp")]
#[doc(alias = "one-time password")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Challenge {
    /// For the browser; the answer comes back with it.
    pub ticket: Ticket,
    /// The purpose of the step.
    pub purpose: Purpose,
    /// The account that logs in.
    pub key: AccountKey,
    /// The name of the tenant, for the page.
    pub tenant_name: DisplayName,
    /// The language of the user's mails, if they have one of their own.
    pub locale: Option<Locale>,
    /// The method that gives the code.
    pub method: Method,
    /// Where to look: the masked address, or the entry as it reads in the app.
    pub hint: String,
    /// Digits in the code.
    pub digits: u8,
    /// Other methods that this user has and the policy allows.
    pub others: Vec<Method>,
    /// When the login step ends; the same for every way.
    pub ends: Timestamp,
    /// For an e-mailed code: the state of its mail.
    pub mail: Option<Mailed>,
}

/// The state of the mail that carries a code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mailed {
    /// When the code stops working.
    pub works_until: Timestamp,
    /// When it can be sent again, if it can.
    pub resend_at: Option<Timestamp>,
    /// Four letters that the mail shows too, for users who got more than one mail.
    pub reference: String,
    /// Whether this request put a mail into the outbox; a reload does not.
    pub queued: bool,
}

/// An authenticator app must be linked. Never show this on a page that may be cached.
#[doc(alias = "totp")]
#[doc(alias = "qr code")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enrollment {
    /// For the browser; the app's first code comes back with it.
    pub ticket: Ticket,
    /// The purpose of the step.
    pub purpose: Purpose,
    /// The account that logs in.
    pub key: AccountKey,
    /// The name of the tenant, for the page.
    pub tenant_name: DisplayName,
    /// The language of the user's mails, if they have one of their own.
    pub locale: Option<Locale>,
    /// The QR code's content, and the key for users who cannot scan it.
    pub app: Provisioning,
    /// Digits in the code that the app shows.
    pub digits: u8,
    /// When this QR code stops working.
    pub ends: Timestamp,
}
