//! Sealing: the host's keys, what is sealed and derived under them, and the tokens that leave the
//! process.

mod keys;
mod sealed;
mod sealer;
pub(crate) mod tokens;

pub use keys::{Key, KeyFileError, KeyRing, Keys};
pub(crate) use sealed::{open_token, seal_token};
pub(crate) use sealer::{Fault, Use, Vault, joined};
pub(crate) use tokens::{
    MethodForm, PurposeForm, decode_invitation, encode_invitation, method_form, method_of,
    purpose_form, purpose_of,
};

#[cfg(feature = "mock")]
pub use keys::MockKeyRing;
