//! The state of the demo's tools, shared with the portal: a clock, an inbox, two phones.

pub(crate) mod inbox;
pub(crate) mod phones;
pub(crate) mod seen;

use countersign::mail::MailKind;
use countersign::{EmailAddress, Mailer, SmtpMailer};

use self::inbox::{Inbox, Post};
use self::phones::{Phones, Which};
use self::seen::Seen;
use crate::clock::PortalClock;
use crate::options::MailBy;
use crate::post::SENDER;
use crate::trouble::Trouble;

/// The tools. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    pub(crate) clock: PortalClock,
    pub(crate) inbox: Inbox,
    pub(crate) mail_by: MailBy,
    /// Writes a mail as bytes, and sends nothing.
    pub(crate) writer: Option<SmtpMailer>,
    pub(crate) phones: Phones,
    pub(crate) seen: Seen,
}

impl Tools {
    /// An empty inbox that refuses these addresses, two phones with empty apps, and this clock.
    pub(crate) fn new(clock: PortalClock, mail_by: &MailBy, bouncing: Vec<EmailAddress>) -> Self {
        let sender = EmailAddress::new(SENDER).ok();
        let writer = sender.and_then(|sender| {
            SmtpMailer::builder("smtp://127.0.0.1", sender).clock(clock.clone()).build().ok()
        });
        Self {
            inbox: Inbox::new(clock.clone(), bouncing),
            clock,
            mail_by: mail_by.clone(),
            writer,
            phones: Phones::default(),
            seen: Seen::default(),
        }
    }

    /// The mailer of the demo: the inbox.
    pub(crate) fn mailer(&self) -> impl Mailer + use<> {
        self.inbox.clone()
    }

    /// Gives the first phone the link of an app that was set up earlier.
    pub(crate) fn scan(&self, link: &str) -> Result<(), Trouble> {
        Ok(self.phones.with(Which::First, |phone| phone.open(link))?)
    }

    /// The link in the newest invitation to this address, for a button that only the demo has.
    pub(crate) fn invitation_to(&self, address: &EmailAddress) -> Option<String> {
        let posts = self.inbox.posts();
        let theirs =
            |post: &&Post| post.mail.kind() == MailKind::Invitation && post.mail.to() == address;
        posts.iter().find(theirs)?.link().map(|link| link.trim().to_owned())
    }
}
