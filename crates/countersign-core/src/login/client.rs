//! What one request brings along: the browser it comes from, the form it answers, the code typed.

use std::collections::BTreeSet;

use super::ticket::Ticket;
use crate::types::{AttemptId, InvalidValue, Role, Secret, SecretText};

/// Fewest bytes in a browser binding.
const BINDING_BYTES: std::ops::RangeInclusive<usize> = 16..=1024;
/// Most characters kept of a description.
const SEEN_AS_CHARS: usize = 80;

/// The browser, or other client, that a request comes from.
///
/// The binding is a secret that the client proves at each call, such as a random cookie. A ticket
/// works only together with the binding it was made for, so a stolen ticket is worth nothing.
///
/// ```
/// use countersign_core::Client;
///
/// let cookie = "f3a1c5d97b204e86";
/// let client = Client::bound_to(cookie)?.seen_as("Firefox on Windows");
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) binding: Option<Secret>,
    pub(crate) attempt: Option<AttemptId>,
    pub(crate) holds: Option<Ticket>,
    pub(crate) seen_as: Option<String>,
    pub(crate) roles: BTreeSet<Role>,
}

impl Client {
    /// A client that proves this secret at each call.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the secret has fewer than 16 bytes or more than 1024; give at least 128 random
    /// bits.
    pub fn bound_to(secret: impl AsRef<[u8]>) -> Result<Self, InvalidValue> {
        let secret = secret.as_ref();
        if !BINDING_BYTES.contains(&secret.len()) {
            let why = format!("it has {} bytes", secret.len());
            return Err(InvalidValue::new(
                "a browser binding",
                why,
                "give 16 to 1024 random bytes",
            ));
        }
        Ok(Self::with(Some(Secret::new(secret.to_vec()))))
    }

    /// A client that proves nothing: whoever holds the ticket may use it.
    ///
    /// For command lines and other places where nobody but the caller can see the ticket.
    #[must_use]
    pub fn danger_unbound() -> Self {
        Self::with(None)
    }

    fn with(binding: Option<Secret>) -> Self {
        Self { binding, attempt: None, holds: None, seen_as: None, roles: BTreeSet::new() }
    }

    /// This request answers the form with that id, so sending it twice is judged once.
    #[must_use]
    pub fn attempt(mut self, id: AttemptId) -> Self {
        self.attempt = Some(id);
        self
    }

    /// The browser holds this ticket already; a live one of the same login is continued.
    #[must_use]
    pub fn holding(mut self, ticket: Ticket) -> Self {
        self.holds = Some(ticket);
        self
    }

    /// How mails may describe the client, such as "Firefox on Windows"; 80 characters are kept.
    #[must_use]
    pub fn seen_as(mut self, words: &str) -> Self {
        self.seen_as = Some(words.chars().take(SEEN_AS_CHARS).collect());
        self
    }

    /// The user has this role for this login, besides the stored ones. It can only strengthen.
    ///
    /// At most eight count; a ninth makes `begin` refuse with an error.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.roles.insert(role);
        self
    }
}

/// What the user typed.
///
/// ```
/// use countersign_core::Answer;
///
/// let answer = Answer::code("482 913");
/// assert!(!format!("{answer:?}").contains("482"));
/// ```
#[derive(Debug, Clone)]
pub struct Answer(SecretText);

impl Answer {
    /// A security code, however it is spaced.
    #[must_use]
    pub fn code(typed: impl Into<String>) -> Self {
        Self(SecretText::new(typed.into()))
    }

    pub(crate) fn typed(&self) -> &str {
        self.0.expose()
    }
}
