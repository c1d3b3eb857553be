//! One account that cannot be read, and the people beside it.

use async_trait::async_trait;
use countersign_core::account::{Event, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::{
    Accounts, Change, ClaimFilter, Due, Group, Lease, Listed, Outbox, Settlement, Snapshot, Store,
    StoreError, Versioned,
};
use countersign_core::{
    AccountKey, Digest, ErrorKind, EventId, FirstFactor, KeyId, Keys, LetterId, Locale,
    MemoryStore, Mfa, NewTenant, NewUser, Pseudonym, Requirement, TenantId, Timestamp, UserId,
};
use countersign_testkit::{FakeClock, Inbox, SeededRandom};
use pollster::block_on;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::stage::{MONDAY, address, browser, key};

/// A store in which Ada's record breaks when a test says so.
#[derive(Debug, Clone)]
struct AdaBreaks(MemoryStore, Arc<AtomicBool>);

#[async_trait]
impl Store for AdaBreaks {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        if key.user().as_str() == "ada" && self.1.load(Ordering::SeqCst) {
            return Err(StoreError::Corrupt { place: "the record of one person".to_owned() });
        }
        self.0.load(key).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        self.0.commit(change).await
    }
}

#[async_trait]
impl Accounts for AdaBreaks {
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
impl Outbox for AdaBreaks {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        self.0.claim(limit, lease, filter).await
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        self.0.settle(letter, lease, settlement).await
    }
}

#[test]
fn one_account_that_cannot_be_read_holds_up_nobody_elses_mail() {
    let clock = FakeClock::at(MONDAY);
    let broken = Arc::new(AtomicBool::new(false));
    let store = AdaBreaks(MemoryStore::with_clock(clock.clone()), broken.clone());
    let inbox = Inbox::new();
    let random = SeededRandom::new(3);
    let builder = Mfa::builder().store(store).mailer(inbox.clone()).clock(clock);
    let keys = Keys::ephemeral(&random).unwrap();
    let (mfa, courier) = builder.keys(keys).danger_random(random).build().unwrap();
    let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
    block_on(mfa.create_tenant(tenant)).unwrap();
    for who in ["ada", "ben", "cleo"] {
        let new_user = NewUser::at(address(who)).with_rule(Requirement::Email);
        block_on(mfa.add_existing_user(&key(who), new_user)).unwrap();
        let _ = block_on(mfa.begin(&key(who), FirstFactor::Password, &browser())).unwrap();
    }
    broken.store(true, Ordering::SeqCst);
    let told = block_on(courier.drain()).unwrap_err();
    assert_eq!(told.kind(), ErrorKind::Corrupt, "the operator hears of it");
    let sent: Vec<_> = inbox.mails().iter().map(|mail| mail.to().clone()).collect();
    assert_eq!(sent, [address("ben"), address("cleo")]);
}
