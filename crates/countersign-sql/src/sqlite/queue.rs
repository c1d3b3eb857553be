//! The orderly writer: one queue, one connection, those that wait together committed together.

use std::sync::Arc;

use countersign_core::ports::{Claimed, Clock, Lease, Settlement, StoreError};
use countersign_core::words::{LetterId, Lifetime, Timestamp};
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use super::change::Rows;
use super::outbox;
use crate::error::{Shared, Stage, write};

/// Most writes in one transaction.
const MOST_AT_ONCE: usize = 32;
/// Most writes that wait; whoever comes later waits to wait.
const MOST_WAITING: usize = 1024;

/// The way to the writer. Clones lead to the same one.
#[derive(Clone)]
pub(super) struct Queue {
    jobs: mpsc::Sender<Job>,
    /// The writer's own connection, or the pool of the host.
    owned: Option<SqlitePool>,
}

struct Job {
    act: Act,
    reply: oneshot::Sender<Result<Done, StoreError>>,
}

enum Act {
    Commit(Box<Rows>),
    Claim { limit: usize, lease: Lifetime },
    Settle { letter: LetterId, lease: Lease, settlement: Settlement },
    Close,
}

/// What an act came to, once it is committed.
enum Done {
    Written,
    Conflict,
    Claimed(Vec<Claimed>, Timestamp),
}

impl Queue {
    /// Starts the writer on the runtime of the caller.
    pub(super) fn start(writer: SqlitePool, owned: bool, clock: Arc<dyn Clock>) -> Self {
        let (jobs, waiting) = mpsc::channel(MOST_WAITING);
        let owned = owned.then(|| writer.clone());
        tokio::spawn(serve(waiting, writer, clock));
        Self { jobs, owned }
    }

    pub(super) fn owns_connections(&self) -> bool {
        self.owned.is_some()
    }

    pub(super) async fn commit(&self, rows: Rows) -> Result<(), StoreError> {
        match self.ask(Act::Commit(Box::new(rows))).await? {
            Done::Conflict => Err(StoreError::Conflict),
            Done::Written | Done::Claimed(..) => Ok(()),
        }
    }

    /// Letters that were due, and the moment they were claimed at.
    pub(super) async fn claim(
        &self,
        limit: usize,
        lease: Lifetime,
    ) -> Result<Option<(Vec<Claimed>, Timestamp)>, StoreError> {
        match self.ask(Act::Claim { limit, lease }).await? {
            Done::Claimed(claimed, now) => Ok(Some((claimed, now))),
            Done::Written | Done::Conflict => Ok(None),
        }
    }

    pub(super) async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        self.ask(Act::Settle { letter, lease, settlement }).await.map(drop)
    }

    /// Everything queued so far is written, and nothing after.
    pub(super) async fn close(&self) {
        let _ = self.ask(Act::Close).await;
        if let Some(writer) = &self.owned {
            writer.close().await;
        }
    }

    async fn ask(&self, act: Act) -> Result<Done, StoreError> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job { act, reply }).await.is_err() {
            return Err(StoreError::Unavailable(Box::new(Gone)));
        }
        // The writer may have gone down with the runtime it was started on, before or after.
        answer.await.unwrap_or_else(|_| Err(StoreError::OutcomeUnknown(Box::new(Gone))))
    }
}

/// The writer is not there any more.
#[derive(Debug, thiserror::Error)]
#[error("the writer has stopped: the store was closed, or its runtime was shut down")]
struct Gone;

/// Writes what waits, until nobody is left who could ask.
async fn serve(mut waiting: mpsc::Receiver<Job>, writer: SqlitePool, clock: Arc<dyn Clock>) {
    let mut jobs = Vec::with_capacity(MOST_AT_ONCE);
    while waiting.recv_many(&mut jobs, MOST_AT_ONCE).await > 0 {
        if let Some(at) = jobs.iter().position(|job| matches!(job.act, Act::Close)) {
            waiting.close();
            let closing = jobs.drain(at..).next();
            answer_all(&writer, &*clock, std::mem::take(&mut jobs)).await;
            if let Some(Job { reply, .. }) = closing {
                let _ = reply.send(Ok(Done::Written));
            }
            return;
        }
        answer_all(&writer, &*clock, std::mem::take(&mut jobs)).await;
    }
}

/// Writes all of them in one transaction; if that fails, each in its own, so that one that cannot
/// be written takes no other with it.
async fn answer_all(writer: &SqlitePool, clock: &dyn Clock, jobs: Vec<Job>) {
    if jobs.is_empty() {
        return;
    }
    match together(writer, clock, &jobs).await {
        Ok(done) => {
            for (Job { reply, .. }, done) in jobs.into_iter().zip(done) {
                let _ = reply.send(done);
            }
        }
        Err((Stage::Before, _)) if jobs.len() > 1 => {
            for job in jobs {
                Box::pin(answer_all(writer, clock, vec![job])).await;
            }
        }
        Err((stage, error)) => {
            for Job { reply, .. } in jobs {
                let _ = reply.send(Err(write(stage, &error)));
            }
        }
    }
}

type Failed = (Stage, Shared);

async fn together(
    writer: &SqlitePool,
    clock: &dyn Clock,
    jobs: &[Job],
) -> Result<Vec<Result<Done, StoreError>>, Failed> {
    let before = |error| (Stage::Before, Shared::new(error));
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(before)?;
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs {
        let now = clock.now();
        let outcome = match &job.act {
            Act::Commit(rows) => match rows.write(&mut transaction, now).await.map_err(before)? {
                true => Ok(Done::Written),
                false => Ok(Done::Conflict),
            },
            Act::Claim { limit, lease } => {
                let claimed = outbox::claim(&mut transaction, *limit, now.plus(*lease), now).await;
                claimed.map_err(before)?.map(|claimed| Done::Claimed(claimed, now))
            }
            Act::Settle { letter, lease, settlement } => {
                outbox::settle(&mut transaction, *letter, *lease, *settlement)
                    .await
                    .map_err(before)?;
                Ok(Done::Written)
            }
            Act::Close => Ok(Done::Written),
        };
        done.push(outcome);
    }
    transaction.commit().await.map_err(|error| (Stage::Commit, Shared::new(error)))?;
    Ok(done)
}
