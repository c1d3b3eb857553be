//! A database that somebody else keeps locked, read-only, or in the middle of something.

use std::path::Path;
use std::time::Duration;

use countersign_core::store::Store;
use countersign_sql::{OpenError, SqliteStore};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Connection, SqlitePool};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::scene::{Scribe, is_unavailable, outside};
use crate::watch::Watch;
use crate::{block_on, folder};

const TIMEOUT: Duration = Duration::from_millis(300);

/// A store of our own, and one on a pool of the host, that wait for this long.
async fn stores(path: &Path) -> [SqliteStore; 2] {
    let own = SqliteStore::options().busy_timeout(TIMEOUT).open(path).await.unwrap();
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(TIMEOUT);
    let pool = SqlitePoolOptions::new().connect_with(options).await.unwrap();
    [own, SqliteStore::on(pool).await.unwrap()]
}

#[test]
fn each_of_a_hundred_who_wait_for_a_lock_waits_for_its_own_time_and_no_longer() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        for store in stores(&path).await {
            let scribes: Vec<_> = (0..100).map(Scribe::new).collect();
            let mut outside = outside(&path).await;
            let lock = outside.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let mut waiting = JoinSet::new();
            for scribe in scribes.clone() {
                let store = store.clone();
                waiting.spawn(async move {
                    let asked = Instant::now();
                    (store.commit(scribe.change(1)).await, asked.elapsed())
                });
            }
            while let Some(refused) = waiting.join_next().await {
                let (refused, waited) = refused.unwrap();
                assert!(is_unavailable(&refused));
                assert!(waited < TIMEOUT * 2 && waited * 10 >= TIMEOUT * 9, "waited {waited:?}");
            }
            // Who only reads is not held up.
            assert!(store.load(&scribes[0].key).await.unwrap().account.is_none());
            lock.rollback().await.unwrap();
            for scribe in scribes.iter().take(3) {
                assert_eq!(scribe.audit(&store, &path).await, 0);
            }
        }
    });
}

#[test]
fn a_write_that_was_asked_for_later_outlasts_those_that_are_refused_before_it() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        for (at, store) in stores(&path).await.into_iter().enumerate() {
            let scribes: Vec<_> =
                (1..4).map(|n| Scribe::new(n + if at == 0 { 0 } else { 10 })).collect();
            // It is refused when half of the time of the others is over.
            let half = SqliteStore::options().busy_timeout(TIMEOUT / 2).open(&path).await.unwrap();
            let mut outside = outside(&path).await;
            let lock = outside.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let commit = |store: &SqliteStore, scribe: &Scribe| {
                let (store, change) = (store.clone(), scribe.change(1));
                tokio::spawn(async move { store.commit(change).await })
            };
            let first = commit(&store, &scribes[0]);
            assert!(is_unavailable(&commit(&half, &scribes[1]).await.unwrap()));
            let later = commit(&store, &scribes[2]);
            assert!(is_unavailable(&first.await.unwrap()));
            lock.rollback().await.unwrap();
            assert!(later.await.unwrap().is_ok());
            for (scribe, written) in scribes.iter().zip([0, 0, 1]) {
                assert_eq!(scribe.audit(&store, &path).await, written);
            }
        }
    });
}

#[test]
fn a_pool_of_the_host_waits_as_ever_after_it_was_made_to_wait_less() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let options = options.busy_timeout(TIMEOUT);
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect_with(options).await.unwrap();
        let store = SqliteStore::on(pool.clone()).await.unwrap();
        let scribes: Vec<_> = (0..40).map(Scribe::new).collect();
        for refuse in [true, false] {
            let mut outside = outside(&path).await;
            let lock = outside.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let mut waiting = JoinSet::new();
            for scribe in scribes.clone() {
                let store = store.clone();
                waiting.spawn(async move { store.commit(scribe.change(1)).await });
            }
            // The first one is refused, and others wait for what is left of their time.
            let first = if refuse { waiting.join_next().await } else { None };
            lock.rollback().await.unwrap();
            assert!(first.is_none_or(|first| is_unavailable(&first.unwrap())));
            while waiting.join_next().await.is_some() {}
            let waits: i64 =
                sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&pool).await.unwrap();
            assert_eq!(u128::try_from(waits).unwrap(), TIMEOUT.as_millis());
        }
    });
}

#[test]
fn opening_a_locked_database_says_that_it_is_busy() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        SqliteStore::open(&path).await.unwrap().close().await;
        let mut outside = outside(&path).await;
        let lock = outside.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let options = || SqliteStore::options().busy_timeout(Duration::from_millis(50));
        assert!(matches!(options().open(&path).await, Err(OpenError::Busy(_))));
        lock.rollback().await.unwrap();
        assert!(options().open(&path).await.is_ok());
    });
}

