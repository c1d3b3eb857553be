//! Opening a database: a file of one's own, or a pool that the host has already.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::{Clock, SystemClock, Timestamp};
use sqlx::migrate::{MigrateError, Migration};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::connections::Connections;
use super::file::{Before, Found, Identity};
use super::queue::Queue;
use super::steady::{LEAP, Steady, since_now};
use super::{SqliteStore, texts};
use crate::error::OpenError;
use crate::migrations::{apply, migration};

/// How long a write waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most connections of our own that read at once.
const READERS: u32 = 4;
const MOST_PATIENCE: Duration = Duration::from_secs(60);
/// Where it is written down which migrations were run; the host's own table is another.
const MIGRATIONS: &str = "countersign_migrations";
/// The migration after which mail texts have a table of their own.
const TEXTS_MOVE_OUT: i64 = 2;

/// How a database is opened.
///
/// ```
/// use std::time::Duration;
///
/// use countersign_sql::SqliteStore;
///
/// let options = SqliteStore::options().busy_timeout(Duration::from_secs(2));
/// # drop(options);
/// ```
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    clock: Option<Arc<dyn Clock>>,
    went_back: bool,
    busy_timeout: Duration,
    may_forget: bool,
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
    /// The journal mode, `synchronous` and the busy timeout are the host's. A pool that does not
    /// flush every commit is refused: a power loss could take back a counted guess, or make a used
    /// code good once more. Writes use one connection at a time, and none between two writes.
    ///
    /// ```
    /// # async fn open(folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    /// use countersign_sql::SqliteStore;
    /// use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
    /// use sqlx::sqlite::SqliteSynchronous;
    ///
    /// let options = SqliteConnectOptions::new()
    ///     .filename(folder.join("portal.db"))
    ///     .create_if_missing(true)
    ///     .journal_mode(SqliteJournalMode::Wal)
    ///     .synchronous(SqliteSynchronous::Full);
    /// let pool = SqlitePoolOptions::new().connect_with(options).await?;
    /// let store = SqliteStore::on(pool.clone()).await?;
    /// # store.close().await;
    /// # Ok(())
    /// # }
    /// # let folder = std::env::temp_dir().join("countersign-doc-pool");
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(open(&folder)).unwrap();
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// ```
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
        SqliteOptions { clock: None, went_back: false, busy_timeout: PATIENCE, may_forget: false }
    }
}

impl SqliteOptions {
    /// The store's time comes from this clock instead of the operating system's.
    ///
    /// Without it, leaps of the operating system's clock by more than five minutes are noticed: see
    /// the guide. Whether this one leaps is for the host to know.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Takes the operating system's clock as right although the database holds later times.
    ///
    /// Such a database is opened, and nothing is judged until the clock has caught up. Say this once
    /// when you know that the clock was wrong before and is right now. The danger is this: what had
    /// ended may be open again, so call `Mfa::restored` after it.
    ///
    /// ```
    /// use countersign_sql::SqliteStore;
    ///
    /// let options = SqliteStore::options().danger_clock_went_back();
    /// # drop(options);
    /// ```
    #[must_use]
    pub fn danger_clock_went_back(mut self) -> Self {
        self.went_back = true;
        self
    }

