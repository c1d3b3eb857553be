//! Beside the tables of a host: nothing of theirs is touched, and any number may open at once.

use std::path::Path;

use countersign_core::store::Store;
use countersign_sql::SqliteStore;
use sqlx::SqlitePool;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;

use crate::process::{Actor, say, told};
use crate::scene::{Scribe, outside};
use crate::{block_on, folder};

async fn hosts_own(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    hosts_migrator().run(&pool).await.unwrap();
    pool
}

/// Migrations of the host, in the table where sqlx keeps them; with our numbers, of all.
fn hosts_migrator() -> Migrator {
    let migration = |number, name: &'static str, statement: &'static str| {
        let statement = sqlx::SqlSafeStr::into_sql_str(statement);
        Migration::new(number, name.into(), MigrationType::Simple, statement, false)
    };
    Migrator::with_migrations(vec![
        migration(
            1,
            "people",
            "CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('Ada')",
        ),
        migration(2, "orders", "CREATE TABLE orders (number INTEGER)"),
    ])
}

/// Everything in the database that is not ours: the schema, and the host's rows.
async fn theirs(path: &Path) -> Vec<String> {
    let mut outside = outside(path).await;
    let schema = "SELECT name || ' ' || sql FROM sqlite_schema
        WHERE tbl_name NOT LIKE 'countersign%' AND sql IS NOT NULL ORDER BY name";
    let mut all: Vec<String> = sqlx::query_scalar(schema).fetch_all(&mut outside).await.unwrap();
    let rows = "SELECT version || description || installed_on || hex(checksum) || execution_time
        FROM _sqlx_migrations UNION ALL SELECT name FROM people ORDER BY 1";
    all.extend(sqlx::query_scalar::<_, String>(rows).fetch_all(&mut outside).await.unwrap());
    all
}

#[test]
fn the_tables_and_migrations_of_the_host_are_left_alone() {
    block_on(async {
        let path = folder::fresh().join("host.db");
        let pool = hosts_own(&path).await;
        let before = theirs(&path).await;
        for n in 1..=3 {
            let store = SqliteStore::on(pool.clone()).await.unwrap();
            Scribe::new(1).write_up_to(&store, 4 * n).await;
            store.close().await;
            assert_eq!(theirs(&path).await, before);
            // The host migrates after us as before.
            hosts_migrator().run(&pool).await.unwrap();
        }
        let ours: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_schema WHERE name LIKE 'countersign%' AND type = 'table'
             ORDER BY name",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        let tables =
            ["account", "document", "event", "key", "letter", "migrations", "tenant", "texts"];
        assert_eq!(ours, tables.map(|table| format!("countersign_{table}")));
        assert!(!pool.is_closed(), "a pool of the host stays open");
    });
}

#[test]
fn a_host_that_comes_later_finds_room_beside_us() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let store = SqliteStore::open(&path).await.unwrap();
        let scribe = Scribe::new(1);
        scribe.write_up_to(&store, 3).await;
        hosts_own(&path).await;
        scribe.write_up_to(&store, 6).await;
        assert_eq!(scribe.audit(&store, &path).await, 6);
    });
}

/// Part: opens the file when told to, and writes.
pub(crate) async fn opens(path: &Path) {
    say("ready");
    let number = told().parse().unwrap();
    let store = SqliteStore::open(path).await.unwrap();
    store.commit(Scribe::new(number).change(1)).await.unwrap();
    say("opened");
}

#[test]
fn eight_tasks_and_two_processes_may_open_a_new_file_at_once() {
    for _ in 0..4 {
        let path = folder::fresh().join("portal.db");
        let mut actors = [101, 102].map(|number| (number, Actor::start("opens", &path)));
        for (_, actor) in &mut actors {
            actor.hear_only("ready");
        }
        for (number, actor) in &mut actors {
            actor.tell(&number.to_string());
        }
        let stores = block_on(async {
            let mut opening = tokio::task::JoinSet::new();
            for number in 0..8 {
                let path = path.clone();
                opening.spawn(async move {
                    let store = SqliteStore::open(path).await.unwrap();
                    store.commit(Scribe::new(number).change(1)).await.unwrap();
                    store
                });
            }
            opening.join_all().await
        });
        for (_, actor) in actors {
            assert_eq!(actor.hear_out(), ["opened"]);
        }
        block_on(async {
            for number in (0..8).chain([101, 102]) {
                assert_eq!(Scribe::new(number).audit(&stores[0], &path).await, 1);
            }
            let migrations: i64 = sqlx::query_scalar("SELECT count(*) FROM countersign_migrations")
                .fetch_one(&mut outside(&path).await)
                .await
                .unwrap();
            assert_eq!(migrations, 5);
        });
    }
}
