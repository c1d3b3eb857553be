//! A store that counts: what an operation costs is a promise, so tests assert it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use countersign_core::account::{Event, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::{
    Accounts, Change, ClaimFilter, Due, Group, Lease, Listed, Outbox, Settlement, Snapshot,
    Storage, Store, StoreError, Versioned,
};
use countersign_core::{
    AccountKey, Digest, EventId, KeyId, LetterId, Pseudonym, TenantId, Timestamp, UserId,
};

/// A store that counts what it hands on to another. Clones count together.
///
/// ```
/// use countersign_core::{AccountKey, MemoryStore};
/// use countersign_core::store::Store;
/// use countersign_testkit::{Calls, CountingStore};
///
/// let store = CountingStore::new(MemoryStore::new());
/// pollster::block_on(store.load(&AccountKey::new("larkfield", "ada")?))?;
/// assert_eq!(store.calls(), Calls { loads: 1, commits: 0 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CountingStore {
    store: Arc<dyn Storage>,
    tally: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    loads: AtomicU64,
    commits: AtomicU64,
    lists: AtomicU64,
}

/// How often a store was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "tests compare it with a literal")]
pub struct Calls {
    /// Reads for a decision: `Store::load` and `Accounts::tenant`.
    pub loads: u64,
    /// Conditional writes, lost ones too: `Store::commit`.
    pub commits: u64,
}

impl CountingStore {
    /// Counts what this store is asked from now on.
    #[must_use]
    pub fn new(store: impl Storage) -> Self {
        Self { store: Arc::new(store), tally: Arc::default() }
    }

    /// What was counted since the beginning or the last reset.
    #[must_use]
    pub fn calls(&self) -> Calls {
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        Calls { loads: read(&self.tally.loads), commits: read(&self.tally.commits) }
    }

    /// Reads that are for no decision, and that no login makes: every call of `Accounts` but
    /// `tenant`.
    #[must_use]
    pub fn lists(&self) -> u64 {
        self.tally.lists.load(Ordering::SeqCst)
    }

    /// Counts from zero again.
    pub fn reset(&self) {
        self.tally.loads.store(0, Ordering::SeqCst);
        self.tally.commits.store(0, Ordering::SeqCst);
        self.tally.lists.store(0, Ordering::SeqCst);
    }
}

#[async_trait]
impl Store for CountingStore {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        self.tally.loads.fetch_add(1, Ordering::SeqCst);
        self.store.load(key).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        self.tally.commits.fetch_add(1, Ordering::SeqCst);
        self.store.commit(change).await
    }
}

#[async_trait]
impl Accounts for CountingStore {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        self.tally.loads.fetch_add(1, Ordering::SeqCst);
        self.store.tenant(id).await
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        self.tally.lists.fetch_add(1, Ordering::SeqCst);
        self.store.mail_texts(tenant).await
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        self.tally.lists.fetch_add(1, Ordering::SeqCst);
        self.store.accounts(tenant, after, limit).await
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        self.tally.lists.fetch_add(1, Ordering::SeqCst);
        self.store.counts(tenant).await
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.tally.lists.fetch_add(1, Ordering::SeqCst);
        self.store.events(tenant, account, before, limit).await
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        self.tally.lists.fetch_add(1, Ordering::SeqCst);
        self.store.tenants(after, limit).await
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        self.tally.lists.fetch_add(1, Ordering::SeqCst);
        self.store.fingerprints().await
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        self.tally.lists.fetch_add(1, Ordering::SeqCst);
        self.store.keep_fingerprint(key, fingerprint).await
    }
}

#[async_trait]
impl Outbox for CountingStore {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        self.store.claim(limit, lease, filter).await
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        self.store.settle(letter, lease, settlement).await
    }
}
