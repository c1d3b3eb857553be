//! What a rule may look at besides the account: the tenant, the time, the limits, keys and
//! randomness. And what it leaves behind: events and letters that ride in the same commit.

use std::time::Duration;

use super::event::{Actor, Event, EventKind};
use super::tenant::Tenant;
use crate::mail::{Letter, LetterKind};
use crate::policy::Limits;
use crate::seal::{Fault, Sealer};
use crate::types::{
    AccountKey, DAY, EmailAddress, EventId, LetterId, Locale, Pseudonym, Random, Timestamp,
};

/// How long a notice is worth sending.
const NOTICE_LIFE: Duration = DAY.saturating_mul(3);

/// The surroundings of one decision.
pub(crate) struct Env<'a> {
    pub(crate) key: &'a AccountKey,
    pub(crate) tenant: &'a Tenant,
    pub(crate) now: Timestamp,
    pub(crate) limits: &'a Limits,
    pub(crate) sealer: &'a Sealer,
    pub(crate) random: &'a dyn Random,
    pub(crate) origin: Origin,
    pub(crate) effects: Effects,
}

/// Who acts, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) actor: Actor,
    /// How mails may describe the browser or other client.
    pub(crate) seen_as: Option<String>,
}

impl From<Actor> for Origin {
    fn from(actor: Actor) -> Self {
        Self { actor, seen_as: None }
    }
}

/// What a decision leaves behind besides the account.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) events: Vec<Event>,
    pub(crate) letters: Vec<Letter>,
}

impl Env<'_> {
    /// The same surroundings, with nothing left behind yet.
    pub(crate) fn afresh(&self) -> Self {
        Self { origin: self.origin.clone(), effects: Effects::default(), ..*self }
    }

    /// Writes down what happened, under the account's pseudonym.
    pub(crate) fn record(&mut self, account: Pseudonym, what: EventKind) -> Result<(), Fault> {
        self.effects.events.push(Event {
            id: EventId::draw(self.random)?,
            tenant: self.tenant.id().clone(),
            account: Some(account),
            actor: self.origin.actor.clone(),
            at: self.now,
            what,
        });
        Ok(())
    }

    /// Queues a letter that is worth sending until `ends`.
    pub(crate) fn post(
        &mut self,
        to: &EmailAddress,
        locale: Option<&Locale>,
        subject: LetterKind,
        ends: Timestamp,
    ) -> Result<(), Fault> {
        self.effects.letters.push(Letter {
            id: LetterId::draw(self.random)?,
            key: self.key.clone(),
            to: to.clone(),
            locale: locale.cloned(),
            subject,
            queued: self.now,
            ends,
        });
        Ok(())
    }

    /// Queues a notice of something that has happened.
    pub(crate) fn notify(
        &mut self,
        to: &EmailAddress,
        locale: Option<&Locale>,
        subject: LetterKind,
    ) -> Result<(), Fault> {
        self.post(to, locale, subject, self.now.plus(NOTICE_LIFE))
    }
}
