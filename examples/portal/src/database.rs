//! The portal's own tables, in the same file as countersign's and through a pool of their own.
//!
//! A login never runs inside a transaction of ours, so the two never wait for each other for long.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// Opens the file, creates it if there is none, and makes our tables.
pub(crate) async fn open(file: &Path) -> Result<SqlitePool, sqlx::Error> {
    make(file)?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
    for statement in TABLES {
        sqlx::query(statement).execute(&pool).await?;
    }
    Ok(pool)
}

/// Creates the file, if it is missing, readable by this user alone. SQLite gives its side files the
/// same mode.
fn make(file: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// Times are milliseconds since 1970. Ids and addresses compare as exact bytes.
const TABLES: [&str; 5] = [
    "CREATE TABLE IF NOT EXISTS company (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        made_at INTEGER NOT NULL
     ) STRICT",
    // An address is unique within a company, however it is spelled; the same person may work for two.
    "CREATE TABLE IF NOT EXISTS person (
        company TEXT NOT NULL REFERENCES company (id),
        id TEXT NOT NULL,
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        email TEXT NOT NULL,
        email_folded TEXT NOT NULL,
        language TEXT,
        password TEXT,
        made_at INTEGER NOT NULL,
        last_login_at INTEGER,
        PRIMARY KEY (company, id),
        UNIQUE (company, email_folded)
     ) STRICT",
    // `id` is a digest of the browser's secret: reading this table lets no one act as a person.
    "CREATE TABLE IF NOT EXISTS session (
        id BLOB NOT NULL PRIMARY KEY,
        proof TEXT NOT NULL UNIQUE,
        company TEXT NOT NULL,
        person TEXT NOT NULL,
        sealed TEXT NOT NULL,
        ends_at INTEGER NOT NULL,
        enroll_by INTEGER
     ) STRICT",
    "CREATE TABLE IF NOT EXISTS password_budget (
        company TEXT NOT NULL,
        typed BLOB NOT NULL,
        misses INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        PRIMARY KEY (company, typed)
     ) STRICT",
    // What the demo must find again after a restart; empty in earnest.
    "CREATE TABLE IF NOT EXISTS demo (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT",
];
