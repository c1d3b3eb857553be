//! One transaction that holds the write lock from its first statement, and a connection that is
//! fit for the next one afterwards.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection, Sqlite, SqliteConnection, Transaction};

use super::connections::{Connections, Own};
use super::failed::{Failed, Stage};

/// What is open while work is written.
pub(super) type Open<'c> = Transaction<'c, Sqlite>;

/// What is done inside of a transaction. It may be done again, after all of it was undone.
pub(super) trait Work: Send {
    type Done: Send;

    fn write(
        &mut self,
        open: &mut Open<'_>,
    ) -> impl Future<Output = Result<Self::Done, sqlx::Error>> + Send;

    /// Everything is written, and the commit is about to run.
    fn committing(&mut self) {}
}

/// How long the write lock is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wait {
    /// As the connection does by itself.
    AsEver,
    /// For what is left, on a connection that waits so long otherwise.
    For { left: Duration, ever: Duration },
}

/// Does all of it and commits, or nothing.
pub(super) async fn run<W: Work>(
    writer: &Connections,
    work: &mut W,
    wait: Wait,
) -> Result<W::Done, Failed> {
    match attempt(writer, work, wait).await {
        // It was closed. Another one, or one made anew, may be fine.
        Err(failed) if failed.may_be_of_the_connection() => attempt(writer, work, wait).await,
        outcome => outcome,
    }
}

async fn attempt<W: Work>(
    writer: &Connections,
    work: &mut W,
    wait: Wait,
) -> Result<W::Done, Failed> {
    match writer {
        Connections::Host(pool) => {
            let mut connection = pool.acquire().await.map_err(Failed::at(Stage::Begin))?;
            let outcome = on(&mut connection, work, wait).await;
            if let Err(failed) = &outcome {
                tidy(connection, failed).await;
            }
            outcome
        }
        Connections::Own(own) => {
            let mut taken = Own::take(own).await.map_err(Failed::at(Stage::Begin))?;
            match on(&mut taken, work, wait).await {
                Ok(done) => taken.go_home_after(Ok(done)),
                // The answer comes after the rollback, which closing includes.
                Err(failed) => {
                    taken.close().await;
                    Err(failed)
                }
            }
        }
    }
}

async fn on<W: Work>(
    connection: &mut SqliteConnection,
    work: &mut W,
    wait: Wait,
) -> Result<W::Done, Failed> {
    if let Wait::For { left, .. } = wait {
        wait_for(left, connection).await.map_err(Failed::at(Stage::Begin))?;
    }
    let refused = match connection.begin_with("BEGIN IMMEDIATE").await {
        Ok(mut open) => {
            wait.end(&mut open).await.map_err(Failed::at(Stage::Begin))?;
            let done = work.write(&mut open).await.map_err(Failed::at(Stage::Write))?;
            work.committing();
            open.commit().await.map_err(Failed::at(Stage::Commit))?;
            return Ok(done);
        }
        Err(refused) => refused,
    };
    wait.end(connection).await.map_err(Failed::at(Stage::Begin))?;
    Err(Failed::at(Stage::Begin)(refused))
}

impl Wait {
    /// Lets the connection wait as ever again, as the host expects.
    async fn end(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        match self {
            Self::AsEver => Ok(()),
            Self::For { ever, .. } => wait_for(ever, connection).await,
        }
    }
}

async fn wait_for(length: Duration, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let statement = AssertSqlSafe(format!("PRAGMA busy_timeout = {}", length.as_millis()));
    sqlx::query(statement).persistent(false).execute(connection).await.map(drop)
}

/// Gives back a connection of the host on which something failed, or closes it.
///
/// When a disk is full or fails, SQLite ends the transaction by itself. The driver does not notice:
/// it would try to end it once more, fail, and refuse every transaction on this connection from
/// then on. Closing also ends whatever somebody else left open on it.
async fn tidy(mut connection: PoolConnection<Sqlite>, failed: &Failed) {
    // The answer comes after the rollback that dropping the transaction has asked for.
    let answers = connection.ping().await.is_ok();
    if !answers || connection.is_in_transaction() || failed.may_be_of_the_connection() {
        let _ = connection.close().await;
    }
}
