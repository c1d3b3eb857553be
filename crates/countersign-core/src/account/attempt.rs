//! The last attempt and its outcome, so that a retry is harmless.
//!
//! One slot for each account: a keyed digest of ticket, attempt id and answer. The same three
//! within two minutes get the same verdict without a write; anything else is judged anew.

use std::time::Duration;

use crate::login::Wrong;
use crate::types::{ChallengeId, Digest, KeyId, MINUTE, ProofId, Timestamp};

/// How long the same attempt gets the same verdict.
pub(crate) const LIFE: Duration = MINUTE.saturating_mul(2);

/// What became of the last attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The login was finished.
    Passed { proof: ProofId, app_linked: bool },
    /// The answer was right and another step follows, under this id.
    Next { id: ChallengeId },
    /// The answer was not accepted.
    Wrong(Wrong),
    /// The answer was wrong and led to a lock.
    Locked { until: Option<Timestamp> },
}

/// The slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) key: KeyId,
    pub(crate) digest: Digest,
    pub(crate) at: Timestamp,
    /// The revision of the policy that judged it.
    pub(crate) judged_by: u64,
    pub(crate) outcome: Outcome,
}

impl Attempt {
    /// Whether the slot still answers for itself.
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        self.at <= now && now < self.at.plus(LIFE)
    }
}
