//! Stores that are not whole yet, in front of the laws of what they have.

use std::time::Duration;

use async_trait::async_trait;
use countersign_core::account::{Event, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::{
    Accounts, Change, ClaimFilter, Due, Group, Lease, Listed, Outbox, Settlement, Snapshot, Store,
    StoreError, Versioned,
};
use countersign_core::{
    AccountKey, Digest, EventId, KeyId, LetterId, Pseudonym, TenantId, Timestamp, UserId,
};

/// A store with `load` and `commit`, whose other methods are not written yet.
#[derive(Debug)]
pub(crate) struct LoginsAlone<S>(pub(crate) S);

/// A store that also lists, and has no outbox yet.
#[derive(Debug)]
pub(crate) struct WithoutOutbox<S>(pub(crate) S);

#[async_trait]
impl<S: Store> Store for LoginsAlone<S> {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        self.0.load(key).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        self.0.commit(change).await
    }
}

#[async_trait]
impl<S: Store> Accounts for LoginsAlone<S> {
    /// As a login reads it, with a user who is not there.
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        let nobody =
            UserId::new("nobody").map_err(|error| StoreError::Unavailable(error.into()))?;
        let found = self.0.load(&AccountKey::of(id.clone(), nobody)).await?;
        Ok((found.tenant, found.now))
    }

    async fn mail_texts(&self, _: &TenantId) -> Result<Texts, StoreError> {
        missing("Accounts::mail_texts")
    }

    async fn accounts(
        &self,
        _: &TenantId,
        _: Option<UserId>,
        _: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        missing("Accounts::accounts")
    }

    async fn counts(&self, _: &TenantId) -> Result<Vec<Group>, StoreError> {
        missing("Accounts::counts")
    }

    async fn events(
        &self,
        _: &TenantId,
        _: Option<Pseudonym>,
        _: Option<EventId>,
        _: usize,
    ) -> Result<Vec<Event>, StoreError> {
        missing("Accounts::events")
    }

    async fn tenants(&self, _: Option<TenantId>, _: usize) -> Result<Vec<TenantId>, StoreError> {
        missing("Accounts::tenants")
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        missing("Accounts::fingerprints")
    }

    async fn keep_fingerprint(&self, _: KeyId, _: Digest) -> Result<(), StoreError> {
        missing("Accounts::keep_fingerprint")
    }
}

#[async_trait]
impl<S: Store> Outbox for LoginsAlone<S> {
    async fn claim(&self, _: usize, _: Duration, _: &ClaimFilter) -> Result<Due, StoreError> {
        missing("Outbox::claim")
    }

    async fn settle(&self, _: LetterId, _: Lease, _: Settlement) -> Result<(), StoreError> {
        missing("Outbox::settle")
    }
}

#[async_trait]
impl<S: Store> Store for WithoutOutbox<S> {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        self.0.load(key).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        self.0.commit(change).await
    }
}

#[async_trait]
impl<S: Accounts> Accounts for WithoutOutbox<S> {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        self.0.tenant(id).await
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        self.0.mail_texts(tenant).await
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        self.0.accounts(tenant, after, limit).await
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        self.0.counts(tenant).await
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.0.events(tenant, account, before, limit).await
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        self.0.tenants(after, limit).await
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        self.0.fingerprints().await
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        self.0.keep_fingerprint(key, fingerprint).await
    }
}

#[async_trait]
impl<S: Store> Outbox for WithoutOutbox<S> {
    async fn claim(&self, _: usize, _: Duration, _: &ClaimFilter) -> Result<Due, StoreError> {
        missing("Outbox::claim")
    }

    async fn settle(&self, _: LetterId, _: Lease, _: Settlement) -> Result<(), StoreError> {
        missing("Outbox::settle")
    }
}

/// What a law of a later room would find. No law of an earlier one asks.
fn missing<T>(method: &str) -> Result<T, StoreError> {
    let told = format!("`{method}` is not written yet; this law is of a later room");
    Err(StoreError::Unavailable(told.into()))
}
