//! The reference store: everything in memory behind one lock.
//!
//! It is what tests and examples run on, and what an integrator reads first: each contract of the
//! storage ports in its shortest form. It is not for production, since it forgets at exit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::accounts::{Accounts, Group, Listed};
use super::outbox::{ClaimFilter, Claimed, Due, Lease, MOST_CLAIMED, Outbox, Settlement};
use super::store::{
    Change, DamagedAccount, DamagedTenant, Part, Snapshot, Store, StoreError, Versioned,
};
use crate::account::{Account, Actor, Event, EventKind, Tenant};
use crate::mail::{Letter, Texts};
use crate::types::{
    AccountKey, Clock, Digest, EventId, KeyId, LetterId, Pseudonym, SystemClock, TenantId,
    Timestamp, UserId, Version,
};

/// A store in memory. Clones share the state.
///
/// ```
/// use countersign_core::MemoryStore;
///
/// let store = MemoryStore::new();
/// let same = store.clone();
/// ```
#[derive(Clone)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    tenants: BTreeMap<TenantId, Versioned<Tenant>>,
    texts: BTreeMap<TenantId, Texts>,
    accounts: BTreeMap<AccountKey, Versioned<Account>>,
    events: Vec<Event>,
    fingerprints: BTreeMap<KeyId, Digest>,
    letters: BTreeMap<LetterId, Waiting>,
    queued: u64,
    damaged: Damaged,
}

/// What cannot be read any more, because a test said so.
#[derive(Default)]
struct Damaged {
    tenants: BTreeSet<TenantId>,
    accounts: BTreeSet<AccountKey>,
    events: BTreeSet<EventId>,
    letters: BTreeSet<LetterId>,
}

impl Kept {
    /// The tenant, unless it cannot be read.
    fn tenant(&self, id: &TenantId) -> Option<Result<Versioned<Tenant>, DamagedTenant>> {
        let tenant = self.tenants.get(id)?;
        Some(if self.damaged.tenants.contains(id) {
            let place = format!("the tenant {id}");
            Err(DamagedTenant { place, version: Some(tenant.version) })
        } else {
            Ok(tenant.clone())
        })
    }

    /// The account, unless it cannot be read.
    fn account(&self, key: &AccountKey) -> Option<Result<Versioned<Account>, DamagedAccount>> {
        let account = self.accounts.get(key)?;
        Some(if self.damaged.accounts.contains(key) {
            let place = format!("the account {key}");
            Err(DamagedAccount { place, version: Some(account.version) })
        } else {
            Ok(account.clone())
        })
    }
}

struct Waiting {
    letter: Letter,
    /// Letters queued earlier have lower numbers.
    number: u64,
    due: Timestamp,
    attempts: u32,
    lease: u64,
}

impl MemoryStore {
    /// An empty store with the clock of the operating system.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// An empty store with this clock.
    #[must_use]
    pub fn with_clock(clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), kept: Arc::default() }
    }

    /// Damages this account, for tests: from now on it cannot be read, until it is replaced.
    ///
    /// ```
    /// # use countersign_core::{AccountKey, MemoryStore};
    /// # use countersign_core::store::Store;
    /// # let key = AccountKey::new("larkfield", "ada")?;
    /// let store = MemoryStore::new();
    /// store.damage_account(&key);
    /// // It was never there.
    /// assert!(pollster::block_on(store.load(&key))?.account.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn damage_account(&self, key: &AccountKey) {
        self.kept().damaged.accounts.insert(key.clone());
    }

    /// Damages this tenant, for tests: from now on it cannot be read, until it is replaced.
    pub fn damage_tenant(&self, id: &TenantId) {
        self.kept().damaged.tenants.insert(id.clone());
    }

    /// Damages this event, for tests: from now on it cannot be read.
    pub fn damage_event(&self, id: EventId) {
        self.kept().damaged.events.insert(id);
    }

    /// Damages this letter, for tests: from now on it cannot be read.
    pub fn damage_letter(&self, id: LetterId) {
        self.kept().damaged.letters.insert(id);
    }

    /// A panic elsewhere cannot leave the state half-written: each write is one step.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept();
        f.debug_struct("MemoryStore")
            .field("tenants", &kept.tenants.len())
            .field("accounts", &kept.accounts.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        let kept = self.kept();
        Ok(Snapshot {
            tenant: kept.tenant(key.tenant()).transpose()?,
            account: kept.account(key).transpose()?,
            now: self.clock.now(),
        })
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let key = change.user_id.map(|user| AccountKey::of(change.tenant_id.clone(), user));
        let account = key.as_ref().and_then(|key| kept.accounts.get(key));
        let tenant = kept.tenants.get(&change.tenant_id);
        let also = change.also.as_ref().is_none_or(|also| {
            let key = AccountKey::of(change.tenant_id.clone(), also.user_id.clone());
            kept.accounts.get(&key).map(|there| there.version) == also.version
        });
        let fits = holds(&change.tenant, tenant) && holds(&change.account, account) && also;
        if !fits {
            return Err(StoreError::Conflict);
        }
        match (&change.tenant, change.texts) {
            (Part::Write { .. }, Some(texts)) => {
                drop(kept.texts.insert(change.tenant_id.clone(), texts));
            }
            (Part::Erase(_), _) => drop(kept.texts.remove(&change.tenant_id)),
            (Part::Write { .. }, None) | (Part::Leave | Part::Compare(_), _) => {}
        }
        if matches!(change.tenant, Part::Write { .. } | Part::Erase(_)) {
            kept.damaged.tenants.remove(&change.tenant_id);
        }
        write(&mut kept.tenants, change.tenant_id, change.tenant);
        if let Some(key) = key {
            if matches!(change.account, Part::Write { .. } | Part::Erase(_)) {
                kept.damaged.accounts.remove(&key);
            }
            write(&mut kept.accounts, key, change.account);
        }
        kept.events.extend(change.events);
        let due = self.clock.now();
        for letter in change.letters {
            kept.queued += 1;
            let waiting = Waiting { number: kept.queued, due, attempts: 0, lease: 0, letter };
            kept.letters.insert(waiting.letter.id, waiting);
        }
        Ok(())
    }
}