    /// How long a write waits for another process that writes, before it is answered
    /// [`StoreError::Unavailable`](countersign_core::store::StoreError::Unavailable) and nothing is
    /// written. It counts from the call, however many others wait. Five seconds if nothing is said, a
    /// minute at most. A pool of the host keeps its own.
    #[must_use]
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout.min(MOST_PATIENCE);
        self
    }

    /// Does not flush every commit (`synchronous = NORMAL`), or lets a pool of the host do so.
    /// Faster on slow disks, and the danger is this: a power loss can take back a counted guess or
    /// make a used code good once more.
    #[must_use]
    pub fn danger_flush_seldom(mut self) -> Self {
        self.may_forget = true;
        self
    }

    /// Opens the database in this file; see [`SqliteStore::open`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with the file.
    pub async fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, OpenError> {
        let path = path.as_ref();
        let file = |source| OpenError::File { path: path.to_owned(), source };
        // Connections are opened later too, and by then the working folder may be another. What
        // begins with a slash is no URI either.
        let absolute = std::path::absolute(path).map_err(|why| file(sqlx::Error::Io(why)))?;
        let synchronous = match self.may_forget {
            true => SqliteSynchronous::Normal,
            false => SqliteSynchronous::Full,
        };
        let options = SqliteConnectOptions::new()
            .filename(&absolute)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(self.busy_timeout)
            .disable_statement_logging();
        let before = Before::at(&absolute);
        let mut first = first_connection(&options, self.busy_timeout, path).await?;
        let had_tables = has_tables(&mut first, path).await?;
        prepare(&mut first, &self, Some(path)).await?;
        before.warn(path, if had_tables { held(&mut first, path).await? } else { Found::Nothing });
        let identity = Identity::of(&absolute).map_err(|why| file(sqlx::Error::Io(why)))?;
        let identity = Arc::new(identity);
        let clock = self.time_of(&mut first, Some(path)).await?;
        // Later ones make no file: one that goes missing is missed, and not begun anew.
        let writer = Connections::only(first, options.clone(), identity.clone(), PATIENCE);
        let readers = Connections::own(options, identity, READERS, PATIENCE);
        let queue = Queue::start(writer.clone(), clock.clone(), self.busy_timeout);
        Ok(SqliteStore { readers, writer, queue, clock })
    }

    /// Keeps the tables in a database that the host has open; see [`SqliteStore::on`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong.
    pub async fn on(self, pool: SqlitePool) -> Result<SqliteStore, OpenError> {
        let mut first = pool.acquire().await.map_err(|error| OpenError::of(error, None))?;
        if let Err(error) = prepare(&mut first, &self, None).await {
            // With it goes whatever is left open on it.
            let _ = first.close().await;
            return Err(error);
        }
        let clock = self.time_of(&mut first, None).await?;
        let waits = busy_timeout(&mut first).await.map_err(|error| OpenError::of(error, None))?;
        drop(first);
        let pool = Connections::Host(pool);
        let queue = Queue::start(pool.clone(), clock.clone(), waits);
        Ok(SqliteStore { readers: pool.clone(), writer: pool, queue, clock })
    }

    /// The clock of the host, or one that begins no earlier than what was written last.
    async fn time_of(
        &self,
        connection: &mut SqliteConnection,
        path: Option<&Path>,
    ) -> Result<Arc<dyn Clock>, OpenError> {
        if let Some(clock) = &self.clock {
            return Ok(clock.clone());
        }
        let newest = newest(connection).await.map_err(|error| OpenError::of(error, path))?;
        let now = SystemClock.now();
        let from = match newest {
            Some(newest) if newest.since(now) > LEAP && !self.went_back => {
                tracing::error!(
                    target: "countersign",
                    %newest,
                    %now,
                    "alarm: the database holds times that are yet to come; nothing is judged until \
                     this machine's clock has caught up. If the clock is right now and was wrong \
                     before, open once with `danger_clock_went_back`"
                );
                newest
            }
            _ => now,
        };
        Ok(Arc::new(Steady::new(Arc::new(SystemClock), from, since_now())))
    }
}

/// The connection that will write; it makes the file if there is none.
async fn first_connection(
    options: &SqliteConnectOptions,
    patience: Duration,
    path: &Path,
) -> Result<SqliteConnection, OpenError> {
    const PAUSE: Duration = Duration::from_millis(20);
    let options = options.clone().create_if_missing(true);
    let mut waited = Duration::ZERO;
    loop {
        match options.connect().await.map_err(|error| OpenError::of(error, Some(path))) {
            // SQLite itself does not wait when it changes the journal mode of a new file.
            Err(error) if error.is_busy() && waited < patience => tokio::time::sleep(PAUSE).await,
            outcome => return outcome,
        }
        waited += PAUSE;
    }
}

/// How long a connection of the host waits for somebody else who writes.
async fn busy_timeout(connection: &mut SqliteConnection) -> Result<Duration, sqlx::Error> {
    let millis: i64 = sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(connection).await?;
    Ok(Duration::from_millis(u64::try_from(millis).unwrap_or_default()))
}

/// When something was written last, as far as tenants and the log of each of them tell.
async fn newest(connection: &mut SqliteConnection) -> Result<Option<Timestamp>, sqlx::Error> {
    const NEWEST: &str = "
SELECT max(coalesce(
    (SELECT at FROM countersign_event AS e WHERE e.tenant = t.tenant ORDER BY number DESC LIMIT 1),
    written_at)) FROM countersign_tenant AS t";
    let newest: Option<i64> = sqlx::query_scalar(NEWEST).fetch_one(connection).await?;
    Ok(newest.map(Timestamp::from_millis))
}

