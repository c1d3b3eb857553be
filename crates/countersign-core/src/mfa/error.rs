//! The one error type: what we were doing, why it failed, what to do next.
//!
//! A wrong code is an answer, not an error. Nothing secret enters an error, and no text of an
//! error is meant for the person who logs in.

use std::error::Error as StdError;
use std::fmt;

use crate::seal::Fault;
use crate::store::StoreError;
use crate::types::Method;

/// Why an operation did not happen.
///
/// ```
/// use countersign_core::mfa::{ErrorKind, Mfa};
///
/// let error = Mfa::builder().build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// assert_eq!(error.code(), "config.missing");
/// assert!(error.to_string().contains("call `.store(..)`"));
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    code: &'static str,
    doing: &'static str,
    why: String,
    next: &'static str,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A part that we need does not answer now. Nothing was counted; try again later.
    Unavailable,
    /// Too many changes to one account at once. Nothing was counted; try again.
    Contended,
    /// Nobody knows whether the change was written. The same attempt id sent again tells.
    OutcomeUnknown,
    /// Stored data cannot be read. An operator must look.
    Corrupt,
    /// The builder was given something that cannot work.
    Configuration,
    /// The call is not one that can be carried out, such as creating what exists.
    Unfit,
    /// The acting person may not do this.
    Denied(Denial),
}

/// Why an acting person may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// The proof ended, or something raised a generation since.
    ProofEnded,
    /// The proof was made for another purpose.
    WrongPurpose,
    /// The person is not an administrator of the company.
    NotAdmin,
    /// The person must first pass this method again.
    NotFresh(Method),
    /// The person holds no authenticator, and this act makes logins weaker.
    NoAuthenticator,
    /// Nobody does this to oneself.
    OnOneself,
    /// The company would be left without an administrator, or the person without a required
    /// authenticator.
    LastOne,
}

impl Error {
    pub(super) fn new(
        kind: ErrorKind,
        code: &'static str,
        doing: &'static str,
        why: impl Into<String>,
        next: &'static str,
    ) -> Self {
        Self { kind, code, doing, why: why.into(), next, source: None }
    }

    pub(super) fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(super) fn configuration(code: &'static str, why: String, next: &'static str) -> Self {
        Self::new(ErrorKind::Configuration, code, "build the Mfa", why, next)
    }

    pub(super) fn unfit(
        code: &'static str,
        doing: &'static str,
        why: impl Into<String>,
        next: &'static str,
    ) -> Self {
        Self::new(ErrorKind::Unfit, code, doing, why, next)
    }

    pub(super) fn denied(doing: &'static str, denial: Denial) -> Self {
        let (code, why, next) = match denial {
            Denial::ProofEnded => {
                ("admin.proof_ended", "the proof no longer stands".to_owned(), "log in again")
            }
            Denial::WrongPurpose => (
                "admin.wrong_purpose",
                "the proof was made for another purpose".to_owned(),
                "begin a step-up for this purpose",
            ),
            Denial::NotAdmin => (
                "admin.not_admin",
                "the person is not an administrator of this company".to_owned(),
                "ask an administrator",
            ),
            Denial::NotFresh(method) => (
                "admin.not_fresh",
                format!("the person has not passed {method} recently enough"),
                "begin a step-up with `Purpose::Administer`",
            ),
            Denial::NoAuthenticator => (
                "admin.no_authenticator",
                "the person holds no authenticator, and this makes logins weaker".to_owned(),
                "link an authenticator first",
            ),
            Denial::OnOneself => (
                "admin.on_oneself",
                "nobody does this to their own account".to_owned(),
                "ask another administrator",
            ),
            Denial::LastOne => (
                "admin.last_one",
                "it would take away the last one that is needed".to_owned(),
                "add another one first",
            ),
        };
        Self::new(ErrorKind::Denied(denial), code, doing, why, next)
    }

    pub(super) fn store(doing: &'static str, error: StoreError) -> Self {
        let (kind, code, next) = match error {
            StoreError::Conflict => (
                ErrorKind::Contended,
                "store.contended",
                "nothing was counted or changed; try again",
            ),
            StoreError::Unavailable(_) => (
                ErrorKind::Unavailable,
                "store.unavailable",
                "nothing was counted or changed; check the store and try again",
            ),
            StoreError::OutcomeUnknown(_) => (
                ErrorKind::OutcomeUnknown,
                "store.outcome_unknown",
                "send the same attempt again to learn what happened",
            ),
            StoreError::Corrupt { .. } => (
                ErrorKind::Corrupt,
                "store.corrupt",
                "nothing was accepted; restore the record, or reset the account as an operator",
            ),
        };
        let why = error.to_string();
        Self::new(kind, code, doing, why, next).because(error)
    }

    pub(super) fn fault(doing: &'static str, fault: Fault) -> Self {
        match fault {
            Fault::UnknownKey(id) => {
                tracing::error!(target: "countersign", key = id.number(), "alarm: unknown key");
                Self::new(
                    ErrorKind::Unavailable,
                    "keys.unknown",
                    doing,
                    format!("key {id} is not known to this node"),
                    "nothing was counted; give every node every key that is still in use",
                )
            }
            Fault::Random(error) => Self::new(
                ErrorKind::Unavailable,
                "random.failed",
                doing,
                "the source of randomness failed",
                "nothing was made; check the operating system",
            )
            .because(error),
            Fault::Unreadable => {
                tracing::error!(target: "countersign", "alarm: a sealed secret does not open");
                Self::new(
                    ErrorKind::Corrupt,
                    "store.corrupt",
                    doing,
                    "a sealed secret does not open for the account that it is stored with",
                    "nothing was accepted; restore the record, or reset the account as an operator",
                )
            }
        }
    }

    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// A stable code for logs and documentation, such as `store.unavailable`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Whether the same call may succeed a moment later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Unavailable | ErrorKind::Contended | ErrorKind::OutcomeUnknown
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}; {} [{}]", self.doing, self.why, self.next, self.code)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