/// Whether the record is as the part expects it.
fn holds<T>(part: &Part<T>, there: Option<&Versioned<T>>) -> bool {
    let version: Option<Version> = there.map(|there| there.version);
    match part {
        Part::Leave => true,
        Part::Compare(expected) | Part::Write { expected, .. } => version == *expected,
        Part::Erase(expected) => version == Some(*expected),
    }
}

fn write<K: Ord, T>(records: &mut BTreeMap<K, Versioned<T>>, key: K, part: Part<T>) {
    match part {
        Part::Leave | Part::Compare(_) => {}
        Part::Write { next, .. } => drop(records.insert(key, next)),
        Part::Erase(_) => drop(records.remove(&key)),
    }
}

#[async_trait]
impl Accounts for MemoryStore {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        Ok((self.kept().tenant(id).transpose()?, self.clock.now()))
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        Ok(self.kept().texts.get(tenant).cloned().unwrap_or_default())
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let kept = self.kept();
        let from = after.map(|user| AccountKey::of(tenant.clone(), user));
        let start = from.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let listed = kept
            .accounts
            .range::<AccountKey, _>((start, Bound::Unbounded))
            .filter(|(key, _)| key.tenant() == tenant)
            .take(limit)
            .filter_map(|(key, _)| {
                let account = kept.account(key)?;
                Some(Listed { user_id: key.user().clone(), account })
            });
        Ok(listed.collect())
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        let kept = self.kept();
        let mut groups = BTreeMap::new();
        for key in kept.accounts.keys().filter(|key| key.tenant() == tenant) {
            let account = kept.account(key).and_then(Result::ok);
            *groups.entry(account.map(|account| account.value.facts())).or_insert(0) += 1;
        }
        Ok(groups.into_iter().map(|(facts, users)| Group { facts, users }).collect())
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let kept = self.kept();
        let mut newest_first = kept.events.iter().rev().filter(|event| event.tenant == *tenant);
        if let Some(before) = before {
            newest_first.by_ref().find(|event| event.id == before);
        }
        let wanted = newest_first.filter(|event| account.is_none() || event.account == account);
        let read = |event: &Event| match kept.damaged.events.contains(&event.id) {
            true => Event { actor: Actor::Unknown, what: EventKind::Unreadable, ..event.clone() },
            false => event.clone(),
        };
        Ok(wanted.take(limit).map(read).collect())
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        let kept = self.kept();
        let start = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let ids = kept.tenants.range::<TenantId, _>((start, Bound::Unbounded));
        Ok(ids.take(limit).map(|(id, _)| id.clone()).collect())
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        Ok(self.kept().fingerprints.iter().map(|(key, kept)| (*key, *kept)).collect())
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        self.kept().fingerprints.entry(key).or_insert(fingerprint);
        Ok(())
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        let now = self.clock.now();
        let mut kept = self.kept();
        let Kept { letters, damaged, .. } = &mut *kept;
        let taken = |waiting: &Waiting| filter.takes(&waiting.letter);
        let mut unreadable = None;
        let waiting = letters.values_mut().filter(|waiting| taken(waiting));
        let waiting = waiting.filter(|waiting| waiting.due <= now).filter_map(|waiting| {
            if limit > 0 && damaged.letters.contains(&waiting.letter.id) {
                waiting.due = now.plus(lease);
                unreadable = Some(format!("the letter {}", waiting.number));
                return None;
            }
            Some(waiting)
        });
        let mut due: Vec<_> = waiting.collect();
        due.sort_by_key(|waiting| (waiting.due, waiting.number));
        let claimed = due.into_iter().take(limit.min(MOST_CLAIMED)).map(|waiting| {
            waiting.due = now.plus(lease);
            waiting.attempts += 1;
            waiting.lease += 1;
            Claimed {
                letter: waiting.letter.clone(),
                attempt: waiting.attempts,
                lease: Lease::from_number(waiting.lease),
            }
        });
        let claimed: Vec<_> = claimed.collect();
        if let Some(place) = unreadable.filter(|_| claimed.is_empty()) {
            return Err(StoreError::Corrupt { place });
        }
        let waiting = kept.letters.values().filter(|waiting| taken(waiting));
        let next = waiting.map(|waiting| waiting.due).min();
        Ok(Due { claimed, next, now })
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let held = kept.letters.get_mut(&letter).filter(|w| w.lease == lease.number());
        match (held, settlement) {
            (None, _) => {}
            (Some(_), Settlement::Done) => drop(kept.letters.remove(&letter)),
            // Moved to a later moment and no longer held: this lease has ended.
            (Some(waiting), Settlement::Again(due)) => {
                waiting.due = due;
                waiting.lease += 1;
            }
            (Some(waiting), Settlement::Extended(until)) => waiting.due = until,
        }
        Ok(())
    }
}
