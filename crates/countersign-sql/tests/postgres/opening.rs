//! Opening a database: many at once, with few rights, after a release that is not out yet, and what is
//! refused.

use countersign_core::Requirement;
use countersign_core::store::Store;
use countersign_sql::{OpenError, PostgresStore};
use countersign_testkit::FakeClock;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::task::JoinSet;

use crate::block_on;
use crate::server::{Server, fresh, options, plain, server};
use crate::stage::{MONDAY, Stage, key, other_than, passed};

async fn run(outside: &mut PgConnection, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    sqlx::raw_sql(statements).execute(outside).await.unwrap();
}

/// The migrations that were run, and the tables there are.
async fn there(outside: &mut PgConnection) -> (Vec<i64>, i64) {
    const RAN: &str = "SELECT version FROM countersign_migrations ORDER BY version";
    const TABLES: &str = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
    let ran = sqlx::query_scalar(RAN).fetch_all(&mut *outside).await.unwrap_or_default();
    (ran, sqlx::query_scalar(TABLES).fetch_one(outside).await.unwrap())
}

async fn open(server: &Server, schema: &str) -> Result<PostgresStore, OpenError> {
    options(schema).connect_with(server.address()).await
}

#[test]
fn processes_that_start_at_once_make_the_tables_once() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let mut all = JoinSet::new();
        for _ in 0..12 {
            let open = options(&schema).connections(1).connect_with(server.address());
            all.spawn(async move {
                let store = open.await?;
                let _ = store.load(&key("ada")).await.unwrap();
                Ok::<_, OpenError>(store)
            });
        }
        while let Some(opened) = all.join_next().await {
            opened.unwrap().unwrap();
        }
        assert_eq!(there(&mut server.outside(&schema).await).await, (vec![1], 8));
    });
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind_and_runs_once_it_can() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let mut outside = server.outside(&schema).await;
        run(&mut outside, "CREATE TABLE countersign_letter (theirs integer)").await;
        let told = open(server, &schema).await.unwrap_err();
        assert!(matches!(told, OpenError::Migrate(_)), "{told:?}");
        assert_eq!(there(&mut outside).await, (vec![], 1), "half of a migration is there");
        run(&mut outside, "DROP TABLE countersign_letter").await;
        open(server, &schema).await.unwrap();
        assert_eq!(there(&mut outside).await, (vec![1], 8));
    });
}

#[test]
fn a_database_of_a_later_release_is_refused_and_stays_as_it_is() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        open(server, &schema).await.unwrap();
        let mut outside = server.outside(&schema).await;
        const LATER: &str = r"
INSERT INTO countersign_migrations (version, description, success, checksum, execution_time)
VALUES (99, 'later', true, '\x00', 0)";
        run(&mut outside, LATER).await;
        let told = open(server, &schema).await.unwrap_err();
        assert!(matches!(told, OpenError::Later { version: 99 }), "{told:?}");
        run(&mut outside, "DELETE FROM countersign_migrations WHERE version = 99").await;
        run(&mut outside, r"UPDATE countersign_migrations SET checksum = '\x00'").await;
        let told = open(server, &schema).await.unwrap_err();
        assert!(matches!(told, OpenError::Migrate(_)), "{told:?}");
    });
}

#[test]
fn a_portal_that_may_only_read_and_write_rows_logs_people_in() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let role = format!("portal_of_{schema}");
        let mut outside = server.outside(&schema).await;
        run(&mut outside, &format!("CREATE ROLE {role} LOGIN")).await;
        let portal = server.address().username(&role);
        let refused = options(&schema).connect_with(portal.clone()).await.unwrap_err();
        assert!(matches!(refused, OpenError::Migrate(_)), "{refused:?}");
        open(server, &schema).await.unwrap();
        let grants = format!(
            "GRANT USAGE ON SCHEMA {schema} TO {role};
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
        );
        run(&mut outside, &grants).await;
        let clock = FakeClock::at(MONDAY);
        let store = options(&schema).clock(clock.clone()).connect_with(portal).await.unwrap();
        let stage = Stage::founded(store, clock, Requirement::Email).await;
        let ticket = stage.challenge("ben").await.ticket;
        let code = stage.mailed_code().await;
        let _ = stage.answer(&ticket, other_than(&code)).await;
        let _ = passed(stage.answer(&ticket, &code).await);
        stage.mfa.removed(&key("ada")).await.unwrap();
    });
}

