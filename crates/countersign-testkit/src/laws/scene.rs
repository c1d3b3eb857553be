//! What laws are played with: people, tenants, events and letters, and the sentences with which
//! a law ends if the store does something else than asked.

use std::time::Duration;

use countersign_core::account::{Account, Actor, Event, EventKind, Tenant};
use countersign_core::mail::{Letter, LetterKind};
use countersign_core::store::{
    Change, ClaimFilter, Claimed, Due, Part, Snapshot, Storage, StoreError, Touched, Versioned,
};
use countersign_core::{
    AccountKey, ChallengeId, DisplayName, EmailAddress, EventId, Generation, HOUR, InvalidValue,
    Issuer, LetterId, Locale, NewUser, Pseudonym, TenantId, Timestamp, Version,
};

use crate::fail::{fail, must};
use crate::race::pause;
use crate::random::SeededRandom;
use crate::subject::Subject;

/// The tenant that most laws are about.
pub(super) const COMPANY: &str = "larkfield";
/// A lease that does not end while a law is tried.
pub(super) const LONG: Duration = HOUR;
/// More rounds than any page or queue of a law has.
const ROUNDS: usize = 10_000;
/// When the events and letters of a law say that they happened; a store does not look at it.
const TOLD: Timestamp = Timestamp::from_seconds(1_795_530_720);

/// Makes values that differ from all others. Clones draw from one source.
#[derive(Debug, Clone)]
pub(super) struct Props {
    random: SeededRandom,
}

impl Props {
    pub(super) fn new() -> Self {
        Self { random: SeededRandom::new(20) }
    }

    pub(super) fn account(&self) -> Account {
        self.account_of(NewUser::default())
    }

    pub(super) fn account_of(&self, new_user: NewUser) -> Account {
        must(Account::new(new_user, &self.random), "draw an account")
    }

    pub(super) fn tenant(&self, id: &TenantId) -> Tenant {
        let name = must(DisplayName::new("Larkfield Freight"), "name a company");
        let issuer = must(Issuer::new("Larkfield Freight"), "name an issuer");
        Tenant::new(id.clone(), name, issuer, Locale::english(), self.generation())
    }

    pub(super) fn generation(&self) -> Generation {
        must(Generation::start(&self.random), "draw a generation")
    }

    pub(super) fn version(&self) -> Version {
        must(Version::start(&self.random), "draw a version")
    }

    /// The account under a fresh version.
    pub(super) fn first<T>(&self, value: T) -> Versioned<T> {
        Versioned { version: self.version(), value }
    }

    pub(super) fn event(&self, tenant: &TenantId) -> Event {
        self.event_of(tenant, Actor::User, EventKind::SignedOutEverywhere)
    }

    /// Something that happened to this account, or to none.
    pub(super) fn event_about(&self, tenant: &TenantId, account: Option<Pseudonym>) -> Event {
        let mut event = self.event(tenant);
        event.account = account;
        event
    }

    pub(super) fn pseudonym(&self) -> Pseudonym {
        must(Pseudonym::draw(&self.random), "draw a pseudonym")
    }

    pub(super) fn event_of(&self, tenant: &TenantId, actor: Actor, what: EventKind) -> Event {
        let id = must(EventId::draw(&self.random), "draw an event id");
        let account = Some(self.pseudonym());
        Event::new(id, tenant.clone(), account, actor, TOLD, what)
    }

    pub(super) fn letter(&self, key: &AccountKey) -> Letter {
        let challenge = must(ChallengeId::draw(&self.random), "draw a challenge id");
        self.letter_of(key, LetterKind::LoginCode { challenge, client: None })
    }

    pub(super) fn letter_of(&self, key: &AccountKey, subject: LetterKind) -> Letter {
        let id = must(LetterId::draw(&self.random), "draw a letter id");
        let locale = Some(must(Locale::new("pt-BR"), "name a language"));
        let to = address("ada@larkfield.example");
        Letter::new(id, key.clone(), to, locale, subject, TOLD, TOLD.plus(LONG))
    }

    /// Queues this many letters, each with a change of its own; their ids in that order.
    pub(super) async fn queue(&self, store: &dyn Storage, letters: usize) -> Vec<LetterId> {
        let key = key(COMPANY, "ada");
        let mut ids = Vec::new();
        for _ in 0..letters {
            let letter = self.letter(&key);
            ids.push(letter.id);
            commit(store, Change { letters: vec![letter], ..Change::to_account(&key) }).await;
        }
        ids
    }

    /// Creates the account and returns it.
    pub(super) async fn create(&self, store: &dyn Storage, key: &AccountKey) -> Versioned<Account> {
        let next = self.first(self.account());
        commit(store, with_account(key, None, &next)).await;
        next
    }

    /// Creates the tenant and returns it.
    pub(super) async fn found(&self, store: &dyn Storage, id: &TenantId) -> Versioned<Tenant> {
        let next = self.first(self.tenant(id));
        commit(store, with_tenant(id, None, &next)).await;
        next
    }
}

