//! Stores: the ports that keep accounts, events and letters, the reference store in memory, and the
//! stored form for stores that keep rows.
//!
//! Three small traits. [`Store`] is what every login uses; [`Accounts`] serves admin pages and
//! [`Outbox`] the courier. One value implements all three, or the builder takes them one by one. Each
//! sentence of a contract here is a
//! law in `countersign-testkit`, and each law has a broken store that it catches.

mod accounts;
pub(crate) mod memory;
mod outbox;
pub(crate) mod ports;
pub mod record;
mod storage;
mod store;

pub use accounts::{Accounts, Group, Listed};
pub use outbox::{ClaimFilter, Claimed, Due, Lease, MOST_CLAIMED, Outbox, Settlement};
pub use storage::Storage;
pub use store::{
    Change, Compared, DamagedAccount, DamagedTenant, Part, Snapshot, Store, StoreError, Touched,
    Versioned,
};
