//! What a database driver reports, as what a store reports. In one place, so that nobody has to
//! ask twice whether a write may have happened.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::store::StoreError;
use sqlx::migrate::MigrateError;

/// Why a database could not be opened. Nothing in it was changed.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file cannot be opened or created.
    #[error(
        "the database {} could not be opened; check that its folder exists and may be written to",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// The database does not answer.
    #[error("the database does not answer; check the pool that was given")]
    Away(#[source] sqlx::Error),
    /// The file is no database, or is damaged.
    #[error("this is not a SQLite database, or it is damaged; restore it from a backup")]
    Damaged(#[source] sqlx::Error),
    /// Nothing can be written, so no guess could be counted.
    #[error("the database is read-only; let this process write to the file and to its folder")]
    ReadOnly(#[source] sqlx::Error),
    /// Another process kept the database locked for longer than the busy timeout.
    #[error("another process keeps the database locked; end what it does there, or wait for it")]
    Busy(#[source] sqlx::Error),
    /// A commit could be lost after it was answered.
    #[error(
        "a power loss could take back what was committed, because {setting} is {found}; open it \
         with a journal and `synchronous = FULL`, or say `danger_flush_seldom` for NORMAL"
    )]
    Forgetful {
        /// The pragma.
        setting: &'static str,
        /// Its value.
        found: String,
    },
    /// The file system cannot share the file among connections, or it is no file at all.
    #[error(
        "the database is not in WAL mode but in {found}; keep it in a file, on a disk of this machine"
    )]
    NotShared {
        /// The journal mode.
        found: String,
    },
    /// A later release made the tables.
    #[error("a later release of countersign made the tables (migration {version}); run that one")]
    Later {
        /// The number of a migration that this release does not know.
        version: i64,
    },
    /// A migration was begun and did not end.
    #[error(
        "migration {version} of countersign is half done; restore the database from a backup, or \
         mend its tables and remove the row from countersign_migrations"
    )]
    HalfDone {
        /// The number of the migration.
        version: i64,
    },
    /// The tables could not be brought up to date.
    #[error("the tables of countersign could not be brought up to date and were left as they were")]
    Migrate(#[source] MigrateError),
}

impl OpenError {
    /// What the driver said, as what can be done about it. `path` if the file is our own.
    pub(crate) fn of(error: sqlx::Error, path: Option<&std::path::Path>) -> Self {
        match (code(&error), path) {
            (Some(CORRUPT | NOT_A_DATABASE), _) => Self::Damaged(error),
            (Some(READ_ONLY), _) => Self::ReadOnly(error),
            (Some(BUSY | LOCKED), _) => Self::Busy(error),
            (_, Some(path)) => Self::File { path: path.to_owned(), source: error },
            (_, None) => Self::Away(error),
        }
    }

    pub(crate) fn migrating(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Later { version },
            // The driver would name the table that it keeps for others.
            MigrateError::Dirty(version) => Self::HalfDone { version },
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                match code(&error) {
                    Some(CORRUPT | NOT_A_DATABASE | READ_ONLY | BUSY | LOCKED) => {
                        Self::of(error, None)
                    }
                    _ => Self::Migrate(MigrateError::Execute(error)),
                }
            }
            error => Self::Migrate(error),
        }
    }

    /// Whether waiting a little may help.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}

// The sentence, since `main` shows an error by this.
impl fmt::Debug for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match StdError::source(self) {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

/// One failure, told to everybody who was in the same transaction.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<sqlx::Error>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Shared {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// How far a write has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// No transaction has begun.
    Begin,
    /// Statements run; nothing is committed.
    Write,
    /// The commit itself runs.
    Commit,
}

/// A write that failed, and where.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    stage: Stage,
    error: Shared,
}

impl Failed {
    pub(crate) fn at(stage: Stage) -> impl Fn(sqlx::Error) -> Self {
        move |error| Self { stage, error: Shared(Arc::new(error)) }
    }

    /// Whether it may be the fault of one among several, so that the others deserve a transaction
    /// each. Being busy is nobody's fault.
    pub(crate) fn may_be_of_one(&self) -> bool {
        match self.stage {
            Stage::Begin => false,
            Stage::Write => !self.is_busy(),
            Stage::Commit => code(&self.error.0) == Some(FULL),
        }
    }

    /// Whether the connection, and not the database, may be what is wrong: somebody left a
    /// transaction open on it, or its thread is gone.
    pub(crate) fn may_be_of_the_connection(&self) -> bool {
        use sqlx::Error::{BeginFailed, InvalidSavePointStatement, WorkerCrashed};
        let told = matches!(*self.error.0, BeginFailed | InvalidSavePointStatement | WorkerCrashed);
        self.stage == Stage::Begin && (told || code(&self.error.0) == Some(GENERIC))
    }

    /// As what a store reports.
    pub(crate) fn told(&self) -> StoreError {
        let source = Box::new(self.error.clone());
        match self.stage {
            Stage::Begin | Stage::Write => match damage(&self.error.0) {
                Some(place) => StoreError::Corrupt { place },
                None => StoreError::Unavailable(source),
            },
            Stage::Commit if was_rolled_back(&self.error.0) => StoreError::Unavailable(source),
            Stage::Commit => StoreError::OutcomeUnknown(source),
        }
    }

    /// Whether somebody else held the lock for as long as it was waited for. Nothing was written.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(code(&self.error.0), Some(BUSY | LOCKED))
    }
}

/// A failed read.
pub(crate) fn read(error: sqlx::Error) -> StoreError {
    match damage(&error) {
        Some(place) => StoreError::Corrupt { place },
        None => StoreError::Unavailable(Box::new(error)),
    }
}

/// What is broken for good, if that is what the driver says.
fn damage(error: &sqlx::Error) -> Option<String> {
    match error {
        sqlx::Error::ColumnDecode { index, .. } => Some(format!("column {index}")),
        sqlx::Error::ColumnNotFound(name) => Some(format!("column {name}")),
        sqlx::Error::ColumnIndexOutOfBounds { index, .. } => Some(format!("column {index}")),
        _ if matches!(code(error), Some(CORRUPT | NOT_A_DATABASE)) => {
            Some("the database file itself".to_owned())
        }
        _ => None,
    }
}

/// Whether the commit certainly did not happen: the database was busy, or had no room for it.
///
/// Any other failure of a commit may have come after the last byte was written, and a process that
/// recovers the file may find it.
fn was_rolled_back(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(BUSY | LOCKED | FULL | READ_ONLY))
}

// Primary result codes of SQLite, see https://www.sqlite.org/rescode.html
const GENERIC: u32 = 1;
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const READ_ONLY: u32 = 8;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const NOT_A_DATABASE: u32 = 26;

/// The primary result code; the driver reports extended ones.
fn code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
