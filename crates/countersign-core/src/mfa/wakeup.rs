//! A wakeup between commits and the courier of the same process: rung after a commit that queued a
//! letter, so that a mail leaves at once and nobody polls.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

#[derive(Debug, Clone, Default)]
pub(super) struct Wakeup(Arc<Mutex<Rung>>);

#[derive(Debug, Default)]
struct Rung {
    rung: bool,
    waiting: Option<Waker>,
}

impl Wakeup {
    fn state(&self) -> MutexGuard<'_, Rung> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ring(&self) {
        let mut state = self.state();
        state.rung = true;
        if let Some(waker) = state.waiting.take() {
            drop(state);
            waker.wake();
        }
    }

    /// Returns when the wakeup was rung since this last returned.
    pub(super) async fn rung(&self) {
        poll_fn(|context| {
            let mut state = self.state();
            if std::mem::take(&mut state.rung) {
                return Poll::Ready(());
            }
            state.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
