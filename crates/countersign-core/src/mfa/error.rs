//! The one error type: what we were doing, why it failed, what to do next.
//!
//! A wrong code is an answer, not an error. Nothing secret enters an error, and no text of an
//! error is meant for the user who logs in.

use std::error::Error as StdError;
use std::fmt;

use crate::seal::Fault;
use crate::store::{DamagedAccount, DamagedTenant, StoreError};
use crate::types::{Locale, Method, RandomError, Timestamp, in_language};

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

/// Why something did not happen, before it is said what was being done.
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
#[expect(clippy::exhaustive_enums, reason = "a host has an answer to each")]
pub enum ErrorKind {
    /// The store, a key or the clock is not available. Nothing was counted; try again later.
    Unavailable,
    /// Too many changes to one account at once. Nothing was counted; try again.
    Contended,
    /// The change may have been written or not. The same attempt id sent again tells.
    OutcomeUnknown,
    /// Stored data cannot be read. An operator must look.
    Corrupt,
    /// The builder was given something that cannot work.
    Configuration,
    /// The call does not fit what is there, such as creating a tenant that exists.
    Unfit,
    /// The acting user may not do this.
    Denied(Denial),
}

/// Why an acting user may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a host has an answer to each")]
pub enum Denial {
    /// The proof has ended, or everything open was ended since it was made.
    ProofEnded,
    /// The proof was made for another purpose.
    WrongPurpose,
    /// The user is not an administrator of the tenant.
    NotAdmin,
    /// The user must first pass this method.
    NotFresh {
        /// The strongest that the user holds.
        method: Method,
        /// When it was last passed, which is too long ago; `None` if it never was in this session.
        last: Option<Timestamp>,
    },
    /// The user holds no authenticator, and this act makes logins weaker.
    NoAuthenticator,
    /// Administrators do this to others only, never to their own account.
    OnOneself,
    /// The tenant would be left without an administrator, or the user without a required
    /// authenticator.
    LastOne,
}

/// The code of what only a store that lists can do.
const NO_LISTS: &str = "store.no_lists";

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

    /// Whether it is that the account or its tenant cannot be read.
    pub(super) fn is_damage(&self) -> bool {
        let source = self.source.as_ref().and_then(|source| source.downcast_ref::<StoreError>());
        matches!(source, Some(StoreError::Damaged(_) | StoreError::DamagedTenant(_)))
    }

    /// Whether something was listed, and the store is for logins alone.
    pub(super) fn is_no_lists(&self) -> bool {
        self.code == NO_LISTS
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

impl Denial {
    /// A stable code for programs, such as `admin.not_fresh`.
    ///
    /// ```
    /// use countersign_core::{Denial, Method, Timestamp};
    ///
    /// let last = Some(Timestamp::from_seconds(1_795_530_720));
    /// assert_eq!(Denial::NotFresh { method: Method::App, last }.code(), "admin.not_fresh");
    /// assert_eq!(Denial::NotFresh { method: Method::App, last: None }.code(), "admin.never_shown");
    /// ```
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ProofEnded => "admin.proof_ended",
            Self::WrongPurpose => "admin.wrong_purpose",
            Self::NotAdmin => "admin.not_admin",
            Self::NotFresh { last: Some(_), .. } => "admin.not_fresh",
            Self::NotFresh { last: None, .. } => "admin.never_shown",
            Self::NoAuthenticator => "admin.no_authenticator",
            Self::OnOneself => "admin.on_oneself",
            Self::LastOne => "admin.last_one",
        }
    }

    /// The sentence for the person who acts.
    ///
    /// ```
    /// use countersign_core::{Denial, Locale};
    ///
    /// let message = Denial::OnOneself.message(&Locale::english());
    /// assert_eq!(message, "You cannot do this to your own account. Ask another administrator.");
    /// ```
    #[must_use]
    pub fn message(&self, locale: &Locale) -> String {
        let texts = match self {
            Self::ProofEnded => [
                "You have been logged out. Log in again.",
                "Sie wurden abgemeldet. Melden Sie sich wieder an.",
                "تم تسجيل خروجك. سجل الدخول مرة أخرى.",
            ],
            Self::NotFresh { last: Some(_), .. } => [
                "You showed a security code a while ago. Confirm this with a new one.",
                "Ihr letzter Sicherheitscode ist eine Weile her. Bestätigen Sie das mit einem neuen.",
                "مضى وقت على رمز الأمان الأخير. أكد هذا برمز جديد.",
            ],
            Self::WrongPurpose | Self::NotFresh { last: None, .. } => [
                "Confirm this with a security code first.",
                "Bestätigen Sie das zuerst mit einem Sicherheitscode.",
                "أكد هذا برمز أمان أولاً.",
            ],
            Self::NotAdmin => [
                "Only an administrator of your company can do this.",
                "Das kann nur eine Administratorin oder ein Administrator Ihrer Firma.",
                "لا يستطيع ذلك إلا مسؤول في شركتك.",
            ],
            Self::NoAuthenticator => [
                "This makes logins weaker, so you need a second step of your own first. Set one up \
                 under Account security.",
                "Das schwächt Anmeldungen, darum brauchen Sie zuerst selbst einen zweiten Schritt. \
                 Richten Sie ihn in der Kontosicherheit ein.",
                "هذا يضعف تسجيل الدخول، لذلك تحتاج أولاً إلى خطوة ثانية لك. فعّلها في أمان الحساب.",
            ],
            Self::OnOneself => [
                "You cannot do this to your own account. Ask another administrator.",
                "Das geht nicht beim eigenen Konto. Fragen Sie eine andere Administratorin oder \
                 einen anderen Administrator.",
                "لا يمكنك فعل هذا في حسابك. اسأل مسؤولاً آخر.",
            ],
            Self::LastOne => [
                "This is the last one, and one is needed. Add another one first.",
                "Das ist der letzte Eintrag, und einer wird gebraucht. Fügen Sie zuerst einen \
                 anderen hinzu.",
                "هذا هو الأخير، ويجب أن يبقى واحد. أضف آخر أولاً.",
            ],
        };
        in_language(locale, texts).to_owned()
    }
}

