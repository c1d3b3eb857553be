//! The courier: takes letters from the outbox to the mailer.
//!
//! It reloads the account, drops what is no longer wanted, derives the code or the link, renders,
//! and sends. At least once, the same code each time. A login never waits for it, and a crash
//! loses no mail.

mod attempt;
mod counts;
mod pace;
mod places;
mod recipients;
mod shift;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

pub use self::counts::{CourierCounts, Drained};
use self::shift::{Desk, Shift};
use super::engine::Engine;
use super::error::Error;
use crate::mail::Mailer;
use crate::types::MINUTE;

/// How long the courier leaves the outbox alone after the store failed.
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);
/// How long a courier that is told to stop waits for mails under way.
const LAST_MAILS: Duration = Duration::from_secs(20);

/// The worker that sends mails. One for each process is enough; any number is safe.
///
/// Run it beside the server with [`Courier::run`], or call [`Courier::drain`] from a job. Each mail
/// is sent at least once; a code that is sent twice is the same code.
///
/// # What goes first
///
/// Codes go before notices of a changed authenticator or address, and those before invitations and
/// notices of a lock. Tenants take turns, and of one tenant's letters the one that is due longest goes
/// first. A mail that fails is tried again after 5 seconds, counted from the
/// end of the attempt; each further pause is twice as long, up to a minute for a code and 30 minutes
/// for a notice, and up to a quarter longer by chance. A letter that ends before it can be sent is given
/// up. [`Limits`](crate::Limits) say how many mails leave in a minute.
///
/// One mailbox gets ten notices of a change from each tenant in ten minutes, and from all tenants
/// together ten invitations and notices of a lock, whichever accounts they are about; the others wait, and
/// none is dropped for that. Of two
/// notices of a lock of one account within an hour the second is dropped.
///
/// # Mail servers that hang
///
/// Eight mails are under way at once. [`run`](Self::run) looks after each second how long they take: one
/// that takes longer than two seconds, or than one if its domain has not answered lately, leaves the
/// eight. Up to 32 such mails go on beside them, two of one domain and four of one tenant. A domain that
/// answers has six of the eight, and so have mails that are no codes, of which four are for what is no
/// notice of a change; a domain of which nothing is known has two, and one
/// that hung goes behind all others. So servers that hang delay a code to anybody else by less than two
/// seconds. All of this is counted in each process on its own.
///
/// A letter is held for two minutes, and [`run`](Self::run) prolongs that each minute while a mail is
/// under way, up to a quarter of an hour: no other courier sends a copy meanwhile, and a letter whose
/// process has died is sent by the next.
#[must_use = "without the courier no mail is ever sent"]
pub struct Courier {
    desk: Desk,
}

impl Courier {
    pub(super) fn new(engine: Arc<Engine>, mailer: Arc<dyn Mailer>) -> Self {
        let counts = CourierCounts::default();
        let pace = Mutex::default();
        let recipients = Mutex::default();
        Self { desk: Desk { engine, mailer, pace, recipients, counts } }
    }

    /// What it has done so far, for as long as anybody wants to know.
    #[must_use]
    pub fn counts(&self) -> CourierCounts {
        self.desk.counts.clone()
    }

    /// Sends the mails that are due and says when the next one is.
    ///
    /// It has no timer, so a mail server that hangs holds its places until the mailer gives it up, and a
    /// letter is held for two minutes, however long the mailer takes. [`run`](Self::run) does better.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let courier = &demo.courier;
    /// # let key = &demo.ben;
    /// # demo.challenge(key).await;
    /// let drained = courier.drain().await?;
    /// assert_eq!(drained.sent, 1);
    /// assert_eq!(drained.next, None);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended`, `OutcomeUnknown` or `Corrupt`: mails that were not settled are
    /// sent again later. One unreadable account does not hold up the mails of others.
    /// `Configuration` if the keys are not those of this database, which the first drain compares:
    /// nothing is sent; see [`Mfa::check`](crate::Mfa::check).
    pub async fn drain(&self) -> Result<Drained, Error> {
        let never = |_| std::future::pending::<()>();
        let mut shift = Shift::new(&self.desk, &never);
        loop {
            let filled = shift.fill().await;
            if let Err(error) = filled {
                shift.finish().await;
                return Err(error);
            }
            if shift.is_idle() {
                return shift.outcome();
            }
            poll_fn(|context| shift.poll_change(context)).await;
        }
    }