#[test]
fn what_could_forget_or_not_spell_is_refused() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let told = PostgresStore::options().schema(&schema).connect_with(server.address()).await;
        let told = told.unwrap_err();
        assert!(matches!(told, OpenError::Forgetful { setting: "fsync", .. }), "{told:?}");
        assert_eq!(there(&mut server.outside(&schema).await).await, (vec![], 0));
        const LATIN: &str = "
CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
        sqlx::raw_sql(LATIN).execute(&mut server.outside("public").await).await.unwrap();
        let latin = server.address().database("latin");
        let told = options(&fresh()).connect_with(latin).await.unwrap_err();
        assert!(matches!(told, OpenError::NotUtf8 { .. }), "{told:?}");
        let told = open(server, &"long".repeat(16)).await.unwrap_err();
        assert!(matches!(told, OpenError::Schema { .. }), "{told:?}");
    });
}

#[test]
fn an_address_finds_the_server_and_the_tables_are_where_the_search_path_leads() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let folder = server.socket().parent().unwrap().display().to_string().replace('/', "%2F");
        let address = format!(
            "postgres://tests@localhost:{}/postgres?host={folder}&options=-c%20search_path%3D{schema}",
            server.port()
        );
        let options = PostgresStore::options().danger_flush_seldom();
        let store = options.connect(&address).await.unwrap();
        assert!(store.load(&key("ada")).await.unwrap().account.is_none());
        let mut outside = server.outside(&schema).await;
        assert_eq!(there(&mut outside).await, (vec![1], 8));
        const OURS: &str = "
SELECT count(*) FROM pg_stat_activity
WHERE application_name = 'countersign' AND query LIKE '%\"' || current_schema() || '\".%'";
        let ours: i64 = sqlx::query_scalar(OURS).fetch_one(&mut outside).await.unwrap();
        assert_eq!(ours, 1, "who looks at the server sees whose connections these are");
    });
}

#[test]
fn the_hosts_tables_and_migrations_are_left_alone() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let mut outside = server.outside(&schema).await;
        let theirs =
            "CREATE TABLE _sqlx_migrations (version bigint); CREATE TABLE account (id bigint)";
        run(&mut outside, theirs).await;
        let pool = server.pool(&schema, 2).await;
        let on = PostgresStore::options().danger_flush_seldom();
        let _ = on.on(pool.clone()).await.unwrap();
        assert_eq!(there(&mut outside).await, (vec![1], 10));
        let path: String = sqlx::query_scalar("SHOW search_path").fetch_one(&pool).await.unwrap();
        assert_eq!(path, schema, "a connection of the host came back as another one");
    });
}

#[test]
fn over_tls_a_server_is_trusted_only_by_the_authority_and_the_name_that_were_asked_for() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let role = format!("over_tls_{schema}");
        let mut outside = server.outside(&schema).await;
        let grants = format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'hunter2';
             GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}"
        );
        run(&mut outside, &grants).await;
        let authority = server.folder().join("authority.pem").display().to_string();
        let connect = async |host: &str, settings: &str| {
            let port = server.port();
            let address = format!("postgres://{role}:hunter2@{host}:{port}/postgres?{settings}");
            options(&schema).connect(&address).await
        };
        let full = format!("sslmode=verify-full&sslrootcert={}", authority.replace('/', "%2F"));
        let store = connect("localhost", &full).await.unwrap();
        let _ = store.load(&key("ada")).await.unwrap();
        const BY_TLS: &str = "
SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = $1 AND ssl";
        let by_tls: i64 =
            sqlx::query_scalar(BY_TLS).bind(&role).fetch_one(&mut outside).await.unwrap();
        assert_eq!(by_tls, 1);
        for (host, settings) in [
            ("127.0.0.1", &*full),
            ("localhost", "sslmode=verify-full"),
            ("localhost", "sslmode=disable"),
        ] {
            let told = connect(host, settings).await.unwrap_err();
            assert!(matches!(told, OpenError::Unreachable(_)), "{host} {settings}: {told:?}");
        }
    });
}
