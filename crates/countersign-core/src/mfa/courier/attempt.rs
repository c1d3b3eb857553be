//! One attempt to send one letter: load, look whether it is still wanted, write it, send it, settle it.
//!
//! Why it is safe: the code or the link is derived here and nowhere kept, and a letter that is spent,
//! ended or replaced never becomes a mail.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use super::recipients::{Recipients, Turn};
use crate::account::{Account, Actor, Env, Tenant, reference};
use crate::login::InvitationClaims;
use crate::mail::{
    Envelope, Lane, Letter, LetterKind, MailError, MailReason, Mailer, Message, Texts, render,
};
use crate::mfa::engine::{Engine, Scope, Work};
use crate::mfa::error::{Error, WhileDoing as _};
use crate::seal::Fault;
use crate::store::{Claimed, Lease, Settlement, Snapshot, StoreError};
use crate::types::{MINUTE, SecretText, TenantId, Timestamp, doubled};

/// The first pause after a failure; doubled by each further one. It counts from the end of an attempt.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause: somebody waits for a code, and a notice is worth sending for days.
const LONGEST_PAUSE_OF_A_CODE: Duration = MINUTE;
const LONGEST_PAUSE_OF_A_NOTICE: Duration = MINUTE.saturating_mul(30);

/// How long a claimed letter is ours. A letter is claimed when there is a place for it, so that none
/// waits under its lease for another that a slow mail server holds up.
pub(super) const LEASE: Duration = MINUTE.saturating_mul(2);
/// How often the lease of a mail under way is prolonged: with the last one a mailer has had a quarter of
/// an hour, more than RFC 5321 asks us to wait for any answer.
const MOST_HOLDS: u32 = 13;

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Sent,
    /// Nobody wants it any more.
    Dropped,
    /// It ended before it could be sent.
    GivenUp,
    Refused,
    Delayed,
}

/// How an attempt ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) fate: Result<Fate, Error>,
    /// Whether the mail service was asked.
    pub(super) asked: bool,
}

/// What an attempt works with.
#[derive(Clone, Copy)]
pub(super) struct Tools<'a> {
    pub(super) engine: &'a Engine,
    pub(super) mailer: &'a dyn Mailer,
    pub(super) recipients: &'a Mutex<Recipients>,
}

impl Tools<'_> {
    fn recipients(&self) -> MutexGuard<'_, Recipients> {
        self.recipients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one letter to the mailer and settles it.
pub(super) async fn attempt<S: Future + Send>(
    tools: Tools<'_>,
    claimed: Claimed,
    sleep: impl Fn(Duration) -> S + Send + Sync,
) -> Ended {
    let mut asked = false;
    let id = claimed.letter.id;
    let lease = claimed.lease;
    let fate = match deliver(tools, claimed, sleep, &mut asked).await {
        Ok((fate, settlement)) => {
            let settled = tools.engine.store.settle(id, lease, settlement).await;
            settled.while_doing("settle a mail").map(|()| fate)
        }
        // Its lease ends by itself.
        Err(error) => Err(error),
    };
    Ended { fate, asked }
}

