//! What one request brings along: the browser it comes from, the form it answers, the code typed.

use std::collections::BTreeSet;

use super::ticket::Ticket;
use crate::policy::Requirement;
use crate::types::{AttemptId, InvalidValue, Role, Secret, SecretText};

/// Fewest bytes in a browser binding.
const BINDING_BYTES: std::ops::RangeInclusive<usize> = 16..=1024;
/// Most characters kept of a description.
const SEEN_AS_CHARS: usize = 80;

/// The browser, or other client, that a request comes from.
///
/// The binding is a secret that the client proves at each call, such as a random cookie. A ticket
/// works only together with the binding it was made for, so a stolen ticket is useless.
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
    pub(crate) minimum: Requirement,
}

impl Client {
    /// A client that proves this secret at each call.
    ///
    /// ```
    /// use countersign_core::Client;
    ///
    /// // The value of a random cookie, set before the login form is shown.
    /// let client = Client::bound_to("f3a1c5d97b204e86c2a0d4b1e7953f68")?;
    /// assert!(Client::bound_to("too short").is_err());
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the secret has fewer than 16 bytes or more than 1024; give at least 128
    /// random bits.
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

    /// A client without a binding: the ticket works from anywhere.
    ///
    /// For command lines and other places where only the caller can see the ticket.
    ///
    /// ```
    /// use countersign_core::Client;
    ///
    /// let client = Client::danger_unbound();
    /// ```
    #[must_use]
    pub fn danger_unbound() -> Self {
        Self::with(None)
    }

    fn with(binding: Option<Secret>) -> Self {
        Self {
            binding,
            attempt: None,
            holds: None,
            seen_as: None,
            roles: BTreeSet::new(),
            minimum: Requirement::None,
        }
    }

    /// This request answers the form with that id, so sending it twice counts once.
    ///
    /// Draw the id when the form is shown and send it along in a field. A double press or a retry
    /// after `OutcomeUnknown` then gets the verdict of the first try.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Answer, AttemptId, OsRandom};
    ///
    /// let id = AttemptId::draw(&OsRandom)?;
    /// # let ticket = demo.challenge(key).await.ticket;
    /// let client = client.clone().attempt(id);
    /// let first = mfa.verify(&ticket, &Answer::code("000000"), &client).await?;
    /// let again = mfa.verify(&ticket, &Answer::code("000000"), &client).await?;
    /// assert_eq!(first, again);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn attempt(mut self, id: AttemptId) -> Self {
        self.attempt = Some(id);
        self
    }

    /// The browser holds this ticket already. [`Mfa::begin`](crate::Mfa::begin) continues it, if it
    /// is of the same login and still open.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Begun, FirstFactor, Step};
    ///
    /// # let challenge = demo.challenge(key).await;
    /// # demo.wait(countersign_core::MINUTE);
    /// let client = client.clone().holding(challenge.ticket);
    /// let begun = mfa.begin(key, FirstFactor::Password, &client).await?;
    /// let Begun::Step(Step::EnterCode(again)) = begun else {
    ///     panic!("the login goes on");
    /// };
    /// assert_eq!(again.ends, challenge.ends);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn holding(mut self, ticket: Ticket) -> Self {
        self.holds = Some(ticket);
        self
    }

    /// How mails may describe the client; 80 characters are kept.
    ///
    /// ```
    /// use countersign_core::Client;
    ///
    /// let client = Client::bound_to("f3a1c5d97b204e86")?.seen_as("Firefox on Windows");
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn seen_as(mut self, words: &str) -> Self {
        self.seen_as = Some(words.chars().take(SEEN_AS_CHARS).collect());
        self
    }

    /// The user has this role for this login, besides the stored ones. It can only add a
    /// requirement.
    ///
    /// At most eight count; with a ninth, `begin` fails with `Unfit`. One that the tenant's policy does
    /// not name asks for nothing, which is logged once in each process.
    ///
    /// ```
    /// use countersign_core::{Client, Role};
    ///
    /// let client = Client::bound_to("f3a1c5d97b204e86")?.with_role(Role::new("remote")?);
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.roles.insert(role);
        self
    }

    /// This login must meet at least this, whatever the policy says: for a host that judges the risk
    /// of a place or a device. It can only add a requirement, and the session is held to it too.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let ada = &demo.ada;
    /// # let client = &demo.client;
    /// use countersign_core::{Begun, FirstFactor, Method, Requirement, Step};
    ///
    /// let abroad = client.clone().requiring(Requirement::App);
    /// let begun = mfa.begin(ada, FirstFactor::Password, &abroad).await?;
    /// let Begun::Step(Step::EnterCode(challenge)) = begun else {
    ///     panic!("a code is asked for");
    /// };
    /// assert_eq!(challenge.method, Method::App);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn requiring(mut self, minimum: Requirement) -> Self {
        self.minimum = self.minimum.join(minimum);
        self
    }
}

/// The answer to an open step, as the user typed it.
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
    /// A code as it was typed. Spaces, hyphens and dots are skipped, and the digits of every script
    /// count.
    #[must_use]
    pub fn code(typed: impl Into<String>) -> Self {
        Self(SecretText::new(typed.into()))
    }

    pub(crate) fn typed(&self) -> &str {
        self.0.expose()
    }
}
