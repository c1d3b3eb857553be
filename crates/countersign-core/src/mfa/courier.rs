//! The courier: takes letters from the outbox to the mailer.
//!
//! It reloads the account, drops what is no longer wanted, derives the code or the link, renders,
//! and sends. At least once, the same code each time. A login never waits for it, and a crash
//! loses no mail.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use super::engine::{Engine, Scope, Work};
use super::error::{Error, WhileDoing as _};
use crate::account::{Account, Actor, Env, Tenant, reference};
use crate::login::InvitationClaims;
use crate::mail::{Envelope, Letter, LetterKind, MailError, Mailer, Message, render};
use crate::seal::Fault;
use crate::store::{ClaimFilter, Claimed, Settlement, Snapshot};
use crate::types::{MINUTE, SecretText, TenantId, Timestamp, doubled};

/// How long a claimed letter is ours; longer than any mailer takes. Letters are claimed one by one,
/// so that none waits under its lease for another that a slow mail server holds up.
const LEASE: Duration = MINUTE.saturating_mul(2);
/// The first pause after a failure; doubled by each further one, up to five minutes.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = MINUTE.saturating_mul(5);
/// Mails in a minute, for one tenant and for the deployment. The rest waits; nothing is dropped.
const TENANT_PACE: u32 = 120;
const DEPLOYMENT_PACE: u32 = 1200;

/// The worker that sends mails. One for each process is enough; any number is safe.
///
/// Run it beside the server with [`Courier::run`], or call [`Courier::drain`] from a job. Each mail
/// is sent at least once; a code that is sent twice is the same code.
#[must_use = "without the courier no mail is ever sent"]
pub struct Courier {
    engine: Arc<Engine>,
    mailer: Arc<dyn Mailer>,
    pace: Mutex<Pace>,
}

/// The outcome of draining the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Mails handed to the mail service.
    pub sent: u32,
    /// Letters that were no longer needed: used, expired, erased, or to an address that changed.
    pub dropped: u32,
    /// Letters that the mail service refused for good.
    pub refused: u32,
    /// Letters to be tried again later.
    pub delayed: u32,
    /// When the next letter is due, if one waits.
    pub next: Option<Timestamp>,
    /// How long that is from now.
    pub wait: Option<Duration>,
}

impl Courier {
    pub(super) fn new(engine: Arc<Engine>, mailer: Arc<dyn Mailer>) -> Self {
        Self { engine, mailer, pace: Mutex::default() }
    }

