//! The three ports as one, for the builder.

use super::accounts::Accounts;
use super::outbox::Outbox;
use super::store::Store;

/// A store for the builder: one value that implements all three ports.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a whole store: it needs `Store`, `Accounts` and `Outbox`",
    note = "a store for logins alone is given to the builder with `.logins(..)`",
    note = "each `impl` of a port begins with `#[async_trait]`; the guide to a store of your own is https://docs.rs/countersign-testkit/latest/countersign_testkit/#prove-your-store"
)]
pub trait Storage: Store + Accounts + Outbox {}

impl<T: Store + Accounts + Outbox> Storage for T {}