impl From<Denial> for Cause {
    fn from(denial: Denial) -> Self {
        let why = match denial {
            Denial::ProofEnded => "the proof no longer stands".to_owned(),
            Denial::WrongPurpose => "the proof was made for another purpose".to_owned(),
            Denial::NotAdmin => "the user is not an administrator of this tenant".to_owned(),
            Denial::NotFresh { method, last: Some(last) } => {
                format!("the user last passed {method} at {last}, which is too long ago")
            }
            Denial::NotFresh { method, last: None } => {
                format!("the user has not passed {method} in this session")
            }
            Denial::NoAuthenticator => {
                "the user holds no authenticator, and this makes logins weaker".to_owned()
            }
            Denial::OnOneself => "an administrator does not do this to oneself".to_owned(),
            Denial::LastOne => "it would take away the last one that is needed".to_owned(),
        };
        let next = match denial {
            Denial::ProofEnded => "log in again",
            Denial::WrongPurpose => "begin a step-up for this purpose",
            Denial::NotAdmin => "ask an administrator",
            Denial::NotFresh { .. } => "begin a step-up with `Purpose::Administer`",
            Denial::NoAuthenticator => "link an authenticator first",
            Denial::OnOneself => "ask another administrator",
            Denial::LastOne => "add another one first",
        };
        Self::new(ErrorKind::Denied(denial), denial.code(), why, next)
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
            StoreError::Damaged(DamagedAccount { version: Some(_), .. }) => (
                ErrorKind::Corrupt,
                "account.damaged",
                "nothing was accepted; restore the record from a backup, or give it up as an operator: \
                 `Mfa::reset_damaged` puts a new account in its place, `Mfa::removed` erases it",
            ),
            StoreError::Damaged(DamagedAccount { version: None, .. }) => (
                ErrorKind::Corrupt,
                "account.unknown_form",
                "nothing was accepted; run the release that wrote it, or restore the record from a \
                 backup",
            ),
            StoreError::DamagedTenant(DamagedTenant { version: Some(_), .. }) => (
                ErrorKind::Corrupt,
                "tenant.damaged",
                "nothing was accepted; restore the record from a backup, or put a new one in its place \
                 as an operator: `Mfa::reset_damaged_tenant`",
            ),
            StoreError::DamagedTenant(DamagedTenant { version: None, .. }) => (
                ErrorKind::Corrupt,
                "tenant.unknown_form",
                "nothing was accepted; run the release that wrote it, or restore the record from a \
                 backup",
            ),
            StoreError::NoLists => (
                ErrorKind::Configuration,
                NO_LISTS,
                "nothing was changed; give the builder `Accounts` too, with `.accounts(..)`",
            ),
            StoreError::Corrupt { .. } => (
                ErrorKind::Corrupt,
                "store.corrupt",
                "nothing was accepted; restore the record from a backup",
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
                fault.alarm();
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
                fault.alarm();
                Self::new(
                    ErrorKind::Corrupt,
                    "store.corrupt",
                    "a sealed secret does not open for the account that it is stored with",
                    "nothing was accepted; restore the record, or reset the account as an operator: \
                     `Mfa::operator`, then `Admin::reset`",
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
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ada;
    /// use countersign_core::{ErrorKind, Locale, NewTenant};
    ///
    /// let again = NewTenant::new(key.tenant().as_str(), "Another name", Locale::english())?;
    /// let error = mfa.create_tenant(again).await.unwrap_err();
    /// assert_eq!((error.kind(), error.code()), (ErrorKind::Unfit, "tenant.exists"));
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # use countersign_core::{Locale, NewTenant};
    /// # let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    /// let error = mfa.create_tenant(tenant).await.unwrap_err();
    /// // There is such a tenant already, so trying again does not help.
    /// assert!(!error.is_retryable());
    /// # Ok(())
    /// # });
    /// ```
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
