//! Small values that every other room speaks in: ids, times, secrets, addresses, names, and the two
//! sources that values are drawn from, the clock and the randomness.
//!
//! Each constructor parses, so a value that exists is a value that is allowed. Nothing here decides
//! anything, and nothing here knows another room.

mod address;
mod clock;
mod id;
mod invalid_value;
mod joined;
mod locale;
mod method;
mod moment;
mod name;
mod pointers;
mod random;
mod secret;
mod time;
mod visible;

pub use address::EmailAddress;
pub use clock::{Clock, SystemClock};
pub use id::{
    AccountKey, AttemptId, AuthenticatorId, ChallengeId, EventId, Generation, InvitationId, KeyId,
    LetterId, ProofId, Pseudonym, Role, TenantId, UserId, Version,
};
pub use invalid_value::InvalidValue;
pub(crate) use joined::joined;
pub(crate) use locale::in_language;
pub use locale::{Direction, Locale};
pub use method::{Aal, FirstFactor, Method};
pub(crate) use moment::{Shown, moment, moment_seen_at, on_one_day};
pub use name::{DisplayName, Issuer};
pub(crate) use pointers::behind_pointers;
pub use random::{OsRandom, Random, RandomError};
pub use secret::{Digest, Secret, SecretText};
pub use time::{DAY, HOUR, MINUTE, Timestamp};
pub(crate) use time::{doubled, is_whole_millis, length_in_words};
pub(crate) use visible::{is_blank, is_invisible, is_override, misleads};
