//! The stored form: accounts, tenants, events and letters as columns and compact bytes, for
//! stores that keep rows.
//!
//! Domain types do not know how they are stored; this room does, for every adapter alike. What
//! each login changes stands in a few narrow columns ([`Counters`]); the rest of an account is one
//! document, which a change carries only when it differs ([`Touched`](super::store::Touched)). The
//! row names the version under which its document was written, and the document is bound to that
//! version and to its owner: a lost, stale or swapped document is refused, and never read as
//! "nothing is linked". A tenant's mail texts, which no login reads, are a document of the same kind.
//!
//! A store that keeps values under keys, and no rows, takes a whole record as one run of bytes:
//! [`account_to_bytes`] and [`letter_to_bytes`].
//!
//! Every run of bytes begins with the number of its form. A form of a later release is refused by
//! name. What was released is pinned by golden files.

mod account;
mod bytes;
mod event;
mod form;
mod letter;
mod tenant;
#[cfg(test)]
mod tests;

pub use account::{AccountRow, Counters, Reported, read_account, read_facts};
pub use bytes::{account_from_bytes, account_to_bytes, letter_from_bytes, letter_to_bytes};
pub use event::{EventRow, read_event};
pub use form::{FormError, column_of, version_of};
pub use letter::{LetterRow, read_letter};
pub use tenant::{TenantRow, TextsRow, read_tenant, read_texts, read_texts_within};
