//! The three ports as the builder was given them, one by one: a store for logins alone is enough.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::accounts::{Accounts, Group, Listed};
use super::memory::MemoryStore;
use super::outbox::{ClaimFilter, Due, Lease, Outbox, Settlement};
use super::store::{Change, Snapshot, Store, StoreError, Versioned};
use crate::account::{Event, Tenant};
use crate::mail::Texts;
use crate::types::{
    AccountKey, Digest, EventId, KeyId, LetterId, Pseudonym, TenantId, Timestamp, UserId,
};

/// A store made of its ports.
#[derive(Debug)]
pub(crate) struct Ports {
    pub(crate) logins: Arc<dyn Store>,
    pub(crate) accounts: Option<Arc<dyn Accounts>>,
    pub(crate) letters: Letters,
}

/// Where letters wait.
#[derive(Debug)]
pub(crate) enum Letters {
    /// In the store, which queues them in the commit of their change.
    Outbox(Arc<dyn Outbox>),
    /// In this process, from the moment their change is committed.
    InMemory(MemoryStore),
}

impl Ports {
    fn lists(&self) -> Result<&dyn Accounts, StoreError> {
        self.accounts.as_deref().ok_or(StoreError::NoLists)
    }

    fn outbox(&self) -> &dyn Outbox {
        match &self.letters {
            Letters::Outbox(outbox) => outbox,
            Letters::InMemory(waiting) => waiting,
        }
    }
}

#[async_trait]
impl Store for Ports {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        self.logins.load(key).await
    }

    async fn commit(&self, mut change: Change) -> Result<(), StoreError> {
        let Letters::InMemory(waiting) = &self.letters else {
            return self.logins.commit(change).await;
        };
        let letters = std::mem::take(&mut change.letters);
        let tenant_id = change.tenant_id.clone();
        self.logins.commit(change).await?;
        waiting.commit(Change { letters, ..Change::in_tenant(tenant_id) }).await
    }
}

#[async_trait]
impl Accounts for Ports {
    /// Without lists, as a login reads it: together with a user whom nobody asks for.
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        if let Some(accounts) = &self.accounts {
            return accounts.tenant(id).await;
        }
        let nobody = UserId::new("-").map_err(|error| StoreError::Unavailable(error.into()))?;
        let found = self.logins.load(&AccountKey::of(id.clone(), nobody)).await?;
        Ok((found.tenant, found.now))
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        self.lists()?.mail_texts(tenant).await
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        self.lists()?.accounts(tenant, after, limit).await
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        self.lists()?.counts(tenant).await
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.lists()?.events(tenant, account, before, limit).await
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        self.lists()?.tenants(after, limit).await
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        self.lists()?.fingerprints().await
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        self.lists()?.keep_fingerprint(key, fingerprint).await
    }
}

#[async_trait]
impl Outbox for Ports {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        self.outbox().claim(limit, lease, filter).await
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        self.outbox().settle(letter, lease, settlement).await
    }
}
