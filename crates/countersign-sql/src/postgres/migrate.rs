//! Bringing the tables up to date: one transaction, behind a lock that processes which start at once
//! wait for. What fails halfway was never begun.

use sqlx::migrate::{Migrate, MigrateError, Migration};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::error::OpenError;
use crate::migrations::{apply, migration, still_to_run};

/// Runs what has not been run yet. The name of the schema is quoted already.
///
/// Where everything was run, nothing is created and no right to create is needed.
pub(super) async fn migrate(connection: &mut PgConnection, schema: &str) -> Result<(), OpenError> {
    // Nobody else takes a lock of this number: it spells "counters".
    const LOCK: &str = "SELECT pg_advisory_xact_lock(7165074649429406323)";
    let table = format!("{schema}.countersign_migrations");
    if is_up_to_date(connection, &table).await.map_err(failed)? {
        return Ok(());
    }
    let error = |error| failed(MigrateError::Execute(error));
    let mut open = connection.begin().await.map_err(error)?;
    // However long another process takes, and however long this does.
    sqlx::query("SET LOCAL statement_timeout = 0").execute(&mut *open).await.map_err(error)?;
    sqlx::query(LOCK).execute(&mut *open).await.map_err(error)?;
    enter(&mut open, schema).await.map_err(error)?;
    apply(&mut *open, &table, &migrations()).await.map_err(failed)?;
    open.commit().await.map_err(error)
}

async fn is_up_to_date(connection: &mut PgConnection, table: &str) -> Result<bool, MigrateError> {
    const IS_THERE: &str = "SELECT to_regclass($1) IS NOT NULL";
    let there = sqlx::query_scalar(IS_THERE).bind(table).persistent(false);
    if !there.fetch_one(&mut *connection).await? {
        return Ok(false);
    }
    let applied = connection.list_applied_migrations(table).await?;
    Ok(still_to_run(&applied, &migrations())?.is_empty())
}

/// Lets names without a schema be of this one, until the transaction ends; creates it if need be.
async fn enter(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    const IS_THERE: &str = "SELECT to_regnamespace($1) IS NOT NULL";
    let there = sqlx::query_scalar(IS_THERE).bind(schema).persistent(false);
    if !there.fetch_one(&mut *connection).await? {
        let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        sqlx::raw_sql(create).execute(&mut *connection).await?;
    }
    let path = AssertSqlSafe(format!("SET LOCAL search_path = {schema}"));
    sqlx::raw_sql(path).execute(&mut *connection).await.map(drop)
}

/// All of them, in their order. One that was released never changes.
fn migrations() -> Vec<Migration> {
    const ALL: [(i64, &str, &str); 1] =
        [(1, "first", include_str!("../../migrations/postgres/0001_first.sql"))];
    ALL.into_iter().map(migration).collect()
}

fn failed(error: MigrateError) -> OpenError {
    OpenError::migrating(error, Err)
}
