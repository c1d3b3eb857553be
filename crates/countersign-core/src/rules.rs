//! The rules: pure functions of their arguments. They never await, read a clock or log, so they
//! cannot fail for any reason but a missing key or a broken source of randomness.

mod account;
mod client;
mod env;
mod event;
mod login;
mod proof;
mod sealed;
mod step;
mod tenant;
mod ticket;
mod vault;
mod wire;

pub use account::{Account, LinkedApp, Newcomer};
pub use client::{Answer, Client};
pub use event::{Actor, Event, EventKind, Miss};
pub use login::{
    Begun, Challenge, Continued, Enrollment, Failed, Failure, Locked, Mailed, Next, Passed,
    Refusal, Refused, Stale, Staleness, Verdict,
};
pub use proof::{Pass, Proof, Purpose, Reason, SealedProof};
pub use tenant::{DisplayName, Tenant};
pub use ticket::Ticket;

pub(crate) use account::{Attempted, Beginning, Document, Pending, RequirementForm, reference};
pub(crate) use env::{Effects, Env};
pub(crate) use sealed::{open_token, seal_token};
pub(crate) use step::{Step, login_step, offers};
pub(crate) use ticket::{Ask, Carried, bind};
pub(crate) use vault::{Fault, Use, Vault, joined};
pub(crate) use wire::{MethodForm, decode_invitation, encode_invitation, method_form, method_of};
