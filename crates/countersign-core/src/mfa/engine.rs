//! The shell: load, decide, commit, and only then release the outcome.
//!
//! On a conflict it starts again from the load, five times, and gives up with nothing counted. So
//! no guess is answered before it is durably counted, a code is accepted at most once on any
//! number of nodes, and an administrator's reset racing a login is just a conflict.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::Poll;

use super::clock_guard::ClockGuard;
use super::error::{Cause, Error, ErrorKind, WhileDoing as _};
use super::unnamed_roles::UnnamedRoles;
use super::wakeup::Wakeup;
use crate::account::{Account, Effects, Env, Origin, Tenant};
use crate::mail::Texts;
use crate::policy::Limits;
use crate::seal::{Fault, Sealer};
use crate::store::{
    Change, ClaimFilter, Compared, DamagedAccount, DamagedTenant, Part, Snapshot, Storage,
    StoreError, Touched, Versioned,
};
use crate::types::{AccountKey, Clock, MINUTE, Random, RandomError, TenantId, Timestamp, Version};

/// How often a decision is made before the answer is `Contended`.
const ROUNDS: u32 = 6;

/// What every service works with.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) store: Arc<dyn Storage>,
    pub(super) sealer: Sealer,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) limits: Limits,
    pub(super) invitation_page: Option<String>,
    pub(super) guard: ClockGuard,
    pub(super) wakeup: Wakeup,
    /// Whether the keys were found to be those of this database.
    pub(super) keys_checked: AtomicBool,
    pub(super) unnamed_roles: UnnamedRoles,
}

