//! The one error type: what we were doing, why it failed, what to do next.
//!
//! A wrong code is an answer, not an error. Nothing secret enters an error, and no text of an
//! error is meant for the user who logs in.

use std::error::Error as StdError;
use std::fmt;

use crate::seal::Fault;
use crate::store::StoreError;
use crate::types::{Method, RandomError};

/// Why an operation did not happen.
///
/// ```
/// use countersign_core::{ErrorKind, Mfa};
///
/// let error = Mfa::builder().build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// assert_eq!(error.code(), "config.missing");
/// assert!(error.to_string().contains("call `.store(..)`"));
/// ```
pub struct Error {
    doing: &'static str,
    cause: Cause,
}

/// Why something did not happen, before anybody has said what was being done.
///
/// Decisions return it; what was being done is added once, where the transaction begins.
#[derive(Debug)]
pub(super) struct Cause {
    kind: ErrorKind,
    code: &'static str,
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
    /// The acting user may not do this.
    Denied(Denial),
}

/// Why an acting user may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// The proof ended, or something raised a generation since.
    ProofEnded,
    /// The proof was made for another purpose.
    WrongPurpose,
    /// The user is not an administrator of the tenant.
    NotAdmin,
    /// The user must first pass this method again.
    NotFresh(Method),
    /// The user holds no authenticator, and this act makes logins weaker.
    NoAuthenticator,
    /// Nobody does this to oneself.
    OnOneself,
    /// The tenant would be left without an administrator, or the user without a required
    /// authenticator.
    LastOne,
}

impl Cause {
    pub(super) fn new(
        kind: ErrorKind,
        code: &'static str,
        why: impl Into<String>,
        next: &'static str,
    ) -> Self {
        Self { kind, code, why: why.into(), next, source: None }
    }

    pub(super) fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(super) fn configuration(code: &'static str, why: String, next: &'static str) -> Self {
        Self::new(ErrorKind::Configuration, code, why, next)
    }

    pub(super) fn unfit(code: &'static str, why: impl Into<String>, next: &'static str) -> Self {
        Self::new(ErrorKind::Unfit, code, why, next)
    }

    /// The error, once it is known what was being done.
    pub(super) fn while_doing(self, doing: &'static str) -> Error {
        Error { doing, cause: self }
    }
}

/// Adds to a failure what was being done.
pub(super) trait WhileDoing<T> {
    fn while_doing(self, doing: &'static str) -> Result<T, Error>;
}

impl<T, E: Into<Cause>> WhileDoing<T> for Result<T, E> {
    fn while_doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|error| error.into().while_doing(doing))
    }
}

impl From<Denial> for Cause {
    fn from(denial: Denial) -> Self {
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
                "the user is not an administrator of this tenant".to_owned(),
                "ask an administrator",
            ),
            Denial::NotFresh(method) => (
                "admin.not_fresh",
                format!("the user has not passed {method} recently enough"),
                "begin a step-up with `Purpose::Administer`",
            ),
            Denial::NoAuthenticator => (
                "admin.no_authenticator",
                "the user holds no authenticator, and this makes logins weaker".to_owned(),
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
        Self::new(ErrorKind::Denied(denial), code, why, next)
    }
}

impl From<StoreError> for Cause {
    fn from(error: StoreError) -> Self {
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
        Self::new(kind, code, why, next).because(error)
    }
}

impl From<Fault> for Cause {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::UnknownKey(id) => {
                tracing::error!(target: "countersign", key = id.number(), "alarm: unknown key");
                Self::new(
                    ErrorKind::Unavailable,
                    "keys.unknown",
                    format!("key {id} is not known to this node"),
                    "nothing was counted; give every node every key that is still in use",
                )
            }
            Fault::Random(error) => Self::new(
                ErrorKind::Unavailable,
                "random.failed",
                "the source of randomness failed",
                "nothing was made; check the operating system",
            )
            .because(error),
            Fault::Unreadable => {
                tracing::error!(target: "countersign", "alarm: a sealed secret does not open");
                Self::new(
                    ErrorKind::Corrupt,
                    "store.corrupt",
                    "a sealed secret does not open for the account that it is stored with",
                    "nothing was accepted; restore the record, or reset the account as an operator",
                )
            }
        }
    }
}

impl From<RandomError> for Cause {
    fn from(error: RandomError) -> Self {
        Fault::from(error).into()
    }
}

impl Error {
    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.cause.kind
    }

    /// A stable code for logs and documentation, such as `store.unavailable`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.cause.code
    }

    /// Whether the same call may succeed a moment later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.cause.kind,
            ErrorKind::Unavailable | ErrorKind::Contended | ErrorKind::OutcomeUnknown
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cause { why, next, code, .. } = &self.cause;
        write!(f, "could not {}: {why}; {next} [{code}]", self.doing)
    }
}

/// The sentence, as [`Display`](fmt::Display) says it: programs end with `Debug` of their error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
