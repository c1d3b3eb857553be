//! The check of a session's proof.

use std::fmt;

use super::proof::Proof;
use crate::policy::Requirement;
use crate::types::{Locale, in_language};

/// Whether a proof is still valid.
#[doc(alias = "session")]
#[derive(Debug, PartialEq, Eq)]
#[must_use = "this decides whether the session goes on"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum SessionCheck {
    /// It is valid.
    Valid(Proof),
    /// It is valid, but the policy requires more by now. Begin a step-up for
    /// [`Purpose::Strengthen`](crate::Purpose::Strengthen), and
    /// [`renew`](crate::Mfa::renew) the session by it. A host may also let it go on until its end.
    StepUpRequired {
        /// The proof.
        proof: Proof,
        /// The requirement now.
        required: Requirement,
    },
    /// It is no longer valid; log the user out.
    Ended(SessionEnd),
}

/// Why a proof is no longer valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a host handles each")]
pub enum SessionEnd {
    /// It is not a proof, or not of this deployment.
    NotOurs,
    /// It was made for another purpose: a step-up's proof is not a session, nor the reverse.
    OtherPurpose,
    /// Its time is over.
    RanOut,
    /// Everything open was ended: by a reset, a new password, a removed authenticator, or signing
    /// out everywhere.
    Superseded,
    /// The account or the tenant is gone or switched off.
    Gone,
}

impl SessionEnd {
    /// A stable code for programs, such as `session.ran_out`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOurs => "session.not_ours",
            Self::OtherPurpose => "session.other_purpose",
            Self::RanOut => "session.ran_out",
            Self::Superseded => "session.superseded",
            Self::Gone => "session.gone",
        }
    }

    /// The sentence for the person whose session it was.
    #[must_use]
    pub fn message(&self, locale: &Locale) -> String {
        let texts = match self {
            Self::NotOurs | Self::OtherPurpose => [
                "You are not logged in. Log in.",
                "Sie sind nicht angemeldet. Melden Sie sich an.",
                "لم تسجل الدخول. سجل الدخول.",
            ],
            Self::RanOut => [
                "You were logged in for a long time, so we ended that. Log in again.",
                "Sie waren lange angemeldet, darum haben wir das beendet. Melden Sie sich wieder an.",
                "كنت مسجل الدخول وقتًا طويلاً، لذلك أنهينا ذلك. سجل الدخول مرة أخرى.",
            ],
            Self::Superseded => [
                "Your account has changed, so you were logged out. Log in again.",
                "Ihr Konto hat sich geändert, darum wurden Sie abgemeldet. Melden Sie sich wieder an.",
                "تغيّر حسابك، لذلك تم تسجيل خروجك. سجل الدخول مرة أخرى.",
            ],
            Self::Gone => [
                "Your account is switched off. Ask your administrator.",
                "Ihr Konto ist abgeschaltet. Fragen Sie Ihre Administration.",
                "حسابك متوقف. اسأل المسؤول في شركتك.",
            ],
        };
        in_language(locale, texts).to_owned()
    }
}

/// For logs, in English.
impl fmt::Display for SessionEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOurs => "it is not a proof of ours",
            Self::OtherPurpose => "it was made for another purpose",
            Self::RanOut => "its time is over",
            Self::Superseded => "something ended everything that was open",
            Self::Gone => "the account or the tenant is gone or switched off",
        })
    }
}
