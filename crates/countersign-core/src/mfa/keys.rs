//! Keys over the years: whether they are those of this database, and sealing anew what is under
//! older ones, so that a key can go.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering;

use super::engine::{Engine, Scope, Work};
use super::error::{Cause, Error, ErrorKind, WhileDoing as _};
use super::mfa::Mfa;
use crate::account::{Account, Actor, Env};
use crate::store::{Listed, StoreError};
use crate::types::{AccountKey, KeyId, TenantId, Timestamp};

/// How far sealing anew has come, and what it found.
///
/// It begins empty. Each call of [`Mfa::rekey`] takes it on by one batch; what was done before is
/// never done again, so a walk that was given up may also begin anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rekeying {
    /// Accounts that were looked at.
    pub accounts: u64,
    /// Secrets of apps that were sealed anew.
    pub resealed: u64,
    /// What still lives under a key that is not the current one, for each such key.
    pub left: BTreeMap<KeyId, Left>,
    /// Secrets that are damaged, so that not even their key can be told.
    pub unreadable: u64,
    /// Accounts that are damaged, which were passed over: reset or erase them, see
    /// [`Mfa::reset_damaged`].
    pub damaged: PassedOver<AccountKey>,
    /// Tenants whose record is damaged, which were passed over with all their accounts: restore it
    /// from a backup.
    pub damaged_tenants: PassedOver<TenantId>,
    /// When the walk began, by the store's clock.
    pub began: Option<Timestamp>,
    /// When the last session, open login, mailed code and invitation of before the walk ends.
    pub tokens_end: Option<Timestamp>,
    at: At,
}

/// What a walk passed over, since it cannot be read: how many, and the first hundred by name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PassedOver<T> {
    /// How many.
    pub number: u64,
    /// The first hundred.
    pub first: Vec<T>,
}

impl<T> PassedOver<T> {
    pub(super) fn push(&mut self, one: T) {
        self.number += 1;
        if self.first.len() < MOST_NAMES {
            self.first.push(one);
        }
    }
}

impl<T> Default for PassedOver<T> {
    fn default() -> Self {
        Self { number: 0, first: Vec::new() }
    }
}

impl<T: fmt::Display> fmt::Display for PassedOver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        for (at, one) in self.first.iter().enumerate() {
            write!(f, "{}{one}", if at == 0 { " (" } else { ", " })?;
        }
        let more = self.number > self.first.len().try_into().unwrap_or(u64::MAX);
        f.write_str(match (self.number, more) {
            (0, _) => "",
            (_, true) => ", and more)",
            (_, false) => ")",
        })
    }
}

/// What still lives under one key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Left {
    /// Secrets of apps that could not be sealed anew: the key is not known here, or opens them not.
    pub apps: u64,
    /// Mailed codes that still worked when they were looked at. They end by themselves.
    pub codes: u64,
}

/// Where the walk stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum At {
    #[default]
    Start,
    /// Behind this tenant.
    Tenant(TenantId),
    /// Behind this account.
    Account(AccountKey),
    End,
}

impl Rekeying {
    /// A walk that goes on behind this account, such as after a restart. What it counts is of the
    /// accounts behind it only.
    ///
    /// ```
    /// use countersign_core::AccountKey;
    /// use countersign_core::keys::Rekeying;
    ///
    /// let walk = Rekeying::behind(AccountKey::new("larkfield", "ada")?);
    /// assert_eq!(walk.account(), Some(&AccountKey::new("larkfield", "ada")?));
    /// assert!(!walk.is_done());
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn behind(account: AccountKey) -> Self {
        Self { at: At::Account(account), ..Self::default() }
    }

    /// The last account that was looked at, to go on behind it later; nothing between two tenants.
    #[must_use]
    pub fn account(&self) -> Option<&AccountKey> {
        match &self.at {
            At::Account(key) => Some(key),
            At::Start | At::Tenant(_) | At::End => None,
        }
    }

    /// Whether every account was looked at.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.at == At::End
    }

    /// The moment from which this key may be taken out of every ring, and nobody notices.
    ///
    /// Nothing while the walk is not done, while a secret is left under the key, or while an account
    /// was passed over that may hold one. It holds only if every node sealed under another key when
    /// the walk began.
    #[must_use]
    pub fn may_go(&self, key: KeyId) -> Option<Timestamp> {
        let left = self.left.get(&key).map_or(0, |left| left.apps);
        let passed = self.damaged.number + self.damaged_tenants.number;
        self.tokens_end.filter(|_| self.is_done() && left == 0 && passed == 0)
    }
}

