//! The services: what a host calls. Under all of them lies one private function that loads,
//! decides, commits, and only then releases the outcome.

mod admin;
mod bell;
mod courier;
mod error;
mod guard;
mod host;
mod login;
mod mfa;
mod own;
mod preview;
mod shell;

pub use admin::{Admin, Person, Saved, Start};
pub use courier::{Courier, Drained};
pub use error::{Denial, Error, ErrorKind};
pub use host::{Accepted, Adoption, Invitation, InvitationEnd, NewTenant, Vouching};
pub use login::{Evidence, SessionEnd};
pub use mfa::{Builder, Mfa};
pub use preview::{Affected, Effect, NextLogin, Preview};
