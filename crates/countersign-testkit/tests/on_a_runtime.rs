//! The laws run on a runtime too: this store cannot be asked without one, as most databases cannot.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test may")]

use std::future::Future;
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use countersign_core::account::{Event, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::{
    Accounts, Change, ClaimFilter, Due, Group, Lease, Listed, Outbox, Settlement, Snapshot, Store,
    StoreError, Versioned,
};
use countersign_core::{
    AccountKey, Digest, EventId, KeyId, LetterId, MemoryStore, Pseudonym, TenantId, Timestamp,
    UserId,
};
use tokio::runtime::{Builder, Handle, Runtime};

mod on_many_threads {
    use super::*;

    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).build().unwrap());

    fn block_on<F: Future>(work: F) -> F::Output {
        RUNTIME.block_on(work)
    }

    countersign_testkit::store_laws!(async { Busy::default() }, block_on = block_on);
}

/// One thread turns the runtime, and the others, on which a race is run, only use it.
mod on_one_thread {
    use super::*;

    static HANDLE: LazyLock<Handle> = LazyLock::new(|| {
        let runtime = Builder::new_current_thread().build().unwrap();
        let handle = runtime.handle().clone();
        std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
        handle
    });

    fn block_on<F: Future>(work: F) -> F::Output {
        HANDLE.block_on(work)
    }

    countersign_testkit::store_laws!(async { Busy::default() }, block_on = block_on);
}

/// The reference store, with a task of the runtime before and after each answer.
#[derive(Debug, Clone, Default)]
struct Busy(MemoryStore);

async fn elsewhere<T>(answer: impl Future<Output = T>) -> T {
    tokio::spawn(tokio::task::yield_now()).await.unwrap();
    let answer = answer.await;
    tokio::spawn(tokio::task::yield_now()).await.unwrap();
    answer
}

#[async_trait]
impl Store for Busy {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        elsewhere(self.0.load(key)).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        elsewhere(self.0.commit(change)).await
    }
}

#[async_trait]
impl Accounts for Busy {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        elsewhere(self.0.tenant(id)).await
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        elsewhere(self.0.mail_texts(tenant)).await
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        elsewhere(self.0.accounts(tenant, after, limit)).await
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        elsewhere(self.0.counts(tenant)).await
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        elsewhere(self.0.events(tenant, account, before, limit)).await
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        elsewhere(self.0.tenants(after, limit)).await
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        elsewhere(self.0.fingerprints()).await
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        elsewhere(self.0.keep_fingerprint(key, fingerprint)).await
    }
}

#[async_trait]
impl Outbox for Busy {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        elsewhere(self.0.claim(limit, lease, filter)).await
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        elsewhere(self.0.settle(letter, lease, settlement)).await
    }
}
