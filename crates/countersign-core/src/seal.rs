//! Sealing: the host's keys, what is sealed and derived under them, and the tokens that leave the
//! process.

mod email_code;
pub(crate) mod forms;
pub(crate) mod keys;
mod sealer;
mod tokens;

pub(crate) use email_code::CodeFor;
pub use keys::{Key, KeyFileError, KeyRing};
pub(crate) use sealer::{Fault, Sealer, Use};
