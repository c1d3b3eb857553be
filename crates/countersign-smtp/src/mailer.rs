//! The mailer: one connection for each mail, a deadline up to its final dot, and one for the answer to it.
//!
//! Why it is safe: what a send needs lives in the future of that send and nowhere else. Dropping it
//! closes the connection, so an answer that comes late has nobody to mislead.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_core::{Clock, EmailAddress, Mail, MailError, Mailer, SecretText};
use tokio::time::timeout;

use crate::builder::SmtpMailerBuilder;
use crate::dialog::{Dialog, Place};
use crate::error::{Cause, Phase, SmtpError};
use crate::message::Sender;
use crate::setup::SetupError;
use crate::tls::Tls;
use crate::tokens::Tokens;
use crate::url::Server;

/// Sends mails through a mail server. Clones share the setting.
///
/// It must be used within a tokio runtime that has its time and network drivers on. `Debug` shows
/// the server and the sender, and no login.
#[derive(Clone)]
pub struct SmtpMailer {
    pub(crate) setup: Arc<Setup>,
}

pub(crate) struct Setup {
    pub(crate) server: Server,
    pub(crate) tokens: Option<Tokens>,
    pub(crate) tls: Tls,
    pub(crate) sender: Sender,
    pub(crate) deadline: Duration,
    pub(crate) final_dot: Duration,
    pub(crate) hello: Option<String>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl SmtpMailer {
    /// A mailer with the usual setting. [`builder`](Self::builder) has more to choose.
    ///
    /// | URL | encryption | port if none is given |
    /// | --- | --- | --- |
    /// | `smtps://host` | TLS from the first byte | 465 |
    /// | `smtp://host` | `STARTTLS`, or no mail | 587 |
    /// | `smtp://localhost`, `smtp://127.0.0.1`, `smtp://[::1]` | none: it stays on this machine | 25 |
    /// | `smtp://localhost?starttls=required` | `STARTTLS`, or no mail | 587 |
    ///
    /// User name and password stand before the host, percent-encoded:
    /// `smtps://portal:p%40ss@mail.larkfield.example`.
    ///
    /// ```
    /// use countersign_smtp::SmtpMailer;
    ///
    /// let sender = "security@larkfield.example".parse()?;
    /// let mailer = SmtpMailer::from_url("smtps://portal:p%40ss@mail.larkfield.example", sender)?;
    /// assert!(!format!("{mailer:?}").contains("p@ss"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SetupError`] names the part of the URL that is wrong, and shows none of it.
    pub fn from_url(url: &str, sender: EmailAddress) -> Result<Self, SetupError> {
        Self::builder(url, sender).build()
    }

    /// A mailer with a setting of its own; the URL is as for [`from_url`](Self::from_url).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use countersign_smtp::SmtpMailer;
    ///
    /// let sender = "security@larkfield.example".parse()?;
    /// let mailer = SmtpMailer::builder("smtp://mail.larkfield.example", sender)
    ///     .sender_name("Larkfield Freight")
    ///     .reply_to("help@larkfield.example".parse()?)
    ///     .deadline(Duration::from_secs(10))
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(url: &str, sender: EmailAddress) -> SmtpMailerBuilder {
        SmtpMailerBuilder::new(url, sender)
    }

    /// The mail as it would go to the server now, headers and all, without sending it: for a preview,
    /// an archive, or a check of one's own. It holds the code or the link.
    ///
    /// ```
    /// # use countersign_core::{LetterId, Locale, Mail, OsRandom, SecretText, Timestamp};
    /// # use countersign_core::mail::Message;
    /// use countersign_smtp::SmtpMailer;
    ///
    /// # let mail = Mail::trial(
    /// #     LetterId::draw(&OsRandom)?,
    /// #     "ada@larkfield.example".parse()?,
    /// #     &Locale::english(),
    /// #     "Larkfield Freight",
    /// #     Message::Locked {
    /// #         at: Timestamp::from_seconds(0),
    /// #         until: Timestamp::from_seconds(600),
    /// #     },
    /// # );
    /// let sender = "security@larkfield.example".parse()?;
    /// let mailer = SmtpMailer::from_url("smtp://localhost", sender)?;
    /// let source = mailer.source(&mail)?;
    /// assert!(source.expose().contains("Auto-Submitted: auto-generated\r\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SmtpError`] if no mail can be written to this address.
    pub fn source(&self, mail: &Mail) -> Result<SecretText, SmtpError> {
        let Setup { sender, clock, .. } = &*self.setup;
        let unwritable = |cause| SmtpError::new(Phase::Sender, cause);
        let bytes = sender.write(mail, clock.now()).map_err(unwritable)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| unwritable(Cause::Unwritable))?;
        Ok(SecretText::new(text.to_owned()))
    }

    pub(crate) fn new(setup: Setup) -> Self {
        Self { setup: Arc::new(setup) }
    }

    /// Connects, encrypts and logs in.
    pub(crate) async fn open<'a>(&self, place: &'a Place) -> Result<Dialog<'a>, SmtpError> {
        let Setup { server, tls, hello, deadline, tokens, .. } = &*self.setup;
        let mut dialog = Dialog::open(server, tls, hello.as_deref(), *deadline, place).await?;
        if let Some(tokens) = tokens {
            dialog.login_by_token(tokens).await?;
        }
        Ok(dialog)
    }

    /// Everything up to the final dot, within one deadline; its answer within another.
    async fn deliver(&self, mail: &Mail, place: &Place) -> Result<(), SmtpError> {
        let Setup { deadline, final_dot, .. } = &*self.setup;
        let handed = timeout(*deadline, self.hand_over(mail, place)).await;
        let mut dialog = handed.unwrap_or_else(|_| Err(place.wrong(Cause::Deadline)))?;
        // From here on the mail may be taken: whoever leaves too early makes a copy.
        let told = timeout(*final_dot, dialog.taken()).await;
        dialog.quit().await;
        told.unwrap_or_else(|_| Err(place.wrong(Cause::Deadline)))
    }

    async fn hand_over<'a>(&self, mail: &Mail, place: &'a Place) -> Result<Dialog<'a>, SmtpError> {
        let Setup { sender, clock, .. } = &*self.setup;
        let bytes = sender.write(mail, clock.now()).map_err(|cause| place.wrong(cause))?;
        let mut dialog = self.open(place).await?;
        let told = async {
            dialog.sender(sender.address.as_str(), sender.utf8(mail)).await?;
            dialog.recipient(mail.to().as_str()).await?;
            dialog.body(&bytes).await
        }
        .await;
        match told {
            Ok(()) => Ok(dialog),
            Err(error) => {
                dialog.quit().await;
                Err(error)
            }
        }
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.deliver(mail, &Place::new()).await.map_err(|error| {
            // The courier logs numbers only; the sentence is ours to log.
            tracing::warn!(target: "countersign", %error, "a mail was not sent");
            error.into()
        })
    }
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer")
            .field("server", &self.setup.server)
            .field("sender", &self.setup.sender.address)
            .field("deadline", &self.setup.deadline)
            .finish_non_exhaustive()
    }
}
