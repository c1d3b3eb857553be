//! The check of a session's proof.

use std::fmt;

use super::proof::Proof;
use crate::policy::Requirement;

/// Whether a proof is still valid.
#[doc(alias = "session")]
#[derive(Debug)]
#[must_use = "this decides whether the session goes on"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum SessionCheck {
    /// It is valid.
    Valid(Proof),
    /// It is valid, but the policy requires more by now: at the next login, or at once if the host
    /// begins a step-up.
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
#[non_exhaustive]
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
