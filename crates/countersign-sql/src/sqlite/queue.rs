//! The orderly writer: one queue, one connection, those that wait together committed together.
//!
//! Whoever asks is always answered, and truthfully: an act that is dropped unanswered, because a
//! clock of the host panicked or the runtime was shut down, says itself how far it had come.
//!
//! While somebody else holds the write lock, each act waits for its own time, counted from when it
//! was asked for, and no longer: a transaction waits for as long as the oldest act in it may.

use std::sync::Arc;
use std::time::Duration;

use countersign_core::store::{Due, Lease, Settlement, StoreError};
use countersign_core::{Clock, Digest, KeyId, LetterId, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::connections::Connections;
use super::failed::{Failed, Stage};
use super::outbox::Filter;
use super::transaction::{Open, Wait, Work};
use super::{outbox, transaction};
use crate::encoded::Rows;

/// Most writes in one transaction.
const MOST_AT_ONCE: usize = 32;
/// Most writes that wait; whoever comes later waits to wait.
const MOST_WAITING: usize = 1024;

/// The way to the writer. Clones lead to the same one.
#[derive(Clone)]
pub(super) struct Queue {
    asks: mpsc::Sender<Ask>,
    /// How long an act waits for the write lock.
    patience: Duration,
}

enum Ask {
    Write(Job),
    /// Answered when everything asked before is done; nothing asked later is.
    Close(oneshot::Sender<()>),
}

/// What an act came to, once it is committed.
enum Done {
    Written,
    Conflict,
    Claimed(Due),
}

impl Queue {
    /// Starts the writer on the runtime of the caller. It ends with the last handle.
    pub(super) fn start(writer: Connections, clock: Arc<dyn Clock>, patience: Duration) -> Self {
        let (asks, waiting) = mpsc::channel(MOST_WAITING);
        tokio::spawn(serve(waiting, Desk { writer, clock, patience }));
        Self { asks, patience }
    }

    pub(super) async fn commit(&self, rows: Rows) -> Result<(), StoreError> {
        match self.write(Act::Commit(Box::new(rows))).await? {
            Done::Conflict => Err(StoreError::Conflict),
            Done::Written | Done::Claimed(_) => Ok(()),
        }
    }

    /// Letters that were due, when the next one is, and the moment they were claimed at.
    pub(super) async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: Filter,
    ) -> Result<Option<Due>, StoreError> {
        match self.write(Act::Claim { limit, lease, filter }).await? {
            Done::Claimed(due) => Ok(Some(due)),
            Done::Written | Done::Conflict => Ok(None),
        }
    }

    pub(super) async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        self.write(Act::Settle { letter, lease, settlement }).await.map(drop)
    }

    pub(super) async fn keep_fingerprint(
        &self,
        key: KeyId,
        fingerprint: Digest,
    ) -> Result<(), StoreError> {
        self.write(Act::Keep { key, fingerprint }).await.map(drop)
    }

    /// Everything queued so far is done, and nothing after.
    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        // If there is no writer any more, there is nothing left to wait for.
        if self.asks.send(Ask::Close(done)).await.is_ok() {
            let _ = wait.await;
        }
    }

    async fn write(&self, act: Act) -> Result<Done, StoreError> {
        let (reply, answer) = Reply::new();
        let until = Instant::now() + self.patience;
        let ask = self.asks.send(Ask::Write(Job { act, reply, until }));
        // If there is no writer any more, the reply comes back with the job, and says so.
        if timeout_at(until, ask).await.is_err() {
            return Err(StoreError::Unavailable(Box::new(Crowded)));
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::OutcomeUnknown(Box::new(Gone))))
    }
}

/// One act, and who waits for it.
struct Job {
    act: Act,
    reply: Reply,
    /// How long it may wait for the write lock.
    until: Instant,
}

enum Act {
    Commit(Box<Rows>),
    Claim { limit: usize, lease: Duration, filter: Filter },
    Settle { letter: LetterId, lease: Lease, settlement: Settlement },
    Keep { key: KeyId, fingerprint: Digest },
}

impl Job {
    /// Does it inside this transaction.
    async fn write(&self, open: &mut Open<'_>, now: Timestamp) -> Result<Told, sqlx::Error> {
        match &self.act {
            Act::Commit(rows) => {
                let written = rows.write(open, now).await?;
                Ok(Ok(if written { Done::Written } else { Done::Conflict }))
            }
            // Nobody would send what nobody is there to take.
            Act::Claim { .. } if self.reply.is_unwanted() => {
                Ok(Ok(Done::Claimed(Due { claimed: vec![], next: None, now })))
            }
            Act::Claim { limit, lease, filter } => {
                let until = now.plus(*lease);
                let claimed = outbox::claim(open, *limit, filter, until, now).await?;
                let next = outbox::next_due(open, filter).await?;
                Ok(claimed.map(|claimed| Done::Claimed(Due { claimed, next, now })))
            }
            Act::Settle { letter, lease, settlement } => {
                outbox::settle(open, *letter, *lease, *settlement).await?;
                Ok(Ok(Done::Written))
            }
            Act::Keep { key, fingerprint } => {
                const KEEP: &str = "
INSERT INTO countersign_key (key, fingerprint) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
                let number = i64::from(key.number());
                let bytes = &fingerprint.as_bytes()[..];
                sqlx::query(KEEP).bind(number).bind(bytes).execute(&mut **open).await?;
                Ok(Ok(Done::Written))
            }
        }
    }
}