async fn deliver<S: Future + Send>(
    tools: Tools<'_>,
    Claimed { letter, attempt, lease }: Claimed,
    sleep: impl Fn(Duration) -> S + Send + Sync,
    asked: &mut bool,
) -> Result<(Fate, Settlement), Error> {
    const DOING: &str = "send a mail";
    let Tools { engine, mailer, .. } = tools;
    let snapshot = match engine.store.load(&letter.key).await {
        // Nobody can say whether it is wanted. Once it has ended, it is not.
        Err(StoreError::Damaged(_) | StoreError::DamagedTenant(_))
            if engine.clock.now() >= letter.ends =>
        {
            return Ok((Fate::GivenUp, Settlement::Done));
        }
        loaded => loaded.while_doing(DOING)?,
    };
    let now = snapshot.now;
    if now >= letter.ends {
        give_up(engine, &letter, None).await?;
        return Ok((Fate::GivenUp, Settlement::Done));
    }
    let has_refused = |account: &Account| account.has_refused(&letter.to);
    let refused_before = snapshot.account.as_ref().is_some_and(|found| has_refused(&found.value));
    let (tenant, message) = match wanted(engine, &letter, snapshot) {
        Ok(Some(wanted)) => wanted,
        Ok(None) => return Ok((Fate::Dropped, Settlement::Done)),
        // A key that is missing now may be there soon: the letter keeps.
        Err(_) => return later(engine, &letter, attempt, now, None).await,
    };
    match tools.recipients().turn(&letter, now) {
        Turn::Now => {}
        Turn::At(then) => return Ok((Fate::Delayed, Settlement::Again(then))),
        Turn::Told => return Ok((Fate::Dropped, Settlement::Done)),
    }
    let texts = texts(engine, tenant.id()).await;
    // Else a lock would count as told of, and nobody would be told.
    let texts = texts.inspect_err(|_| tools.recipients().take_back(&letter)).while_doing(DOING)?;
    let mut languages: Vec<_> = letter.locale.iter().cloned().collect();
    languages.push(tenant.locale().clone());
    let envelope = Envelope { to: letter.to.clone(), letter: letter.id, attempt };
    let mail = render(&texts, &languages, tenant.name().as_str(), envelope, message);
    *asked = true;
    let hold = || hold(engine, &letter, lease);
    match hold_while(mailer.send(&mail), sleep, hold).await {
        Ok(()) => {
            if refused_before {
                delivered(engine, &letter).await?;
            }
            Ok((Fate::Sent, Settlement::Done))
        }
        Err(error @ MailError::Refused(_)) => {
            warn(&letter, attempt, error.reason(), "the mail service refuses an address for good");
            refused(engine, &letter, error.reason()).await?;
            Ok((Fate::Refused, Settlement::Done))
        }
        Err(error @ MailError::NotNow(_)) => {
            warn(&letter, attempt, error.reason(), "a mail could not be sent");
            tools.recipients().take_back(&letter);
            // The attempt may have taken long: the pause counts from its end.
            let now = engine.store.load(&letter.key).await.while_doing(DOING)?.now;
            later(engine, &letter, attempt, now, Some(error.reason())).await
        }
    }
}

/// The tenant's own texts. Damaged ones hold up no code: it goes out in the words of this library.
async fn texts(engine: &Engine, tenant: &TenantId) -> Result<Texts, StoreError> {
    match engine.store.mail_texts(tenant).await {
        Err(error @ StoreError::Corrupt { .. }) => {
            let what = "mail texts cannot be read, so mails go out in standard words; restore them, or \
                        take them back with `Admin::reset_mail_texts`";
            tracing::warn!(target: "countersign", %tenant, %error, "{what}");
            Ok(Texts::default())
        }
        // A store for logins alone: nobody can have written any.
        Err(StoreError::NoLists) => Ok(Texts::default()),
        read => read,
    }
}

/// Prolongs the lease each minute, so that no other courier sends a copy of a mail that a slow server is
/// still thinking about.
async fn hold_while<T, S: Future + Send, H: Future + Send>(
    sending: impl Future<Output = T> + Send,
    sleep: impl Fn(Duration) -> S + Send + Sync,
    hold: impl Fn() -> H + Send + Sync,
) -> T {
    let mut sending = pin!(sending);
    for _ in 0..MOST_HOLDS {
        let mut minute = pin!(sleep(MINUTE));
        let sent = poll_fn(|context| match sending.as_mut().poll(context) {
            Poll::Ready(sent) => Poll::Ready(Some(sent)),
            Poll::Pending => minute.as_mut().poll(context).map(|_| None),
        });
        if let Some(sent) = sent.await {
            return sent;
        }
        hold().await;
    }
    sending.await
}

/// Holds the letter for another lease. Without the store it comes back when its lease has ended, which
/// may make a copy, and no mail is lost.
async fn hold(engine: &Engine, letter: &Letter, lease: Lease) {
    let Ok(Snapshot { now, .. }) = engine.store.load(&letter.key).await else { return };
    let held = Settlement::Extended(now.plus(LEASE));
    let _ = engine.store.settle(letter.id, lease, held).await;
}

/// Tells the operator, in numbers only: a mailer's own words are for the mailer to log.
fn warn(letter: &Letter, attempt: u32, reason: MailReason, what: &str) {
    let mail = letter.subject.mail_kind();
    let letter = letter.id;
    tracing::warn!(target: "countersign", %letter, %mail, attempt, %reason, "{what}");
}

/// Marks the address. If it is no longer the user's, the mail is noted as one that was not sent.
async fn refused(engine: &Engine, letter: &Letter, reason: MailReason) -> Result<(), Error> {
    let mail = letter.subject.mail_kind();
    note(engine, letter, |account, env| {
        account.address_refused(&letter.to, reason, env)?;
        match env.effects.events.is_empty() {
            true => account.mail_not_sent(mail, Some(reason), env),
            false => Ok(()),
        }
    })
    .await
}

