//! One record that cannot be read, and the others on its page.

use countersign_core::account::{Actor, EventKind};
use countersign_core::store::{Change, StoreError};

use crate::fail::{fail, must};
use crate::laws::scene::{
    COMPANY, Props, commit, company, events, key, loses, tenant, with_tenant,
};
use crate::subject::{Damage, Subject};

/// *An account that cannot be read is on its page as damaged, with its version, and the others beside
/// it as ever*; and it counts once.
///
/// A subject that cannot be damaged keeps this law: see
/// [`Subject::damaged_by`](crate::Subject::damaged_by).
pub async fn a_damaged_account_is_listed_and_counted_beside_the_others(subject: &Subject) {
    let Some(damage) = subject.damage() else { return };
    let props = Props::new();
    let store = subject.store();
    let keys = ["ada", "ben", "cy"].map(|user| key(COMPANY, user));
    let mut written = Vec::new();
    for key in &keys {
        written.push(props.create(store, key).await);
    }
    let [_, ben, _] = &keys;
    damage(Damage::Account(ben.clone()));
    for limit in [2, 3, 10] {
        let page = must(store.accounts(&company(), None, limit).await, "list a damaged account");
        assert_eq!(page.len(), limit.min(3), "a page with a damaged account is short");
        for ((listed, key), account) in page.iter().zip(&keys).zip(&written) {
            assert_eq!(&listed.user_id, key.user(), "a page with a damaged account is another one");
            match &listed.account {
                Err(told) if key == ben => {
                    let why = "a damaged account is listed with the version it is stored under";
                    assert_eq!(told.version, Some(account.version), "{why}");
                }
                Err(_) => fail("an account beside a damaged one is damaged"),
                Ok(_) if key == ben => fail("a damaged account is listed as if it was read"),
                Ok(listed) => assert_eq!(listed, account, "the account beside a damaged one"),
            }
        }
    }
    let groups = must(store.counts(&company()).await, "count a damaged account");
    let counted: u64 = groups.iter().map(|group| group.users).sum();
    assert_eq!(counted, 3, "a damaged account is not counted once");
}

/// *An event that cannot be read is on its page as `Unreadable`, by `Unknown`, with its id and time,
/// and the others beside it as ever.*
///
/// A subject that cannot be damaged keeps this law: see
/// [`Subject::damaged_by`](crate::Subject::damaged_by).
pub async fn a_damaged_event_is_on_its_page_beside_the_others(subject: &Subject) {
    let Some(damage) = subject.damage() else { return };
    let props = Props::new();
    let store = subject.store();
    let written = [0, 1, 2].map(|_| props.event(&company()));
    let change = Change { events: written.to_vec(), ..Change::in_tenant(company()) };
    commit(store, change).await;
    let [_, damaged, _] = &written;
    damage(Damage::Event(company(), damaged.id));
    let found = events(store, &company()).await;
    assert_eq!(found.len(), 3, "a log with a damaged event has another length");
    for (found, written) in found.iter().zip(written.iter().rev()) {
        assert_eq!((found.id, found.at), (written.id, written.at), "the log is another one");
        if found.id == damaged.id {
            assert_eq!(found.what, EventKind::Unreadable, "a damaged event tells something");
            assert_eq!(found.actor, Actor::Unknown, "somebody is said to have done it");
        } else {
            assert_eq!(found, written, "the event beside a damaged one");
        }
    }
}

/// *A stored tenant that cannot be read is `DamagedTenant`, in `load` and in `Accounts::tenant`*, and
/// never absent; a change that expects its version replaces it.
///
/// A subject that cannot be damaged keeps this law: see
/// [`Subject::damaged_by`](crate::Subject::damaged_by).
pub async fn a_damaged_tenant_is_never_absent_and_gives_way_at_its_version(subject: &Subject) {
    let Some(damage) = subject.damage() else { return };
    let props = Props::new();
    let store = subject.store();
    let id = company();
    let old = props.found(store, &id).await;
    props.create(store, &key(COMPANY, "ada")).await;
    damage(Damage::Tenant(id.clone()));
    let loaded = store.load(&key(COMPANY, "ada")).await.err();
    for told in [loaded, store.tenant(&id).await.err()] {
        match told {
            Some(StoreError::DamagedTenant(told)) => {
                let why = "a damaged tenant has the version that it is stored under";
                assert_eq!(told.version, Some(old.version), "{why}");
            }
            Some(error) => fail(format_args!("a damaged tenant is told as: {error}")),
            None => fail("a damaged tenant looks absent, or is read"),
        }
    }
    let next = props.first(props.tenant(&id));
    loses(store, with_tenant(&id, None, &next), "creating what is there and damaged").await;
    commit(store, with_tenant(&id, Some(old.version), &next)).await;
    let found = tenant(store, &id).await.0;
    assert_eq!(found, Some(next), "a damaged tenant does not give way");
}
