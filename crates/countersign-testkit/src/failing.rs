//! A store that breaks at one chosen call, so that a test can break every call in turn.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// A store that fails one of the calls that it hands on to another. Clones fail together.
///
/// Break the first call of an operation, then the second, and so on, until the operation comes
/// through without meeting the broken call:
///
/// ```
/// use countersign_core::{MemoryStore, TenantId};
/// use countersign_core::store::{Change, Store, StoreError};
/// use countersign_testkit::{FailingStore, Fault};
///
/// let store = FailingStore::new(MemoryStore::new());
/// store.fail_call(1, Fault::UnknownButDone);
/// let change = Change::in_tenant(TenantId::new("larkfield")?);
/// let told = pollster::block_on(store.commit(change.clone()));
/// assert!(matches!(told, Err(StoreError::OutcomeUnknown(_))));
/// assert!(store.has_failed());
/// assert!(pollster::block_on(store.commit(change)).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FailingStore {
    store: Arc<dyn Storage>,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug, Default)]
struct Plan {
    /// How many calls are still good before the one that fails.
    pending: Option<(u64, Fault)>,
    failed: bool,
    /// How every call fails, until told otherwise.
    always: Option<Fault>,
}

/// How a call fails. A call that only reads can only be `Unavailable`, whatever is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing is done, and the store says so.
    Unavailable,
    /// Everything is done, and the store says that nobody knows.
    UnknownButDone,
    /// Nothing is done, and the store says that nobody knows.
    UnknownAndNotDone,
}

impl FailingStore {
    /// Hands on every call until told to fail one.
    #[must_use]
    pub fn new(store: impl Storage) -> Self {
        Self { store: Arc::new(store), plan: Arc::default() }
    }

    /// Fails one call, counted from now; 1 is the next one. It replaces what was said before.
    pub fn fail_call(&self, number: u64, fault: Fault) {
        let pending = Some((number.saturating_sub(1), fault));
        *self.plan() = Plan { pending, failed: false, always: None };
    }

    /// Fails every call from now on, until told otherwise: an outage.
    ///
    /// ```
    /// use countersign_core::{MemoryStore, TenantId};
    /// use countersign_core::store::{Accounts, StoreError};
    /// use countersign_testkit::{FailingStore, Fault};
    ///
    /// let store = FailingStore::new(MemoryStore::new());
    /// let id = TenantId::new("larkfield")?;
    /// store.fail_every_call(Fault::Unavailable);
    /// let told = pollster::block_on(store.counts(&id));
    /// assert!(matches!(told, Err(StoreError::Unavailable(_))));
    /// store.fail_no_call();
    /// assert!(pollster::block_on(store.counts(&id)).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fail_every_call(&self, fault: Fault) {
        *self.plan() = Plan { always: Some(fault), ..Plan::default() };
    }

    /// Hands on every call again.
    pub fn fail_no_call(&self) {
        *self.plan() = Plan::default();
    }

    /// Whether the call that was to fail has been made since.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.plan().failed
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a call; the fault, if this is the one.
    fn meet(&self) -> Option<Fault> {
        let mut plan = self.plan();
        if plan.always.is_some() {
            plan.failed = true;
            return plan.always;
        }
        let (good, fault) = plan.pending?;
        plan.pending = good.checked_sub(1).map(|left| (left, fault));
        plan.failed = plan.pending.is_none();
        plan.failed.then_some(fault)
    }

    /// For calls that only read.
    fn meet_reading(&self) -> Result<(), StoreError> {
        match self.meet() {
            Some(_) => Err(StoreError::Unavailable(said_so())),
            None => Ok(()),
        }
    }

    /// For calls that write.
    async fn writing<T>(
        &self,
        write: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match self.meet() {
            None => write.await,
            Some(Fault::Unavailable) => Err(StoreError::Unavailable(said_so())),
            Some(Fault::UnknownAndNotDone) => Err(StoreError::OutcomeUnknown(said_so())),
            Some(Fault::UnknownButDone) => {
                write.await?;
                Err(StoreError::OutcomeUnknown(said_so()))
            }
        }
    }
}

fn said_so() -> Box<dyn std::error::Error + Send + Sync> {
    "the test said so".into()
}

#[async_trait]
impl Store for FailingStore {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        self.meet_reading()?;
        self.store.load(key).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        self.writing(self.store.commit(change)).await
    }
}

#[async_trait]
impl Accounts for FailingStore {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        self.meet_reading()?;
        self.store.tenant(id).await
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        self.meet_reading()?;
        self.store.mail_texts(tenant).await
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        self.meet_reading()?;
        self.store.accounts(tenant, after, limit).await
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        self.meet_reading()?;
        self.store.counts(tenant).await
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.meet_reading()?;
        self.store.events(tenant, account, before, limit).await
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        self.meet_reading()?;
        self.store.tenants(after, limit).await
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        self.meet_reading()?;
        self.store.fingerprints().await
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        self.writing(self.store.keep_fingerprint(key, fingerprint)).await
    }
}

#[async_trait]
impl Outbox for FailingStore {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        self.writing(self.store.claim(limit, lease, filter)).await
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        self.writing(self.store.settle(letter, lease, settlement)).await
    }
}
