//! Work side by side, without a runtime: all of it is polled in the one task of the caller.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// One piece of work.
pub(super) type Piece<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Does all of it, so many pieces at a time. What comes to an end first is told first.
pub(super) async fn side_by_side<'a, T: Send>(
    at_once: usize,
    mut work: impl Iterator<Item = Piece<'a, T>> + Send,
) -> Vec<T> {
    let mut under_way: Vec<Piece<'a, T>> = Vec::with_capacity(at_once);
    let mut done = Vec::new();
    poll_fn(move |context| {
        loop {
            let free = at_once.saturating_sub(under_way.len());
            under_way.extend(work.by_ref().take(free));
            let before = under_way.len();
            under_way.retain_mut(|piece| match piece.as_mut().poll(context) {
                Poll::Ready(outcome) => {
                    done.push(outcome);
                    false
                }
                Poll::Pending => true,
            });
            if under_way.is_empty() && before == 0 {
                return Poll::Ready(std::mem::take(&mut done));
            }
            if under_way.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await
}
