//! The ports: what a host plugs in, each a small object-safe trait without default bodies.
//!
//! Mocks of each for hosts' own tests come with the feature `mock`.

mod clock;
mod keys;
mod mailer;
mod random;
mod store;

pub use clock::{Clock, SystemClock};
pub use keys::{Key, KeyFileError, KeyRing, Keys};
pub use mailer::{MailError, Mailer};
pub use random::{OsRandom, Random, RandomError};
pub use store::{
    Change, Claimed, Due, Group, Lease, Listed, Outbox, Part, Roster, Settlement, Snapshot,
    Storage, Store, StoreError, Touched, Versioned,
};

#[cfg(feature = "mock")]
pub use clock::MockClock;
#[cfg(feature = "mock")]
pub use keys::MockKeyRing;
#[cfg(feature = "mock")]
pub use mailer::MockMailer;
#[cfg(feature = "mock")]
pub use random::MockRandom;
#[cfg(feature = "mock")]
pub use store::MockStorage;
