//! Why a database could not be opened, and rows that cannot be read, for all databases alike.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;

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
    /// The address of a server cannot be read.
    #[error(
        "the address of the database cannot be read; write it as \
         postgres://user@host:port/database?sslmode=verify-full"
    )]
    Address(#[source] sqlx::Error),
    /// A server does not answer, or does not let this user in.
    #[error(
        "the database server cannot be reached; check that it runs, its address, and that it lets \
         this user in"
    )]
    Unreachable(#[source] sqlx::Error),
    /// The server follows another one, and may be behind.
    #[error("the database server is a standby that follows another one; connect to its primary")]
    Standby,
    /// The server is older than what the statements are written for.
    #[error("PostgreSQL {found} is too old; run 13 or later")]
    TooOld {
        /// Its version.
        found: String,
    },
    /// The database cannot keep every name and address.
    #[error(
        "the database keeps text as {found}, which not every name fits in; create one with \
         ENCODING 'UTF8'"
    )]
    NotUtf8 {
        /// The encoding of its text.
        found: String,
    },
    /// The tables are to be in a schema that cannot exist.
    #[error("{name:?} is no name of a schema; give one of 1 to 63 bytes")]
    Schema {
        /// The name that was given; empty if none was, and the search path leads to none.
        name: String,
    },
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
        "a power loss could take back what was committed, because {setting} is {found}; flush \
         every commit (SQLite with a journal and `synchronous = FULL`, PostgreSQL with `fsync`, \
         `full_page_writes` and `synchronous_commit` on), or say `danger_flush_seldom`"
    )]
    Forgetful {
        /// The pragma, or the setting of the server.
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
    /// What the driver said about the tables.
    pub(crate) fn migrating(
        error: MigrateError,
        of: impl FnOnce(sqlx::Error) -> Result<Self, sqlx::Error>,
    ) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Later { version },
            // The driver would name the table that it keeps for others.
            MigrateError::Dirty(version) => Self::HalfDone { version },
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                of(error).unwrap_or_else(|error| Self::Migrate(MigrateError::Execute(error)))
            }
            error => Self::Migrate(error),
        }
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

/// A failed read, once the driver's own codes were looked at.
pub(crate) fn read(error: sqlx::Error) -> StoreError {
    match unreadable_column(&error) {
        Some(place) => StoreError::Corrupt { place },
        None => StoreError::Unavailable(Box::new(error)),
    }
}

/// The column that cannot be read, if that is what the driver says.
pub(crate) fn unreadable_column(error: &sqlx::Error) -> Option<String> {
    match error {
        sqlx::Error::ColumnDecode { index, .. } => Some(format!("column {index}")),
        sqlx::Error::ColumnNotFound(name) => Some(format!("column {name}")),
        sqlx::Error::ColumnIndexOutOfBounds { index, .. } => Some(format!("column {index}")),
        _ => None,
    }
}
