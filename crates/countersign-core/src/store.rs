//! Stores: the ports that keep accounts, events and letters, the reference store in memory, and the
//! stored form for stores that keep rows.

mod memory;
pub mod record;
mod store;

pub use memory::MemoryStore;
pub use store::{
    Change, Claimed, Due, Group, Lease, Listed, Outbox, Part, Roster, Settlement, Snapshot,
    Storage, Store, StoreError, Touched, Versioned,
};

#[cfg(feature = "mock")]
pub use store::MockStorage;
