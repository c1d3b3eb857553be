//! Letters that wait to be sent: the port that the courier works on.

use std::fmt::Debug;
use std::time::Duration;

use super::store::StoreError;
use crate::mail::Letter;
use crate::types::{LetterId, Timestamp, behind_pointers};
use async_trait::async_trait;

/// Most letters that one claim returns, whatever its limit.
///
/// ```
/// assert_eq!(countersign_core::store::MOST_CLAIMED, 256);
/// ```
pub const MOST_CLAIMED: usize = 256;

/// A letter that one worker holds for a while.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Claimed {
    /// The letter.
    pub letter: Letter,
    /// Which attempt to send it this is: 1 for the first.
    pub attempt: u32,
    /// Names this claim; a later claim of the same letter has another.
    pub lease: Lease,
}

/// Names one claim of one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease(u64);

impl Lease {
    /// The claim with this number; the numbers of one letter only rise.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The letters that are due, and when the next one is.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Due {
    /// Letters now held under a lease, oldest first.
    pub claimed: Vec<Claimed>,
    /// The earliest moment at which a further letter may be claimed, be it one whose lease ends.
    pub next: Option<Timestamp>,
    /// The store's time.
    pub now: Timestamp,
}

/// What became of a claimed letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store must handle each case")]
pub enum Settlement {
    /// Sent, or no longer wanted: it leaves the outbox.
    Done,
    /// Not sent; due again then.
    Again(Timestamp),
}

/// Letters waiting to be sent.
///
/// # Contract
///
/// - `claim` returns letters that are due, at most `limit`, oldest first, and holds each for
///   `lease`, counted from its `now`: until the lease ends, no other claim returns it.
/// - `claim` returns at most [`MOST_CLAIMED`] letters, whatever `limit` is. One that returns fewer
///   than both leaves nothing due: `next` is later than `now`.
/// - `claimed`, `next` and `now` are of one moment, and `now` is its time, not that at which the
///   call or its transaction began.
/// - A letter whose lease has ended without being settled is due again, with a higher attempt.
/// - `settle` with the lease that now holds the letter removes it or moves it to its time; with
///   any other lease it changes nothing and succeeds. It takes only the letter that it names, and
///   it ends the lease also where the letter is to be sent again.
/// - `next` is the earliest moment at which a further letter may be claimed.
/// - A letter is in the outbox if and only if the change that queued it was committed.
/// - A `claim` or `settle` whose future is dropped is done or not done: it loses no letter.
/// - A letter's address comes back byte for byte.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot queue letters: it does not implement `Outbox`",
    note = "each `impl` of a port begins with `#[async_trait]`; the guide to a store of your own is https://docs.rs/countersign-testkit/latest/countersign_testkit/#prove-your-store"
)]
#[async_trait]
pub trait Outbox: Debug + Send + Sync + 'static {
    /// Claims due letters.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if nothing is held, [`StoreError::OutcomeUnknown`] if letters
    /// may be held until the lease ends, or [`StoreError::Corrupt`].
    async fn claim(&self, limit: usize, lease: Duration) -> Result<Due, StoreError>;

    /// Says what became of a claimed letter.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::OutcomeUnknown`].
    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError>;
}

behind_pointers! {
    #[async_trait]
    impl Outbox {
        async fn claim(&self, limit: usize, lease: Duration) -> Result<Due, StoreError> {
            (**self).claim(limit, lease).await
        }

        async fn settle(
            &self,
            letter: LetterId,
            lease: Lease,
            settlement: Settlement,
        ) -> Result<(), StoreError> {
            (**self).settle(letter, lease, settlement).await
        }
    }
}
