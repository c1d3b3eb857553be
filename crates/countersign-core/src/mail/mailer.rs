//! Sending one mail. The courier decides when and what; a mailer only carries it.

use std::fmt::{self, Debug};

use async_trait::async_trait;

use super::reason::{MailPhase, MailReason};
use super::rendered::Mail;
use crate::types::behind_pointers;

/// Hands one mail to a mail service.
///
/// # Contract
///
/// - The mail goes to exactly one address, the one of [`Mail::to`], byte for byte.
/// - `Ok` means that the service took responsibility for it.
/// - An error is `Refused` only where the service will never take this mail for this address;
///   everything else, also doubt, is `NotNow`, and the courier tries again.
/// - The call ends by itself within a bounded time, and a dropped call harms no later one.
/// - An error holds no part of the mail; its [`MailReason`] says where it failed and which numbers the
///   service gave, as far as the mailer knows.
/// - Sending the same mail again is allowed: at least once, the same code each time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot send mails: it does not implement `Mailer`",
    note = "each `impl` of a port begins with `#[async_trait]`; the guide to a mailer of your own is https://docs.rs/countersign-testkit/latest/countersign_testkit/#prove-your-mailer"
)]
#[async_trait]
pub trait Mailer: Debug + Send + Sync + 'static {
    /// Sends the mail.
    ///
    /// # Errors
    ///
    /// [`MailError`] says whether trying again makes sense.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

behind_pointers! {
    #[async_trait]
    impl Mailer {
        async fn send(&self, mail: &Mail) -> Result<(), MailError> {
            (**self).send(mail).await
        }
    }
}

/// Why a mail was not sent. It holds no part of the mail.
///
/// ```
/// use countersign_core::MailError;
/// use countersign_core::mail::{MailFailure, MailPhase, MailReason};
///
/// // The service answered with a number and a status of RFC 3463.
/// let reason = MailReason::at(MailPhase::Recipient).with_reply(550).with_status(5, 1, 1);
/// let error = MailError::Refused(MailFailure::new(reason, "the mailbox does not exist"));
/// assert_eq!(error.reason().to_string(), "recipient 550 5.1.1");
///
/// // A mailer that knows no more than a sentence.
/// let error = MailError::NotNow("the service is being repaired".into());
/// assert_eq!(error.reason(), MailReason::at(MailPhase::Unknown));
/// ```
#[expect(clippy::exhaustive_enums, reason = "a courier handles each")]
pub enum MailError {
    /// Not sent now; trying again makes sense.
    NotNow(MailFailure),
    /// The service refuses this address for good.
    Refused(MailFailure),
}

impl MailError {
    /// Why, in numbers that may be stored and shown.
    #[must_use]
    pub fn reason(&self) -> MailReason {
        self.failure().reason
    }

    fn failure(&self) -> &MailFailure {
        match self {
            Self::NotNow(failure) | Self::Refused(failure) => failure,
        }
    }
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotNow(_) => "the mail could not be sent now",
            Self::Refused(_) => "the mail service refuses this address for good",
        })
    }
}

// The sentence, since `main` shows an error by this.
impl Debug for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ({})", self.failure().source)
    }
}

impl std::error::Error for MailError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.failure().source)
    }
}

/// What went wrong with a mail: a reason in numbers for the activity log, and the error behind it
/// for the operator.
///
/// Every error becomes one with `into()`; its reason is then [`MailPhase::Unknown`].
pub struct MailFailure {
    reason: MailReason,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl MailFailure {
    /// A failure with this reason. The error must hold no part of the mail: it is logged.
    pub fn new(
        reason: MailReason,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { reason, source: source.into() }
    }

    /// Why, in numbers that may be stored and shown.
    #[must_use]
    pub fn reason(&self) -> MailReason {
        self.reason
    }

    /// The error behind it, as the mailer gave it.
    #[must_use]
    pub fn error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        &*self.source
    }
}

impl Debug for MailFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.source)
    }
}

impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> From<E> for MailFailure {
    fn from(source: E) -> Self {
        Self::new(MailReason::at(MailPhase::Unknown), source)
    }
}