/// What the address refused before says nothing any more.
async fn delivered(engine: &Engine, letter: &Letter) -> Result<(), Error> {
    note(engine, letter, |account, _| {
        account.mail_delivered(&letter.to);
        Ok(())
    })
    .await
}

/// Notes for the tenant that a mail was not sent, and why the last try failed.
async fn give_up(
    engine: &Engine,
    letter: &Letter,
    reason: Option<MailReason>,
) -> Result<(), Error> {
    let mail = letter.subject.mail_kind();
    tracing::warn!(target: "countersign", letter = %letter.id, %mail, "a mail is given up");
    note(engine, letter, |account, env| account.mail_not_sent(mail, reason, env)).await
}

/// Notes on the account what became of its letter.
async fn note(
    engine: &Engine,
    letter: &Letter,
    verb: impl Fn(&mut Account, &mut Env<'_>) -> Result<(), Fault> + Send + Sync,
) -> Result<(), Error> {
    let decide = |work: &mut Work| {
        engine.on_account(&letter.key, &Actor::Courier.into(), work, &verb).map(drop)
    };
    engine.transact("note what became of a mail", Scope::Account(&letter.key), decide).await
}

/// Tries again after a pause, while the letter is worth it.
async fn later(
    engine: &Engine,
    letter: &Letter,
    attempt: u32,
    now: Timestamp,
    reason: Option<MailReason>,
) -> Result<(Fate, Settlement), Error> {
    let longest = match letter.lane() {
        Lane::Codes => LONGEST_PAUSE_OF_A_CODE,
        Lane::Notices | Lane::Others => LONGEST_PAUSE_OF_A_NOTICE,
    };
    let pause = doubled(FIRST_PAUSE, attempt.saturating_sub(1)).min(longest);
    let again = now.plus(pause + jitter(engine, pause));
    if again >= letter.ends {
        give_up(engine, letter, reason).await?;
        return Ok((Fate::GivenUp, Settlement::Done));
    }
    Ok((Fate::Delayed, Settlement::Again(again)))
}

/// Up to a quarter more, so that mails which failed together do not come back together.
fn jitter(engine: &Engine, pause: Duration) -> Duration {
    let mut byte = [0];
    // Without randomness there is none; a mail waits for nothing better.
    let share = engine.random.fill(&mut byte).map_or(0, |()| u32::from(byte[0]));
    let millis = (pause * share).as_millis() / 1024;
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// Who writes and what the mail says, if the letter is still wanted.
fn wanted(
    engine: &Engine,
    letter: &Letter,
    snapshot: Snapshot,
) -> Result<Option<(Tenant, Message)>, Error> {
    let Snapshot { tenant: Some(tenant), account: Some(account), now } = snapshot else {
        return Ok(None);
    };
    let tenant = tenant.value;
    let message = message(engine, letter, &tenant, &account.value, now)?;
    Ok(message.map(|message| (tenant, message)))
}

/// What the mail says; `None` if the letter is no longer wanted.
fn message(
    engine: &Engine,
    letter: &Letter,
    tenant: &Tenant,
    account: &Account,
    now: Timestamp,
) -> Result<Option<Message>, Error> {
    let at = letter.queued;
    Ok(Some(match letter.subject.clone() {
        LetterKind::LoginCode { challenge, client } => {
            let env = engine.env(&letter.key, tenant, now, Actor::Courier.into());
            let wanted = account
                .code_wanted(challenge, &letter.to, letter.queued, &env)
                .while_doing("write a mail")?;
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
            let link = engine.invitation_link(&claims).while_doing("write a mail")?;
            let Some(link) = link else { return Ok(None) };
            Message::Invitation { link, until, invited_by: None }
        }
        LetterKind::AppLinked { client } => Message::AppLinked { at, client },
        LetterKind::AppReplaced { client } => Message::AppReplaced { at, client },
        LetterKind::AppRemoved => Message::AppRemoved { at, client: None },
        LetterKind::MfaReset { by, reason } => Message::MfaReset { at, by, reason: Some(reason) },
        LetterKind::Locked { until } => Message::Locked { at, until },
        LetterKind::AddressChanged { old, new } => Message::AddressChanged { at, old, new },
    }))
}
