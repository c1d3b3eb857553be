//! The mail service of the demo: it keeps every mail in memory, and fails when it is told to.
//!
//! It is an ordinary [`Mailer`], so the courier treats it as it treats a mail server: a refusal marks
//! the address, and a server that is down is tried again until the code has run out.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use countersign::mail::MailKind;
use countersign::{Clock, EmailAddress, MINUTE, Mail, MailError, Mailer, Timestamp};

/// An inbox for the whole portal. Clones share the mails.
#[derive(Clone)]
pub(crate) struct Inbox {
    clock: Arc<dyn Clock>,
    bouncing: Arc<[EmailAddress]>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// Newest first.
    posts: VecDeque<Post>,
    numbered: u64,
    treatment: Treatment,
}

/// How the service treats the mails that come from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Treatment {
    #[default]
    Deliver,
    Refuse,
    Delay,
    Down,
}

impl Treatment {
    pub(crate) const ALL: [Self; 4] = [Self::Deliver, Self::Refuse, Self::Delay, Self::Down];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Deliver => "delivered",
            Self::Refuse => "refused",
            Self::Delay => "late",
            Self::Down => "down",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|treatment| treatment.name() == name)
    }
}

/// A mail and its delivery state.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) number: u64,
    pub(crate) mail: Mail,
    /// When the portal handed it over, the last time it tried.
    pub(crate) at: Timestamp,
    pub(crate) fate: Fate,
}

/// The delivery state of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Delivered,
    Refused,
    /// The service has it, and no one can read it before then.
    Late {
        until: Timestamp,
    },
    /// The server was down; the portal still has it and tries again.
    NotTaken {
        tries: u32,
    },
}

impl Inbox {
    /// An empty inbox that refuses these addresses whatever it is told.
    pub(crate) fn new(clock: impl Clock, bouncing: impl IntoIterator<Item = EmailAddress>) -> Self {
        Self {
            clock: Arc::new(clock),
            bouncing: bouncing.into_iter().collect(),
            kept: Arc::default(),
        }
    }

    pub(crate) fn set_treatment(&self, treatment: Treatment) {
        self.lock().treatment = treatment;
    }

    pub(crate) fn treatment(&self) -> Treatment {
        self.lock().treatment
    }

    /// Every mail, newest first, as it is now.
    pub(crate) fn posts(&self) -> Vec<Post> {
        let now = self.clock.now();
        self.lock().posts.iter().map(|post| post.as_of(now)).collect()
    }

    /// The mail with this number, if the service has it and it may be read now.
    pub(crate) fn post(&self, number: u64) -> Option<Post> {
        let mut posts = self.posts().into_iter();
        posts.find(|post| post.number == number && post.can_be_read())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Post {
    fn as_of(&self, now: Timestamp) -> Self {
        let mut post = self.clone();
        if matches!(post.fate, Fate::Late { until } if until <= now) {
            post.fate = Fate::Delivered;
        }
        post
    }

    /// A mail that is on its way or was never taken is in no one's inbox. One that was refused is
    /// shown all the same, because the new_user wants to know what it was.
    pub(crate) fn can_be_read(&self) -> bool {
        matches!(self.fate, Fate::Delivered | Fate::Refused)
    }

    /// The digits that a person would copy, read off the text part.
    pub(crate) fn code(&self) -> Option<&str> {
        let runs = self.mail.text().split(|c: char| !c.is_ascii_digit());
        let mut codes = runs.filter(|run| (6..=8).contains(&run.len()));
        if self.mail.kind() == MailKind::LoginCode { codes.next() } else { None }
    }

    /// The link that a person would follow, read off the text part.
    pub(crate) fn link(&self) -> Option<&str> {
        self.mail.text().lines().find(|line| line.contains("://"))
    }
}

impl Kept {
    /// Notes a mail; one that was not taken before becomes the one that is tried again.
    fn note(&mut self, mail: &Mail, at: Timestamp, fate: Fate) {
        let again = self.posts.iter_mut().find(|post| {
            matches!(post.fate, Fate::NotTaken { .. }) && letter(&post.mail) == letter(mail)
        });
        if let Some(post) = again {
            let tried = match (post.fate, fate) {
                (Fate::NotTaken { tries }, Fate::NotTaken { .. }) => {
                    Fate::NotTaken { tries: tries.saturating_add(1) }
                }
                (
                    Fate::Delivered | Fate::Refused | Fate::Late { .. } | Fate::NotTaken { .. },
                    fate,
                ) => fate,
            };
            *post = Post { number: post.number, mail: mail.clone(), at, fate: tried };
            return;
        }
        self.numbered += 1;
        self.posts.push_front(Post { number: self.numbered, mail: mail.clone(), at, fate });
        self.posts.truncate(MOST);
    }
}

/// The part of a mail that all attempts to send it share.
fn letter(mail: &Mail) -> String {
    let reference = mail.message_ref();
    reference.split_once('.').map_or(reference.clone(), |(letter, _)| letter.to_owned())
}

#[async_trait]
impl Mailer for Inbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let now = self.clock.now();
        let mut kept = self.lock();
        let treatment = match self.bouncing.contains(mail.to()) {
            true => Treatment::Refuse,
            false => kept.treatment,
        };
        let (fate, told) = match treatment {
            Treatment::Deliver => (Fate::Delivered, Ok(())),
            Treatment::Delay => (Fate::Late { until: now.plus(LATE) }, Ok(())),
            Treatment::Refuse => (Fate::Refused, Err(MailError::Refused(NO_SUCH_MAILBOX.into()))),
            Treatment::Down => {
                (Fate::NotTaken { tries: 1 }, Err(MailError::NotNow(NOT_AVAILABLE.into())))
            }
        };
        kept.note(mail, now, fate);
        told
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.lock();
        f.debug_struct("Inbox")
            .field("mails", &kept.posts.len())
            .field("treatment", &kept.treatment)
            .finish_non_exhaustive()
    }
}

