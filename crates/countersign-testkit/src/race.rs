//! Races on real threads, awaited without blocking the thread that awaits them.
//!
//! A law is a plain future, so it may run on any executor, one with a single thread included. What
//! it lets race runs on threads of its own, each of which drives its future by itself.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use countersign_core::store::Storage;

use crate::fail::fail;
use crate::subject::{Drive, Subject};

/// How long a thread pauses while it waits for a real clock.
const PAUSE: Duration = Duration::from_millis(1);

/// Starts this many workers at the same moment and returns what each of them found, in order.
///
/// A worker that panics ends the law with its own panic.
pub(crate) async fn race<T, F, W>(subject: &Subject, workers: usize, work: W) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
    W: Fn(usize, Arc<dyn Storage>) -> F,
{
    let start = Arc::new(Barrier::new(workers));
    let running: Vec<_> = (0..workers)
        .map(|worker| {
            let start = Arc::clone(&start);
            let drive = subject.drive();
            let work = work(worker, subject.node(worker));
            Thread::start(move || {
                start.wait();
                run(drive, work)
            })
        })
        .collect();
    let mut found = Vec::with_capacity(workers);
    for thread in running {
        found.push(thread.end().await);
    }
    found
}

/// One worker writes while up to three others read. Whoever ends, also by a panic, ends it for all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Encounter {
    over: Arc<AtomicBool>,
    reads: Arc<AtomicUsize>,
    reads_before_write: Arc<AtomicUsize>,
}

impl Encounter {
    const WRITES: usize = 60;
    /// As many reads begin after a write that at least one of them has ended.
    const READS: usize = 4;
    /// How often the writer pauses for readers that lag, on a machine that has other work to do.
    const PAUSES: usize = 20;

    /// Whether the writer writes once more, having written this often. It waits until the last
    /// write was read, so that readers see more than the end.
    pub(crate) async fn wants_write(&self, written: usize) -> bool {
        let read = |reads: &AtomicUsize| reads.load(Ordering::SeqCst);
        for _ in 0..Self::PAUSES {
            if read(&self.reads) >= read(&self.reads_before_write) + Self::READS {
                break;
            }
            pause().await;
        }
        self.reads_before_write.store(read(&self.reads), Ordering::SeqCst);
        written < Self::WRITES && !self.over.load(Ordering::SeqCst)
    }

    /// Whether a reader reads once more.
    pub(crate) fn wants_read(&self) -> bool {
        self.reads.fetch_add(1, Ordering::SeqCst);
        !self.over.load(Ordering::SeqCst)
    }
}

impl Drop for Encounter {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

/// Runs one future on a thread of its own.
pub(crate) fn beside<T: Send + 'static>(
    drive: Drive,
    work: impl Future<Output = T> + Send + 'static,
) -> Thread<T> {
    Thread::start(move || run(drive, work))
}

/// Lets about a millisecond pass on the clock of the world. No executor thread is blocked.
pub(crate) async fn pause() {
    Thread::start(|| thread::park_timeout(PAUSE)).end().await;
}

fn run<T: Send>(drive: Drive, work: impl Future<Output = T> + Send) -> T {
    let mut result = None;
    drive(Box::pin(async { result = Some(work.await) }));
    result.unwrap_or_else(|| fail("the executor returned before the work was done"))
}

/// A thread whose end can be awaited.
pub(crate) struct Thread<T> {
    shared: Arc<Mutex<Shared<T>>>,
}

struct Shared<T> {
    result: Option<Result<T, Box<dyn Any + Send>>>,
    waker: Option<Waker>,
}

impl<T: Send + 'static> Thread<T> {
    fn start(work: impl FnOnce() -> T + Send + 'static) -> Self {
        let shared = Arc::new(Mutex::new(Shared { result: None, waker: None }));
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(work));
            let mut shared = lock(&theirs);
            shared.result = Some(result);
            if let Some(waker) = shared.waker.take() {
                waker.wake();
            }
        });
        Self { shared }
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        lock(&self.shared).result.is_some()
    }

    /// What it returned, once it has ended.
    pub(crate) async fn end(self) -> T {
        let result = poll_fn(|context| {
            let mut shared = lock(&self.shared);
            match shared.result.take() {
                Some(result) => Poll::Ready(result),
                None => {
                    shared.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        });
        result.await.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
