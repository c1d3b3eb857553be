//! What cannot be opened says why, and is left as it was.

use std::fs;
use std::sync::LazyLock;

use countersign_core::store::Store;
use countersign_core::{Begun, Clock as _, DAY, FirstFactor, HOUR, Mfa, Requirement, SystemClock};
use countersign_sql::{OpenError, SqliteOptions, SqliteStore};
use countersign_testkit::{FakeClock, Inbox};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tracing::subscriber::NoSubscriber;

use crate::scene::{Scribe, company, found, is_unavailable, key, outside};
use crate::stage::{Stage, browser, keys, timed};
use crate::{block_on, folder};

async fn refused(path: impl AsRef<std::path::Path>) -> OpenError {
    SqliteStore::open(path).await.unwrap_err()
}

#[test]
fn a_folder_that_is_not_there_or_is_a_file_is_named() {
    block_on(async {
        let folder = folder::fresh();
        fs::write(folder.join("file"), "no folder").unwrap();
        for path in ["missing/portal.db", "file/portal.db", ""] {
            let error = refused(folder.join(path)).await;
            assert!(matches!(error, OpenError::File { .. }), "{path}: {error:?}");
            assert!(error.to_string().contains("check that its folder exists"), "{error}");
            // What `main` shows, with what the driver said.
            let shown = format!("{error:?}");
            assert!(shown.starts_with(&format!("{error} (")) && shown.ends_with(')'), "{shown}");
        }
        let nul = refused(folder.join("a\0b.db")).await;
        assert!(matches!(nul, OpenError::File { .. }), "{nul:?}");
    });
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_was() {
    block_on(async {
        let path = folder::fresh().join("letter.txt");
        let text = "Dear customer, ".repeat(1000);
        fs::write(&path, &text).unwrap();
        let error = refused(&path).await;
        assert!(matches!(error, OpenError::Damaged(_)), "{error:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    });
}

#[test]
fn names_that_sqlite_gives_a_meaning_are_files_like_any_other() {
    block_on(async {
        let folder = folder::fresh();
        for name in [":memory:", "file:portal?mode=memory", "with space%20#?.db"] {
            let store = SqliteStore::open(folder.join(name)).await.unwrap();
            Scribe::new(1).write_up_to(&store, 2).await;
            store.close().await;
            assert!(folder.join(name).is_file(), "{name}");
        }
    });
}

#[test]
fn a_database_of_a_later_release_is_refused_by_number_and_not_touched() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        SqliteStore::open(&path).await.unwrap().close().await;
        let later = "INSERT INTO countersign_migrations
            (version, description, success, checksum, execution_time)
            VALUES (7, 'later', 1, x'00', 0)";
        sqlx::query(later).execute(&mut outside(&path).await).await.unwrap();
        let error = refused(&path).await;
        assert!(matches!(error, OpenError::Later { version: 7 }), "{error:?}");
        assert!(error.to_string().contains("migration 7"), "{error}");
    });
}

#[test]
fn a_migration_that_is_not_ours_or_did_not_end_is_refused() {
    block_on(async {
        for (change, says) in [
            ("checksum = x'00'", "could not be brought up to date"),
            ("success = 0", "remove the row from countersign_migrations"),
        ] {
            let path = folder::fresh().join("portal.db");
            SqliteStore::open(&path).await.unwrap().close().await;
            let change = sqlx::AssertSqlSafe(format!("UPDATE countersign_migrations SET {change}"));
            sqlx::query(change).execute(&mut outside(&path).await).await.unwrap();
            let shown = format!("{:?}", refused(&path).await);
            assert!(shown.contains(says) && !shown.contains("_sqlx_migrations"), "{shown}");
        }
    });
}

#[test]
fn a_table_in_the_way_is_refused_and_left_alone() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let pool = hosts(&path, |options| options).await;
        let theirs = "CREATE TABLE countersign_letter (theirs TEXT)";
        sqlx::query(theirs).execute(&pool).await.unwrap();
        let error = SqliteStore::on(pool.clone()).await.unwrap_err();
        assert!(matches!(error, OpenError::Migrate(_)), "{error:?}");
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT sql FROM sqlite_schema").fetch_all(&pool).await.unwrap();
        assert_eq!(tables, [theirs]);
    });
}