const LATE: Duration = MINUTE;
/// Most mails that are kept; the oldest go first.
const MOST: usize = 200;
const NO_SUCH_MAILBOX: &str = "550 5.1.1 no such mailbox";
const NOT_AVAILABLE: &str = "421 4.3.0 the mail server of the demo is down";

#[cfg(test)]
mod tests {
    use countersign::mail::Message;
    use countersign::{LetterId, Locale, OsRandom, SecretText};
    use countersign_testkit::FakeClock;

    use super::*;

    fn mail(to: &str) -> Mail {
        let code = SecretText::new("482913".to_owned());
        let at = Timestamp::from_seconds(0);
        let until = Timestamp::from_seconds(600);
        let message = Message::LoginCode { code, at, until, client: None, reference: None };
        let letter = LetterId::draw(&OsRandom).unwrap();
        Mail::trial(letter, to.parse().unwrap(), &Locale::english(), "Larkfield", message)
    }

    fn inbox() -> (Inbox, FakeClock) {
        let clock = FakeClock::default();
        (Inbox::new(clock.clone(), ["elif@larkfield.example".parse().unwrap()]), clock)
    }

    fn fates(inbox: &Inbox) -> Vec<Fate> {
        inbox.posts().iter().map(|post| post.fate).collect()
    }

    #[tokio::test]
    async fn a_mail_is_there_at_once_and_newest_first() {
        let (inbox, _) = inbox();
        for to in ["ada@larkfield.example", "ben@larkfield.example"] {
            inbox.send(&mail(to)).await.unwrap();
        }
        let posts = inbox.posts();
        assert_eq!(posts[0].mail.to().as_str(), "ben@larkfield.example");
        assert_eq!(posts[0].code(), Some("482913"));
        assert_eq!(posts[0].link(), None);
        assert_eq!(inbox.post(1).unwrap().mail.to().as_str(), "ada@larkfield.example");
    }

    #[tokio::test]
    async fn a_late_mail_cannot_be_read_before_its_minute_has_passed() {
        let (inbox, clock) = inbox();
        inbox.set_treatment(Treatment::Delay);
        inbox.send(&mail("ada@larkfield.example")).await.unwrap();
        assert!(inbox.post(1).is_none());
        clock.advance(Duration::from_secs(59));
        assert!(inbox.post(1).is_none());
        clock.advance(Duration::from_secs(1));
        assert_eq!(inbox.post(1).unwrap().fate, Fate::Delivered);
    }

    #[tokio::test]
    async fn a_server_that_is_down_keeps_nothing_and_one_letter_stays_one_line() {
        let (inbox, _) = inbox();
        let mail = mail("ada@larkfield.example");
        inbox.set_treatment(Treatment::Down);
        for _ in 0..3 {
            assert!(matches!(inbox.send(&mail).await, Err(MailError::NotNow(_))));
        }
        assert_eq!(fates(&inbox), [Fate::NotTaken { tries: 3 }]);
        assert!(inbox.post(1).is_none());
        inbox.set_treatment(Treatment::Deliver);
        inbox.send(&mail).await.unwrap();
        assert_eq!(fates(&inbox), [Fate::Delivered]);
    }

    #[tokio::test]
    async fn an_address_that_bounces_is_refused_whatever_the_switch_says() {
        let (inbox, _) = inbox();
        let told = inbox.send(&mail("elif@larkfield.example")).await;
        assert!(matches!(told, Err(MailError::Refused(_))));
        inbox.set_treatment(Treatment::Refuse);
        assert!(inbox.send(&mail("ada@larkfield.example")).await.is_err());
        assert_eq!(fates(&inbox), [Fate::Refused, Fate::Refused]);
    }

    #[tokio::test]
    async fn the_oldest_mails_make_room() {
        let (inbox, _) = inbox();
        for _ in 0..=MOST {
            inbox.send(&mail("ada@larkfield.example")).await.unwrap();
        }
        assert_eq!(inbox.posts().len(), MOST);
        assert!(inbox.post(1).is_none() && inbox.post(2).is_some());
    }
}
