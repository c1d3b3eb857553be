//! Names of things: whose account, which challenge, which version.
//!
//! The host owns the ids of tenants and users; they are compared as exact bytes, so "T" and "t"
//! are two tenants. Our own ids are random, never counted up, so none can be guessed from another.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE as HEX;

use super::invalid_value::InvalidValue;
use super::random::{Random, RandomError};
use super::visible::misleads;

/// Most bytes in an id that the host gives.
const HOST_ID_BYTES: usize = 128;

macro_rules! host_id {
    ($(#[$doc:meta])* $name:ident, $word:literal, $most:expr, $next:literal, $refused:path, $why:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes the host's text as it is.
            ///
            /// # Errors
            ///
            #[doc = concat!("[`InvalidValue`] if the text is empty, too long, or ", $why, ".")]
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
                let text = text.into();
                if text.is_empty() {
                    return Err(InvalidValue::new($word, "it is empty", $next));
                }
                if text.len() > $most {
                    return Err(InvalidValue::new($word, format!("it has {} bytes", text.len()), $next));
                }
                if text.chars().any($refused) {
                    return Err(InvalidValue::new($word, concat!("it ", $why), $next));
                }
                Ok(Self(text.into_boxed_str()))
            }

            /// The text as the host gave it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                Self::new(text)
            }
        }
    };
}

host_id!(
    /// A tenant, as the host names it: 1 to 128 bytes, compared exactly.
    TenantId, "a tenant id", HOST_ID_BYTES, "give between 1 and 128 bytes",
    char::is_control, "holds a control character"
);
host_id!(
    /// A user inside a tenant, as the host names them: 1 to 128 bytes, compared exactly.
    ///
    /// It may hold what is invisible or changes the direction of text: ids exist before this library
    /// comes, and no user is lost for one. Where people see it, as the label in an authenticator app
    /// of a user without an address, that is left out.
    UserId, "a user id", HOST_ID_BYTES, "give between 1 and 128 bytes",
    char::is_control, "holds a control character"
);
host_id!(
    /// A role inside a tenant, as the host names it: 1 to 32 bytes, compared exactly.
    ///
    /// Administrators read it, so it holds nothing that is invisible or changes the direction of
    /// text.
    ///
    /// ```
    /// use countersign_core::Role;
    ///
    /// assert!(Role::new("dispatch").is_ok());
    /// assert!(Role::new("dis\u{200b}patch").is_err());
    /// ```
    Role, "a role", 32, "give between 1 and 32 bytes of text that is seen",
    misleads, "holds a character that is not seen or changes the direction of text"
);

/// Names one account: a user inside a tenant.
///
/// It is the only way to name a user anywhere in this library, so a tenant cannot be forgotten.
///
/// ```
/// use countersign_core::AccountKey;
///
/// let key = AccountKey::new("larkfield", "ada")?;
/// assert_eq!(key.to_string(), "larkfield/ada");
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey {
    tenant: TenantId,
    user: UserId,
}

impl AccountKey {
    /// Names the account of `user` inside `tenant`.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if either id is empty, longer than 128 bytes, or holds a control character.
    pub fn new(tenant: impl Into<String>, user: impl Into<String>) -> Result<Self, InvalidValue> {
        Ok(Self { tenant: TenantId::new(tenant)?, user: UserId::new(user)? })
    }

    /// Names the account of a user whose tenant is already parsed.
    #[must_use]
    pub fn of(tenant: TenantId, user: UserId) -> Self {
        Self { tenant, user }
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The user inside it.
    #[must_use]
    pub fn user(&self) -> &UserId {
        &self.user
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant, self.user)
    }
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $word:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Draws a fresh one: 128 random bits.
            ///
            /// # Errors
            ///
            /// [`RandomError`] if the source of randomness fails.
            pub fn draw(random: &dyn Random) -> Result<Self, RandomError> {
                let mut bytes = [0; 16];
                random.fill(&mut bytes)?;
                Ok(Self(bytes))
            }

            /// The id with these bytes, as a store kept them.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, for a store to keep.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEX.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                HEX.decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| InvalidValue::new($word, "it is not 32 hexadecimal digits", "paste it whole"))
            }
        }
    };
}

random_id!(
    /// One open login step.
    ChallengeId, "a challenge id"
);
random_id!(
    /// One enrolled authenticator of one account.
    AuthenticatorId, "an authenticator id"
);
random_id!(
    /// One finished login; a host makes at most one session from it.
    ProofId, "a proof id"
);
random_id!(
    /// One invitation; sending it again makes a new one and kills the old.
    InvitationId, "an invitation id"
);
random_id!(
    /// One letter waiting in the outbox.
    LetterId, "a letter id"
);
random_id!(
    /// One line of the activity log.
    EventId, "an event id"
);
random_id!(
    /// How the activity log names an account; the mapping goes with erasure.
    Pseudonym, "a pseudonym"
);
random_id!(
    /// One rendered form. The same attempt sent twice is answered twice and judged once.
    AttemptId, "an attempt id"
);

/// Which key sealed something: the number the host gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u32);

impl KeyId {
    /// The key with this number.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// Starts at a random number below 2^48, so an erased and re-created record shares
            /// nothing with the old one.
            ///
            /// # Errors
            ///
            /// [`RandomError`] if the source of randomness fails.
            pub fn start(random: &dyn Random) -> Result<Self, RandomError> {
                let mut bytes = [0; 8];
                random.fill(&mut bytes[2..])?;
                Ok(Self(u64::from_be_bytes(bytes)))
            }

            /// The number that follows.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0.wrapping_add(1))
            }

            /// The one with this number, as a store kept it.
            #[must_use]
            pub fn from_number(number: u64) -> Self {
                Self(number)
            }

            /// The number, for a store to keep.
            #[must_use]
            pub fn number(self) -> u64 {
                self.0
            }
        }
    };
}

counter!(
    /// What a store compares: raised by every write to an account or a tenant.
    Version
);
counter!(
    /// Raised to end everything that is open: tickets and proofs.
    Generation
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_compared_as_exact_bytes() {
        assert_ne!(TenantId::new("T").unwrap(), TenantId::new("t").unwrap());
        assert_ne!(TenantId::new("t ").unwrap(), TenantId::new("t").unwrap());
    }

    #[test]
    fn an_id_of_the_wrong_size_is_refused_and_says_so() {
        assert!(UserId::new("x".repeat(128)).is_ok());
        let refused = UserId::new("x".repeat(129)).unwrap_err().to_string();
        assert_eq!(
            refused,
            "a user id was refused: it has 129 bytes; give between 1 and 128 bytes"
        );
        assert!(UserId::new("a\r\nb").is_err());
    }

    #[test]
    fn an_id_that_a_person_pastes_round_trips() {
        let id = ChallengeId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string().parse::<ChallengeId>().unwrap(), id);
        assert!("xyz".parse::<ChallengeId>().is_err());
    }
}
