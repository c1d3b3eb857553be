//! The store that counts and the store that fails keep every law, so what they show is true of the
//! store inside.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test may")]

use std::time::Duration;

use countersign_core::store::{
    Accounts, Change, ClaimFilter, Lease, Outbox, Settlement, Store, StoreError,
};
use countersign_core::{AccountKey, EventId, LetterId, MemoryStore, Timestamp};
use countersign_testkit::{Calls, CountingStore, FailingStore, Fault, Subject, laws};
use pollster::block_on;

mod a_store_that_counts {
    use super::*;

    countersign_testkit::store_laws!(async { CountingStore::new(MemoryStore::new()) });
}

mod a_store_that_could_fail {
    use super::*;

    countersign_testkit::store_laws!(async { FailingStore::new(MemoryStore::new()) });
}

mod a_store_that_is_cut_off {
    use super::*;

    fn subject(fault: Fault) -> Subject {
        let store = FailingStore::new(MemoryStore::new());
        let broken = store.clone();
        Subject::new(store).interrupted_by(move |cut| {
            if cut { broken.fail_every_call(fault) } else { broken.fail_no_call() }
        })
    }

    #[test]
    fn an_outage_is_told_as_what_it_is_in_every_way_to_fail() {
        for fault in [Fault::Unavailable, Fault::UnknownButDone, Fault::UnknownAndNotDone] {
            block_on(laws::store::an_outage_is_told_as_what_it_is(&subject(fault)));
        }
    }
}

fn key() -> AccountKey {
    AccountKey::new("larkfield", "ada").unwrap()
}

#[test]
fn reads_for_a_decision_and_commits_are_counted_and_lists_are_not() {
    let store = CountingStore::new(MemoryStore::new());
    let tenant = key().tenant().clone();
    block_on(async {
        let _ = store.load(&key()).await;
        let _ = store.tenant(&tenant).await;
        let _ = store.clone().commit(Change::in_tenant(tenant.clone())).await;
        let _ = store.accounts(&tenant, None, 10).await;
        let _ = store.counts(&tenant).await;
        let _ = store.mail_texts(&tenant).await;
        let _ = store.events(&tenant, None, Some(EventId::from_bytes([0; 16])), 10).await;
        let _ = store.claim(10, Duration::from_secs(1), &ClaimFilter::default()).await;
    });
    assert_eq!(store.calls(), Calls { loads: 2, commits: 1 });
    assert_eq!(store.lists(), 4);
    store.reset();
    assert_eq!((store.calls(), store.lists()), (Calls::default(), 0));
}

/// The calls that a store can be asked, and whether each failed.
fn every_call(store: &FailingStore) -> Vec<Option<StoreError>> {
    let tenant = key().tenant().clone();
    let letter = LetterId::from_bytes([0; 16]);
    let lease = Lease::from_number(1);
    let done = Settlement::Done;
    block_on(async {
        vec![
            store.load(&key()).await.err(),
            store.tenant(&tenant).await.err(),
            store.mail_texts(&tenant).await.err(),
            store.accounts(&tenant, None, 1).await.err(),
            store.counts(&tenant).await.err(),
            store.events(&tenant, None, None, 1).await.err(),
            store.claim(1, Duration::from_secs(1), &ClaimFilter::default()).await.err(),
            store.settle(letter, lease, done).await.err(),
            store.commit(Change::in_tenant(tenant.clone())).await.err(),
        ]
    })
}

#[test]
fn exactly_the_call_that_was_chosen_fails() {
    for number in 1..=9 {
        for fault in [Fault::Unavailable, Fault::UnknownButDone, Fault::UnknownAndNotDone] {
            let store = FailingStore::new(MemoryStore::new());
            store.fail_call(number, fault);
            assert!(!store.has_failed());
            let failed = every_call(&store);
            assert!(store.has_failed());
            for (call, failed) in (1..).zip(&failed) {
                match failed {
                    None => assert_ne!(call, number),
                    Some(StoreError::Unavailable(_)) => assert_eq!(call, number),
                    Some(StoreError::OutcomeUnknown(_)) => {
                        assert!(call == number && call > 6 && fault != Fault::Unavailable);
                    }
                    Some(other) => panic!("{other}"),
                }
            }
        }
    }
    let store = FailingStore::new(MemoryStore::new());
    store.fail_call(10, Fault::Unavailable);
    assert!(every_call(&store).iter().all(Option::is_none) && !store.has_failed());
    assert_eq!(every_call(&store).iter().flatten().count(), 1);
}

#[test]
fn what_is_unknown_was_done_or_not_as_the_test_chose() {
    for (fault, done) in [
        (Fault::Unavailable, false),
        (Fault::UnknownAndNotDone, false),
        (Fault::UnknownButDone, true),
    ] {
        let inner = MemoryStore::new();
        let store = FailingStore::new(inner.clone());
        let tenant = key().tenant().clone();
        let event = countersign_core::account::Event::new(
            EventId::from_bytes([1; 16]),
            tenant.clone(),
            None,
            countersign_core::account::Actor::Host,
            Timestamp::from_seconds(0),
            countersign_core::account::EventKind::TenantCreated,
        );
        store.fail_call(1, fault);
        let change = Change { events: vec![event], ..Change::in_tenant(tenant.clone()) };
        assert!(block_on(store.commit(change)).is_err());
        let written = block_on(inner.events(&tenant, None, None, 10)).unwrap();
        assert_eq!(!written.is_empty(), done, "{fault:?}");
    }
}