async fn has_tables(connection: &mut SqliteConnection, path: &Path) -> Result<bool, OpenError> {
    const TABLES: &str = "
SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'countersign_tenant')";
    let answer = sqlx::query_scalar(TABLES).fetch_one(connection).await;
    answer.map_err(|error| OpenError::of(error, Some(path)))
}

/// What our tables hold. Events and fingerprints outlive the tenants that they came with.
async fn held(connection: &mut SqliteConnection, path: &Path) -> Result<Found, OpenError> {
    const HELD: &str = "
SELECT EXISTS (SELECT 1 FROM countersign_tenant),
       EXISTS (SELECT 1 FROM countersign_event) OR EXISTS (SELECT 1 FROM countersign_key)";
    let answer = sqlx::query_as(HELD).fetch_one(connection).await;
    let answer: (bool, bool) = answer.map_err(|error| OpenError::of(error, Some(path)))?;
    Ok(match answer {
        (true, _) => Found::Tenants,
        (false, true) => Found::Traces,
        (false, false) => Found::NeverUsed,
    })
}

/// Looks at how the database keeps what is committed, and brings the tables up to date.
async fn prepare(
    connection: &mut SqliteConnection,
    options: &SqliteOptions,
    path: Option<&Path>,
) -> Result<(), OpenError> {
    remembers(connection, options, path).await?;
    migrate(connection, path).await
}

/// What is committed must stay so.
async fn remembers(
    connection: &mut SqliteConnection,
    options: &SqliteOptions,
    path: Option<&Path>,
) -> Result<(), OpenError> {
    const FILE: &str = "SELECT file FROM pragma_database_list WHERE name = 'main'";
    let away = |error| OpenError::of(error, path);
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await
        .map_err(away)?;
    if path.is_some() && journal != "wal" {
        return Err(OpenError::NotShared { found: journal });
    }
    let file: Option<String> =
        sqlx::query_scalar(FILE).fetch_one(&mut *connection).await.map_err(away)?;
    let in_memory = file.unwrap_or_default().is_empty();
    if !in_memory && matches!(&*journal, "off" | "memory") {
        return Err(OpenError::Forgetful { setting: "journal_mode", found: journal });
    }
    let synchronous: i64 =
        sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await.map_err(away)?;
    // 0 is OFF, 1 NORMAL, 2 FULL, 3 EXTRA.
    if synchronous < if options.may_forget { 1 } else { 2 } {
        let found = if synchronous == 1 { "NORMAL" } else { "OFF" };
        return Err(OpenError::Forgetful { setting: "synchronous", found: found.to_owned() });
    }
    Ok(())
}

/// Runs what has not been run yet, under the write lock, so that two processes may start at once.
async fn migrate(connection: &mut SqliteConnection, path: Option<&Path>) -> Result<(), OpenError> {
    // It writes nothing, and asks whether it could.
    const WRITABLE: &str = "DELETE FROM countersign_migrations WHERE false";
    let away = |error| OpenError::of(error, path);
    let failed = |error| OpenError::migrating(error, OpenError::of_migration);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(away)?;
    for ran in apply(&mut *transaction, MIGRATIONS, &migrations()).await.map_err(failed)? {
        if ran == TEXTS_MOVE_OUT {
            let moved = texts::carry_over(&mut transaction).await;
            moved.map_err(|error| failed(MigrateError::Execute(error)))?;
        }
    }
    sqlx::query(WRITABLE).execute(&mut *transaction).await.map_err(away)?;
    transaction.commit().await.map_err(away)
}

/// All of them, in their order. One that was released never changes.
fn migrations() -> Vec<Migration> {
    const ALL: [(i64, &str, &str); 5] = [
        (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
        (2, "second", include_str!("../../migrations/sqlite/0002_second.sql")),
        (3, "third", include_str!("../../migrations/sqlite/0003_third.sql")),
        (4, "fourth", include_str!("../../migrations/sqlite/0004_fourth.sql")),
        (5, "fifth", include_str!("../../migrations/sqlite/0005_fifth.sql")),
    ];
    ALL.into_iter().map(migration).collect()
}