type Told = Result<Done, StoreError>;

/// Where the answer goes. Dropped without one, it answers by itself.
struct Reply {
    to: Option<oneshot::Sender<Told>>,
    stage: Stage,
}

impl Reply {
    fn new() -> (Self, oneshot::Receiver<Told>) {
        let (to, answer) = oneshot::channel();
        (Self { to: Some(to), stage: Stage::Begin }, answer)
    }

    fn is_unwanted(&self) -> bool {
        self.to.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    fn send(mut self, told: Told) {
        if let Some(to) = self.to.take() {
            let _ = to.send(told);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(to) = self.to.take() {
            let _ = to.send(Err(match self.stage {
                Stage::Begin | Stage::Write => StoreError::Unavailable(Box::new(Gone)),
                Stage::Commit => StoreError::OutcomeUnknown(Box::new(Gone)),
            }));
        }
    }
}

/// The writer is not there any more.
#[derive(Debug, thiserror::Error)]
#[error("the writer has stopped: the store was closed, or its runtime was shut down")]
struct Gone;

/// Nobody takes what waits.
#[derive(Debug, thiserror::Error)]
#[error("too many writes wait for the database already")]
struct Crowded;

/// What the writer works with.
#[derive(Clone)]
struct Desk {
    writer: Connections,
    clock: Arc<dyn Clock>,
    /// How long a connection waits for the write lock unless it is told otherwise.
    patience: Duration,
}

/// Writes what waits, until nobody is left who could ask.
async fn serve(mut waiting: mpsc::Receiver<Ask>, desk: Desk) {
    let mut asks = Vec::with_capacity(MOST_AT_ONCE);
    while waiting.recv_many(&mut asks, MOST_AT_ONCE).await > 0 {
        let mut jobs = Vec::with_capacity(asks.len());
        let mut closing = Vec::new();
        for ask in asks.drain(..) {
            match ask {
                Ask::Write(job) if closing.is_empty() => jobs.push(job),
                // It came too late; dropped, it says so.
                Ask::Write(_) => {}
                Ask::Close(done) => closing.push(done),
            }
        }
        if !closing.is_empty() {
            waiting.close();
        }
        // On a task of its own: a panic in it, such as one of the host's clock, ends this batch and
        // not the writer.
        let _ = tokio::spawn(answer(desk.clone(), jobs)).await;
        for done in closing {
            let _ = done.send(());
        }
    }
}

/// Writes all of them in one transaction; if that fails, each in its own, so that one that cannot
/// be written takes no other with it.
async fn answer(desk: Desk, jobs: Vec<Job>) {
    if let Some((failed, jobs)) = desk.answer_together(jobs).await {
        if failed.may_be_of_one() && jobs.len() > 1 {
            for job in jobs {
                if let Some((failed, alone)) = desk.answer_together(vec![job]).await {
                    refuse(alone, &failed);
                }
            }
        } else {
            refuse(jobs, &failed);
        }
    }
}

fn refuse(jobs: Vec<Job>, failed: &Failed) {
    jobs.into_iter().for_each(|job| job.reply.send(Err(failed.told())));
}

impl Desk {
    /// Answers what is written in one transaction, and those who waited for the lock as long as they
    /// may. Returns those who are left, if it failed otherwise.
    async fn answer_together(&self, mut jobs: Vec<Job>) -> Option<(Failed, Vec<Job>)> {
        loop {
            let oldest = jobs.iter().map(|job| job.until).min()?;
            let left = oldest.saturating_duration_since(Instant::now());
            let mut batch = Batch { clock: &*self.clock, jobs: &mut jobs };
            match transaction::run(&self.writer, &mut batch, self.wait(left)).await {
                Ok(told) => {
                    jobs.into_iter().zip(told).for_each(|(job, told)| job.reply.send(told));
                    return None;
                }
                Err(failed) if failed.is_busy() => {
                    let now = Instant::now().max(oldest);
                    let (ended, waiting) = jobs.into_iter().partition(|job| job.until <= now);
                    refuse(ended, &failed);
                    jobs = waiting;
                }
                Err(failed) => return Some((failed, jobs)),
            }
        }
    }

    /// How long a connection waits, if that is not what it does anyway. A twentieth more or less is
    /// not worth a statement.
    fn wait(&self, left: Duration) -> Wait {
        if left >= self.patience - self.patience / 20 {
            Wait::AsEver
        } else {
            Wait::For { left, ever: self.patience }
        }
    }
}

struct Batch<'a> {
    clock: &'a dyn Clock,
    jobs: &'a mut [Job],
}

impl Work for Batch<'_> {
    type Done = Vec<Told>;

    async fn write(&mut self, open: &mut Open<'_>) -> Result<Vec<Told>, sqlx::Error> {
        let mut told = Vec::with_capacity(self.jobs.len());
        for job in &mut *self.jobs {
            job.reply.stage = Stage::Write;
            told.push(job.write(open, self.clock.now()).await?);
        }
        Ok(told)
    }

    fn committing(&mut self) {
        self.jobs.iter_mut().for_each(|job| job.reply.stage = Stage::Commit);
    }
}
