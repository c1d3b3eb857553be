//! Lists and reports: the port that admin pages read.

use std::fmt::Debug;

use super::store::{DamagedAccount, StoreError, Versioned};
use crate::account::{Account, Event, Tenant};
#[cfg(doc)]
use crate::account::{Actor, EventKind};
use crate::mail::Texts;
use crate::policy::Facts;
use crate::types::{
    Digest, EventId, KeyId, Pseudonym, TenantId, Timestamp, UserId, behind_pointers,
};
use async_trait::async_trait;

/// One account in a list.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Listed {
    /// Whose it is.
    pub user_id: UserId,
    /// The account, unless it cannot be read.
    pub account: Result<Versioned<Account>, DamagedAccount>,
}

impl Listed {
    /// One account as reading it went: damage of it is listed, any other error is the list's.
    ///
    /// ```
    /// use countersign_core::UserId;
    /// use countersign_core::store::{DamagedAccount, Listed};
    ///
    /// let damage = DamagedAccount { place: "the row of ada".to_owned(), version: None };
    /// let listed = Listed::of(UserId::new("ada")?, Err(damage.into()))?;
    /// assert!(listed.account.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any error but [`StoreError::Damaged`], as it is.
    pub fn of(
        user_id: UserId,
        read: Result<Versioned<Account>, StoreError>,
    ) -> Result<Self, StoreError> {
        let account = match read {
            Ok(account) => Ok(account),
            Err(StoreError::Damaged(damage)) => Err(damage),
            Err(error) => return Err(error),
        };
        Ok(Self { user_id, account })
    }
}

/// How many accounts of a tenant share the same facts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores build it; a new part is a new contract")]
pub struct Group {
    /// The facts they share; none for accounts of which not even these can be read.
    pub facts: Option<Facts>,
    /// How many they are; never zero.
    pub users: u64,
}

/// Lists and reports, for admin pages and operators. Every call names the tenant but those that
/// are about the whole deployment: its tenants, and the fingerprints of its keys.
///
/// # Contract
///
/// - `tenant` returns the tenant and the store's time, as of one moment.
/// - `mail_texts` returns the texts of that tenant only, as the last change that carried any wrote
///   them; none if there is no such tenant.
/// - `accounts` returns the accounts of that tenant only, in ascending byte order of their user
///   ids, those after `after` and at most `limit`.
/// - An account that cannot be read is on its page as damaged, with its version, and the others
///   beside it as ever.
/// - A page of accounts or events that is shorter than `limit` is the last one. A store that has a
///   bound of its own reads on behind it.
/// - An account that is created between two pages, behind `after`, is on a later page; one that was
///   erased is neither listed nor counted.
/// - `counts` counts every account of that tenant exactly once, grouped by [`Account::facts`], and
///   after every write: the groups are those of the accounts that `accounts` lists. A damaged account
///   counts by what its facts were, or without any.
/// - `events` returns the events of that tenant only, newest first, those before `before` and at
///   most `limit`: the exact reverse of the order they were appended in, also within one commit.
///   A `before` that is not in that tenant's log has nothing before it.
/// - An event that cannot be read is on its page as [`EventKind::Unreadable`], by
///   [`Actor::Unknown`], with its id and time, and the others beside it as ever.
/// - With an `account`, `events` returns only the events of that account, in the same order and the
///   same pages; `before` is still any event of that tenant's log.
/// - `tenants` returns the ids of all tenants there are, in ascending byte order, those after `after`
///   and at most `limit`.
/// - `keep_fingerprint` keeps the fingerprint of a key that has none, and leaves one that is kept as
///   it is. Of racing calls one is kept; nothing erases it.
/// - `fingerprints` returns what is kept, one for each key, in ascending order of their numbers.
/// - Each call sees every commit acknowledged anywhere before it began: protecting the last
///   administrator rests on it, so a lagging replica will not do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot list accounts: it does not implement `Accounts`",
    note = "each `impl` of a port begins with `#[async_trait]`; the guide to a store of your own is https://docs.rs/countersign-testkit/latest/countersign_testkit/#prove-your-store"
)]
#[async_trait]
pub trait Accounts: Debug + Send + Sync + 'static {
    /// The tenant, if there is one with that id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::DamagedTenant`] or [`StoreError::Corrupt`].
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError>;

    /// The tenant's own mail texts. The courier reads them, and whoever edits them; no login does.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError>;

    /// A page of the tenant's accounts.
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

    /// The tenant's accounts, grouped by their facts.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError>;

    /// A page of the tenant's activity log, or of what happened to one account of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// A page of the ids of all tenants.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError>;

    /// The fingerprints that are kept, one for each key that ever sealed here. They are no secrets:
    /// nothing can be opened with one, and no key be found.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError>;

    /// Keeps the fingerprint of a key, unless one is kept for its number.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]: nothing was kept. [`StoreError::OutcomeUnknown`]: call it again.
    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError>;
}

behind_pointers! {
    #[async_trait]
    impl Accounts {
        async fn tenant(
            &self,
            id: &TenantId,
        ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
            (**self).tenant(id).await
        }

        async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
            (**self).mail_texts(tenant).await
        }

        async fn accounts(
            &self,
            tenant: &TenantId,
            after: Option<UserId>,
            limit: usize,
        ) -> Result<Vec<Listed>, StoreError> {
            (**self).accounts(tenant, after, limit).await
        }

        async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
            (**self).counts(tenant).await
        }

        async fn events(
            &self,
            tenant: &TenantId,
            account: Option<Pseudonym>,
            before: Option<EventId>,
            limit: usize,
        ) -> Result<Vec<Event>, StoreError> {
            (**self).events(tenant, account, before, limit).await
        }

        async fn tenants(
            &self,
            after: Option<TenantId>,
            limit: usize,
        ) -> Result<Vec<TenantId>, StoreError> {
            (**self).tenants(after, limit).await
        }

        async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
            (**self).fingerprints().await
        }

        async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
            (**self).keep_fingerprint(key, fingerprint).await
        }
    }
}
