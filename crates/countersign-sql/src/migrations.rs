//! Migrations: what brings the tables up to date, for all databases alike.
//!
//! Each dialect takes its own lock around this, and opens the transaction that makes it whole.

use sqlx::SqlSafeStr;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, MigrationType};

/// A migration with this number, name and statements.
pub(crate) fn migration(
    (version, name, statements): (i64, &'static str, &'static str),
) -> Migration {
    let statements = statements.into_sql_str();
    Migration::new(version, name.into(), MigrationType::Simple, statements, false)
}

/// Runs what this table does not say was run, and returns the numbers of that. What `Migrator::run`
/// does, whose future hosts could not spawn.
pub(crate) async fn apply<C: Migrate>(
    connection: &mut C,
    table: &str,
    migrations: &[Migration],
) -> Result<Vec<i64>, MigrateError> {
    connection.ensure_migrations_table(table).await?;
    if let Some(version) = connection.dirty_version(table).await? {
        return Err(MigrateError::Dirty(version));
    }
    let applied = connection.list_applied_migrations(table).await?;
    let mut ran = Vec::new();
    for migration in still_to_run(&applied, migrations)? {
        connection.apply(table, migration).await?;
        ran.push(migration.version);
    }
    Ok(ran)
}

/// Those that were not run yet. One that was run and is unknown or another one is an error.
pub(crate) fn still_to_run<'a>(
    applied: &[AppliedMigration],
    migrations: &'a [Migration],
) -> Result<Vec<&'a Migration>, MigrateError> {
    for there in applied {
        match migrations.iter().find(|known| known.version == there.version) {
            None => return Err(MigrateError::VersionMissing(there.version)),
            Some(known) if known.checksum != there.checksum => {
                return Err(MigrateError::VersionMismatch(there.version));
            }
            Some(_) => {}
        }
    }
    let is_new = |known: &&Migration| applied.iter().all(|there| there.version != known.version);
    Ok(migrations.iter().filter(is_new).collect())
}
