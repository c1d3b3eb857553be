//! The ports: what a host plugs in, each a small object-safe trait without default bodies.
//!
//! Mocks of each for hosts' own tests come with the feature `mock`.

mod store;

pub use store::{
    Change, Claimed, Due, Group, Lease, Listed, Outbox, Part, Roster, Settlement, Snapshot,
    Storage, Store, StoreError, Touched, Versioned,
};

#[cfg(feature = "mock")]
pub use store::MockStorage;