async fn hosts(
    path: &std::path::Path,
    set: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions,
) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    SqlitePoolOptions::new().connect_with(set(options)).await.unwrap()
}

#[test]
fn a_pool_that_forgets_commits_is_refused_unless_the_danger_is_named() {
    block_on(async {
        let check = async |journal, synchronous, plain: bool, dangerous: bool| {
            let path = folder::fresh().join("host.db");
            let set = |options: SqliteConnectOptions| {
                options.journal_mode(journal).synchronous(synchronous)
            };
            let pool = hosts(&path, set).await;
            let what = format!("{journal:?} {synchronous:?}");
            let opened = SqliteStore::on(pool.clone()).await;
            assert_eq!(opened.is_ok(), plain, "{what}: {opened:?}");
            let forgetful = matches!(opened, Err(OpenError::Forgetful { .. }));
            assert_eq!(forgetful, !plain, "{what}: {opened:?}");
            let opened = SqliteStore::options().danger_flush_seldom().on(pool).await;
            assert_eq!(opened.is_ok(), dangerous, "{what}: {opened:?}");
        };
        use SqliteJournalMode::{Delete, Memory, Off, Wal};
        use SqliteSynchronous::{Extra, Full, Normal};
        check(Wal, Full, true, true).await;
        check(Wal, Extra, true, true).await;
        check(Delete, Full, true, true).await;
        check(Wal, Normal, false, true).await;
        check(Wal, SqliteSynchronous::Off, false, false).await;
        check(Off, Full, false, false).await;
        check(Memory, Full, false, false).await;
    });
}

#[test]
fn a_file_of_our_own_is_shared_and_flushes_every_commit() {
    block_on(async {
        for danger in [false, true] {
            let path = folder::fresh().join("portal.db");
            let options = SqliteStore::options();
            let options = if danger { options.danger_flush_seldom() } else { options };
            let store = options.open(&path).await.unwrap();
            Scribe::new(1).write_up_to(&store, 1).await;
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
                .fetch_one(&mut outside(&path).await)
                .await
                .unwrap();
            assert_eq!(journal, "wal");
        }
    });
}

#[test]
fn a_database_in_memory_serves_tests_of_hosts() {
    block_on(async {
        let pool = SqlitePoolOptions::new().max_connections(1);
        let store = SqliteStore::on(pool.connect("sqlite::memory:").await.unwrap()).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 5).await;
        assert_eq!(scribe.written(&store).await, 5);
    });
}

#[test]
fn a_file_that_goes_missing_is_missed_and_not_begun_anew() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let store = SqliteStore::open(&path).await.unwrap();
        let scribe = Scribe::new(1);
        store.commit(scribe.change(1)).await.unwrap();
        for end in ["", "-wal", "-shm"] {
            fs::remove_file(path.with_file_name(format!("portal.db{end}"))).unwrap();
        }
        // The connections that read are opened now.
        assert!(is_unavailable(&store.load(&scribe.key).await));
        assert!(!path.exists());
    });
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_or_deleted_under_a_store_is_an_error_and_nothing_is_written_beside_it() {
    block_on(async {
        for replaced in [true, false] {
            let path = folder::fresh().join("portal.db");
            let store = SqliteStore::open(&path).await.unwrap();
            let scribe = Scribe::new(1);
            store.commit(scribe.change(1)).await.unwrap();
            // Its connections are open, and would go on with the file that nobody finds any more.
            assert!(store.load(&scribe.key).await.unwrap().account.is_some());
            let aside = path.with_file_name("aside.db");
            fs::rename(&path, &aside).unwrap();
            if replaced {
                SqliteStore::open(path.with_file_name("other.db")).await.unwrap().close().await;
                fs::rename(path.with_file_name("other.db"), &path).unwrap();
            }
            let said = format!("{:?}", store.load(&scribe.key).await.unwrap_err());
            let how = if replaced { "was replaced" } else { "was moved or deleted" };
            assert!(said.contains(how), "{said}");
            assert!(is_unavailable(&store.commit(scribe.change(2)).await));
            // Put back, it is the same one.
            fs::rename(&aside, &path).unwrap();
            store.commit(scribe.change(2)).await.unwrap();
        }
    });
}