pub(super) fn key(tenant: &str, user: &str) -> AccountKey {
    must(AccountKey::new(tenant, user), "name an account")
}

pub(super) fn company() -> TenantId {
    key(COMPANY, "ada").tenant().clone()
}

pub(super) fn address(text: &str) -> EmailAddress {
    must(text.parse(), "write an address")
}

/// A word that is known to be one.
pub(super) fn word<T: std::str::FromStr<Err = InvalidValue>>(text: &str) -> T {
    must(text.parse(), "write a word")
}

/// The same value under the version that follows.
pub(super) fn raised<T: Clone>(old: &Versioned<T>) -> Versioned<T> {
    Versioned { version: old.version.next(), value: old.value.clone() }
}

pub(super) fn writing<T: Clone>(expected: Option<Version>, next: &Versioned<T>) -> Part<T> {
    Part::Write { expected, next: next.clone(), touched: Touched::Everything }
}

/// The same for what logins count, which a store may write by another statement.
pub(super) fn counting(expected: Option<Version>, next: &Versioned<Account>) -> Part<Account> {
    Part::Write { expected, next: next.clone(), touched: Touched::Counters }
}

pub(super) fn with_account(
    key: &AccountKey,
    expected: Option<Version>,
    next: &Versioned<Account>,
) -> Change {
    Change { account: writing(expected, next), ..Change::to_account(key) }
}

pub(super) fn with_tenant(
    id: &TenantId,
    expected: Option<Version>,
    next: &Versioned<Tenant>,
) -> Change {
    Change { tenant: writing(expected, next), ..Change::in_tenant(id.clone()) }
}

pub(super) async fn load(store: &dyn Storage, key: &AccountKey) -> Snapshot {
    must(store.load(key).await, &format!("load {key:?}"))
}

pub(super) async fn account(store: &dyn Storage, key: &AccountKey) -> Option<Versioned<Account>> {
    load(store, key).await.account
}

/// The tenant and the store's time.
pub(super) async fn tenant(
    store: &dyn Storage,
    id: &TenantId,
) -> (Option<Versioned<Tenant>>, Timestamp) {
    must(store.tenant(id).await, "read a company")
}

pub(super) async fn time(store: &dyn Storage) -> Timestamp {
    tenant(store, &company()).await.1
}

/// Commits a change whose versions are all as expected.
pub(super) async fn commit(store: &dyn Storage, change: Change) {
    must(store.commit(change).await, "commit a change whose versions are all as expected");
}

/// Commits a change that may lose; whether it was written.
pub(super) async fn wins(store: &dyn Storage, change: Change) -> bool {
    match store.commit(change).await {
        Ok(()) => true,
        Err(StoreError::Conflict) => false,
        Err(error) => fail(format_args!("a commit may only succeed or conflict here: {error}")),
    }
}

/// Commits a change that must lose.
pub(super) async fn loses(store: &dyn Storage, change: Change, why: &str) {
    assert!(!wins(store, change).await, "no conflict: {why}");
}

/// Every event of a tenant, newest first, in pages.
pub(super) async fn events(store: &dyn Storage, tenant: &TenantId) -> Vec<Event> {
    let mut all: Vec<Event> = Vec::new();
    for _ in 0..ROUNDS {
        let before = all.last().map(|event| event.id);
        let page = must(store.events(tenant, None, before, 100).await, "read a page of events");
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
    fail("the pages of the activity log never end")
}

pub(super) async fn claim(store: &dyn Storage, limit: usize, lease: Duration) -> Due {
    must(store.claim(limit, lease, &ClaimFilter::default()).await, "claim letters")
}

/// Claims whatever is due, for long.
pub(super) async fn claim_all(store: &dyn Storage) -> Vec<Claimed> {
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        let due = claim(store, 100, LONG).await;
        if due.claimed.is_empty() {
            return all;
        }
        all.extend(due.claimed);
    }
    fail("letters that were claimed for an hour are claimed again and again")
}

/// Claims the only letter that is due.
pub(super) async fn claim_one(store: &dyn Storage, lease: Duration) -> (Claimed, Timestamp) {
    let due = claim(store, 10, lease).await;
    match <[Claimed; 1]>::try_from(due.claimed) {
        Ok([claimed]) => (claimed, due.now),
        Err(all) => fail(format_args!("one letter is due, and {} were claimed", all.len())),
    }
}

/// Lets the store's time reach this moment: at once if the subject has a clock, else by waiting.
pub(super) async fn wait_until(subject: &Subject, moment: Timestamp) {
    if let Some(clock) = subject.clock() {
        return clock.set(moment);
    }
    for _ in 0..ROUNDS {
        if time(subject.store()).await >= moment {
            return;
        }
        pause().await;
    }
    fail(format_args!("the store's time does not reach {} ms", moment.millis()))
}