/// What an operator reads: how far it is, and what is left under which key.
impl fmt::Display for Rekeying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accounts, resealed, unreadable, .. } = self;
        write!(f, "{accounts} accounts looked at, {resealed} secrets sealed anew")?;
        for (key, Left { apps, codes }) in &self.left {
            write!(f, "; left under key {key}: {apps} secrets, {codes} mailed codes")?;
        }
        if *unreadable > 0 {
            write!(f, "; {unreadable} secrets are damaged")?;
        }
        if self.damaged.number > 0 {
            write!(f, "; damaged accounts that were passed over: {}", self.damaged)?;
        }
        if self.damaged_tenants.number > 0 {
            write!(f, "; damaged tenants that were passed over: {}", self.damaged_tenants)?;
        }
        match self.tokens_end.filter(|_| self.is_done()) {
            Some(end) => write!(f, "; sessions, logins, codes and invitations end by {end}"),
            None => f.write_str("; not done yet"),
        }
    }
}

impl Mfa {
    /// Makes sure that the keys are those that this database was written with.
    ///
    /// Call it when a process starts, before it serves. The fingerprint of each key that ever
    /// sealed is in the database, so another key under a known number is found here, and not by
    /// people whose codes no longer match. The courier does the same before its first mail. The
    /// current key is remembered.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// mfa.check().await?;
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Configuration`, code `keys.changed`: a key has other bytes than before. Nothing was
    /// changed. Code `store.no_lists`: the store is for logins alone. `Unavailable`, `OutcomeUnknown` or `Corrupt`: call it again.
    pub async fn check(&self) -> Result<(), Error> {
        self.engine.check_keys().await.while_doing("check the keys")
    }

    /// Seals under the current key what older keys sealed: one batch, of at most `most` accounts
    /// (1 to 1000).
    ///
    /// Rotation has three steps. Give every node the new key beside the old one; make the new one
    /// current on every node; then walk. Logins go on meanwhile. What can be sealed anew is: the
    /// secrets of linked apps. What cannot is let run out: sessions, open logins, mailed codes and
    /// links of invitations. [`Rekeying::may_go`] says from when on the old key may go.
    ///
    /// What is damaged is passed over and named in the report, and the others are sealed. Once it is
    /// mended, walk again.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::KeyId;
    /// use countersign_core::keys::Rekeying;
    ///
    /// let mut walk = Rekeying::default();
    /// while !walk.is_done() {
    ///     walk = mfa.rekey(walk, 500).await?;
    ///     println!("{walk}");
    /// }
    /// // With the default limits, a week after it began: then the last invitation has ended.
    /// assert!(walk.may_go(KeyId::new(1)).is_some());
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended`, `OutcomeUnknown` or `Corrupt`: go on with the walk as it was
    /// before the call; nothing is sealed twice. `Configuration` as in [`Mfa::check`].
    pub async fn rekey(&self, walk: Rekeying, most: usize) -> Result<Rekeying, Error> {
        self.engine.rekey(walk, most.clamp(1, MOST_AT_ONCE)).await
    }
}

/// Most accounts in one batch.
const MOST_AT_ONCE: usize = 1000;
/// Most names in the report of what was passed over.
const MOST_NAMES: usize = 100;

impl Engine {
    /// The same as `check_keys`, until it has succeeded once.
    pub(super) async fn check_keys_once(&self) -> Result<(), Cause> {
        match self.keys_checked.load(Ordering::Relaxed) {
            true => Ok(()),
            false => match self.check_keys().await {
                // A store for logins alone keeps no fingerprints.
                Err(cause) if cause.is_no_lists() => Ok(()),
                checked => checked,
            },
        }
    }

