//! A disk without room: what is refused is not written, and all goes on when there is room again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign_core::account::EventKind;
use countersign_core::store::{Store, StoreError};
use countersign_core::{ErrorKind, Requirement};
use countersign_sql::SqliteStore;
use countersign_testkit::FakeClock;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, SqlitePool};

use crate::process::say;
use crate::scene::{MONDAY, Scribe, is_unavailable};
use crate::stage::{Stage, other_than, passed, timed};
use crate::{block_on, folder};

/// A database that may only have so many pages.
struct Disk {
    path: PathBuf,
    pool: SqlitePool,
    pages: Arc<AtomicU32>,
}

impl Disk {
    async fn new(journal: SqliteJournalMode) -> Self {
        let path = folder::fresh().join("host.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let pages = Arc::new(AtomicU32::new(u32::MAX - 1));
        let limit = Arc::clone(&pages);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .after_connect(move |connection, _| {
                let pages = limit.load(Ordering::SeqCst);
                Box::pin(async move {
                    let pragma = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
                    sqlx::query(pragma).execute(connection).await.map(drop)
                })
            })
            .connect_with(options.journal_mode(journal))
            .await
            .unwrap();
        Self { path, pool, pages }
    }

    /// No page may be added from now on; a pragma never goes below what is used.
    async fn has_no_room(&self) {
        self.has_room_for(1).await;
    }

    async fn has_room_for(&self, pages: u32) {
        self.pages.store(pages, Ordering::SeqCst);
        let pragma = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(pragma).execute(&self.pool).await.unwrap();
    }
}

/// Commits until one is refused; how many were written in all.
async fn fill(store: &SqliteStore, scribe: &Scribe) -> (u64, StoreError) {
    for n in scribe.written(store).await + 1..10_000 {
        if let Err(error) = store.commit(scribe.change(n)).await {
            return (n - 1, error);
        }
    }
    panic!("the disk has room for everything");
}

#[test]
fn a_full_disk_refuses_without_a_trace_and_all_goes_on_when_there_is_room() {
    for journal in [SqliteJournalMode::Wal, SqliteJournalMode::Delete] {
        block_on(async {
            let disk = Disk::new(journal).await;
            let scribe = Scribe::new(1);
            let store = SqliteStore::on(disk.pool.clone()).await.unwrap();
            scribe.write_up_to(&store, 3).await;
            for _ in 0..3 {
                disk.has_no_room().await;
                let (written, error) = fill(&store, &scribe).await;
                assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
                // It stays so, however often it is tried.
                for _ in 0..5 {
                    assert!(is_unavailable(&store.commit(scribe.change(written + 1)).await));
                    assert_eq!(scribe.audit(&store, &disk.path).await, written);
                }
                // Nor does the host find a connection on which something is still open.
                let theirs = disk.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
                theirs.rollback().await.unwrap();
                disk.has_room_for(100_000).await;
                scribe.write_up_to(&store, written + 5).await;
                assert_eq!(scribe.audit(&store, &disk.path).await, written + 5);
            }
        });
    }
}

#[test]
fn no_guess_is_answered_while_the_disk_is_full() {
    block_on(async {
        let disk = Disk::new(SqliteJournalMode::Wal).await;
        let clock = FakeClock::at(MONDAY);
        let store = timed(&clock).on(disk.pool.clone()).await.unwrap();
        let stage = Stage::founded(store, clock, Requirement::App).await;
        let phone = stage.link_app("ben").await;
        disk.has_no_room().await;
        let _ = fill(&stage.store, &Scribe::new(1)).await;
        stage.advance(60);
        let ticket = stage.challenge("ben").await.ticket;
        let code = phone.code(stage.now());
        // A page that is split may make some room; a few guesses find the rest of it.
        let mut refused = 0;
        for _ in 0..60 {
            match stage.try_answer(&ticket, other_than(&code)).await {
                Ok(_) if refused == 0 => {
                    stage.operator().unlock(before_key()).await.map_or((), drop)
                }
                Ok(other) => panic!("answered: {other:?}"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Unavailable);
                    refused += 1;
                }
            }
        }
        assert!(refused > 0, "every guess found room");
        let counted = stage.failures("ben").await;
        let right = stage.try_answer(&ticket, &code).await;
        assert_eq!(right.unwrap_err().kind(), ErrorKind::Unavailable);
        disk.has_room_for(100_000).await;
        assert_eq!(stage.failures("ben").await, counted);
        let _ = passed(stage.answer(&ticket, &code).await);
    });
}

