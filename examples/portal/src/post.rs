//! The mailer of the portal, and the delivery state of each code.
//!
//! A login never waits for a mail, so its page does not know whether the mail has left. The mailer
//! does: it notes by the mark of each code whether it was taken, so that the page can say that it is
//! on its way, or that the mail server is slow. Couriers of other processes note nothing here.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use countersign::mail::Message;
use countersign::{Mail, MailError, Mailer};

/// Who the mails come from.
pub(crate) const SENDER: &str = "security@lantern.example";

/// The mailer of a portal. Clones share what they noted.
#[derive(Clone)]
pub(crate) struct Post {
    mailer: Arc<dyn Mailer>,
    noted: Arc<Mutex<VecDeque<(String, Sending)>>>,
}

/// The delivery state of a mail with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// The mail service took it.
    Taken,
    /// It was not taken, and will be tried again.
    Slow,
    /// It was refused for good.
    Refused,
}

/// Most codes that are remembered; a code lives for ten minutes.
const MOST: usize = 2_000;

impl Post {
    pub(crate) fn by(mailer: impl Mailer) -> Self {
        Self { mailer: Arc::new(mailer), noted: Arc::default() }
    }

    /// The delivery state of the newest mail with this mark, if this process sent it.
    pub(crate) fn of(&self, mark: &str) -> Option<Sending> {
        self.noted().iter().find(|(noted, _)| noted == mark).map(|(_, sending)| *sending)
    }

    fn note(&self, mark: &str, sending: Sending) {
        let mut noted = self.noted();
        noted.retain(|(other, _)| other != mark);
        noted.push_front((mark.to_owned(), sending));
        noted.truncate(MOST);
    }

    fn noted(&self) -> MutexGuard<'_, VecDeque<(String, Sending)>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let sent = self.mailer.send(mail).await;
        if let Message::LoginCode { reference: Some(mark), .. } = mail.message() {
            match &sent {
                Ok(()) => self.note(mark, Sending::Taken),
                Err(MailError::NotNow(_)) => self.note(mark, Sending::Slow),
                Err(_) => self.note(mark, Sending::Refused),
            }
        }
        sent
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("mailer", &self.mailer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use countersign::{LetterId, Locale, OsRandom, SecretText, Timestamp};
    use countersign_testkit::{Failing, Inbox};

    use super::*;

    fn mail(mark: &str) -> Mail {
        let message = Message::LoginCode {
            code: SecretText::new("482913".to_owned()),
            at: Timestamp::from_seconds(0),
            until: Timestamp::from_seconds(600),
            client: None,
            reference: Some(mark.to_owned()),
        };
        let letter = LetterId::draw(&OsRandom).unwrap();
        let to = "ada@larkfield.example".parse().unwrap();
        Mail::trial(letter, to, &Locale::english(), "Larkfield Freight", message)
    }

    #[tokio::test]
    async fn a_page_can_ask_whether_its_mail_has_left() {
        let inbox = Inbox::new();
        let post = Post::by(inbox.clone());
        assert_eq!(post.of("KQMR"), None);
        inbox.fail_next(Failing::NotNow);
        assert!(post.send(&mail("KQMR")).await.is_err());
        assert_eq!(post.of("KQMR"), Some(Sending::Slow));
        inbox.fail_next(Failing::Refused);
        assert!(post.send(&mail("KQMR")).await.is_err());
        assert_eq!(post.of("KQMR"), Some(Sending::Refused));
        post.send(&mail("KQMR")).await.unwrap();
        assert_eq!(post.of("KQMR"), Some(Sending::Taken));
        assert_eq!(post.of("BCDF"), None);
    }

    #[tokio::test]
    async fn no_more_marks_are_kept_than_it_was_built_for() {
        let post = Post::by(Inbox::new());
        for number in 0..=MOST {
            post.note(&number.to_string(), Sending::Taken);
        }
        assert_eq!(post.noted().len(), MOST);
        assert_eq!(post.of("0"), None);
    }
}
