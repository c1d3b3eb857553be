//! Opening a database: a file of one's own, or a pool that the host has already.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::ports::{Clock, SystemClock};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlSafeStr, SqlitePool};

use super::SqliteStore;
use super::queue::Queue;
use crate::error::OpenError;

/// Most connections that read at once.
const READERS: u32 = 4;
/// How long a write waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// Where it is written down which migrations were run; the host's own table is another.
const MIGRATIONS: &str = "countersign_migrations";

/// How a database is opened.
///
/// ```
/// use countersign_sql::SqliteStore;
///
/// let options = SqliteStore::options();
/// # drop(options);
/// ```
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    clock: Arc<dyn Clock>,
    synchronous: SqliteSynchronous,
}

impl SqliteStore {
    /// Opens the database in this file, creates it if there is none, and brings its tables up to
    /// date.
    ///
    /// The file is in WAL mode and every commit is flushed: what was answered survives a power
    /// loss. Call it inside a tokio runtime; the writer lives there.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with the file.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::options().open(path).await
    }

    /// Keeps the tables in a database that the host has open, beside the host's own, and brings
    /// them up to date. All of their names begin with `countersign_`.
    ///
    /// The journal mode and `synchronous` are the host's. With less than `synchronous = FULL`, a
    /// power loss can take back a counted guess or make a used code good once more.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong.
    pub async fn on(pool: SqlitePool) -> Result<Self, OpenError> {
        Self::options().on(pool).await
    }

    /// How to open a database otherwise.
    #[must_use]
    pub fn options() -> SqliteOptions {
        SqliteOptions { clock: Arc::new(SystemClock), synchronous: SqliteSynchronous::Full }
    }
}

impl SqliteOptions {
    /// The store's time comes from this clock instead of the operating system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Does not flush every commit (`synchronous = NORMAL`). Faster on slow disks, and the danger is
    /// this: a power loss can take back a counted guess or make a used code good once more.
    #[must_use]
    pub fn danger_flush_seldom(mut self) -> Self {
        self.synchronous = SqliteSynchronous::Normal;
        self
    }

    /// Opens the database in this file; see [`SqliteStore::open`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with the file.
    pub async fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, OpenError> {
        let path = path.as_ref();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(self.synchronous)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        // A ping before each use would cost as much as the statement.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        let writer = pool().max_connections(1).connect_with(options.clone()).await;
        let writer = writer.map_err(|source| OpenError::File { path: path.to_owned(), source })?;
        migrate(&writer).await?;
        let readers = pool().max_connections(READERS).connect_lazy_with(options);
        let queue = Queue::start(writer, true, self.clock.clone());
        Ok(SqliteStore { readers, queue, clock: self.clock })
    }

    /// Keeps the tables in a database that the host has open; see [`SqliteStore::on`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong.
    pub async fn on(self, pool: SqlitePool) -> Result<SqliteStore, OpenError> {
        migrate(&pool).await?;
        let queue = Queue::start(pool.clone(), false, self.clock.clone());
        Ok(SqliteStore { readers: pool, queue, clock: self.clock })
    }
}

/// Runs what has not been run yet, under the write lock, so that two processes may start at once.
async fn migrate(pool: &SqlitePool) -> Result<(), OpenError> {
    let first = Migration::new(
        1,
        "first".into(),
        MigrationType::Simple,
        include_str!("../../migrations/sqlite/0001_first.sql").into_sql_str(),
        false,
    );
    let mut migrator = Migrator::with_migrations(vec![first]);
    migrator.dangerous_set_table_name(MIGRATIONS);
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(OpenError::Away)?;
    migrator.run(&mut *transaction).await.map_err(OpenError::Migrate)?;
    transaction.commit().await.map_err(OpenError::Away)
}
