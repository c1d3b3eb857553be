//! Claims and settlements, done wrong.

use std::time::Duration;

use async_trait::async_trait;
use countersign_core::store::{
    Change, ClaimFilter, Due, Lease, Outbox, Settlement, Store as _, StoreError,
};
use countersign_core::{DAY, HOUR, LetterId, MINUTE};

use super::{BrokenStore, Flaw, PATIENCE, dawdle, step_aside};

/// The one lease of a store that knows no other.
const ONE: u64 = 1;
/// How long a letter rests, in a store that lets letters rest.
const REST: Duration = MINUTE;

#[async_trait]
impl Outbox for BrokenStore {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        let began = self.clock.now();
        if self.is(Flaw::ClaimsAtTheTimeOfItsBeginning) {
            step_aside().await;
        }
        let (limit, lease) = match self.flaw {
            Flaw::ClaimsAHundred => (limit.min(100), lease),
            Flaw::LeasesFromTheQueue => {
                let waited = self.notes().queued_at.map_or(Duration::ZERO, |at| began.since(at));
                (limit, lease.saturating_sub(waited))
            }
            Flaw::ClaimsOneMore => (limit.saturating_add(1), lease),
            Flaw::HoldsNothing => (limit, Duration::from_millis(0)),
            Flaw::HoldsForEver => (limit, 3650 * DAY),
            _ => (limit, lease),
        };
        let all = ClaimFilter::default();
        let filter = if self.is(Flaw::IgnoresFilters) { &all } else { filter };
        let meeting = self.is(Flaw::ClaimsTogether).then(|| self.meet());
        if self.is(Flaw::StopsAtDamagedLetters) && self.notes().has_damaged_letters {
            return Err(StoreError::Corrupt { place: "outbox".to_owned() });
        }
        let mut due = self.inner.claim(limit, lease, filter).await?;
        if let Some(meeting) = meeting.filter(|_| due.claimed.is_empty()) {
            if let Some(last) = self.notes().last_due.take().filter(|_| meeting.met) {
                due = last;
            }
        } else {
            self.notes().last_due = Some(due.clone());
        }
        if self.is(Flaw::ClaimsInSteps) {
            due = self.claim_in_steps(limit, lease, due).await?;
        }
        while self.is(Flaw::ClaimsEverything) && limit == usize::MAX {
            let more = self.inner.claim(limit, lease, filter).await?;
            if more.claimed.is_empty() {
                break;
            }
            due.claimed.extend(more.claimed);
        }
        for claimed in &mut due.claimed {
            self.notes().leases.insert(claimed.letter.id, claimed.lease);
            match self.flaw {
                Flaw::LowersAddresses => {
                    let lower = claimed.letter.to.as_str().to_lowercase().parse();
                    claimed.letter.to = lower.unwrap_or_else(|_| claimed.letter.to.clone());
                }
                Flaw::ForgetsLanguages => claimed.letter.locale = None,
                Flaw::CountsFromZero => claimed.attempt = claimed.attempt.saturating_sub(1),
                Flaw::KnowsOneLease => claimed.lease = Lease::from_number(ONE),
                _ => {}
            }
        }
        match self.flaw {
            Flaw::ClaimsAtTheTimeOfItsBeginning => due.now = began,
            Flaw::LooksForNextLater if due.claimed.is_empty() => {
                for _ in 0..PATIENCE {
                    due.next = self.inner.claim(0, lease, filter).await?.next;
                    if due.next.is_none_or(|next| next <= due.now) {
                        break;
                    }
                    dawdle();
                }
            }
            Flaw::HasTwoClocks => due.now = due.now.plus(HOUR),
            Flaw::ClaimsBackwards => due.claimed.reverse(),
            Flaw::PutsDelayedFirst => due.claimed.sort_by_key(|claimed| claimed.attempt == 1),
            Flaw::TellsNextOfAll => due.next = self.inner.claim(0, lease, &all).await?.next,
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
        match self.flaw {
            Flaw::SettlesByLease => {
                let same: Vec<_> = {
                    let notes = self.notes();
                    let same = notes.leases.iter().filter(|(_, other)| **other == lease);
                    same.map(|(letter, _)| *letter).collect()
                };
                for letter in same {
                    self.inner.settle(letter, lease, settlement).await?;
                }
                return Ok(());
            }
            Flaw::RemembersWhoGaveBack => {
                let given_back = self.notes().given_back.insert(letter, lease);
                let raised = u64::from(given_back == Some(lease));
                let lease = Lease::from_number(lease.number() + raised);
                return self.inner.settle(letter, lease, settlement).await;
            }
            Flaw::SettlesInSteps if matches!(settlement, Settlement::Again(_)) => {
                let again = self.notes().letters.get(&letter).cloned();
                self.inner.settle(letter, lease, Settlement::Done).await?;
                step_aside().await;
                let Some(again) = again else { return Ok(()) };
                let change =
                    Change { letters: vec![again.clone()], ..Change::to_account(&again.key) };
                return self.inner.commit(change).await;
            }
            _ => {}
        }
        let (lease, settlement) = match (self.flaw, settlement) {
            (Flaw::KnowsOneLease | Flaw::HonorsAnyLease, _) => (known.unwrap_or(lease), settlement),
            (Flaw::KeepsSentLetters, Settlement::Done)
            | (Flaw::HoldsNoLonger, Settlement::Extended(_)) => return Ok(()),
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
    /// Takes the letters out for ten years, and then says until when.
    async fn claim_in_steps(
        &self,
        limit: usize,
        lease: Duration,
        due: Due,
    ) -> Result<Due, StoreError> {
        for claimed in &due.claimed {
            let far = Settlement::Again(due.now.plus(3650 * DAY));
            self.inner.settle(claimed.letter.id, claimed.lease, far).await?;
        }
        step_aside().await;
        for claimed in &due.claimed {
            let lease = Lease::from_number(claimed.lease.number() + 1);
            self.inner.settle(claimed.letter.id, lease, Settlement::Again(due.now)).await?;
        }
        self.inner.claim(limit, lease, &ClaimFilter::default()).await
    }

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
