//! SQLite keeps every law: in a file of its own with a second process's connections beside it, and
//! in a pool that the host has already.
use crate::block_on;

use std::path::{Path, PathBuf};

use countersign_testkit::Damage;
use sqlx::sqlite::SqliteArguments;

use crate::scene::outside;

/// Overwrites a record in this file, from another process's connection.
fn spoil(path: &Path, damage: Damage) {
    let path: PathBuf = path.to_owned();
    let work = async move {
        let query: sqlx::query::Query<'_, sqlx::Sqlite, SqliteArguments> = match damage {
            Damage::Account(key) => {
                const DOCUMENT: &str = "
UPDATE countersign_document SET document = x'00' WHERE tenant = ?1 AND user = ?2";
                sqlx::query(DOCUMENT)
                    .bind(key.tenant().as_str().as_bytes().to_vec())
                    .bind(key.user().as_str().as_bytes().to_vec())
            }
            Damage::Tenant(id) => {
                const DOCUMENT: &str = "
UPDATE countersign_tenant SET document = x'00' WHERE tenant = ?1";
                sqlx::query(DOCUMENT).bind(id.as_str().as_bytes().to_vec())
            }
            Damage::Event(tenant, id) => {
                const DETAIL: &str = "
UPDATE countersign_event SET detail = x'00' WHERE tenant = ?1 AND id = ?2";
                sqlx::query(DETAIL)
                    .bind(tenant.as_str().as_bytes().to_vec())
                    .bind(id.as_bytes().to_vec())
            }
            Damage::Letter(id) => {
                const BODY: &str = "UPDATE countersign_letter SET body = x'00' WHERE id = ?1";
                sqlx::query(BODY).bind(id.as_bytes().to_vec())
            }
        };
        let done = query.execute(&mut outside(&path).await).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
    };
    // The law is on the runtime already.
    std::thread::spawn(|| block_on(work)).join().unwrap();
}

mod a_file_and_two_who_have_it_open {
    use std::fs;

    use countersign_sql::SqliteStore;
    use countersign_testkit::Subject;

    use super::{block_on, spoil};
    use crate::folder;

    async fn fresh() -> Subject {
        let path = folder::fresh().join("portal.db");
        let store = SqliteStore::options().danger_flush_seldom().open(&path).await.unwrap();
        let second = SqliteStore::options().danger_flush_seldom().open(&path).await.unwrap();
        let away = path.with_file_name("away.db");
        let file = path.clone();
        let subject = Subject::new(store).with_second_node(second);
        // In an outage the file is somewhere else.
        let subject = subject.interrupted_by(move |cut| match cut {
            true => fs::rename(&file, &away).unwrap(),
            false => fs::rename(&away, &file).unwrap(),
        });
        subject.damaged_by(move |damage| spoil(&path, damage))
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}

mod a_file_that_flushes_and_a_clock {
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::Duration;

    use countersign_sql::SqliteStore;
    use countersign_testkit::{FakeClock, Subject};
    use sqlx::SqliteConnection;

    use super::block_on;
    use crate::folder;
    use crate::scene::outside;

    async fn fresh() -> Subject {
        let path = folder::fresh().join("portal.db");
        let clock = FakeClock::default();
        let options = SqliteStore::options().clock(clock.clone());
        let options = options.busy_timeout(Duration::from_millis(200));
        let store = options.open(&path).await.unwrap();
        let lock = Arc::new(Mutex::new(None));
        Subject::new(store).timed_by(clock).interrupted_by(move |cut| {
            let path = path.clone();
            let mut lock = lock.lock().unwrap();
            *lock = cut.then(|| thread::spawn(|| block_on(locked(path))).join().unwrap());
        })
    }

    /// Somebody else who holds the write lock for as long as this lives.
    async fn locked(path: PathBuf) -> SqliteConnection {
        let mut outside = outside(&path).await;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut outside).await.unwrap();
        outside
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}

mod a_pool_of_the_host {
    use countersign_sql::SqliteStore;
    use countersign_testkit::Subject;
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    use super::block_on;
    use crate::folder;

    async fn fresh() -> Subject {
        let path = folder::fresh().join("host.db");
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let pool = SqlitePoolOptions::new().connect_with(options).await.unwrap();
        Subject::new(SqliteStore::on(pool).await.unwrap())
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}