#[test]
fn a_database_that_is_new_although_its_folder_says_otherwise_is_told_of() {
    let path = folder::fresh().join("portal.db");
    let first = opening(&path);
    assert!(first.contains("INFO") && first.contains("a new database was made"), "{first}");
    assert!(!first.contains("WARN"), "{first}");
    let again = opening(&path);
    assert!(!again.contains("WARN") && again.contains("holds no tenant yet"), "{again}");
    // Somebody's event, and no tenant whose it could be.
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        store.commit(Scribe::new(1).change(1)).await.unwrap();
        store.close().await;
    });
    let emptied = opening(&path);
    assert!(emptied.contains("WARN") && emptied.contains("was in use"), "{emptied}");
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        store.commit(found(&company())).await.unwrap();
        store.close().await;
    });
    assert_eq!(opening(&path), "");
    let beside = path.with_file_name("lost.db");
    fs::write(path.with_file_name("lost.db-wal"), "what was committed last").unwrap();
    let lost = opening(&beside);
    assert!(lost.contains("WARN") && lost.contains("write-ahead log of another one"), "{lost}");
}

#[test]
fn a_database_that_the_host_has_made_just_now_is_new_and_no_reason_to_warn() {
    let path = folder::fresh().join("portal.db");
    block_on(async {
        let hosts = hosts(&path, |options| options.journal_mode(SqliteJournalMode::Wal)).await;
        sqlx::query("CREATE TABLE portal (word TEXT)").execute(&hosts).await.unwrap();
        hosts.close().await;
    });
    let told = opening(&path);
    assert!(!told.contains("WARN") && told.contains("a new database was made"), "{told}");
}

#[test]
fn a_new_database_beside_keys_of_another_day_is_told_of() {
    for (hours, warns) in [(1, false), (25, true)] {
        let path = folder::fresh().join("portal.db");
        let keys = fs::File::create(path.with_file_name("countersign.keys")).unwrap();
        let made = fs::metadata(path.with_file_name("countersign.keys")).unwrap();
        keys.set_modified(made.modified().unwrap() - hours * HOUR).unwrap();
        let told = opening(&path);
        assert_eq!(told.contains("WARN") && told.contains("keys that are older"), warns, "{told}");
        // It is told once: from then on the database is known.
        assert!(!opening(&path).contains("WARN"));
    }
}

/// What is logged while this file is opened.
fn opening(path: &std::path::Path) -> String {
    let path = path.to_owned();
    logged(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(async {
            SqliteStore::open(&path).await.unwrap().close().await;
        });
    })
}

#[test]
fn a_clock_that_is_behind_what_was_written_is_noticed_and_judges_nothing() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let ahead = SystemClock.now().plus(365 * DAY);
        let clock = FakeClock::at(ahead);
        let store = timed(&clock).open(&path).await.unwrap();
        let stage = Stage::founded(store, clock, Requirement::Email).await;
        stage.store.close().await;
        let begin = async |options: SqliteOptions| {
            let store = options.open(&path).await.unwrap();
            let (mfa, _) = Mfa::builder()
                .store(store.clone())
                .mailer(Inbox::new())
                .keys(keys())
                .build()
                .unwrap();
            let begun = mfa.begin(&key("ben"), FirstFactor::Password, &browser()).await;
            store.close().await;
            begun
        };
        let judged = begin(SqliteStore::options()).await;
        assert_eq!(judged.unwrap_err().code(), "clock.jumped");
        let judged = begin(SqliteStore::options().danger_clock_went_back()).await;
        assert!(matches!(judged, Ok(Begun::Step(_))), "{judged:?}");
    });
}

/// What was logged meanwhile, on this thread.
fn logged(work: impl FnOnce()) -> String {
    // Where there is one subscriber alone, what another thread logs first counts as wanted by nobody.
    static OTHER: LazyLock<tracing::Dispatch> =
        LazyLock::new(|| tracing::Dispatch::new(NoSubscriber::default()));
    LazyLock::force(&OTHER);
    let (mut reader, writer) = std::io::pipe().unwrap();
    let writer = std::sync::Mutex::new(writer);
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
    tracing::subscriber::with_default(log, work);
    let mut text = String::new();
    std::io::Read::read_to_string(&mut reader, &mut text).unwrap();
    text
}
