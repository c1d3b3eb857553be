//! The ticket: one open login step, sealed and carried through the browser.
//!
//! It costs no storage, so beginning an app login or an enrollment writes nothing and leaves
//! nothing behind. It is opaque, padded, bound to its browser, and ends by itself.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::proof::{Purpose, UsedMethod};
use crate::policy::Requirement;
use crate::types::{
    AccountKey, ChallengeId, Digest, FirstFactor, Generation, MINUTE, ProofId, Role, Secret,
    SecretText, Timestamp, joined,
};

/// How long after its login a session may link a first app without a further code.
const RECENT: Duration = MINUTE.saturating_mul(15);

/// The sealed string that the browser carries from one request of a login to the next.
///
/// Keep it in a cookie of its own, never in an address. It is useless without a code and without
/// the browser it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(SecretText);

impl Ticket {
    /// Wraps the text that a browser sent back; using it shows whether it is valid.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let client = &demo.client;
    /// use countersign_core::{Answer, Staleness, Ticket, Verdict};
    ///
    /// let ticket = Ticket::from_browser("made up");
    /// let verdict = mfa.verify(&ticket, &Answer::code("482913"), client).await?;
    /// assert_eq!(verdict, Verdict::Stale(Staleness::NotOurs));
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn from_browser(text: impl Into<String>) -> Self {
        Self(SecretText::new(text.into()))
    }

    /// The text for the browser: at most 1.5 KB of letters, digits, `.`, `-` and `_`.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Continued, Ticket};
    ///
    /// # let challenge = demo.challenge(key).await;
    /// let cookie = challenge.ticket.expose().to_owned();
    /// // At the next request:
    /// let ticket = Ticket::from_browser(cookie);
    /// assert!(matches!(mfa.resume(&ticket, client).await?, Continued::Step(_)));
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// What a ticket asks for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A code from a linked app.
    App,
    /// The code of an e-mail challenge, which ends then.
    Email { challenge: ChallengeId, ends: Timestamp },
    /// The first code of an app that is being linked with this secret.
    Link { secret: Secret },
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "App",
            Self::Email { .. } => "Email",
            Self::Link { .. } => "Link",
        })
    }
}

/// The proof of the session that a step-up was begun from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BegunBy {
    pub(crate) id: ProofId,
    pub(crate) issued: Timestamp,
}

/// What is inside a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TicketClaims {
    pub(crate) key: AccountKey,
    /// Names the login step; spent by success, kept by "another way".
    pub(crate) id: ChallengeId,
    pub(crate) purpose: Purpose,
    pub(crate) first: FirstFactor,
    pub(crate) roles: BTreeSet<Role>,
    /// What the host asks of this login, whatever the policy says.
    pub(crate) minimum: Requirement,
    /// The session that a step-up was begun from.
    pub(crate) session: Option<BegunBy>,
    pub(crate) passed: Vec<UsedMethod>,
    pub(crate) issued: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) account_generation: Generation,
    pub(crate) tenant_generation: Generation,
    pub(crate) binding: Option<Digest>,
    pub(crate) ask: Ask,
}

impl TicketClaims {
    /// Whether this is a login, or was begun from a session whose login was a moment before.
    pub(crate) fn follows_a_login(&self) -> bool {
        self.session.is_none_or(|session| self.issued < session.issued.plus(RECENT))
    }

    /// Whether the ticket was made for the browser that proves this secret.
    pub(crate) fn is_bound_to(&self, binding: Option<&Secret>) -> bool {
        self.binding == binding.map(bind)
    }
}

/// The digest of a browser binding that a ticket carries under its seal.
pub(crate) fn bind(secret: &Secret) -> Digest {
    use sha2::{Digest as _, Sha256};
    Digest::from_bytes(Sha256::digest(joined(&[b"countersign binding", secret.expose()])).into())
}
