//! Accounts: what is kept of one user inside one tenant, and one verb for each thing that can
//! happen to it.
//!
//! The rules here are pure: they take their surroundings (`Env`) as an argument, never await, read
//! a clock or log. So they fail for no reason but a missing key or a broken source of randomness.

mod account;
mod attempt;
mod bucket;
mod counters;
mod counters_form;
mod damaged;
mod email;
mod env;
mod event;
#[cfg(test)]
mod filled;
mod login;
mod misses;
pub(crate) mod new_user;
mod profile;
mod profile_form;
mod spent;
mod steps;
mod tenant;
mod verify;

pub(crate) use account::Invited;
pub use account::{Account, LinkedApp, RefusedMail};
pub(crate) use counters::Counters;
pub(crate) use counters_form::{CountersForm, FirstForm, Marks};
pub(crate) use email::reference;
pub(crate) use env::{Effects, Env, Origin};
pub use event::{Actor, Event, EventKind, Miss};
pub(crate) use login::Beginning;
pub(crate) use new_user::NewUser;
pub(crate) use profile::Profile;
pub(crate) use profile_form::{ProfileForm, RefusedForm};
pub use tenant::Tenant;
pub(crate) use verify::AnsweredAttempt;
