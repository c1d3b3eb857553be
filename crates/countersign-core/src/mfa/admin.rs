//! Administering one tenant: the handle, what it shows, and what it does to the tenant and to
//! users.

mod handle;
mod permit;
mod tenant;
mod users;
mod view;

pub use handle::{Admin, Saved, Start};
