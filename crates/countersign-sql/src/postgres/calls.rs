//! One call: a statement on some connection, within the deadline, and what a failure of it means.
//!
//! Nobody has to ask twice whether a write may have happened: this file says so for all of them. A
//! statement that was never sent, or that the database answered with an error, wrote nothing. One that
//! was sent and not answered may have.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign_core::store::StoreError;
use sqlx::postgres::{PgArguments, PgDatabaseError, PgRow, PgSeverity};
use sqlx::{Connection, Executor, PgConnection, Postgres, SqlStr};

use super::connections::{Connections, Taken};

/// A statement and the values in it.
pub(super) type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

/// How often a change is tried anew that the database undid for the sake of another one.
const MOST_RACES: u32 = 8;

/// The database, and how long a call may take.
#[derive(Clone)]
pub(super) struct Calls {
    pub(super) connections: Connections,
    pub(super) deadline: Duration,
}

/// What is asked: a statement, and how its values are filled in. It may be asked more than once.
pub(super) struct Ask<'a> {
    statement: &'a SqlStr,
    fill: &'a (dyn Fn(Query) -> Query + Send + Sync),
}

impl<'a> Ask<'a> {
    pub(super) fn new(
        statement: &'a SqlStr,
        fill: &'a (dyn Fn(Query) -> Query + Send + Sync),
    ) -> Self {
        Self { statement, fill }
    }

    fn query(&self) -> Query {
        (self.fill)(sqlx::query(self.statement.clone()))
    }
}

impl Calls {
    /// What this statement reads.
    pub(super) async fn read(&self, ask: Ask<'_>) -> Result<Vec<PgRow>, StoreError> {
        let read = async {
            match self.read_once(&ask).await {
                // The connection was broken before it was used. There may be more of its kind.
                Err(Failed { meaning: Meaning::Elsewhere | Meaning::Unknown, .. }) => {
                    self.connections.forget_idle();
                    self.read_once(&ask).await
                }
                outcome => outcome,
            }
        };
        let read = tokio::time::timeout(self.deadline, read).await;
        read.map_err(|_| self.late(false))?.map_err(Failed::of_a_read)
    }

    async fn read_once(&self, ask: &Ask<'_>) -> Result<Vec<PgRow>, Failed> {
        let mut taken = self.take().await?;
        match ask.query().fetch_all(&mut *taken).await {
            Ok(rows) => {
                taken.go_home();
                Ok(rows)
            }
            Err(error) => Err(settle(taken, Failed::of(error, false))),
        }
    }

    /// Runs a statement that writes all it has to write and answers with at least one row.
    pub(super) async fn write(&self, ask: Ask<'_>) -> Result<Vec<PgRow>, StoreError> {
        self.until_it_is_known(Work::Alone(ask)).await
    }

    /// The same in a transaction that has taken locks first.
    pub(super) async fn write_after(
        &self,
        lock: Ask<'_>,
        ask: Ask<'_>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.until_it_is_known(Work::After { lock, ask }).await
    }

    /// Tries anew what the database undid for another change's sake, or never got to see.
    async fn until_it_is_known(&self, work: Work<'_>) -> Result<Vec<PgRow>, StoreError> {
        let sent = AtomicBool::new(false);
        let known = async {
            let mut races = 0;
            let mut moved = false;
            loop {
                let once = match &work {
                    Work::Alone(ask) => self.write_once(ask, &sent).await,
                    Work::After { lock, ask } => self.write_once_after(lock, ask, &sent).await,
                };
                let failed = match once {
                    Ok(rows) => return Ok(rows),
                    Err(failed) => failed,
                };
                match failed.meaning {
                    Meaning::Raced if races < MOST_RACES => {
                        sent.store(false, Ordering::Relaxed);
                        tokio::time::sleep(Duration::from_millis(1 << races)).await;
                        races += 1;
                    }
                    Meaning::Elsewhere if !moved => {
                        sent.store(false, Ordering::Relaxed);
                        self.connections.forget_idle();
                        moved = true;
                    }
                    _ => return Err(failed.of_a_write()),
                }
            }
        };
        let known = tokio::time::timeout(self.deadline, known).await;
        known.map_err(|_| self.late(sent.load(Ordering::Relaxed)))?
    }

    async fn write_once(&self, ask: &Ask<'_>, sent: &AtomicBool) -> Result<Vec<PgRow>, Failed> {
        let mut taken = self.take().await?;
        // Where this fails, nothing that writes was sent.
        if let Err(error) = taken.prepare(ask.statement.clone()).await {
            return Err(settle(taken, Failed::of(error, false).unsent()));
        }
        sent.store(true, Ordering::Relaxed);
        match all_of(ask.query(), &mut taken).await {
            Ok(rows) => {
                taken.go_home();
                Ok(rows)
            }
            Err(failed) => Err(settle(taken, failed)),
        }
    }

    async fn write_once_after(
        &self,
        lock: &Ask<'_>,
        ask: &Ask<'_>,
        sent: &AtomicBool,
    ) -> Result<Vec<PgRow>, Failed> {
        let mut taken = self.take().await?;
        let written = async {
            let mut open = taken.begin().await?;
            lock.query().execute(&mut *open).await?;
            let rows = ask.query().fetch_all(&mut *open).await?;
            Ok((open, rows))
        };
        let outcome = match written.await {
            Ok((open, rows)) => {
                sent.store(true, Ordering::Relaxed);
                open.commit().await.map(|()| rows).map_err(|error| Failed::of(error, true))
            }
            Err(error) => Err(Failed::of(error, false).unsent()),
        };
        match outcome {
            Ok(rows) => {
                taken.go_home();
                Ok(rows)
            }
            // It is closed, and the transaction with it.
            Err(failed) => Err(failed),
        }
    }