    /// Sends the mails that are due and says when the next one is.
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
    pub async fn drain(&self) -> Result<Drained, Error> {
        const DOING: &str = "send mails";
        let mut drained = Drained::default();
        let mut broke = None;
        loop {
            let due = self
                .engine
                .store
                .claim(1, LEASE, &ClaimFilter::default())
                .await
                .while_doing(DOING)?;
            drained.next = due.next;
            drained.wait = due.next.map(|next| next.since(due.now));
            if due.claimed.is_empty() {
                return broke.map_or(Ok(drained), Err);
            }
            for claimed in due.claimed {
                let letter = claimed.letter.id;
                let lease = claimed.lease;
                match self.deliver(claimed, &mut drained).await {
                    Ok(settlement) => {
                        let settled = self.engine.store.settle(letter, lease, settlement).await;
                        settled.while_doing(DOING)?;
                    }
                    // Its lease ends by itself; one bad record holds up nobody else's mail.
                    Err(error) => broke = broke.or(Some(error)),
                }
            }
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

    /// Drains until `stop` is ready and then finishes the mail that is being sent, so none is sent
    /// twice.
    ///
    /// It may take as long as the mailer needs for the mails that are due.
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
        loop {
            let wait = match self.drain().await {
                Ok(drained) => drained.wait.unwrap_or(MINUTE).min(MINUTE),
                Err(error) => {
                    tracing::warn!(target: "countersign", %error, "the outbox could not be drained");
                    FIRST_PAUSE
                }
            };
            // Letters that other processes queued, or left behind, are found by the minute.
            let mut woken = pin!(self.engine.wakeup.woken());
            let mut slept = pin!(sleep(wait));
            let stops = poll_fn(|context| {
                if stop.as_mut().poll(context).is_ready() {
                    return Poll::Ready(true);
                }
                let goes_on = woken.as_mut().poll(context).is_ready()
                    || slept.as_mut().poll(context).is_ready();
                if goes_on { Poll::Ready(false) } else { Poll::Pending }
            })
            .await;
            if stops {
                return;
            }
        }
    }

    async fn deliver(&self, claimed: Claimed, drained: &mut Drained) -> Result<Settlement, Error> {
        const DOING: &str = "send a mail";
        let Claimed { letter, attempt, .. } = claimed;
        let snapshot = self.engine.store.load(&letter.key).await.while_doing(DOING)?;
        let now = snapshot.now;
        let refused_before =
            snapshot.account.as_ref().is_some_and(|found| found.value.has_refused(&letter.to));
        let (tenant, message) = match self.wanted(&letter, snapshot) {
            Ok(Some(wanted)) => wanted,
            Ok(None) => {
                drained.dropped += 1;
                return Ok(Settlement::Done);
            }
            // A key that is missing now may be there soon: the letter keeps.
            Err(_) => return Ok(self.later(&letter, attempt, now, drained)),
        };
        if let Some(opens) = self.pace().full_until(letter.key.tenant(), now) {
            drained.delayed += 1;
            return Ok(Settlement::Again(opens));
        }
        let texts = self.engine.store.mail_texts(tenant.id()).await.while_doing(DOING)?;
        let mut languages: Vec<_> = letter.locale.iter().cloned().collect();
        languages.push(tenant.locale().clone());
        let envelope = Envelope { to: letter.to.clone(), letter: letter.id, attempt };
        let mail = render(&texts, &languages, tenant.name().as_str(), envelope, message);
        match self.mailer.send(&mail).await {
            Ok(()) => {
                drained.sent += 1;
                if refused_before {
                    self.note(&letter, |account, _| {
                        account.mail_delivered(&letter.to);
                        Ok(())
                    })
                    .await?;
                }
                Ok(Settlement::Done)
            }
            Err(MailError::Refused(failure)) => {
                drained.refused += 1;
                let why = failure.reason();
                self.note(&letter, |account, env| account.address_refused(&letter.to, why, env))
                    .await?;
                Ok(Settlement::Done)
            }
            Err(MailError::NotNow(_)) => Ok(self.later(&letter, attempt, now, drained)),
        }
    }

    /// Notes on the account what became of its letter.
    async fn note(
        &self,
        letter: &Letter,
        verb: impl Fn(&mut Account, &mut Env<'_>) -> Result<(), Fault> + Send + Sync,
    ) -> Result<(), Error> {
        let decide = |work: &mut Work| {
            let by = Actor::Courier.into();
            self.engine.on_account(&letter.key, &by, work, &verb).map(drop)
        };
        self.engine
            .transact("note what became of a mail", Scope::Account(&letter.key), decide)
            .await
    }

    /// Tries again after a pause, while the letter is worth it.
    fn later(
        &self,
        letter: &Letter,
        attempt: u32,
        now: Timestamp,
        drained: &mut Drained,
    ) -> Settlement {
        let pause = doubled(FIRST_PAUSE, attempt.saturating_sub(1)).min(LONGEST_PAUSE);
        let again = now.plus(pause);
        if again >= letter.ends {
            drained.dropped += 1;
            return Settlement::Done;
        }
        drained.delayed += 1;
        Settlement::Again(again)
    }

    /// Who writes and what the mail says, if the letter is still wanted.
    fn wanted(
        &self,
        letter: &Letter,
        snapshot: Snapshot,
    ) -> Result<Option<(Tenant, Message)>, Error> {
        let Snapshot { tenant: Some(tenant), account: Some(account), now } = snapshot else {
            return Ok(None);
        };
        let tenant = tenant.value;
        let account = account.value;
        if now >= letter.ends {
            return Ok(None);
        }
        let message = self.message(letter, &tenant, &account, now)?;
        Ok(message.map(|message| (tenant, message)))
    }

    /// What the mail says; `None` if the letter is no longer wanted.
    fn message(
        &self,
        letter: &Letter,
        tenant: &Tenant,
        account: &Account,
        now: Timestamp,
    ) -> Result<Option<Message>, Error> {
        let at = letter.queued;
        Ok(Some(match letter.subject.clone() {
            LetterKind::LoginCode { challenge, client } => {
                let env = self.engine.env(&letter.key, tenant, now, Actor::Courier.into());
                let wanted =
                    account.code_wanted(challenge, &letter.to, &env).while_doing("write a mail")?;
                let Some((code, until)) = wanted else { return Ok(None) };
                let code = SecretText::new(code.digits().to_owned());
                let reference = Some(reference(challenge));
                Message::LoginCode { code, at, until, client, reference }
            }
            LetterKind::Invitation { invitation } => {
                let open = account.invitation_ends(invitation, now);
                let Some(until) = open.filter(|_| account.address() == Some(&letter.to)) else {
                    return Ok(None);
                };
                let key = letter.key.clone();
                let claims = InvitationClaims { key, id: invitation, ends: until };
                let link = self.engine.invitation_link(&claims).while_doing("write a mail")?;
                let Some(link) = link else { return Ok(None) };
                Message::Invitation { link, until, invited_by: None }
            }
            LetterKind::AppLinked { client } => Message::AppLinked { at, client },
            LetterKind::AppReplaced { client } => Message::AppReplaced { at, client },
            LetterKind::AppRemoved => Message::AppRemoved { at, client: None },
            LetterKind::MfaReset { by, reason } => {
                Message::MfaReset { at, by, reason: Some(reason) }
            }
            LetterKind::Locked { until } => Message::Locked { at, until },
            LetterKind::AddressChanged { old, new } => Message::AddressChanged { at, old, new },
        }))
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier").field("mailer", &self.mailer).finish_non_exhaustive()
    }
}

/// Mails of the running minute, so that one tenant's burst delays no other for long.
#[derive(Debug, Default)]
struct Pace {
    minute: Option<Timestamp>,
    all: u32,
    of: BTreeMap<TenantId, u32>,
}

impl Pace {
    /// Counts one mail, or says when there is room for it.
    fn full_until(&mut self, tenant: &TenantId, now: Timestamp) -> Option<Timestamp> {
        let began = match self.minute {
            Some(began) if began <= now && now < began.plus(MINUTE) => began,
            _ => {
                *self = Self { minute: Some(now), ..Self::default() };
                now
            }
        };
        let of = self.of.entry(tenant.clone()).or_default();
        if *of >= TENANT_PACE || self.all >= DEPLOYMENT_PACE {
            return Some(began.plus(MINUTE));
        }
        *of += 1;
        self.all += 1;
        None
    }
}
