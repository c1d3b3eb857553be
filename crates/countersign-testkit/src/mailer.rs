//! What the laws of the mailer judge: a mailer, and the mail service behind it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_core::Mailer;

use crate::subject::Drive;

/// A mailer in front of the laws, and the service behind it in the hands of a test.
///
/// For a mailer that speaks SMTP the service is a small server on this machine; for one that calls
/// an HTTP interface, a fake of that interface.
#[async_trait]
pub trait MailService: fmt::Debug + Send + Sync + 'static {
    /// The mailer that hands its mails to this service. Each call gives the same one.
    fn mailer(&self) -> Arc<dyn Mailer>;

    /// Treats every mail like this from now on.
    async fn treats_mails(&self, treatment: Treatment);

    /// Every mail that was handed to the service and that it took, oldest first. A service that knows a
    /// mail by its [`message_ref`](countersign_core::Mail::message_ref) and delivers it once lists each
    /// time that it was handed over.
    async fn arrived(&self) -> Vec<Arrived>;

    /// The longest time that the mailer may take for one mail, as it is set up in this test. Some
    /// hundred milliseconds keep the laws fast.
    fn longest_call(&self) -> Duration;
}

/// How a mail service treats a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a service must be able to do each")]
pub enum Treatment {
    /// Takes it.
    Accept,
    /// Says that this address will never be served.
    RefuseForGood,
    /// Says that it takes no mail at the moment.
    FailForNow,
    /// Breaks the connection off when it has seen the mail, before it says whether it took it.
    BreakOff,
    /// Says nothing, and keeps the connection.
    Hang,
}

/// A mail as the service took it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the service of a test builds it")]
pub struct Arrived {
    /// Everybody it was sent to, from the envelope: copies and blind copies too.
    pub recipients: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The text part, decoded.
    pub text: String,
    /// The HTML part, decoded.
    pub html: String,
}

/// A mail service in front of the laws, and how to run it.
#[derive(Clone)]
pub struct MailerSubject {
    service: Arc<dyn MailService>,
    drive: Drive,
}

impl MailerSubject {
    /// This service.
    #[must_use]
    pub fn new(service: impl MailService) -> Self {
        Self { service: Arc::new(service), drive: |work| pollster::block_on(work) }
    }

    /// Runs workers like this; [`mailer_laws!`](crate::mailer_laws) says it for you.
    #[must_use]
    pub fn driven_by(mut self, drive: Drive) -> Self {
        self.drive = drive;
        self
    }

    pub(crate) fn service(&self) -> &dyn MailService {
        &*self.service
    }

    pub(crate) fn drive(&self) -> Drive {
        self.drive
    }
}

impl fmt::Debug for MailerSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailerSubject").field("service", &self.service).finish_non_exhaustive()
    }
}

impl MailerSubject {
    /// What the first argument of [`mailer_laws!`](crate::mailer_laws) gave.
    #[doc(hidden)]
    #[must_use]
    pub fn of_fresh<S>(fresh: S) -> Self
    where
        Self: From<S>,
    {
        Self::from(fresh)
    }
}

impl<S: MailService> From<S> for MailerSubject {
    fn from(service: S) -> Self {
        Self::new(service)
    }
}
