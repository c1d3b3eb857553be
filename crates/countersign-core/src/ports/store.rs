//! Storage: one versioned account, saved by compare-and-swap, with its events and letters in the
//! same commit.
//!
//! Three small traits. [`Store`] is what every login uses; [`Roster`] serves admin pages and
//! [`Outbox`] the courier. One value implements all three. Each sentence of a contract here is a
//! law in `countersign-testkit`, and each law has a broken store that it catches.

use std::fmt::{self, Debug};

use async_trait::async_trait;

use crate::rules::{Account, Event, Facts, Letter, Tenant};
use crate::words::{AccountKey, EventId, LetterId, Lifetime, TenantId, Timestamp, UserId, Version};

/// A value and the version it was saved under.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a value and its version, and nothing else ever")]
pub struct Versioned<T> {
    /// What a later write compares.
    pub version: Version,
    /// The value.
    pub value: T,
}

/// What a store reads for one decision.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Snapshot {
    /// The company; absent is a version too.
    pub tenant: Option<Versioned<Tenant>>,
    /// The person's account; absent is a version too.
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
    /// [`record`](crate::record)) writes the [`Counters`](crate::record::Counters) and leaves the
    /// document as it is. Any other store may take no notice.
    Counters,
}

impl Touched {
    /// What of an account differs.
    ///
    /// ```
    /// use countersign_core::ports::{OsRandom, Touched};
    /// use countersign_core::rules::{Account, Newcomer};
    ///
    /// let ada = Account::new(Newcomer::default(), &OsRandom)?;
    /// let ben = Account::new(Newcomer::default(), &OsRandom)?;
    /// assert_eq!(Touched::between(&ada, &ada), Touched::Counters);
    /// assert_eq!(Touched::between(&ada, &ben), Touched::Everything);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn between(old: &Account, new: &Account) -> Self {
        if new.has_document_of(old) { Self::Counters } else { Self::Everything }
    }
}

/// What a store writes: all of it, or nothing.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "a store must write each part")]
pub struct Change {
    /// The company.
    pub tenant_id: TenantId,
    /// What happens to its record.
    pub tenant: Part<Tenant>,
    /// The person, if the change is about one.
    pub user_id: Option<UserId>,
    /// What happens to the person's record; `Leave` without a person.
    pub account: Part<Account>,
    /// Events to append, in this order.
    pub events: Vec<Event>,
    /// Letters to queue, due at once.
    pub letters: Vec<Letter>,
}

impl Change {
    /// A change that does nothing yet, in this company.
    #[must_use]
    pub fn in_tenant(tenant_id: TenantId) -> Self {
        Self {
            tenant_id,
            tenant: Part::Leave,
            user_id: None,
            account: Part::Leave,
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

/// Why a store did not do what it was asked.
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
    /// A record cannot be read. It says where, and never what was found there.
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
/// - `load` returns tenant, account and time as of one moment.
/// - `load` sees every commit acknowledged anywhere before it began.
/// - `commit` does everything in the change, or nothing.
/// - `commit` answers `Conflict`, and writes nothing, if any record that the change compares,
///   writes or erases has another version than expected, or exists where absence was expected.
/// - Of any number of commits that expect the same version of a record, at most one succeeds.
/// - Keys are compared as exact bytes: case, accents and trailing spaces tell accounts apart.
/// - What is read equals what was written.
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
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`]; absence is not an error.
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError>;

    /// Everything in the change, if every version that it names is still the expected one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if one is not; the others as they say.
    async fn commit(&self, change: Change) -> Result<(), StoreError>;
}

/// One account in a list.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Listed {
    /// Whose it is.
    pub user_id: UserId,
    /// The account.
    pub account: Versioned<Account>,
}

/// How many accounts of a company share the same facts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Group {
    /// The facts they share.
    pub facts: Facts,
    /// How many they are; never zero.
    pub people: u64,
}

/// Lists and reports for admin pages. Every call names the tenant.
///
/// # Contract
///
/// - `tenant` returns the company and the store's time, as of one moment.
/// - `accounts` returns the accounts of that tenant only, in ascending byte order of their user
///   ids, those after `after` and at most `limit`.
/// - `census` counts every account of that tenant exactly once, grouped by [`Account::facts`].
/// - `events` returns the events of that tenant only, newest first, those before `before` and at
///   most `limit`: the exact reverse of the order they were appended in, also within one commit.
///   A `before` that is not in that tenant's log has nothing before it.
/// - Each call sees every commit acknowledged anywhere before it began: protecting the last
///   administrator rests on it, so a lagging replica will not do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot list accounts: it does not implement `Roster`",
    note = "each `impl` of a port begins with `#[async_trait]`; the guide to a store of your own is https://docs.rs/countersign-testkit/latest/countersign_testkit/#prove-your-store"
)]
#[async_trait]
pub trait Roster: Debug + Send + Sync + 'static {
    /// The company, if there is one with that id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError>;

    /// A page of the company's accounts.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError>;

    /// The company's accounts, grouped by their facts.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn census(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError>;

    /// A page of the company's activity log.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn events(
        &self,
        tenant: &TenantId,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError>;
}

/// A letter that one worker holds for a while.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Claimed {
    /// The letter.
    pub letter: Letter,
    /// Which attempt to send it this is: 1 for the first.
    pub attempt: u32,
    /// Names this claim; a later claim of the same letter has another.
    pub lease: Lease,
}

/// Names one claim of one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease(u64);

impl Lease {
    /// The claim with this number; the numbers of one letter only rise.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The letters that are due, and when the next one is.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Due {
    /// Letters now held under a lease, oldest first.
    pub claimed: Vec<Claimed>,
    /// The earliest moment at which a further letter may be claimed, be it one whose lease ends.
    pub next: Option<Timestamp>,
    /// The store's time.
    pub now: Timestamp,
}

/// What became of a claimed letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store must handle each case")]
pub enum Settlement {
    /// Sent, or no longer wanted: it leaves the outbox.
    Done,
    /// Not sent; due again then.
    Again(Timestamp),
}

/// Letters waiting to be sent.
///
/// # Contract
///
/// - `claim` returns letters that are due, at most `limit`, oldest first, and holds each for
///   `lease`: until the lease ends, no other claim returns it.
/// - A letter whose lease has ended without being settled is due again, with a higher attempt.
/// - `settle` with the lease that now holds the letter removes it or moves it to its time; with
///   any other lease it changes nothing and succeeds.
/// - `next` is the earliest moment at which a further letter may be claimed.
/// - A letter is in the outbox if and only if the change that queued it was committed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot queue letters: it does not implement `Outbox`",
    note = "each `impl` of a port begins with `#[async_trait]`; the guide to a store of your own is https://docs.rs/countersign-testkit/latest/countersign_testkit/#prove-your-store"
)]
#[async_trait]
pub trait Outbox: Debug + Send + Sync + 'static {
    /// Claims due letters.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn claim(&self, limit: usize, lease: Lifetime) -> Result<Due, StoreError>;

    /// Says what became of a claimed letter.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::OutcomeUnknown`].
    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError>;
}

/// What the builder takes as a store: one value that is all three.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a whole store: it needs `Store`, `Roster` and `Outbox`",
    note = "each `impl` of a port begins with `#[async_trait]`; the guide to a store of your own is https://docs.rs/countersign-testkit/latest/countersign_testkit/#prove-your-store"
)]
pub trait Storage: Store + Roster + Outbox {}

impl<T: Store + Roster + Outbox> Storage for T {}
