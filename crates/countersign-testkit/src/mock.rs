//! Mocks of the ports, made by [mockall](https://docs.rs/mockall), for tests of a host's own code.
//!
//! A mock says which calls it expects and fails the test where others come. For a test of a login
//! the fakes of this crate are the better choice, since they behave as the real ones do.
//!
//! ```
//! use countersign_core::{Clock, Random, RandomError, Timestamp};
//! use countersign_testkit::mock::{MockClock, MockRandom};
//!
//! let mut clock = MockClock::new();
//! clock.expect_now().return_const(Timestamp::from_seconds(59));
//! assert_eq!(clock.now(), Timestamp::from_seconds(59));
//!
//! let mut random = MockRandom::new();
//! random.expect_fill().times(1).returning(|_| Err(RandomError("no entropy".to_owned())));
//! assert!(random.fill(&mut [0; 16]).is_err());
//! ```

use std::time::Duration;

use async_trait::async_trait;
use countersign_core::account::{Event, Tenant};
use countersign_core::keys::{Key, KeyRing};
use countersign_core::mail::Texts;
use countersign_core::store::{
    Accounts, Change, ClaimFilter, Due, Group, Lease, Listed, Outbox, Settlement, Snapshot, Store,
    StoreError, Versioned,
};
use countersign_core::{
    AccountKey, Clock, Digest, EventId, KeyId, LetterId, Mail, MailError, Mailer, Pseudonym,
    Random, RandomError, TenantId, Timestamp, UserId,
};

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
        async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError>;
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
            account: Option<Pseudonym>,
        before: Option<EventId>,
            limit: usize,
        ) -> Result<Vec<Event>, StoreError>;
        async fn tenants(
            &self,
            after: Option<TenantId>,
            limit: usize,
        ) -> Result<Vec<TenantId>, StoreError>;
        async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError>;
        async fn keep_fingerprint(
            &self,
            key: KeyId,
            fingerprint: Digest,
        ) -> Result<(), StoreError>;
    }

    #[async_trait]
    impl Outbox for Storage {
        async fn claim(
            &self,
            limit: usize,
            lease: Duration,
            filter: &ClaimFilter,
        ) -> Result<Due, StoreError>;
        async fn settle(
            &self,
            letter: LetterId,
            lease: Lease,
            settlement: Settlement,
        ) -> Result<(), StoreError>;
    }
}

mockall::mock! {
    /// A mock of the mailer.
    #[derive(Debug)]
    pub Mailer {}

    #[async_trait]
    impl Mailer for Mailer {
        async fn send(&self, mail: &Mail) -> Result<(), MailError>;
    }
}

mockall::mock! {
    /// A mock of the ring of keys.
    #[derive(Debug)]
    pub KeyRing {}

    impl KeyRing for KeyRing {
        fn current(&self) -> KeyId;
        fn key(&self, id: KeyId) -> Option<Key>;
    }
}

mockall::mock! {
    /// A mock of the clock of this machine.
    #[derive(Debug)]
    pub Clock {}

    impl Clock for Clock {
        fn now(&self) -> Timestamp;
    }
}

mockall::mock! {
    /// A mock of the source of randomness.
    #[derive(Debug)]
    pub Random {}

    impl Random for Random {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
    }
}
