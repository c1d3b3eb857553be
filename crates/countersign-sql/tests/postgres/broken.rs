//! What happens when something breaks: a connection, the network, a pool that is empty, a lock that is
//! never given back, a transaction that somebody left open.

use std::time::Duration;

use countersign_core::account::Account;
use countersign_core::store::{Accounts, Change, Part, Store, StoreError, Touched, Versioned};
use countersign_core::{NewUser, Version};
use countersign_sql::PostgresStore;
use countersign_testkit::SeededRandom;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

use crate::block_on;
use crate::proxy::{Mode, Proxy};
use crate::server::{Server, fresh, options, plain, server};
use crate::stage::{address, key};

/// Short, since each test here waits for it in full.
const DEADLINE: Duration = Duration::from_millis(400);

/// Writes Ada's account under this version, over the one before.
fn ada(version: u64) -> Change {
    let random = SeededRandom::new(1);
    let value = Account::new(NewUser::at(address("ada")), &random).unwrap();
    let next = Versioned { version: Version::from_number(version), value };
    let expected = (version > 1).then(|| Version::from_number(version - 1));
    // The first time all of it is written, and then what logins count.
    let account = Part::Write { expected, next, touched: Touched::Counters };
    Change { account, ..Change::to_account(&key("ada")) }
}

/// The version of Ada's account as somebody else sees it.
async fn version(store: &PostgresStore) -> u64 {
    store.load(&key("ada")).await.unwrap().account.unwrap().version.number()
}

fn is_unavailable<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable(_)))
}

fn is_unknown<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::OutcomeUnknown(_)))
}

/// A store behind a proxy, with Ada in it and every statement prepared, and another store beside it.
struct Line {
    proxy: Proxy,
    store: PostgresStore,
    beside: PostgresStore,
    schema: String,
}

impl Line {
    async fn to(server: &Server) -> Self {
        let proxy = Proxy::to(server).await;
        let schema = plain(server).await;
        let options = options(&schema).connections(1).deadline(DEADLINE);
        let store = options.connect_with(proxy.address()).await.unwrap();
        let beside = server.store(&schema).await;
        store.commit(ada(1)).await.unwrap();
        store.commit(ada(2)).await.unwrap();
        assert_eq!(version(&store).await, 2);
        Self { proxy, store, beside, schema }
    }
}

/// Ends every connection to this schema's tables but this one.
async fn end_others(outside: &mut PgConnection, schema: &str) {
    const END: &str = "
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND query LIKE '%\"' || $1 || '\".%'";
    let ended = sqlx::query(END).bind(schema).fetch_all(outside).await.unwrap();
    assert!(!ended.is_empty(), "nobody was there to be ended");
}

#[test]
fn a_connection_that_the_server_ends_is_replaced_within_the_call() {
    let Some(server) = server() else { return };
    block_on(async {
        let line = Line::to(server).await;
        let mut outside = server.outside(&line.schema).await;
        end_others(&mut outside, &line.schema).await;
        assert_eq!(version(&line.store).await, 2, "a read");
        line.store.commit(ada(3)).await.unwrap();
        end_others(&mut outside, &line.schema).await;
        // The server says why it ends, before it answers; so nothing of this can have been written.
        let written = line.store.commit(ada(4)).await;
        assert!(written.is_ok() || is_unknown(&written), "{written:?}");
        let version = version(&line.beside).await;
        assert!(version == 4 || written.is_err(), "{version} after {written:?}");
        line.store.commit(ada(version + 1)).await.unwrap();
    });
}

#[test]
fn a_server_that_stalls_is_unavailable_within_the_deadline_and_a_write_that_was_sent_is_unknown() {
    let Some(server) = server() else { return };
    block_on(async {
        let line = Line::to(server).await;
        for (mode, is_written) in [(Mode::Stall, false), (Mode::Mute, true)] {
            let began = tokio::time::Instant::now();
            line.proxy.set(mode);
            let before = version(&line.beside).await;
            let written = line.store.commit(ada(before + 1)).await;
            assert!(is_unknown(&written), "it was sent: {written:?}");
            assert!(is_unavailable(&line.store.load(&key("ada")).await), "it connects to nobody");
            let unsent = line.store.commit(ada(before + 2)).await;
            assert!(is_unavailable(&unsent), "it was never sent: {unsent:?}");
            assert!(began.elapsed() < DEADLINE * 6, "{:?}", began.elapsed());
            let after = version(&line.beside).await;
            assert_eq!(after, before + u64::from(is_written), "what the server heard is done");
            line.proxy.set(Mode::Open);
            // What was held up may arrive now, or after this: either way it is written once.
            let other = line.beside.commit(ada(before + 1)).await;
            assert!(matches!(other, Ok(()) | Err(StoreError::Conflict)), "{other:?}");
            line.store.commit(ada(before + 2)).await.unwrap();
            assert_eq!(version(&line.beside).await, before + 2);
        }
    });
}