    async fn take(&self) -> Result<Taken, Failed> {
        self.connections.take().await.map_err(|error| match &self.connections {
            Connections::Host(_) => Failed::of(error, false).unsent(),
            Connections::Own(_) => Failed { meaning: Meaning::Undone, error },
        })
    }

    fn late(&self, sent: bool) -> StoreError {
        let late = Box::new(Late { deadline: self.deadline });
        if sent { StoreError::OutcomeUnknown(late) } else { StoreError::Unavailable(late) }
    }
}

/// What is written: a statement, alone or after another one that takes locks.
enum Work<'a> {
    Alone(Ask<'a>),
    After { lock: Ask<'a>, ask: Ask<'a> },
}

/// All rows, and the end of the statement behind them.
async fn all_of(query: Query, connection: &mut PgConnection) -> Result<Vec<PgRow>, Failed> {
    let mut found = query.fetch(connection);
    let mut rows = Vec::new();
    loop {
        match std::future::poll_fn(|context| found.as_mut().poll_next(context)).await {
            Some(Ok(row)) => rows.push(row),
            Some(Err(error)) => return Err(Failed::of(error, !rows.is_empty())),
            None => return Ok(rows),
        }
    }
}

/// Gives back a connection on which a statement failed and nothing else; closes any other.
fn settle(taken: Taken, failed: Failed) -> Failed {
    if matches!(failed.meaning, Meaning::Undone | Meaning::Raced | Meaning::Conflict) {
        taken.go_home();
    }
    failed
}

/// A call that failed, and what that means.
struct Failed {
    meaning: Meaning,
    error: sqlx::Error,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// The record is there that was to be created.
    Conflict,
    /// Nothing was written, because another change came in between.
    Raced,
    /// Nothing was written, because of this connection.
    Elsewhere,
    /// Nothing was written.
    Undone,
    /// It may have been written.
    Unknown,
}

impl Failed {
    /// What this means. Every statement that writes answers with a row before it is committed; so
    /// where the connection is ended by the database before any row came, nothing was committed.
    fn of(error: sqlx::Error, answered: bool) -> Self {
        let meaning = match &error {
            sqlx::Error::Database(told) => match told.try_downcast_ref::<PgDatabaseError>() {
                Some(told) if told.severity() == PgSeverity::Error => meaning(told),
                Some(told) if told.severity() == PgSeverity::Fatal && !answered => {
                    Meaning::Elsewhere
                }
                Some(_) | None => Meaning::Unknown,
            },
            sqlx::Error::Encode(_)
            | sqlx::Error::InvalidArgument(_)
            | sqlx::Error::BeginFailed
            | sqlx::Error::InvalidSavePointStatement
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => Meaning::Undone,
            _ => Meaning::Unknown,
        };
        Self { meaning, error }
    }

    /// The same, where nothing that writes was sent, or only inside a transaction that ends with the
    /// connection.
    fn unsent(self) -> Self {
        let meaning = match self.meaning {
            Meaning::Unknown => Meaning::Elsewhere,
            known => known,
        };
        Self { meaning, ..self }
    }

    fn of_a_write(self) -> StoreError {
        match self.meaning {
            Meaning::Conflict => StoreError::Conflict,
            Meaning::Unknown => StoreError::OutcomeUnknown(Box::new(self.error)),
            Meaning::Raced | Meaning::Elsewhere | Meaning::Undone => self.of_a_read(),
        }
    }

    fn of_a_read(self) -> StoreError {
        match code(&self.error) {
            Some(DATA_CORRUPTED | INDEX_CORRUPTED) => {
                StoreError::Corrupt { place: "the database itself".to_owned() }
            }
            _ => StoreError::Unavailable(Box::new(self.error)),
        }
    }
}

/// What an error means with which the database answered a statement, and so undid it.
fn meaning(told: &PgDatabaseError) -> Meaning {
    match told.code() {
        SERIALIZATION_FAILURE | DEADLOCK => Meaning::Raced,
        UNIQUE_VIOLATION if told.constraint().is_some_and(|name| NAMES.contains(&name)) => {
            Meaning::Conflict
        }
        STATEMENT_IS_OUTDATED | STATEMENT_IS_GONE | TRANSACTION_HAS_FAILED => Meaning::Elsewhere,
        _ => Meaning::Undone,
    }
}

/// The names of the records that a change creates.
const NAMES: [&str; 2] = ["countersign_tenant_pkey", "countersign_account_pkey"];

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK: &str = "40P01";
const UNIQUE_VIOLATION: &str = "23505";
/// The tables were changed since it was prepared on this connection.
const STATEMENT_IS_OUTDATED: &str = "0A000";
/// A pooler between us and the database forgot it.
const STATEMENT_IS_GONE: &str = "26000";
/// Somebody left it open.
const TRANSACTION_HAS_FAILED: &str = "25P02";
const DATA_CORRUPTED: &str = "XX001";
const INDEX_CORRUPTED: &str = "XX002";

fn code(error: &sqlx::Error) -> Option<&str> {
    let told = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    Some(told.code())
}

/// No answer came in time.
#[derive(Debug, thiserror::Error)]
struct Late {
    deadline: Duration,
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database did not answer within {:?}", self.deadline)
    }
}
