//! The end: a store that is closed, a runtime that goes away under it, a part of the host that
//! panics in it.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use countersign_core::store::{Accounts, ClaimFilter, Outbox, Store, StoreError};
use countersign_core::{Clock, MINUTE, Timestamp};
use countersign_sql::SqliteStore;
use sqlx::Connection;
use tokio::runtime::Builder;

use crate::scene::{MONDAY, Scribe, company, is_unavailable, outside};
use crate::{block_on, folder};

#[test]
fn closing_writes_what_was_queued_and_refuses_what_comes_later() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let store = SqliteStore::open(&path).await.unwrap();
        let mut outside = outside(&path).await;
        let lock = outside.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let commit = |number| {
            let store = store.clone();
            Box::pin(async move { store.commit(Scribe::new(number).change(1)).await })
        };
        let mut queued: Vec<_> = (0..50).map(commit).collect();
        // Each is in the queue once it was polled.
        poll_fn(|context| {
            assert!(queued.iter_mut().all(|commit| commit.as_mut().poll(context).is_pending()));
            Poll::Ready(())
        })
        .await;
        let closing = [store.clone(), store.clone()]
            .map(|store| tokio::spawn(async move { store.close().await }));
        lock.rollback().await.unwrap();
        for closing in closing {
            closing.await.unwrap();
        }
        for commit in queued {
            commit.await.unwrap();
        }
        let scribe = Scribe::new(1);
        assert!(is_unavailable(&store.commit(scribe.change(2)).await));
        assert!(is_unavailable(&store.load(&scribe.key).await));
        assert!(is_unavailable(&store.events(&company(), None, None, 1).await));
        assert!(is_unavailable(&store.claim(1, MINUTE, &ClaimFilter::default()).await));
        let again = SqliteStore::open(&path).await.unwrap();
        for number in 0..50 {
            assert_eq!(Scribe::new(number).audit(&again, &path).await, 1);
        }
    });
}

#[test]
fn a_runtime_shut_down_under_the_store_leaves_it_unavailable_and_not_hanging() {
    let path = folder::fresh().join("portal.db");
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let store = runtime.block_on(SqliteStore::open(&path)).unwrap();
    let scribe = Scribe::new(1);
    runtime.block_on(scribe.write_up_to(&store, 2));
    // Some are in the queue or in a transaction at that moment.
    let held = runtime.block_on(async {
        let mut outside = outside(&path).await;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut outside).await.unwrap();
        outside
    });
    let waiting: Vec<_> = (10..20)
        .map(|number| {
            let store = store.clone();
            crate::RUNTIME.spawn(async move { store.commit(Scribe::new(number).change(1)).await })
        })
        .collect();
    runtime.shutdown_timeout(Duration::from_secs(10));
    for waiting in waiting {
        let told = block_on(waiting).unwrap();
        assert!(is_unavailable(&told), "{told:?}");
    }
    drop(held);
    block_on(async {
        assert!(is_unavailable(&store.commit(scribe.change(3)).await));
        let again = SqliteStore::open(&path).await.unwrap();
        assert_eq!(scribe.audit(&again, &path).await, 2);
        for number in 10..20 {
            assert_eq!(Scribe::new(number).audit(&again, &path).await, 0);
        }
        scribe.write_up_to(&again, 3).await;
    });
}

/// A clock that panics when it is told to.
#[derive(Debug, Clone, Default)]
struct Moody(Arc<AtomicBool>);

impl Clock for Moody {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(Ordering::SeqCst), "the test said so");
        MONDAY
    }
}

#[test]
fn a_clock_that_panics_takes_neither_the_writer_nor_later_writes_along() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let mood = Moody::default();
        let store = SqliteStore::options().clock(mood.clone()).open(&path).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 3).await;
        for _ in 0..3 {
            mood.0.store(true, Ordering::SeqCst);
            let told = store.commit(scribe.change(scribe_next(&scribe, &path).await)).await;
            assert!(is_unavailable(&told), "{told:?}");
            mood.0.store(false, Ordering::SeqCst);
            let written = scribe.audit(&store, &path).await;
            scribe.write_up_to(&store, written + 2).await;
        }
        assert_eq!(scribe.audit(&store, &path).await, 9);
    });
}

/// The number of the next change, found without the store's clock.
async fn scribe_next(scribe: &Scribe, path: &std::path::Path) -> u64 {
    let store = SqliteStore::open(path).await.unwrap();
    scribe.written(&store).await + 1
}

#[test]
fn a_writer_ends_with_the_last_handle_and_not_before() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let store = SqliteStore::open(&path).await.unwrap();
        let scribe = Scribe::new(1);
        let clone = store.clone();
        drop(store);
        scribe.write_up_to(&clone, 2).await;
        assert!(matches!(clone.commit(scribe.change(2)).await, Err(StoreError::Conflict)));
        assert_eq!(scribe.audit(&clone, &path).await, 2);
    });
}
