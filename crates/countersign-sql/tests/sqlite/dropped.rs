//! A caller who gives up at any moment: the write is whole or absent, and the store goes on.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use countersign_core::account::EventKind;
use countersign_core::store::{Accounts, ClaimFilter, Outbox, Settlement, Store};
use countersign_core::{MINUTE, Requirement};
use countersign_sql::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::scene::{Scribe, company};
use crate::stage::{Stage, other_than};
use crate::{block_on, folder};

/// More awaits than any operation has.
const MOST: usize = 200;

/// Polls the work this many times, each time that it is woken, and then drops it.
struct GivesUp<F> {
    work: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for GivesUp<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.work.as_mut().poll(context).map(Some)
    }
}

async fn gives_up_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let giving_up = GivesUp { work: Box::pin(work), polls };
    pin!(giving_up).await
}

/// Gives up before the first poll, then after one, and so on until the work comes to its end;
/// `after` looks at what each left behind. How often it gave up.
async fn at_every_await<T>(
    mut work: impl AsyncFnMut() -> T,
    mut after: impl AsyncFnMut(Option<T>),
) -> usize {
    for polls in 0..MOST {
        let outcome = gives_up_after(polls, work()).await;
        let ended = outcome.is_some();
        after(outcome).await;
        if ended {
            return polls;
        }
    }
    panic!("it never ends");
}

/// A store on a pool with one connection only: one that got lost would be missed at once.
async fn on_one_connection(path: &std::path::Path) -> SqliteStore {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1);
    let patience = std::time::Duration::from_secs(5);
    let pool = pool.acquire_timeout(patience).connect_with(options).await.unwrap();
    SqliteStore::on(pool).await.unwrap()
}

#[test]
fn a_commit_given_up_at_any_await_is_whole_or_absent() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let store = on_one_connection(&path).await;
        let scribe = Scribe::new(1);
        let other = Scribe::new(2);
        let mut next = 1;
        let mut others = 0;
        let mut most = 0;
        for _ in 0..5 {
            let awaits = at_every_await(
                async || {
                    store.commit(scribe.change(scribe.written(&store).await + 1)).await.unwrap()
                },
                async |outcome| {
                    // Writes are done in their order: once this one is, that one is decided.
                    others += 1;
                    store.commit(other.change(others)).await.unwrap();
                    let written = scribe.audit(&store, &path).await;
                    assert!(written == next || written == next - 1 && outcome.is_none());
                    next = written + 1;
                    assert_eq!(other.audit(&store, &path).await, others);
                },
            )
            .await;
            most = most.max(awaits);
        }
        // A commit may be answered before it is asked twice, but not each time.
        assert!(most >= 2, "it was given up only {most} times");
    });
}

#[test]
fn what_reads_given_up_at_any_await_hold_nothing_back() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let store = on_one_connection(&path).await;
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 40).await;
        let mut written = 40;
        let mut after = async || {
            written += 1;
            store.commit(scribe.change(written)).await.unwrap();
            assert_eq!(scribe.written(&store).await, written);
        };
        let key = scribe.key.clone();
        let mut most = 0;
        for _ in 0..20 {
            let load = async || store.load(&key).await.unwrap();
            most = most.max(at_every_await(load, async |_| after().await).await);
        }
        // A busy machine may answer before it is asked twice, but not each time.
        assert!(most >= 2, "it was given up only {most} times");
        let events = async || store.events(&company(), None, None, usize::MAX).await.unwrap();
        at_every_await(events, async |_| after().await).await;
        let accounts = async || store.accounts(&company(), None, 100).await.unwrap();
        at_every_await(accounts, async |_| after().await).await;
        at_every_await(async || store.counts(&company()).await.unwrap(), async |_| after().await)
            .await;
        at_every_await(async || store.tenant(&company()).await.unwrap(), async |_| after().await)
            .await;
    });
}

#[test]
fn a_claim_given_up_at_any_await_loses_no_letter() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let clock = countersign_testkit::FakeClock::at(crate::scene::MONDAY);
        let store = crate::stage::timed(&clock).open(&path).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 6).await;
        let lease = 2 * MINUTE;
        // Whoever held a letter is gone; its lease ends by itself.
        let ended = async |_| clock.advance(lease);
        at_every_await(
            async || store.claim(3, lease, &ClaimFilter::default()).await.unwrap(),
            ended,
        )
        .await;
        let claimed = store.claim(10, lease, &ClaimFilter::default()).await.unwrap().claimed;
        assert_eq!(claimed.len(), 3, "{claimed:?}");
        let letter = &claimed[0];
        let settle = || store.settle(letter.letter.id, letter.lease, Settlement::Done);
        at_every_await(async || settle().await.unwrap(), async |_| {}).await;
        clock.advance(lease);
        let left = store.claim(10, lease, &ClaimFilter::default()).await.unwrap().claimed;
        assert_eq!(left.len(), 2, "{left:?}");
        assert!(left.iter().all(|left| left.letter.id != letter.letter.id));
    });
}

#[test]
fn an_answer_given_up_at_any_await_is_counted_once_or_not_at_all() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let stage = Stage::at(&path, Requirement::App).await;
        let phone = stage.link_app("ben").await;
        stage.advance(60);
        let mut counted = 0;
        let mut rounds = 0;
        let missed = async || {
            let events = stage.store.events(&company(), None, None, usize::MAX).await.unwrap();
            events.iter().filter(|event| matches!(event.what, EventKind::Missed { .. })).count()
        };
        let scribe = Scribe::new(9);
        let mut written = 0;
        at_every_await(
            async || {
                let ticket = stage.challenge("ben").await.ticket;
                stage.answer(&ticket, other_than(&phone.code(stage.now()))).await
            },
            async |outcome| {
                rounds += 1;
                written += 1;
                stage.store.commit(scribe.change(written)).await.unwrap();
                let now = missed().await;
                assert!(now == counted + 1 || now == counted && outcome.is_none());
                counted = now;
                let failures = stage.failures("ben").await;
                assert_eq!(failures % 5, counted % 5, "the account and the log disagree");
                if failures > 0 && failures % 5 == 0 {
                    stage.advance(60 * 60 + 1);
                }
            },
        )
        .await;
        assert!(rounds >= 3, "it was given up only {rounds} times");
        stage.advance(60 * 60);
        let ticket = stage.challenge("ben").await.ticket;
        let _ = crate::stage::passed(stage.answer(&ticket, &phone.code(stage.now())).await);
    });
}

#[test]
fn opening_given_up_at_any_await_can_be_done_again() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let gave_up =
            at_every_await(async || SqliteStore::open(&path).await.unwrap(), async |_| {});
        assert!(gave_up.await >= 2);
        let store = SqliteStore::open(&path).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 3).await;
        assert_eq!(scribe.audit(&store, &path).await, 3);
    });
}

#[test]
fn closing_given_up_at_any_await_can_be_done_again() {
    block_on(async {
        for polls in 0..MOST {
            let path = folder::fresh().join("portal.db");
            let store = SqliteStore::open(&path).await.unwrap();
            let scribe = Scribe::new(1);
            scribe.write_up_to(&store, 3).await;
            let ended = gives_up_after(polls, store.close()).await.is_some();
            store.close().await;
            assert!(crate::scene::is_unavailable(&store.commit(scribe.change(4)).await));
            assert!(crate::scene::is_unavailable(&store.load(&scribe.key).await));
            let store = SqliteStore::open(&path).await.unwrap();
            assert_eq!(scribe.audit(&store, &path).await, 3);
            if ended {
                return;
            }
        }
        panic!("it never ends");
    });
}