    /// Drains for ever: at once when this process queues a letter, and when one comes due.
    ///
    /// `sleep` is the runtime's, such as `tokio::time::sleep`. Stop it by dropping the future: a
    /// mail that is being sent may be sent once more when its lease has ended.
    /// [`Courier::run_until`] avoids that.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # demo.challenge(&demo.ben).await;
    /// # let inbox = demo.inbox.clone();
    /// # let courier = demo.courier;
    /// # async fn sleep(_: std::time::Duration) { std::future::pending().await }
    /// // With tokio: `tokio::spawn(courier.run(tokio::time::sleep))`.
    /// let running = courier.run(sleep);
    /// # let mut running = Box::pin(running);
    /// # std::future::poll_fn(|context| {
    /// #     assert!(running.as_mut().poll(context).is_pending());
    /// #     std::task::Poll::Ready(())
    /// # }).await;
    /// assert_eq!(inbox.mails().len(), 1);
    /// # Ok(())
    /// # });
    /// ```
    pub async fn run<S: Future + Send>(self, sleep: impl Fn(Duration) -> S + Send + Sync) {
        self.run_until(sleep, std::future::pending()).await;
    }

    /// Drains until `stop` is ready and then finishes the mails that are being sent, so none is sent
    /// twice.
    ///
    /// After `stop` no further letter is taken than those that had a place at that moment, which are
    /// eight at most besides the slow ones. It ends when they are sent, and after 20 seconds in any
    /// case; what is not sent by then is sent by the next courier, perhaps once more.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # demo.challenge(&demo.ben).await;
    /// # async fn sleep(_: std::time::Duration) { std::future::pending().await }
    /// # let inbox = demo.inbox.clone();
    /// # let courier = demo.courier;
    /// let stop = std::future::ready(()); // Such as a signal to shut down.
    /// courier.run_until(sleep, stop).await;
    /// assert_eq!(inbox.mails().len(), 1);
    /// # Ok(())
    /// # });
    /// ```
    pub async fn run_until<S: Future + Send>(
        self,
        sleep: impl Fn(Duration) -> S + Send + Sync,
        stop: impl Future<Output = ()> + Send,
    ) {
        let mut stop = pin!(stop);
        let mut shift = Shift::new(&self.desk, &sleep);
        loop {
            let wait = match shift.fill().await {
                // Letters that other processes queued, or left behind, are found by the minute.
                Ok(wait) => wait.unwrap_or(MINUTE).min(MINUTE),
                Err(error) => {
                    tracing::warn!(target: "countersign", %error, "the outbox could not be read");
                    AFTER_A_FAILURE
                }
            };
            let mut woken = pin!(self.desk.engine.wakeup.woken());
            let mut slept = pin!(sleep(wait));
            let stops = poll_fn(|context| {
                if stop.as_mut().poll(context).is_ready() {
                    return Poll::Ready(true);
                }
                let goes_on = shift.poll_change(context).is_ready()
                    || woken.as_mut().poll(context).is_ready()
                    || slept.as_mut().poll(context).is_ready();
                if goes_on { Poll::Ready(false) } else { Poll::Pending }
            })
            .await;
            shift.report();
            if stops {
                let mut enough = pin!(sleep(LAST_MAILS));
                let mut finished = pin!(shift.finish());
                return poll_fn(|context| {
                    let done = finished.as_mut().poll(context).is_ready();
                    if done || enough.as_mut().poll(context).is_ready() {
                        return Poll::Ready(());
                    }
                    Poll::Pending
                })
                .await;
            }
        }
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier").field("mailer", &self.desk.mailer).finish_non_exhaustive()
    }
}
