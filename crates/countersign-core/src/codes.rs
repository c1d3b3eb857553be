//! Codes: how people type them, how an authenticator app and a mail come to theirs, and what an app
//! scans. Everything is derived; no code is stored in any form.

mod code;
mod provisioning;
pub(crate) mod totp;
mod truncation;

pub use code::{Code, Malformed};
pub use provisioning::Provisioning;
pub(crate) use provisioning::{label_in_app, provision};
pub(crate) use truncation::truncate;