/// What a decision is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'a> {
    Account(&'a AccountKey),
    /// The account also where it cannot be read; what the decision leaves takes its place.
    DamagedAccount(&'a AccountKey),
    Tenant(&'a TenantId),
    /// The tenant also where it cannot be read; what the decision leaves takes its place.
    DamagedTenant(&'a TenantId),
    /// The tenant together with its mail texts.
    MailTexts(&'a TenantId),
}

/// What a decision works on: what was loaded, free to be changed. What differs afterwards is
/// written; setting a record to nothing erases it.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) tenant: Option<Tenant>,
    pub(super) account: Option<Account>,
    /// The account is there and cannot be read, so the decision sees none.
    pub(super) damage: Option<DamagedAccount>,
    /// The same of the tenant.
    pub(super) tenant_damage: Option<DamagedTenant>,
    /// The account of the administrator who acts, which the commit compares.
    pub(super) acting: Option<Account>,
    /// The tenant's mail texts, if the decision is about them.
    pub(super) texts: Option<Texts>,
    pub(super) effects: Effects,
    pub(super) now: Timestamp,
    /// The version of the tenant that was loaded.
    pub(super) tenant_version: Option<Version>,
    /// Raise the tenant's version even if nothing in it changed: acts that touch who may
    /// administer meet each other there.
    pub(super) touch_tenant: bool,
}

impl Engine {
    /// Loads, decides, commits, and returns what was decided.
    pub(super) async fn transact<T: Send>(
        &self,
        doing: &'static str,
        scope: Scope<'_>,
        decide: impl FnMut(&mut Work) -> Result<T, Cause> + Send,
    ) -> Result<T, Error> {
        self.load_decide_commit(None, scope, decide).await.while_doing(doing)
    }

    /// The same for an act of the user with this key, whose account is looked at in each round: the
    /// act happens only if that is unchanged when it commits.
    pub(super) async fn transact_by<T: Send>(
        &self,
        doing: &'static str,
        by: Option<&AccountKey>,
        scope: Scope<'_>,
        decide: impl FnMut(&mut Work) -> Result<T, Cause> + Send,
    ) -> Result<T, Error> {
        self.load_decide_commit(by, scope, decide).await.while_doing(doing)
    }

    pub(super) async fn load_decide_commit<T: Send>(
        &self,
        by: Option<&AccountKey>,
        scope: Scope<'_>,
        mut decide: impl FnMut(&mut Work) -> Result<T, Cause> + Send,
    ) -> Result<T, Cause> {
        for round in 0..ROUNDS {
            let acting = match by {
                Some(key) => self.store.load(key).await?.account,
                None => None,
            };
            let loaded = self.load(scope).await?;
            let mut work = Work {
                tenant: loaded.tenant.as_ref().map(|tenant| tenant.value.clone()),
                account: loaded.account.as_ref().map(|account| account.value.clone()),
                damage: loaded.damage.clone(),
                tenant_damage: loaded.tenant_damage.clone(),
                acting: acting.as_ref().map(|acting| acting.value.clone()),
                texts: loaded.texts.clone(),
                effects: Effects::default(),
                now: loaded.now,
                tenant_version: loaded.tenant.as_ref().map(|tenant| tenant.version),
                touch_tenant: false,
            };
            let outcome = decide(&mut work)?;
            let tenant = work.tenant_version;
            let Some(mut change) = self.change(scope, loaded, work)? else {
                return Ok(outcome);
            };
            if let Some(key) = by {
                let user_id = key.user().clone();
                let version = acting.map(|acting| acting.version);
                change.also = Some(Compared { user_id, version });
                if matches!(change.tenant, Part::Leave) {
                    change.tenant = Part::Compare(tenant);
                }
            }
            let queues = !change.letters.is_empty();
            match self.store.commit(change).await {
                Ok(()) => {
                    if queues {
                        self.wakeup.wake();
                    }
                    return Ok(outcome);
                }
                Err(StoreError::Conflict) => self.step_aside(round).await,
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn load(&self, scope: Scope<'_>) -> Result<Loaded, StoreError> {
        match scope {
            Scope::Account(key) => self.store.load(key).await.map(Loaded::from),
            Scope::DamagedAccount(key) => match self.store.load(key).await {
                Err(StoreError::Damaged(damage)) => {
                    let (tenant, now) = self.store.tenant(key.tenant()).await?;
                    Ok(Loaded { damage: Some(damage), ..Loaded::of(tenant, now) })
                }
                loaded => loaded.map(Loaded::from),
            },
            Scope::Tenant(id) => {
                let (tenant, now) = self.store.tenant(id).await?;
                Ok(Loaded::of(tenant, now))
            }
            Scope::DamagedTenant(id) => match self.store.tenant(id).await {
                Err(StoreError::DamagedTenant(damage)) => {
                    // A claim of nothing tells the store's time, which comes with no damaged record.
                    let now = self.store.claim(0, MINUTE, &ClaimFilter::default()).await?.now;
                    Ok(Loaded { tenant_damage: Some(damage), ..Loaded::of(None, now) })
                }
                read => read.map(|(tenant, now)| Loaded::of(tenant, now)),
            },
            Scope::MailTexts(id) => {
                let (tenant, now) = self.store.tenant(id).await?;
                // Read after the tenant: should somebody write texts in between, the tenant that is
                // compared has another version by then.
                let texts = Some(self.store.mail_texts(id).await?);
                Ok(Loaded { texts, ..Loaded::of(tenant, now) })
            }
        }
    }

    /// What differs from what was loaded, if anything does.
    fn change(
        &self,
        scope: Scope<'_>,
        loaded: Loaded,
        work: Work,
    ) -> Result<Option<Change>, RandomError> {
        let mut change = match scope {
            Scope::Account(key) | Scope::DamagedAccount(key) => Change::to_account(key),
            Scope::Tenant(id) | Scope::DamagedTenant(id) | Scope::MailTexts(id) => {
                Change::in_tenant(id.clone())
            }
        };
        let start = || Version::start(&*self.random);
        let whole = |_: &Tenant, _: &Tenant| Touched::Everything;
        change.texts = work.texts.filter(|texts| loaded.texts.as_ref() != Some(texts));
        let touch = work.touch_tenant || change.texts.is_some();
        change.tenant = match loaded.tenant_damage.and_then(|damage| damage.version) {
            Some(version) => in_place_of(version, work.tenant),
            None => part(loaded.tenant, work.tenant, touch, whole, start)?,
        };
        change.account = match loaded.damage.and_then(|damage| damage.version) {
            Some(version) => in_place_of(version, work.account),
            None => part(loaded.account, work.account, false, Touched::between, start)?,
        };
        change.events = work.effects.events;
        change.letters = work.effects.letters;
        let nothing = matches!((&change.tenant, &change.account), (Part::Leave, Part::Leave))
            && change.events.is_empty()
            && change.letters.is_empty();
        Ok((!nothing).then_some(change))
    }

    /// Lets other tasks run for a moment of random length before the next round.
    ///
    /// There is no runtime here to sleep on, so it yields; under threads that is enough to break
    /// the step in which losers would march.
    async fn step_aside(&self, round: u32) {
        let mut byte = [0];
        let random = self.random.fill(&mut byte).map_or(0, |()| u32::from(byte[0]));
        for _ in 0..=(random % (4 << round.min(4))) {
            let mut yielded = false;
            poll_fn(|context| {
                if std::mem::replace(&mut yielded, true) {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
    }

    /// The surroundings of a decision about one account.
    pub(super) fn env<'a>(
        &'a self,
        key: &'a AccountKey,
        tenant: &'a Tenant,
        now: Timestamp,
        origin: Origin,
    ) -> Env<'a> {
        Env {
            key,
            tenant,
            now,
            limits: &self.limits,
            sealer: &self.sealer,
            random: &*self.random,
            origin,
            effects: Effects::default(),
        }
    }

    /// Runs one verb of an existing account; `None` if there is no such account or tenant.
    pub(super) fn on_account<T>(
        &self,
        key: &AccountKey,
        origin: &Origin,
        work: &mut Work,
        verb: impl FnOnce(&mut Account, &mut Env<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Cause> {
        let (Some(tenant), Some(account)) = (&work.tenant, &mut work.account) else {
            return Ok(None);
        };
        let mut env = self.env(key, tenant, work.now, origin.clone());
        let outcome = verb(account, &mut env)?;
        let Effects { events, letters } = env.effects;
        work.effects.events.extend(events);
        work.effects.letters.extend(letters);
        Ok(Some(outcome))
    }

    /// Codes, logins and sessions are judged only while the clocks agree.
    pub(super) fn clocks_agree(&self, store: Timestamp) -> Result<(), Cause> {
        if self.guard.agree(store, self.clock.now()) {
            return Ok(());
        }
        Err(Cause::new(
            ErrorKind::Unavailable,
            "clock.jumped",
            "the store's clock and this node's disagree by more than five minutes",
            "nothing was counted; set both clocks right",
        ))
    }
}

/// What was loaded, with its versions.
struct Loaded {
    tenant: Option<Versioned<Tenant>>,
    account: Option<Versioned<Account>>,
    damage: Option<DamagedAccount>,
    tenant_damage: Option<DamagedTenant>,
    texts: Option<Texts>,
    now: Timestamp,
}

impl Loaded {
    fn of(tenant: Option<Versioned<Tenant>>, now: Timestamp) -> Self {
        Self { tenant, account: None, damage: None, tenant_damage: None, texts: None, now }
    }
}

impl From<Snapshot> for Loaded {
    fn from(Snapshot { tenant, account, now }: Snapshot) -> Self {
        Self { account, ..Self::of(tenant, now) }
    }
}

/// What takes the place of a record that cannot be read, if that has still this version.
fn in_place_of<T>(version: Version, record: Option<T>) -> Part<T> {
    match record {
        Some(value) => Part::Write {
            expected: Some(version),
            next: Versioned { version: version.next(), value },
            touched: Touched::Everything,
        },
        None => Part::Erase(version),
    }
}

/// How a record moves from what was loaded to what the work holds.
fn part<T: PartialEq>(
    loaded: Option<Versioned<T>>,
    work: Option<T>,
    touch: bool,
    touched: impl FnOnce(&T, &T) -> Touched,
    start: impl FnOnce() -> Result<Version, RandomError>,
) -> Result<Part<T>, RandomError> {
    Ok(match (loaded, work) {
        (None, None) => Part::Leave,
        (None, Some(value)) => Part::Write {
            expected: None,
            next: Versioned { version: start()?, value },
            touched: Touched::Everything,
        },
        (Some(loaded), None) => Part::Erase(loaded.version),
        (Some(loaded), Some(value)) if value == loaded.value && !touch => Part::Leave,
        (Some(loaded), Some(value)) => Part::Write {
            expected: Some(loaded.version),
            touched: touched(&loaded.value, &value),
            next: Versioned { version: loaded.version.next(), value },
        },
    })
}
