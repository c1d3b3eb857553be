//! Sealing: the host's keys, what is sealed and derived under them, and the tokens that leave the
//! process.

pub(crate) mod forms;
mod keys;
mod sealer;
mod tokens;

pub use keys::{Key, KeyFileError, KeyRing, Keys};
pub(crate) use sealer::{Fault, Sealer, Use};

#[cfg(feature = "mock")]
pub use keys::MockKeyRing;
