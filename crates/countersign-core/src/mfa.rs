//! What a host calls. Under all of them lies one private function that loads,
//! decides, commits, and only then releases the outcome.

mod admin;
mod builder;
mod clock_guard;
mod courier;
mod damaged;
mod engine;
mod error;
mod host;
mod keys;
mod login;
mod me;
mod mfa;
mod preview;
mod restored;
mod session;
mod side_by_side;
mod unnamed_roles;
mod user;
mod wakeup;
mod written;

pub use admin::{Admin, Saved, Start};
pub use builder::Builder;
pub use courier::{Courier, CourierCounts, Drained};
pub use error::{Denial, Error, ErrorKind};
pub use host::{ExistingUser, NewTenant, Vouching};
pub use keys::{Left, PassedOver, Rekeying};
pub use mfa::Mfa;
pub use preview::{Affected, Effect, NextLogin, Preview};
pub use restored::Restoring;
pub use user::{ListedUser, User};
