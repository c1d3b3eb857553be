//! The shell: load, decide, commit, and only then release the outcome.
//!
//! On a conflict it starts again from the load, five times, and gives up with nothing counted. So
//! no guess is answered before it is durably counted, a code is accepted at most once on any
//! number of nodes, and an administrator's reset racing a login is just a conflict.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::clock_guard::ClockGuard;
use super::error::{Error, ErrorKind};
use super::wakeup::Wakeup;
use crate::account::{Account, Actor, Effects, Env, Tenant};
use crate::policy::Limits;
use crate::seal::{Fault, Sealer};
use crate::store::{Change, Part, Storage, StoreError, Touched, Versioned};
use crate::types::{AccountKey, Clock, Random, TenantId, Timestamp, Version};

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
}

/// What a decision is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'a> {
    Account(&'a AccountKey),
    Tenant(&'a TenantId),
}

/// What a decision works on: what was loaded, free to be changed. What differs afterwards is
/// written; setting a record to nothing erases it.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) tenant: Option<Tenant>,
    pub(super) account: Option<Account>,
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
        mut decide: impl FnMut(&mut Work) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        for round in 0..ROUNDS {
            let loaded = self.load(doing, scope).await?;
            let mut work = Work {
                tenant: loaded.tenant.as_ref().map(|tenant| tenant.value.clone()),
                account: loaded.account.as_ref().map(|account| account.value.clone()),
                effects: Effects::default(),
                now: loaded.now,
                tenant_version: loaded.tenant.as_ref().map(|tenant| tenant.version),
                touch_tenant: false,
            };
            let outcome = decide(&mut work)?;
            let Some(change) = self.change(doing, scope, loaded, work)? else {
                return Ok(outcome);
            };
            let rings = !change.letters.is_empty();
            match self.store.commit(change).await {
                Ok(()) => {
                    if rings {
                        self.wakeup.ring();
                    }
                    return Ok(outcome);
                }
                Err(StoreError::Conflict) => self.step_aside(round).await,
                Err(error) => return Err(Error::store(doing, error)),
            }
        }
        Err(Error::store(doing, StoreError::Conflict))
    }

    async fn load(&self, doing: &'static str, scope: Scope<'_>) -> Result<Loaded, Error> {
        let loaded = match scope {
            Scope::Account(key) => {
                let snapshot = self.store.load(key).await;
                snapshot.map(|s| Loaded { tenant: s.tenant, account: s.account, now: s.now })
            }
            Scope::Tenant(id) => {
                let tenant = self.store.tenant(id).await;
                tenant.map(|(tenant, now)| Loaded { tenant, account: None, now })
            }
        };
        loaded.map_err(|error| Error::store(doing, error))
    }

    /// What differs from what was loaded, if anything does.
    fn change(
        &self,
        doing: &'static str,
        scope: Scope<'_>,
        loaded: Loaded,
        work: Work,
    ) -> Result<Option<Change>, Error> {
        let mut change = match scope {
            Scope::Account(key) => Change::to_account(key),
            Scope::Tenant(id) => Change::in_tenant(id.clone()),
        };
        let start = || Version::start(&*self.random).map_err(Fault::from);
        let fault = |fault| Error::fault(doing, fault);
        let whole = |_: &Tenant, _: &Tenant| Touched::Everything;
        change.tenant =
            part(loaded.tenant, work.tenant, work.touch_tenant, whole, start).map_err(fault)?;
        change.account =
            part(loaded.account, work.account, false, Touched::between, start).map_err(fault)?;
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
        actor: Actor,
    ) -> Env<'a> {
        Env {
            key,
            tenant,
            now,
            limits: &self.limits,
            sealer: &self.sealer,
            random: &*self.random,
            actor,
            effects: Effects::default(),
        }
    }

    /// Runs one verb of an existing account; `None` if there is no such account or company.
    pub(super) fn on_account<T>(
        &self,
        doing: &'static str,
        key: &AccountKey,
        actor: &Actor,
        work: &mut Work,
        verb: impl FnOnce(&mut Account, &mut Env<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Error> {
        let (Some(tenant), Some(account)) = (&work.tenant, &mut work.account) else {
            return Ok(None);
        };
        let mut env = self.env(key, tenant, work.now, actor.clone());
        let outcome = verb(account, &mut env).map_err(|fault| Error::fault(doing, fault))?;
        let Effects { events, letters } = env.effects;
        work.effects.events.extend(events);
        work.effects.letters.extend(letters);
        Ok(Some(outcome))
    }

    /// Codes are judged only while the clocks agree.
    pub(super) fn clocks_agree(&self, doing: &'static str, store: Timestamp) -> Result<(), Error> {
        if self.guard.agree(store, self.clock.now()) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Unavailable,
            "clock.jumped",
            doing,
            "the store's clock and this node's disagree by more than five minutes",
            "nothing was counted; set both clocks right",
        ))
    }
}

/// What was loaded, with its versions.
struct Loaded {
    tenant: Option<Versioned<Tenant>>,
    account: Option<Versioned<Account>>,
    now: Timestamp,
}

/// How a record moves from what was loaded to what the work holds.
fn part<T: PartialEq>(
    loaded: Option<Versioned<T>>,
    work: Option<T>,
    touch: bool,
    touched: impl FnOnce(&T, &T) -> Touched,
    start: impl FnOnce() -> Result<Version, Fault>,
) -> Result<Part<T>, Fault> {
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
