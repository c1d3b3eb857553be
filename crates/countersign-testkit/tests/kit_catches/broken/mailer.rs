//! A small mail service with a mailer, and what a mailer can do wrong.

use std::fmt;
use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use countersign_core::{Mail, MailError, Mailer};
use countersign_testkit::{Arrived, MailService, Treatment};

use super::dawdle;

/// A mailer that breaks one law, with the service behind it.
#[derive(Clone)]
pub(crate) struct BrokenMailer {
    /// None in the one that works, which the tests of the kit hold against the others.
    flaw: Option<Flaw>,
    service: Arc<Mutex<Service>>,
    /// A call is under way, for flaws that mind.
    busy: Arc<AtomicBool>,
}

struct Service {
    treatment: Treatment,
    arrived: Vec<Arrived>,
    /// The address of a call that is under way.
    pending: Option<String>,
}

/// What a broken mailer does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    SendsCopies,
    StripsAccents,
    BelievesItself,
    NeverGivesUp,
    GivesUpAtOnce,
    GivesUpInDoubt,
    Waits,
    StaysLocked,
    SendsOnce,
    SharesState,
    QuotesMails,
}

impl BrokenMailer {
    const FLAWS: &[(Flaw, &str, &str)] = &[
        (
            Flaw::SendsCopies,
            "a_mail_goes_to_exactly_its_address",
            "It sends a blind copy of every mail to an archive.",
        ),
        (Flaw::StripsAccents, "what_arrives_is_what_was_written", "It sends what ASCII can say."),
        (
            Flaw::BelievesItself,
            "a_mail_that_was_sent_has_arrived",
            "It says that a mail was sent when the service takes none.",
        ),
        (
            Flaw::NeverGivesUp,
            "an_address_refused_for_good_is_refused",
            "It takes every refusal for a passing failure.",
        ),
        (Flaw::GivesUpAtOnce, "a_failure_is_not_now", "It takes a passing failure for a refusal."),
        (Flaw::GivesUpInDoubt, "doubt_is_not_now", "It takes a broken connection for a refusal."),
        (Flaw::Waits, "a_call_ends_by_itself", "It waits for an answer as long as it takes."),
        (
            Flaw::StaysLocked,
            "a_dropped_call_harms_no_later_one",
            "It marks its connection as used, and a dropped call never gives it back.",
        ),
        (
            Flaw::SendsOnce,
            "the_same_mail_may_be_sent_again",
            "It leaves out a mail that it has sent before.",
        ),
        (
            Flaw::SharesState,
            "mails_sent_at_once_do_not_mix",
            "It keeps the address of the mail under way where another call overwrites it.",
        ),
        (
            Flaw::QuotesMails,
            "an_error_holds_no_part_of_the_mail",
            "Its errors repeat what the service said, address included.",
        ),
    ];

    /// One fresh mailer for each way to be broken.
    pub(crate) fn all() -> Vec<Self> {
        Self::FLAWS.iter().map(|(flaw, ..)| Self::with(Some(*flaw))).collect()
    }

    /// The one that works: it keeps every law.
    pub(crate) fn mended() -> Self {
        Self::with(None)
    }

    /// The name of the law that it breaks; nothing for the one that works.
    pub(crate) fn law(&self) -> &'static str {
        self.entry().map_or("", |(_, law, _)| law)
    }

    /// What it does wrong, as a sentence; nothing for the one that works.
    pub(crate) fn what(&self) -> &'static str {
        self.entry().map_or("", |(_, _, what)| what)
    }

    fn entry(&self) -> Option<&'static (Flaw, &'static str, &'static str)> {
        Self::FLAWS.iter().find(|(flaw, ..)| Some(*flaw) == self.flaw)
    }

    fn with(flaw: Option<Flaw>) -> Self {
        let service = Service { treatment: Treatment::Accept, arrived: Vec::new(), pending: None };
        Self { flaw, service: Arc::new(Mutex::new(service)), busy: Arc::default() }
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mail as it goes out.
    fn written(&self, mail: &Mail) -> Arrived {
        let mut out = Arrived {
            recipients: vec![mail.to().as_str().to_owned()],
            subject: mail.subject().to_owned(),
            text: mail.text().to_owned(),
            html: mail.html().to_owned(),
        };
        match self.flaw {
            Some(Flaw::SendsCopies) => out.recipients.push("archive@larkfield.example".to_owned()),
            Some(Flaw::StripsAccents) => out.text.retain(|c| c.is_ascii()),
            _ => {}
        }
        out
    }

    fn failed(&self, mail: &Mail, why: &str) -> Box<dyn std::error::Error + Send + Sync> {
        match self.is(Flaw::QuotesMails) {
            true => format!("550 <{}>: {why}", mail.to()).into(),
            false => why.into(),
        }
    }
}

#[async_trait]
impl Mailer for BrokenMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mut out = self.written(mail);
        if self.is(Flaw::StaysLocked) && self.busy.swap(true, Ordering::SeqCst) {
            return Err(MailError::NotNow("the connection is in use".into()));
        }
        self.service().pending = Some(mail.to().as_str().to_owned());
        // A trip over the network: others get their turn.
        trip().await;
        self.busy.store(false, Ordering::SeqCst);
        let treatment = self.service().treatment;
        match treatment {
            Treatment::Accept => {
                let mut service = self.service();
                if let Some(pending) =
                    service.pending.clone().filter(|_| self.is(Flaw::SharesState))
                {
                    out.recipients = vec![pending];
                }
                if !(self.is(Flaw::SendsOnce) && service.arrived.contains(&out)) {
                    service.arrived.push(out);
                }
                Ok(())
            }
            _ if self.is(Flaw::BelievesItself) => Ok(()),
            Treatment::RefuseForGood if !self.is(Flaw::NeverGivesUp) => {
                Err(MailError::Refused(self.failed(mail, "no such mailbox").into()))
            }
            Treatment::FailForNow if self.is(Flaw::GivesUpAtOnce) => {
                Err(MailError::Refused(self.failed(mail, "try again later").into()))
            }
            Treatment::BreakOff if self.is(Flaw::GivesUpInDoubt) => {
                Err(MailError::Refused(self.failed(mail, "the connection broke").into()))
            }
            Treatment::Hang if self.is(Flaw::Waits) => pending().await,
            Treatment::Hang => {
                for _ in 0..self.longest_call().as_millis() / 2 {
                    trip().await;
                }
                Err(MailError::NotNow(self.failed(mail, "no answer").into()))
            }
            _ => Err(MailError::NotNow(self.failed(mail, "not at the moment").into())),
        }
    }
}

#[async_trait]
impl MailService for BrokenMailer {
    fn mailer(&self) -> Arc<dyn Mailer> {
        Arc::new(self.clone())
    }

    async fn treats_mails(&self, treatment: Treatment) {
        self.service().treatment = treatment;
    }

    async fn arrived(&self) -> Vec<Arrived> {
        self.service().arrived.clone()
    }

    fn longest_call(&self) -> Duration {
        Duration::from_millis(100)
    }
}

impl fmt::Debug for BrokenMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrokenMailer({:?})", self.flaw)
    }
}

/// A trip over the network, in which others get their turn: about a millisecond.
async fn trip() {
    let back = Arc::new(AtomicBool::new(false));
    poll_fn(|context| {
        if back.load(Ordering::SeqCst) {
            return Poll::Ready(());
        }
        let back = Arc::clone(&back);
        let waker = context.waker().clone();
        thread::spawn(move || {
            dawdle();
            back.store(true, Ordering::SeqCst);
            waker.wake();
        });
        Poll::Pending
    })
    .await;
}
