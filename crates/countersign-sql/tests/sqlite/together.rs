//! Those that wait together are committed together, and each gets the answer that is its own.

use std::path::Path;

use countersign_core::store::{Change, Store, StoreError};
use countersign_core::{ExistingUser, NewUser, Requirement, UserId};
use countersign_sql::SqliteStore;
use countersign_testkit::FakeClock;
use futures_wait::all;

use crate::scene::{MONDAY, Scribe, address, company, is_unavailable};
use crate::stage::Stage;
use crate::watch::Watch;
use crate::{block_on, folder};

/// Waits for all of these at once.
mod futures_wait {
    use tokio::task::JoinSet;

    pub(super) async fn all<T: Send + 'static>(
        work: Vec<impl Future<Output = T> + Send + 'static>,
    ) -> Vec<T> {
        let mut running = JoinSet::new();
        for (at, work) in work.into_iter().enumerate() {
            running.spawn(async move { (at, work.await) });
        }
        let mut done = Vec::new();
        while let Some(ended) = running.join_next().await {
            done.push(ended.unwrap());
        }
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, done)| done).collect()
    }
}

/// Commits all of these while somebody else holds the lock, so that they wait together.
async fn at_once(
    store: &SqliteStore,
    path: &Path,
    changes: Vec<Change>,
) -> Vec<Result<(), StoreError>> {
    use sqlx::Connection;
    let mut outside = crate::scene::outside(path).await;
    let lock = outside.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let commits = changes.into_iter().map(|change| {
        let store = store.clone();
        async move { store.commit(change).await }
    });
    let waiting = tokio::spawn(all(commits.collect()));
    // The first batch waits for the lock by now or soon; the rest queues behind it.
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    lock.rollback().await.unwrap();
    waiting.await.unwrap()
}

async fn watched() -> (SqliteStore, Watch, std::path::PathBuf) {
    let path = folder::fresh().join("host.db");
    let (pool, watch) = Watch::pool(&path, 4).await;
    let store = SqliteStore::on(pool).await.unwrap();
    watch.take();
    (store, watch, path)
}

#[test]
fn thirty_two_commits_that_wait_cost_a_few_flushes_and_not_thirty_two() {
    block_on(async {
        let (store, watch, path) = watched().await;
        let scribes: Vec<_> = (0..32).map(Scribe::new).collect();
        let changes = scribes.iter().map(|scribe| scribe.change(1)).collect();
        let written = at_once(&store, &path, changes).await;
        assert!(written.iter().all(Result::is_ok), "{written:?}");
        let commits = watch.take().commits;
        println!("32 commits cost {commits}");
        assert!(commits <= 6, "32 commits that waited together cost {commits}");
        for scribe in &scribes {
            assert_eq!(scribe.audit(&store, &path).await, 1);
        }
    });
}

#[test]
fn one_conflict_among_many_conflicts_alone() {
    block_on(async {
        let (store, _, path) = watched().await;
        let scribes: Vec<_> = (0..12).map(Scribe::new).collect();
        scribes[5].write_up_to(&store, 2).await;
        let changes = scribes.iter().map(|scribe| scribe.change(1)).collect();
        let written = at_once(&store, &path, changes).await;
        for (at, (scribe, written)) in scribes.iter().zip(written).enumerate() {
            assert_eq!(matches!(written, Err(StoreError::Conflict)), at == 5, "{at}: {written:?}");
            assert_eq!(written.is_ok(), at != 5, "{at}: {written:?}");
            assert_eq!(scribe.audit(&store, &path).await, if at == 5 { 2 } else { 1 });
        }
    });
}

#[test]
fn one_that_cannot_be_written_takes_no_other_with_it() {
    block_on(async {
        let (store, watch, path) = watched().await;
        let scribes: Vec<_> = (0..12).map(Scribe::new).collect();
        scribes[0].write_up_to(&store, 2).await;
        watch.take();
        let mut changes: Vec<_> = scribes.iter().skip(1).map(|scribe| scribe.change(1)).collect();
        // Its letter has the id of one that waits already.
        changes[6].letters.push(scribes[0].letter(2));
        let written = at_once(&store, &path, changes).await;
        for (at, (scribe, written)) in scribes.iter().skip(1).zip(written).enumerate() {
            assert_eq!(is_unavailable(&written), at == 6, "{at}: {written:?}");
            assert_eq!(written.is_ok(), at != 6, "{at}: {written:?}");
            assert_eq!(scribe.audit(&store, &path).await, u64::from(at != 6));
        }
        assert!(watch.take().rollbacks > 0, "they were never in one transaction");
        assert_eq!(scribes[0].audit(&store, &path).await, 2);
    });
}

#[test]
fn changes_that_build_upon_each_other_may_wait_together() {
    block_on(async {
        let (store, _, path) = watched().await;
        let scribe = Scribe::new(1);
        let changes = (1..=20).map(|n| scribe.change(n)).collect();
        let written = at_once(&store, &path, changes).await;
        // They were sent in this order, by tasks that may overtake each other.
        let written = written.iter().filter(|written| written.is_ok()).count();
        assert_eq!(scribe.audit(&store, &path).await, u64::try_from(written).unwrap());
    });
}

#[test]
fn users_who_are_added_by_one_call_cost_a_few_flushes_and_not_one_each() {
    block_on(async {
        let (store, watch, _) = watched().await;
        let stage = Stage::founded(store, FakeClock::at(MONDAY), Requirement::None).await;
        let people = (0..320).map(|number| {
            let name = format!("u{number}");
            let new_user = NewUser::at(address(&name));
            ExistingUser { user_id: UserId::new(name).unwrap(), new_user }
        });
        watch.take();
        let refused = stage.mfa.add_existing_users(&company(), people.collect()).await;
        assert_eq!(refused.len(), 0);
        let commits = watch.take().commits;
        println!("320 users cost {commits} commits");
        assert!(commits <= 40, "320 users cost {commits} commits");
    });
}
