//! Storage: one versioned account, saved by compare-and-swap, with its events and letters in the
//! same commit.

use std::fmt::{self, Debug};

use async_trait::async_trait;

use crate::account::{Account, Event, Tenant};
use crate::mail::{Letter, Texts};
use crate::types::{AccountKey, TenantId, Timestamp, UserId, Version, behind_pointers};

/// A value and the version it was saved under.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a value and its version, and nothing else ever")]
pub struct Versioned<T> {
    /// What a later write compares.
    pub version: Version,
    /// The value.
    pub value: T,
}

/// An account that is stored and cannot be read.
///
/// Nothing of it is believed: not who they are, not what they hold. An operator can put another in
/// its place ([`Mfa::reset_damaged`](crate::Mfa::reset_damaged)) or erase it
/// ([`Mfa::removed`](crate::Mfa::removed)).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored account cannot be read: {place}")]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct DamagedAccount {
    /// Which table, row and column; never what was found there.
    pub place: String,
    /// The version that a change must expect to replace or erase it; none if that cannot be read
    /// either, or if a later release wrote the account and reads it.
    pub version: Option<Version>,
}

/// A tenant whose record is stored and cannot be read.
///
/// Nobody logs in there. An operator can put another in its place
/// ([`Mfa::reset_damaged_tenant`](crate::Mfa::reset_damaged_tenant)).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored tenant cannot be read: {place}")]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct DamagedTenant {
    /// Which table, row and column; never what was found there.
    pub place: String,
    /// The version that a change must expect to replace or erase it; none if that cannot be read
    /// either, or if a later release wrote the tenant and reads it.
    pub version: Option<Version>,
}

/// What a store reads for one decision.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Snapshot {
    /// The tenant; absent is a version too.
    pub tenant: Option<Versioned<Tenant>>,
    /// The user's account; absent is a version too.
    pub account: Option<Versioned<Account>>,
    /// The store's time. It judges ends, locks, leases and steps.
    pub now: Timestamp,
}

/// What a change does to one record.
#[derive(Debug, Clone, Default)]
#[expect(clippy::exhaustive_enums, reason = "a store must handle each case")]
pub enum Part<T> {
    /// Nothing: the record is neither compared nor written.
    #[default]
    Leave,
    /// Compares: the record must have this version, or be absent.
    Compare(Option<Version>),
    /// Writes `next` if the record still has the version `expected`, or is still absent.
    Write {
        /// What must be there; `None` creates.
        expected: Option<Version>,
        /// What is there afterwards.
        next: Versioned<T>,
        /// What of it differs from the record that is there.
        touched: Touched,
    },
    /// Erases the record if it still has this version.
    Erase(Version),
}

/// What of a record differs from the one that a change replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "all of it, or what logins count")]
pub enum Touched {
    /// Anything may.
    Everything,
    /// Of an account, only what logins count: a store that keeps it as a row and a document (see
    /// [`record`](super::record)) writes the [`Counters`](super::record::Counters) and leaves the
    /// document as it is. Any other store may ignore this.
    Counters,
}

impl Touched {
    /// What of an account differs.
    ///
    /// ```
    /// use countersign_core::store::Touched;
    /// use countersign_core::{NewUser, OsRandom};
    /// use countersign_core::account::Account;
    ///
    /// let ada = Account::new(NewUser::default(), &OsRandom)?;
    /// let ben = Account::new(NewUser::default(), &OsRandom)?;
    /// assert_eq!(Touched::between(&ada, &ada), Touched::Counters);
    /// assert_eq!(Touched::between(&ada, &ben), Touched::Everything);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn between(old: &Account, new: &Account) -> Self {
        if new.profile == old.profile { Self::Counters } else { Self::Everything }
    }
}

/// One further account of the tenant, which a change compares and leaves as it is.
///
/// An act of an administrator names the administrator's own account here, so that it does not
/// happen if they were suspended a moment ago.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a store must compare it")]
pub struct Compared {
    /// Whose account it is, in the tenant of the change.
    pub user_id: UserId,
    /// The version that it must have; `None` if it must be absent.
    pub version: Option<Version>,
}

/// What a store writes: all of it, or nothing.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "a store must write each part")]
pub struct Change {
    /// The tenant.
    pub tenant_id: TenantId,
    /// What happens to its record.
    pub tenant: Part<Tenant>,
    /// The tenant's mail texts, all of them, if they change. They are written with the tenant's
    /// record, which is compared as ever, so no editor loses another's text.
    pub texts: Option<Texts>,
    /// The user, if the change is about one.
    pub user_id: Option<UserId>,
    /// What happens to the user's record; `Leave` without a user.
    pub account: Part<Account>,
    /// One further account of the same tenant, which is compared as it was before the change and
    /// never written. It may be the user's own.
    pub also: Option<Compared>,
    /// Events to append, in this order.
    pub events: Vec<Event>,
    /// Letters to queue, due at once.
    pub letters: Vec<Letter>,
}

