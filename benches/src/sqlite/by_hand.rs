//! The floor: the statements of a login, written out, on connections of its own.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Row, SqlitePool};

use super::{Flush, Operation, PEOPLE, timed, user};
use crate::Done;

const TENANT: &[u8] = b"larkfield";

const LOAD: &str = "
SELECT t.tenant IS NOT NULL, a.tenant IS NOT NULL, t.written_at, a.written_at,
       t.version, t.document,
       a.version, a.last_step, a.failures, a.locked_until, a.second_step_at, a.pending,
       a.document_version, d.document
FROM (SELECT ?1 AS tenant, ?2 AS user) AS k
LEFT JOIN countersign_tenant   AS t ON t.tenant = k.tenant
LEFT JOIN countersign_account  AS a ON a.tenant = k.tenant AND a.user = k.user
LEFT JOIN countersign_document AS d ON d.tenant = a.tenant AND d.user = a.user";
const COUNT: &str = "
UPDATE countersign_account
SET version = ?3, written_at = ?5, last_step = ?4, failures = 0, locked_until = NULL,
    second_step_at = ?5, pending = ?6
WHERE tenant = ?1 AND user = ?2 AND version = ?7";
const APPEND: &str = "
INSERT INTO countersign_event (tenant, number, id, account, at, kind, detail)
VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM countersign_event WHERE tenant = ?1),
        ?2, ?2, ?3, 'accepted', ?4)";

/// A copy of the contestant's database, with as many connections as there are tasks.
pub(super) struct ByHand {
    pool: SqlitePool,
}

impl ByHand {
    pub(super) async fn open(ours: &Path, path: &Path, flush: Flush, tasks: usize) -> Done<Self> {
        let copy = SqlitePool::connect(&format!("sqlite:{}", ours.display())).await?;
        let target = path.display().to_string();
        sqlx::query("VACUUM INTO ?1").bind(target).execute(&copy).await?;
        copy.close().await;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match flush {
                Flush::Seldom => SqliteSynchronous::Normal,
                Flush::EachCommit => SqliteSynchronous::Full,
            })
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        let tasks = u32::try_from(tasks)?;
        let pool = SqlitePoolOptions::new().max_connections(tasks).test_before_acquire(false);
        Ok(Self { pool: pool.connect_with(options).await? })
    }

    pub(super) fn task(
        &self,
        operation: Operation,
        task: usize,
    ) -> impl Future<Output = Done<Vec<Duration>>> + Send + 'static {
        let pool = self.pool.clone();
        async move {
            let mut times = Vec::with_capacity(PEOPLE);
            for person in 0..PEOPLE {
                let user = user(task, person);
                times.push(match operation {
                    Operation::Begin => timed(load(&pool, &user)).await?.0,
                    Operation::Verify => timed(verify(&pool, &user)).await?.0,
                });
            }
            Ok(times)
        }
    }
}

/// The version, and the bytes that a verify writes back.
async fn load(pool: &SqlitePool, user: &str) -> Done<(i64, Vec<u8>)> {
    let row = sqlx::query(LOAD).bind(TENANT).bind(user.as_bytes()).fetch_one(pool).await?;
    Ok((row.try_get(6)?, row.try_get(11)?))
}

async fn verify(pool: &SqlitePool, user: &str) -> Done {
    let (version, pending) = load(pool, user).await?;
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let counted = sqlx::query(COUNT)
        .bind(TENANT)
        .bind(user.as_bytes())
        .bind(version + 1)
        .bind(59_851_024)
        .bind(1_795_530_720_000_i64)
        .bind(pending)
        .bind(version)
        .execute(&mut *transaction)
        .await?;
    if counted.rows_affected() != 1 {
        return Err("another writer came first".into());
    }
    let id = version.to_be_bytes().repeat(2);
    sqlx::query(APPEND)
        .bind(TENANT)
        .bind(id)
        .bind(1_795_530_720_000_i64)
        .bind(&[1_u8, 0, 17, 1, 1][..])
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}
