//! The ports: what a host plugs in, each a small object-safe trait without default bodies.
//!
//! Mocks of each for hosts' own tests come with `countersign-testkit` and its feature `mock`.

mod clock;
mod keys;
mod mailer;
mod random;
mod store;

pub use clock::{Clock, SystemClock};
pub use keys::{Key, KeyFileError, KeyRing, Keys};
pub use mailer::{MailError, Mailer};
pub use random::{OsRandom, Random, RandomError};
pub use store::{
    Change, Claimed, Due, Group, Lease, Listed, Outbox, Part, Roster, Settlement, Snapshot,
    Storage, Store, StoreError, Touched, Versioned,
};

#[cfg(test)]
mod tests {
    use super::{MailError, RandomError, StoreError};

    #[test]
    fn an_error_that_leaves_main_is_a_sentence() {
        let broken = || RandomError("no entropy".to_owned());
        let shown = [
            format!("{:?}", broken()),
            format!("{:?}", MailError::NotNow(broken().into())),
            format!("{:?}", StoreError::Conflict),
            format!("{:?}", StoreError::Unavailable(broken().into())),
        ];
        let sentences = [
            "the source of randomness failed: no entropy",
            "the mail could not be sent now (the source of randomness failed: no entropy)",
            "another change came first",
            "the store is unavailable (the source of randomness failed: no entropy)",
        ];
        assert_eq!(shown, sentences);
    }
}
