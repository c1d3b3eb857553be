//! What a session's proof is still good for.

use std::fmt;

use super::proof::Proof;
use crate::policy::Requirement;

/// What a proof is still good for.
#[derive(Debug)]
#[must_use = "this decides whether the session goes on"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum SessionCheck {
    /// It stands.
    Valid(Proof),
    /// It stands, and the policy asks for more by now: at the next login, or at once if the host
    /// chooses so.
    StepUpRequired {
        /// The proof.
        proof: Proof,
        /// What the policy asks for now.
        required: Requirement,
    },
    /// It no longer stands; the session ends.
    Ended(SessionEnd),
}

/// Why a proof no longer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a host handles each")]
pub enum SessionEnd {
    /// It is not a proof of ours.
    NotOurs,
    /// It was made for something else: a step-up's proof is no session, and a session pays no bill.
    OtherPurpose,
    /// Its time is over.
    RanOut,
    /// Something ended everything that was open: a reset, a new password, a removed
    /// authenticator, signing out everywhere.
    Superseded,
    /// The account or the tenant is gone or switched off.
    Gone,
}

impl fmt::Display for SessionEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOurs => "it is not a proof of ours",
            Self::OtherPurpose => "it was made for another purpose",
            Self::RanOut => "its time is over",
            Self::Superseded => "something ended everything that was open",
            Self::Gone => "the account or the company is gone or switched off",
        })
    }
}