#[test]
fn a_row_that_somebody_locks_for_ever_is_unavailable_and_nothing_is_written() {
    let Some(server) = server() else { return };
    block_on(async {
        let line = Line::to(server).await;
        let mut outside = server.outside(&line.schema).await;
        let mut open = outside.begin().await.unwrap();
        const LOCK: &str = "SELECT FROM countersign_account FOR UPDATE";
        sqlx::query(LOCK).execute(&mut *open).await.unwrap();
        let held = line.store.commit(ada(3)).await;
        assert!(is_unavailable(&held), "{held:?}");
        assert_eq!(version(&line.store).await, 2, "a read waits for nobody");
        open.rollback().await.unwrap();
        assert_eq!(version(&line.store).await, 2, "it was not written later either");
        line.store.commit(ada(3)).await.unwrap();
    });
}

#[test]
fn a_pool_of_one_is_enough_and_one_that_is_taken_is_unavailable() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let pool = server.pool(&schema, 1).await;
        let on = PostgresStore::options().danger_flush_seldom().deadline(DEADLINE);
        let store = on.on(pool.clone()).await.unwrap();
        store.commit(ada(1)).await.unwrap();
        let together = (0..20).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.load(&key("ada")).await.map(drop) })
        });
        for call in together.collect::<Vec<_>>() {
            call.await.unwrap().unwrap();
        }
        let taken = pool.acquire().await.unwrap();
        assert!(is_unavailable(&store.load(&key("ada")).await));
        assert!(is_unavailable(&store.commit(ada(2)).await));
        drop(taken);
        store.commit(ada(2)).await.unwrap();
    });
}

#[test]
fn a_transaction_that_a_host_gave_up_on_its_pool_takes_no_change_with_it() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let pool = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
        let address = server.address().options([("search_path", &schema)]);
        let pool = pool.connect_with(address).await.unwrap();
        let store = PostgresStore::options().danger_flush_seldom().on(pool.clone()).await.unwrap();
        let beside = server.store(&schema).await;
        store.commit(ada(1)).await.unwrap();
        for (next, begin) in [(2, "BEGIN"), (3, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")]
        {
            // What is left behind where `begin` is dropped before its answer is read.
            sqlx::raw_sql(begin).execute(&mut *pool.acquire().await.unwrap()).await.unwrap();
            store.commit(ada(next)).await.unwrap();
            assert_eq!(version(&beside).await, next, "what was answered is not there");
        }
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1";
        sqlx::raw_sql(begin).execute(&mut *pool.acquire().await.unwrap()).await.unwrap();
        beside.commit(ada(4)).await.unwrap();
        assert_eq!(version(&store).await, 4, "a snapshot is of before the call");
        // One in which something failed already.
        let failed = "BEGIN; SELECT 1/0";
        let _ = sqlx::raw_sql(failed).execute(&mut *pool.acquire().await.unwrap()).await;
        store.commit(ada(5)).await.unwrap();
        assert_eq!(version(&beside).await, 5);
    });
}

#[test]
fn a_call_that_is_given_up_leaves_its_connection_fit_for_the_next() {
    let Some(server) = server() else { return };
    block_on(async {
        let line = Line::to(server).await;
        for round in 0..20 {
            let call = line.store.commit(ada(3 + round));
            let told = tokio::time::timeout(Duration::from_micros(40 * round), call).await;
            let after = version(&line.store).await;
            if let Ok(told) = told {
                told.unwrap();
            }
            // Somebody else settles whether it will ever be written.
            if after < 3 + round {
                let _ = line.beside.commit(ada(3 + round)).await;
            }
            assert_eq!(version(&line.store).await, 3 + round);
        }
        assert!(line.store.events(key("ada").tenant(), None, None, 5).await.unwrap().is_empty());
    });
}

#[test]
fn a_store_that_was_closed_is_unavailable_and_a_read_only_database_writes_nothing() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let store = server.store(&schema).await;
        store.commit(ada(1)).await.unwrap();
        store.close().await;
        assert!(is_unavailable(&store.load(&key("ada")).await));
        assert!(is_unavailable(&store.commit(ada(2)).await));
        let read_only = server.address().options([("default_transaction_read_only", "on")]);
        let store = options(&schema).connect_with(read_only).await.unwrap();
        assert!(is_unavailable(&store.commit(ada(2)).await));
        assert_eq!(version(&store).await, 1);
    });
}

#[test]
fn what_cannot_be_reached_is_told_without_the_password() {
    let Some(_) = server() else { return };
    block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        for address in [
            format!("postgres://portal:hunter2@127.0.0.1:{port}/portal"),
            "postgres://portal:hunter2@[nowhere/portal".to_owned(),
            "mysql://portal:hunter2@127.0.0.1/portal?sslmode=often".to_owned(),
        ] {
            let options = PostgresStore::options().schema(fresh()).deadline(DEADLINE);
            let told = options.connect(&address).await.unwrap_err();
            assert!(!format!("{told} {told:?} {told:#?}").contains("hunter2"), "{told:?}");
        }
    });
}