    async fn check_keys(&self) -> Result<(), Cause> {
        let current = self.sealer.current();
        let own = |key| self.sealer.fingerprint(key);
        let mut kept = self.store.fingerprints().await?;
        if let Some(fingerprint) =
            own(current).filter(|_| kept.iter().all(|(key, _)| *key != current))
        {
            self.store.keep_fingerprint(current, fingerprint).await?;
            // Another node may have been quicker, with another key.
            kept = self.store.fingerprints().await?;
        }
        let changed =
            kept.into_iter().find(|(key, kept)| own(*key).is_some_and(|own| own != *kept));
        if let Some((key, _)) = changed {
            tracing::error!(
                target: "countersign",
                key = key.number(),
                "alarm: a key has other bytes than when it was first used with this database"
            );
            return Err(Cause::new(
                ErrorKind::Configuration,
                "keys.changed",
                format!("key {key} has other bytes than when it was first used with this database"),
                "nothing was changed; give this process the keys that belong to the database, and \
                 give a new key a number of its own",
            ));
        }
        self.keys_checked.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn rekey(&self, mut walk: Rekeying, most: usize) -> Result<Rekeying, Error> {
        const DOING: &str = "seal anew under the current key";
        self.check_keys().await.while_doing(DOING)?;
        let (tenant, after) = match walk.at.clone() {
            At::End => return Ok(walk),
            At::Account(key) => (Some(key.tenant().clone()), Some(key.user().clone())),
            At::Start => (self.tenant_behind(None).await.while_doing(DOING)?, None),
            At::Tenant(id) => (self.tenant_behind(Some(id)).await.while_doing(DOING)?, None),
        };
        let Some(tenant) = tenant else {
            walk.at = At::End;
            if walk.began.is_none() {
                self.begin_walk(&mut walk, self.clock.now());
            }
            return Ok(walk);
        };
        let now = match self.store.tenant(&tenant).await {
            Ok((_, now)) => now,
            Err(StoreError::DamagedTenant(_) | StoreError::Corrupt { .. }) => {
                walk.damaged_tenants.push(tenant.clone());
                walk.at = At::Tenant(tenant);
                return Ok(walk);
            }
            Err(error) => return Err(error).while_doing(DOING),
        };
        self.begin_walk(&mut walk, now);
        let page = self.store.accounts(&tenant, after, most).await.while_doing(DOING)?;
        let last = page.last().map(|listed| listed.user_id.clone());
        for Listed { user_id, account } in page {
            let key = AccountKey::of(tenant.clone(), user_id);
            walk.accounts += 1;
            let sealed = match account {
                Ok(account) => self.reseal(&key, account.value, now, &mut walk).await,
                Err(damage) => Err(StoreError::Damaged(damage).into()),
            };
            match sealed {
                Err(cause) if cause.is_damage() => walk.damaged.push(key),
                sealed => sealed.while_doing(DOING)?,
            }
        }
        // A page may be short: only an empty one ends the tenant.
        walk.at = match last {
            Some(user) => At::Account(AccountKey::of(tenant, user)),
            None => At::Tenant(tenant),
        };
        Ok(walk)
    }

    async fn tenant_behind(&self, after: Option<TenantId>) -> Result<Option<TenantId>, Cause> {
        Ok(self.store.tenants(after, 1).await?.into_iter().next())
    }

    /// Whatever was sealed before the walk under another key has ended by then.
    fn begin_walk(&self, walk: &mut Rekeying, now: Timestamp) {
        let began = *walk.began.get_or_insert(now);
        let limits = &self.limits;
        let lives = [limits.proof_life, limits.step_up_life, limits.ticket_life];
        let lives = lives.into_iter().chain([limits.email_code_life, limits.invitation_life]);
        walk.tokens_end = lives.max().map(|longest| began.plus(longest));
    }

    async fn reseal(
        &self,
        key: &AccountKey,
        listed: Account,
        now: Timestamp,
        walk: &mut Rekeying,
    ) -> Result<(), Cause> {
        let current = self.sealer.current();
        let mut account = Some(listed);
        let is_old = |account: &Account| account.keys_of_apps().any(|key| key != Some(current));
        if account.as_ref().is_some_and(is_old) {
            let verb = |account: &mut Account, env: &mut Env<'_>| account.reseal(env);
            let decide = |work: &mut Work| {
                let done = self.on_account(key, &Actor::Host.into(), work, verb)?;
                Ok((done.unwrap_or(0), work.account.clone()))
            };
            let (resealed, now_is) =
                self.load_decide_commit(None, Scope::Account(key), decide).await?;
            walk.resealed += resealed;
            account = now_is;
        }
        let Some(account) = account else { return Ok(()) };
        for sealed in account.keys_of_apps().filter(|key| *key != Some(current)) {
            match sealed {
                Some(key) => walk.left.entry(key).or_default().apps += 1,
                None => walk.unreadable += 1,
            }
        }
        for key in account.keys_of_codes(now).filter(|key| *key != current) {
            walk.left.entry(key).or_default().codes += 1;
        }
        Ok(())
    }
}
