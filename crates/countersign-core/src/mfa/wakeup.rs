//! Wakes the courier of this process after a commit that queued a letter, so that a mail leaves at
//! once without polling.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

#[derive(Debug, Clone, Default)]
pub(super) struct Wakeup(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    woken: bool,
    waiting: Option<Waker>,
}

impl Wakeup {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wake(&self) {
        let mut state = self.state();
        state.woken = true;
        if let Some(waker) = state.waiting.take() {
            drop(state);
            waker.wake();
        }
    }

    /// Returns once it was woken since this last returned.
    pub(super) async fn woken(&self) {
        poll_fn(|context| {
            let mut state = self.state();
            if std::mem::take(&mut state.woken) {
                return Poll::Ready(());
            }
            state.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
