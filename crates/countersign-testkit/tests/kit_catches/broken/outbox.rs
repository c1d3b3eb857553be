//! Claims and settlements, done wrong.

use std::time::Duration;

use async_trait::async_trait;
use countersign_core::store::{Due, Lease, Outbox, Settlement, StoreError};
use countersign_core::{DAY, HOUR, LetterId, MINUTE};

use super::{BrokenStore, Flaw};

/// The one lease of a store that knows no other.
const ONE: u64 = 1;
/// How long a letter rests, in a store that lets letters rest.
const REST: Duration = MINUTE;

#[async_trait]
impl Outbox for BrokenStore {
    async fn claim(&self, limit: usize, lease: Duration) -> Result<Due, StoreError> {
        let (limit, lease) = match self.flaw {
            Flaw::ClaimsOneMore => (limit.saturating_add(1), lease),
            Flaw::HoldsNothing => (limit, Duration::from_millis(0)),
            Flaw::HoldsForEver => (limit, 3650 * DAY),
            _ => (limit, lease),
        };
        let meeting = self.is(Flaw::ClaimsTogether).then(|| self.meet());
        let mut due = self.inner.claim(limit, lease).await?;
        if let Some(meeting) = meeting.filter(|_| due.claimed.is_empty()) {
            if let Some(last) = self.notes().last_due.take().filter(|_| meeting.met) {
                due = last;
            }
        } else {
            self.notes().last_due = Some(due.clone());
        }
        for claimed in &mut due.claimed {
            self.notes().leases.insert(claimed.letter.id, claimed.lease);
            match self.flaw {
                Flaw::ForgetsLanguages => claimed.letter.locale = None,
                Flaw::CountsFromZero => claimed.attempt = claimed.attempt.saturating_sub(1),
                Flaw::KnowsOneLease => claimed.lease = Lease::from_number(ONE),
                _ => {}
            }
        }
        match self.flaw {
            Flaw::HasTwoClocks => due.now = due.now.plus(HOUR),
            Flaw::ClaimsBackwards => due.claimed.reverse(),
            Flaw::HidesNext => due.next = due.next.filter(|_| due.claimed.is_empty()),
            Flaw::LettersDieToo => {
                let erased = self.notes().erased_accounts.clone();
                due.claimed.retain(|claimed| !erased.contains(&claimed.letter.key));
            }
            Flaw::LetsLettersRest => self.let_rest(&mut due).await?,
            _ => {}
        }
        Ok(due)
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        let known = self.notes().leases.get(&letter).copied();
        let (lease, settlement) = match (self.flaw, settlement) {
            (Flaw::KnowsOneLease | Flaw::HonorsAnyLease, _) => (known.unwrap_or(lease), settlement),
            (Flaw::KeepsSentLetters, Settlement::Done) => return Ok(()),
            (Flaw::DelaysNothing, Settlement::Again(_)) => {
                (lease, Settlement::Again(self.clock.now()))
            }
            (Flaw::MissesSettledLetters, _) if known.is_none() => {
                return Err(StoreError::Corrupt { place: "outbox".to_owned() });
            }
            _ => (lease, settlement),
        };
        self.inner.settle(letter, lease, settlement).await
    }
}

impl BrokenStore {
    /// Hides letters that were not seen before, until they have rested.
    async fn let_rest(&self, due: &mut Due) -> Result<(), StoreError> {
        let mut rested = Vec::new();
        for mut claimed in due.claimed.drain(..) {
            if self.notes().hidden.insert(claimed.letter.id) {
                let later = Settlement::Again(due.now.plus(REST));
                self.inner.settle(claimed.letter.id, claimed.lease, later).await?;
            } else {
                claimed.attempt = claimed.attempt.saturating_sub(1);
                rested.push(claimed);
            }
        }
        due.claimed = rested;
        Ok(())
    }
}
