//! The rules: pure functions of their arguments. They never await, read a clock or log, so they
//! cannot fail for any reason but a missing key or a broken source of randomness.

mod account;
mod env;
mod event;
mod tenant;

pub use account::{Account, LinkedApp, Newcomer};
pub use event::{Actor, Event, EventKind, Miss};
pub use tenant::{DisplayName, Tenant};

pub(crate) use account::{Attempted, Beginning, Document, Pending, RequirementForm, reference};
pub(crate) use env::{Effects, Env};
