//! The words: small values that every other room speaks in.
//!
//! Each constructor parses, so a value that exists is a value that is allowed. Nothing here
//! decides anything; the rules do.

mod address;
mod assurance;
mod id;
mod locale;
mod secret;
mod time;

pub use address::EmailAddress;
pub use assurance::{Aal, FirstFactor, Method};
pub use id::{
    AccountKey, AttemptId, AuthenticatorId, ChallengeId, EventId, Generation, InvitationId, KeyId,
    LetterId, ProofId, Pseudonym, Role, TenantId, UserId, Version,
};
pub use locale::{Direction, Locale};
pub use secret::{Digest, Secret, SecretText};
pub use time::{Lifetime, Timestamp};

/// Why a word was refused: which word, and what to change.
///
/// ```
/// use countersign_core::words::TenantId;
///
/// let refused = TenantId::new("").unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "a tenant id was refused: it is empty; give between 1 and 128 bytes"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word} was refused: {why}; {next}")]
pub struct BadWord {
    word: &'static str,
    why: String,
    next: &'static str,
}

impl BadWord {
    pub(crate) fn new(word: &'static str, why: impl Into<String>, next: &'static str) -> Self {
        Self { word, why: why.into(), next }
    }

    /// The kind of word that was refused, such as "a tenant id".
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.word
    }
}