fn before_key() -> countersign_core::UserId {
    countersign_core::UserId::new("ben").unwrap()
}

#[test]
fn a_full_disk_is_told_at_opening_and_leaves_no_half_of_the_tables() {
    block_on(async {
        let disk = Disk::new(SqliteJournalMode::Wal).await;
        sqlx::query("CREATE TABLE portal (word TEXT)").execute(&disk.pool).await.unwrap();
        for pages in [3, 5, 8] {
            disk.has_room_for(pages).await;
            assert!(SqliteStore::on(disk.pool.clone()).await.is_err());
            let statement = "SELECT count(*) FROM sqlite_schema";
            let tables: i64 = sqlx::query_scalar(statement).fetch_one(&disk.pool).await.unwrap();
            assert_eq!(tables, 1, "with {pages} pages");
        }
        disk.has_room_for(100_000).await;
        assert!(SqliteStore::on(disk.pool.clone()).await.is_ok());
    });
}

/// Part: commits until its file may not grow any more, and says each answer.
pub(crate) async fn fills_its_file(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let scribe = Scribe::new(1);
    let mut refused = 0;
    let mut n = scribe.written(&store).await + 1;
    while refused < 5 && n < 2_000 {
        match store.commit(scribe.change(n)).await {
            Ok(()) => {
                say(&format!("written {n}"));
                n += 1;
            }
            Err(error @ (StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_))) => {
                say(&error.to_string());
                refused += 1;
                // What is unknown is looked up, as a host does.
                n = scribe.written(&store).await + 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 5);
    say("done");
}

#[test]
#[cfg(unix)]
fn a_file_that_may_not_grow_keeps_what_was_acknowledged_and_opens_again() {
    let path = folder::fresh().join("portal.db");
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        store.close().await;
    });
    let part = crate::process::command("fills its file", &path);
    for blocks in ["300", "600"] {
        let mut shell = std::process::Command::new("sh");
        // Without the signal, a write that is too long fails as it does on a full disk.
        let script = "trap '' XFSZ; ulimit -f $0; exec \"$@\"";
        shell.args(["-c", script, blocks]).arg(part.get_program()).args(part.get_args());
        let said = crate::process::Actor::run(&mut shell).hear_out();
        assert_eq!(said.last().map(String::as_str), Some("done"), "{said:?}");
        let acknowledged = said.iter().filter_map(|line| line.strip_prefix("written ")).next_back();
        let acknowledged: u64 = acknowledged.unwrap().parse().unwrap();
        block_on(async {
            let store = SqliteStore::open(&path).await.unwrap();
            let scribe = Scribe::new(1);
            let written = scribe.audit(&store, &path).await;
            assert!(written == acknowledged || written == acknowledged + 1, "{written} {said:?}");
            scribe.write_up_to(&store, written + 3).await;
            assert_eq!(scribe.audit(&store, &path).await, written + 3);
            store.close().await;
        });
    }
}

#[test]
fn a_disk_that_fills_up_between_two_events_of_one_change_leaves_neither() {
    block_on(async {
        let disk = Disk::new(SqliteJournalMode::Wal).await;
        let scribe = Scribe::new(1);
        let store = SqliteStore::on(disk.pool.clone()).await.unwrap();
        scribe.write_up_to(&store, 1).await;
        disk.has_no_room().await;
        let mut change = scribe.change(2);
        let kind = EventKind::Reset { reason: "x".repeat(200) };
        change.events = (0..200).map(|part| scribe.event(1000 + part, 0)).collect();
        change.events.iter_mut().for_each(|event| event.what = kind.clone());
        assert!(is_unavailable(&store.commit(change).await));
        assert_eq!(scribe.audit(&store, &disk.path).await, 1);
    });
}