#[test]
fn a_database_that_became_read_only_refuses_writes_and_goes_on_reading() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect_with(options).await.unwrap();
        let store = SqliteStore::on(pool.clone()).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 3).await;
        sqlx::query("PRAGMA query_only = ON").execute(&pool).await.unwrap();
        for _ in 0..3 {
            assert!(is_unavailable(&store.commit(scribe.change(4)).await));
            assert_eq!(scribe.audit(&store, &path).await, 3);
        }
        assert!(matches!(SqliteStore::on(pool.clone()).await, Err(OpenError::ReadOnly(_))));
        sqlx::query("PRAGMA query_only = OFF").execute(&pool).await.unwrap();
        scribe.write_up_to(&store, 4).await;
    });
}

#[test]
fn a_read_only_pool_is_refused_at_opening() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let read_only = || async {
            let options = SqliteConnectOptions::new().filename(&path).read_only(true);
            SqlitePool::connect_with(options).await.unwrap()
        };
        let mut host = SqliteConnection::create(&path).await;
        sqlx::query("CREATE TABLE portal (word TEXT)").execute(&mut host.0).await.unwrap();
        let error = SqliteStore::on(read_only().await).await.unwrap_err();
        assert!(matches!(error, OpenError::ReadOnly(_)), "{error:?}");
        SqliteStore::open(&path).await.unwrap().close().await;
        let error = SqliteStore::on(read_only().await).await.unwrap_err();
        assert!(matches!(error, OpenError::ReadOnly(_)), "{error:?}");
    });
}

/// A file that was created from outside.
struct SqliteConnection(sqlx::SqliteConnection);

impl SqliteConnection {
    async fn create(path: &std::path::Path) -> Self {
        use sqlx::ConnectOptions;
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        Self(options.connect().await.unwrap())
    }
}

#[test]
fn a_transaction_that_the_host_forgot_on_its_pool_stops_no_write() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let (pool, _watch) = Watch::pool(&path, 1).await;
        let store = SqliteStore::on(pool.clone()).await.unwrap();
        let scribe = Scribe::new(1);
        for n in 1..=3 {
            // By hand, so that the driver knows nothing of it.
            sqlx::query("BEGIN IMMEDIATE").execute(&pool).await.unwrap();
            store.commit(scribe.change(n)).await.unwrap();
            assert_eq!(scribe.audit(&store, &path).await, n);
        }
    });
}

#[test]
fn a_failed_write_leaves_no_transaction_open_on_the_pool_of_the_host() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let (pool, _watch) = Watch::pool(&path, 1).await;
        let store = SqliteStore::on(pool.clone()).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 2).await;
        let mut twice = scribe.change(3);
        twice.letters.push(scribe.letter(2));
        assert!(is_unavailable(&store.commit(twice).await));
        assert!(store.commit(scribe.change(2)).await.is_err());
        // A lock that was left behind would refuse this at once.
        let mut outside = outside(&path).await;
        sqlx::query("PRAGMA busy_timeout = 0").execute(&mut outside).await.unwrap();
        outside.begin_with("BEGIN IMMEDIATE").await.unwrap().rollback().await.unwrap();
        let mut hosts = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("CREATE TABLE portal (word TEXT)").execute(&mut *hosts).await.unwrap();
        hosts.commit().await.unwrap();
        assert_eq!(scribe.audit(&store, &path).await, 2);
    });
}

#[test]
fn a_commit_that_a_reader_holds_up_too_long_is_refused_and_not_unknown() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        // Without WAL, whoever reads holds up the commit itself.
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let options = options.busy_timeout(Duration::from_millis(100));
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect_with(options).await.unwrap();
        let store = SqliteStore::on(pool).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 3).await;
        let mut outside = outside(&path).await;
        let mut reading = outside.begin().await.unwrap();
        let count = "SELECT count(*) FROM countersign_event";
        let _: i64 = sqlx::query_scalar(count).fetch_one(&mut *reading).await.unwrap();
        for _ in 0..2 {
            let refused = store.commit(scribe.change(4)).await;
            assert!(is_unavailable(&refused), "{refused:?}");
        }
        reading.commit().await.unwrap();
        assert_eq!(scribe.audit(&store, &path).await, 3);
        scribe.write_up_to(&store, 4).await;
    });
}

#[test]
fn a_reader_in_the_middle_of_something_stops_no_write() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let store = SqliteStore::open(&path).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 1).await;
        let mut outside = outside(&path).await;
        let count = "SELECT count(*) FROM countersign_event";
        let mut reading = outside.begin().await.unwrap();
        let before: i64 = sqlx::query_scalar(count).fetch_one(&mut *reading).await.unwrap();
        scribe.write_up_to(&store, 30).await;
        let after: i64 = sqlx::query_scalar(count).fetch_one(&mut *reading).await.unwrap();
        assert_eq!(before, after, "the reader sees one moment");
        assert_eq!(scribe.audit(&store, &path).await, 30);
    });
}
