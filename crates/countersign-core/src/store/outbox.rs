//! Letters that wait to be sent: the port that the courier works on.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use super::store::StoreError;
use crate::mail::{Lane, Letter};
use crate::types::{LetterId, TenantId, Timestamp, behind_pointers};
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

/// Which letters a claim is about. [`ClaimFilter::default`] asks for all.
///
/// The courier passes over tenants and domains whose places are taken, so that a mail server that
/// hangs, or a tenant with many letters, holds up nobody else's.
///
/// ```
/// use countersign_core::mail::Lane;
/// use countersign_core::store::ClaimFilter;
///
/// let codes = ClaimFilter { lane: Some(Lane::Codes), ..ClaimFilter::default() };
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "stores read each field; a new one is a new contract"
)]
pub struct ClaimFilter {
    /// Only letters of this lane; of all if there is none.
    pub lane: Option<Lane>,
    /// No letters of these tenants.
    pub except_tenants: BTreeSet<TenantId>,
    /// No letters to addresses whose [domain](crate::EmailAddress::domain) is one of these.
    pub except_domains: BTreeSet<String>,
}

impl ClaimFilter {
    /// Whether it asks for this letter.
    #[must_use]
    pub fn takes(&self, letter: &Letter) -> bool {
        self.lane.is_none_or(|lane| letter.lane() == lane)
            && !self.except_tenants.contains(letter.key.tenant())
            && !self.except_domains.contains(letter.to.domain())
    }
}

/// The letters that are due, and when the next one is.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Due {
    /// Letters now held under a lease, those due longest first.
    pub claimed: Vec<Claimed>,
    /// The earliest moment at which a further letter that the filter takes may be claimed, be it
    /// one whose lease ends.
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
    /// Still being sent: held until then under the same lease.
    Extended(Timestamp),
}

/// Letters waiting to be sent.
///
/// # Contract
///
/// - `claim` returns letters that are due, at most `limit`, oldest first, and holds each for
///   `lease`, counted from its `now`: until the lease ends, no other claim returns it. Oldest is
///   what is due longest; what became due at the same moment comes in the order of the commits.
/// - `claim` returns only letters that the filter takes, and those it passes over change nothing.
/// - `claim` returns at most [`MOST_CLAIMED`] letters, whatever `limit` is. One that returns fewer
///   than both leaves nothing due that the filter takes: `next` is later than `now`.
/// - `claimed`, `next` and `now` are of one moment, and `now` is its time, not that at which the
///   call or its transaction began.
/// - A letter whose lease has ended without being settled is due again, with a higher attempt.
/// - `settle` with the lease that now holds the letter removes it or moves it to its time; with
///   any other lease it changes nothing and succeeds. It takes only the letter that it names, and
///   it ends the lease also where the letter is to be sent again.
/// - A letter that is `Extended` keeps its lease, which ends at the new time.
/// - `next` is the earliest moment at which a further letter that the filter takes may be claimed.
/// - A letter that cannot be read is put off for the lease, as if it was claimed, and holds up no
///   other: `claim` fails with `Corrupt` only where nothing else is due that the filter takes.
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
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError>;

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
        async fn claim(
            &self,
            limit: usize,
            lease: Duration,
            filter: &ClaimFilter,
        ) -> Result<Due, StoreError> {
            (**self).claim(limit, lease, filter).await
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
