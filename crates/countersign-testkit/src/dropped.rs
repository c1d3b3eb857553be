//! Futures that are given up, or held up, at any of their awaits.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// More awaits than any call of a store has.
pub(crate) const MOST_POLLS: usize = 500;

/// Polls the work this many times, each time that it is woken, and drops it while it waits. What
/// it came to, if it ended before.
pub(crate) async fn dropped_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Polls the work this many times, then lets something else happen, and only then goes on. What it
/// came to; and what happened, unless the work had ended before.
pub(crate) async fn held_up<T, U>(
    polls: usize,
    work: impl Future<Output = T>,
    meanwhile: impl Future<Output = U>,
) -> (T, Option<U>) {
    let mut work = pin!(work);
    match dropped_after(polls, work.as_mut()).await {
        Some(done) => (done, None),
        None => {
            let happened = meanwhile.await;
            (work.await, Some(happened))
        }
    }
}
