//! Access tokens, for mail servers that take no password (`AUTH XOAUTH2`).
//!
//! Why it is safe: a token is asked for when a connection is to log in, goes into that one answer, and is
//! kept nowhere. What the host's source says about a failure stays with the host.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_core::SecretText;

/// Where access tokens for the mail server come from: the host renews them, as its provider asks.
///
/// # Contract
///
/// It is asked before each mail, within the deadline of that mail, so a source keeps a token for as
/// long as it is valid. A call that is dropped harms no later one.
///
/// ```
/// use countersign_core::{SecretText, async_trait};
/// use countersign_smtp::{SmtpMailer, TokenSource};
///
/// #[derive(Debug)]
/// struct FromVault;
///
/// #[async_trait]
/// impl TokenSource for FromVault {
///     async fn token(&self) -> Result<SecretText, Box<dyn std::error::Error + Send + Sync>> {
///         // Renewed in time by a task of the host.
///         Ok(SecretText::new("ya29.a0Af".to_owned()))
///     }
/// }
///
/// let sender = "security@larkfield.example".parse()?;
/// let mailer = SmtpMailer::builder("smtp://smtp.office.example", sender)
///     .xoauth2("security@larkfield.example", FromVault)
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[async_trait]
pub trait TokenSource: Debug + Send + Sync + 'static {
    /// An access token that is valid now, as the provider wrote it.
    ///
    /// # Errors
    ///
    /// Any error: the mail is tried again later. The mailer logs that there was no token, and not this
    /// error; log it where it happens.
    async fn token(&self) -> Result<SecretText, Box<dyn std::error::Error + Send + Sync>>;
}

/// A user, and where the tokens come from.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) user: String,
    pub(crate) source: Arc<dyn TokenSource>,
}
