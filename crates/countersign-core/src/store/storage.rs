//! The three ports as one: what the builder takes.

use super::accounts::Accounts;
use super::outbox::Outbox;
use super::store::Store;

/// What the builder takes as a store: one value that is all three.
pub trait Storage: Store + Accounts + Outbox {}

impl<T: Store + Accounts + Outbox> Storage for T {}

#[cfg(feature = "mock")]
mockall::mock! {
    /// A mock that is all three storage traits.
    #[derive(Debug)]
    pub Storage {}

    #[async_trait]
    impl Store for Storage {
        async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError>;
        async fn commit(&self, change: Change) -> Result<(), StoreError>;
    }

    #[async_trait]
    impl Accounts for Storage {
        async fn tenant(
            &self,
            id: &TenantId,
        ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError>;
        async fn accounts(
            &self,
            tenant: &TenantId,
            after: Option<UserId>,
            limit: usize,
        ) -> Result<Vec<Listed>, StoreError>;
        async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError>;
        async fn events(
            &self,
            tenant: &TenantId,
            before: Option<EventId>,
            limit: usize,
        ) -> Result<Vec<Event>, StoreError>;
    }

    #[async_trait]
    impl Outbox for Storage {
        async fn claim(&self, limit: usize, lease: Lifetime) -> Result<Due, StoreError>;
        async fn settle(
            &self,
            letter: LetterId,
            lease: Lease,
            settlement: Settlement,
        ) -> Result<(), StoreError>;
    }
}