impl Change {
    /// A change that does nothing yet, in this tenant.
    #[must_use]
    pub fn in_tenant(tenant_id: TenantId) -> Self {
        Self {
            tenant_id,
            tenant: Part::Leave,
            texts: None,
            user_id: None,
            account: Part::Leave,
            also: None,
            events: Vec::new(),
            letters: Vec::new(),
        }
    }

    /// A change that does nothing yet, to this account.
    #[must_use]
    pub fn to_account(key: &AccountKey) -> Self {
        Self { user_id: Some(key.user().clone()), ..Self::in_tenant(key.tenant().clone()) }
    }
}

/// Why a call of a store failed.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A version was no longer the expected one; nothing was written.
    #[error("another change came first")]
    Conflict,
    /// The store cannot be reached or does not take writes now; nothing was written.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection broke at a moment when the write may or may not have happened.
    #[error("nobody knows whether the store wrote the change")]
    OutcomeUnknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The account that was asked for cannot be read.
    #[error(transparent)]
    Damaged(#[from] DamagedAccount),
    /// The tenant that was asked for cannot be read.
    #[error(transparent)]
    DamagedTenant(#[from] DamagedTenant),
    /// Something was listed, and the builder was given a store for logins alone; see
    /// [`Builder::logins`](crate::Builder::logins). No store says so itself.
    #[error("the store is for logins alone, and lists nothing")]
    NoLists,
    /// Any other record cannot be read. It says which one, and never repeats its content.
    #[error("a stored record cannot be read: {place}")]
    Corrupt {
        /// Which table, row and column.
        place: String,
    },
}

// The sentence, since `main` shows an error by this.
impl Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match std::error::Error::source(self) {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

/// Reads and writes for one login.
///
/// # Contract
///
/// - `load` returns tenant, account and time as of one moment, that of the reading: a snapshot shows
///   nothing from after its time. In SQL, ask for the time in the statement that reads: in MySQL and
///   MariaDB `sysdate(3)`; in PostgreSQL `now()`, if the statement is a transaction of its own, or
///   when the youngest record in the snapshot was written, if that is later. There
///   `clock_timestamp()` is read some time after the snapshot was taken, and `now()` in a longer
///   transaction is when that began. Where a statement may wait for a lock, ask in one that runs after
///   it has the lock.
/// - `load` sees every commit acknowledged anywhere before it began.
/// - `commit` does everything in the change, or nothing; also if its future is dropped.
/// - A call that fails says `Unavailable` if nothing was written, and `OutcomeUnknown` if that is not
///   known. It never takes an outage for absence, for a conflict or for damage.
/// - `commit` answers `Conflict`, and writes nothing, if any record that the change compares,
///   writes or erases has another version than expected, or exists where absence was expected.
/// - The further account that a change compares is compared like any other record, until the
///   commit, and nothing of it changes.
/// - Of any number of commits that expect the same version of a record, at most one succeeds.
/// - Mail texts are written together with their tenant's record, and only with it: a change whose
///   tenant part is no write leaves them alone, and so does one without texts. Erasing the tenant
///   erases them.
/// - Keys are compared as exact bytes: case, accents and trailing spaces tell accounts apart.
/// - A stored account that cannot be read is `Damaged`, with its version, and never absent. A change
///   that expects this version replaces it or erases it, and reads nothing of it.
/// - A stored tenant that cannot be read is `DamagedTenant`, in `load` and in `Accounts::tenant`, and
///   gives way in the same manner.
/// - What is read equals what was written: each address and text byte for byte, each time to the
///   millisecond, and each record also when it is as full as it can be.
/// - A record that is created again holds nothing of the one that was erased.
/// - A clone of the handle shares the state.
/// - The time never comes from the caller.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot keep accounts: it does not implement `Store`",
    note = "each `impl` of a port begins with `#[async_trait]`; the guide to a store of your own is https://docs.rs/countersign-testkit/latest/countersign_testkit/#prove-your-store"
)]
#[async_trait]
pub trait Store: Debug + Send + Sync + 'static {
    /// The tenant's policy, the user's account and the store's time, as one snapshot.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Damaged`], [`StoreError::DamagedTenant`] or
    /// [`StoreError::Corrupt`]; absence is not an error.
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError>;

    /// Everything in the change, if every version that it names is still the expected one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if one is not; the others as they say.
    async fn commit(&self, change: Change) -> Result<(), StoreError>;
}

behind_pointers! {
    #[async_trait]
    impl Store {
        async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
            (**self).load(key).await
        }

        async fn commit(&self, change: Change) -> Result<(), StoreError> {
            (**self).commit(change).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StoreError;
    use crate::mail::MailError;
    use crate::types::RandomError;

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
