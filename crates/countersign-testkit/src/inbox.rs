//! An inbox: a mailer that keeps what it is given, and fails when a test says so.
//!
//! The code is read out of the text part, as a user would, and never out of the typed message:
//! so a login that is tested with it also tests that the mail can be read.

use std::collections::VecDeque;
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use countersign_core::mail::MailKind;
use countersign_core::{EmailAddress, Mail, MailError, Mailer};

use crate::fail::fail;

/// A mailer that remembers. Clones share the mails.
///
/// ```
/// use countersign_core::{LetterId, Locale, Mail, Mailer, OsRandom, SecretText, Timestamp};
/// use countersign_core::mail::Message;
/// use countersign_testkit::{Failing, Inbox};
///
/// # let mail = Mail::trial(
/// #     LetterId::draw(&OsRandom)?,
/// #     "ada@larkfield.example".parse()?,
/// #     &Locale::english(),
/// #     "Larkfield Freight",
/// #     Message::LoginCode {
/// #         code: SecretText::new("482913".to_owned()),
/// #         at: Timestamp::from_seconds(0),
/// #         until: Timestamp::from_seconds(600),
/// #         client: None,
/// #         reference: None,
/// #     },
/// # );
/// let inbox = Inbox::new();
/// inbox.fail_next(Failing::NotNow);
/// assert!(pollster::block_on(inbox.send(&mail)).is_err());
/// assert!(pollster::block_on(inbox.send(&mail)).is_ok());
/// assert_eq!(inbox.code(), "482913");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Inbox {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    mails: Vec<Mail>,
    failing: VecDeque<Failing>,
}

/// How sending a mail fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failing {
    /// Not now; trying again makes sense.
    NotNow,
    /// The address is refused for good.
    Refused,
    /// The call never ends. No mailer may do so; it shows what the caller does about it.
    Hang,
}

impl Inbox {
    /// An empty inbox that takes every mail.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fails the next mail like this. Said twice, the next two fail, in this order.
    pub fn fail_next(&self, failing: Failing) {
        self.kept().failing.push_back(failing);
    }

    /// Every mail, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.kept().mails.clone()
    }

    /// The mails to this address, oldest first.
    #[must_use]
    pub fn to(&self, address: &EmailAddress) -> Vec<Mail> {
        self.kept().mails.iter().filter(|mail| mail.to() == address).cloned().collect()
    }

    /// The newest mail, if there is one.
    #[must_use]
    pub fn last(&self) -> Option<Mail> {
        self.kept().mails.last().cloned()
    }

    /// Throws every mail away.
    pub fn clear(&self) {
        self.kept().mails.clear();
    }

    /// The code in the newest mail with a login code, read from its text part.
    ///
    /// # Panics
    ///
    /// If there is no such mail, or not exactly one number of six to eight digits in it.
    #[must_use]
    #[track_caller]
    pub fn code(&self) -> String {
        let text = self.text_of_last(MailKind::LoginCode);
        let runs = text.split(|c: char| !c.is_ascii_digit());
        only(runs.filter(|run| (6..=8).contains(&run.len())), "code")
    }

    /// The link in the newest invitation, read from its text part.
    ///
    /// # Panics
    ///
    /// If there is no such mail, or not exactly one link in it.
    #[must_use]
    #[track_caller]
    pub fn link(&self) -> String {
        let text = self.text_of_last(MailKind::Invitation);
        only(text.split_whitespace().filter(|word| word.contains("://")), "link")
    }

    #[track_caller]
    fn text_of_last(&self, kind: MailKind) -> String {
        let mails = self.mails();
        match mails.iter().rev().find(|mail| mail.kind() == kind) {
            Some(mail) => mail.text().to_owned(),
            None => {
                let kinds: Vec<_> = mails.iter().map(|mail| mail.kind().as_str()).collect();
                fail(format_args!(
                    "no {kind} mail has arrived, only {kinds:?}; was the courier drained?"
                ))
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The only one of them: a user who finds two does not know which to type.
#[track_caller]
fn only<'a>(found: impl Iterator<Item = &'a str>, what: &str) -> String {
    let found: Vec<_> = found.collect();
    match found[..] {
        [one] => one.to_owned(),
        _ => fail(format_args!(
            "a mail must hold exactly one {what}; this one holds {}",
            found.len()
        )),
    }
}

#[async_trait]
impl Mailer for Inbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let failing = self.kept().failing.pop_front();
        match failing {
            None => {
                self.kept().mails.push(mail.clone());
                Ok(())
            }
            Some(Failing::NotNow) => Err(MailError::NotNow("the test said so".into())),
            Some(Failing::Refused) => Err(MailError::Refused("the test said so".into())),
            Some(Failing::Hang) => pending().await,
        }
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("mails", &self.kept().mails).finish_non_exhaustive()
    }
}
