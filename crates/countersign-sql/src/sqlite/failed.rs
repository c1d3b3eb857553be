//! What the driver of SQLite reports, as what a store reports. In one place, so that nobody has to
//! ask twice whether a write may have happened.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use countersign_core::store::StoreError;

use crate::error::{OpenError, unreadable_column};

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

    /// The same of an error of a migration; that error if it is of the migration itself.
    pub(crate) fn of_migration(error: sqlx::Error) -> Result<Self, sqlx::Error> {
        match code(&error) {
            Some(CORRUPT | NOT_A_DATABASE | READ_ONLY | BUSY | LOCKED) => Ok(Self::of(error, None)),
            _ => Err(error),
        }
    }

    /// Whether waiting a little may help.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}

/// One failure, told to everybody who was in the same transaction.
#[derive(Debug, Clone)]
pub(super) struct Shared(Arc<sqlx::Error>);

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
pub(super) enum Stage {
    /// No transaction has begun.
    Begin,
    /// Statements run; nothing is committed.
    Write,
    /// The commit itself runs.
    Commit,
}

/// A write that failed, and where.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    stage: Stage,
    error: Shared,
}

impl Failed {
    pub(super) fn at(stage: Stage) -> impl Fn(sqlx::Error) -> Self {
        move |error| Self { stage, error: Shared(Arc::new(error)) }
    }

    /// Whether it may be the fault of one among several, so that the others deserve a transaction
    /// each. Being busy is nobody's fault.
    pub(super) fn may_be_of_one(&self) -> bool {
        match self.stage {
            Stage::Begin => false,
            Stage::Write => !self.is_busy(),
            Stage::Commit => code(&self.error.0) == Some(FULL),
        }
    }

    /// Whether the connection, and not the database, may be what is wrong: somebody left a
    /// transaction open on it, or its thread is gone.
    pub(super) fn may_be_of_the_connection(&self) -> bool {
        use sqlx::Error::{BeginFailed, InvalidSavePointStatement, WorkerCrashed};
        let told = matches!(*self.error.0, BeginFailed | InvalidSavePointStatement | WorkerCrashed);
        self.stage == Stage::Begin && (told || code(&self.error.0) == Some(GENERIC))
    }

    /// As what a store reports.
    pub(super) fn told(&self) -> StoreError {
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
    pub(super) fn is_busy(&self) -> bool {
        matches!(code(&self.error.0), Some(BUSY | LOCKED))
    }
}

/// A failed read.
pub(super) fn read(error: sqlx::Error) -> StoreError {
    match damage(&error) {
        Some(place) => StoreError::Corrupt { place },
        None => StoreError::Unavailable(Box::new(error)),
    }
}

/// What is broken for good, if that is what the driver says.
fn damage(error: &sqlx::Error) -> Option<String> {
    match code(error) {
        Some(CORRUPT | NOT_A_DATABASE) => Some("the database file itself".to_owned()),
        _ => unreadable_column(error),
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
