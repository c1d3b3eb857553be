//! What a database driver reports, as what a store reports. In one place, so that nobody has to
//! ask twice whether a write may have happened.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::ports::StoreError;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
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
    /// The tables could not be brought up to date; nothing was changed.
    #[error(
        "the tables of countersign could not be brought up to date and were left as they were; \
         if a later release made them, run that release"
    )]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

/// One failure, told to everybody who was in the same transaction.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<sqlx::Error>);

impl Shared {
    pub(crate) fn new(error: sqlx::Error) -> Self {
        Self(Arc::new(error))
    }
}

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

/// How far a write had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing had been committed.
    Before,
    /// The commit itself failed.
    Commit,
}

/// A failed read.
pub(crate) fn read(error: sqlx::Error) -> StoreError {
    match damage(&error) {
        Some(place) => StoreError::Corrupt { place },
        None => StoreError::Unavailable(Box::new(error)),
    }
}

/// A failed write.
pub(crate) fn write(stage: Stage, error: &Shared) -> StoreError {
    if let Some(place) = damage(&error.0) {
        return StoreError::Corrupt { place };
    }
    let source = Box::new(error.clone());
    match stage {
        Stage::Commit if !was_rolled_back(&error.0) => StoreError::OutcomeUnknown(source),
        _ => StoreError::Unavailable(source),
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
fn was_rolled_back(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(BUSY | LOCKED | FULL | READ_ONLY))
}

// Primary result codes of SQLite, see https://www.sqlite.org/rescode.html
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
