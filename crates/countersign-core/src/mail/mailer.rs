//! Sending one mail. The courier decides when and what; a mailer only carries it.

use std::fmt::{self, Debug};

use async_trait::async_trait;

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
#[derive(thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "a courier handles each")]
pub enum MailError {
    /// Not sent now; trying again makes sense.
    #[error("the mail could not be sent now")]
    NotNow(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The service refuses this address for good.
    #[error("the mail service refuses this address for good")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

// The sentence, since `main` shows an error by this.
impl Debug for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match std::error::Error::source(self) {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}
