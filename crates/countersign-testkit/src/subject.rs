//! What the laws judge: a store, and how to run it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use countersign_core::store::{Accounts, Storage, Store};
use countersign_core::{AccountKey, EventId, LetterId, TenantId};

use crate::clock::FakeClock;
use crate::part::{LoginsAlone, WithoutOutbox};

/// A store in front of the laws: empty, and nobody else uses it.
///
/// Laws about time use the clock of the subject, if it has one; else they wait for the store's own
/// time to pass, some milliseconds at most.
///
/// ```
/// use countersign_core::MemoryStore;
/// use countersign_testkit::{FakeClock, Subject};
///
/// // A store with a clock of its own.
/// let subject = Subject::new(MemoryStore::new());
///
/// // A store that was given a clock.
/// let clock = FakeClock::default();
/// let subject = Subject::new(MemoryStore::with_clock(clock.clone())).timed_by(clock);
/// ```
#[derive(Clone)]
pub struct Subject {
    nodes: [Arc<dyn Storage>; 2],
    clock: Option<FakeClock>,
    interrupt: Option<Arc<dyn Fn(bool) + Send + Sync>>,
    damage: Option<Arc<dyn Fn(Damage) + Send + Sync>>,
    drive: Drive,
}

/// A record for a subject to damage, so that it can no longer be read; see [`Subject::damaged_by`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a subject damages each")]
pub enum Damage {
    /// What makes up this account, but for its version.
    Account(AccountKey),
    /// What makes up this tenant, but for its version.
    Tenant(TenantId),
    /// What is known of this event of this tenant, but for its id and time.
    Event(TenantId, EventId),
    /// What this letter says.
    Letter(LetterId),
}

/// What the first argument of [`store_laws!`](crate::store_laws) may give.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no store that laws can judge",
    note = "`store_laws!` wants a future that gives a store, which is `Clone` and implements `Store`, `Accounts` and `Outbox`, or a `Subject`",
    note = "a `Result` is unwrapped; a store for logins alone is given as `Subject::of_logins(..)`, to `store_laws!(logins: ..)`"
)]
pub trait Fresh {
    /// The subject of the laws.
    fn subject(self) -> Subject;
}

impl Fresh for Subject {
    fn subject(self) -> Subject {
        self
    }
}

// Without it, the compiler would tell of each port that is missing.
#[diagnostic::do_not_recommend]
impl<S: Storage + Clone> Fresh for S {
    fn subject(self) -> Subject {
        Subject::new(self)
    }
}

/// Runs a future to its end on the thread that calls it; may be called by several threads at once.
pub type Drive = fn(Work<'_>);

/// A piece of work that a law runs on a thread of its own.
pub type Work<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

impl Subject {
    /// This store. A clone of the handle plays a second worker in laws that need two.
    #[must_use]
    pub fn new(store: impl Storage + Clone) -> Self {
        let second = store.clone();
        Self::of_nodes([Arc::new(store), Arc::new(second)])
    }

    /// A store for logins alone: `Accounts` and `Outbox` are not written yet. For
    /// [`store_laws!(logins: ..)`](crate::store_laws).
    ///
    /// ```
    /// use countersign_core::MemoryStore;
    /// use countersign_testkit::{Subject, laws};
    ///
    /// for law in laws::LOGINS {
    ///     let subject = Subject::of_logins(MemoryStore::new());
    ///     pollster::block_on(law.judge(&subject));
    /// }
    /// ```
    #[must_use]
    pub fn of_logins(store: impl Store + Clone) -> Self {
        let second = LoginsAlone(store.clone());
        Self::of_nodes([Arc::new(LoginsAlone(store)), Arc::new(second)])
    }

    /// A store that also lists accounts and events: `Outbox` is not written yet. For
    /// [`store_laws!(lists: ..)`](crate::store_laws).
    ///
    /// ```
    /// use countersign_core::MemoryStore;
    /// use countersign_testkit::{Subject, laws};
    ///
    /// for law in laws::LISTS {
    ///     let subject = Subject::of_logins_and_lists(MemoryStore::new());
    ///     pollster::block_on(law.judge(&subject));
    /// }
    /// ```
    #[must_use]
    pub fn of_logins_and_lists(store: impl Store + Accounts + Clone) -> Self {
        let second = WithoutOutbox(store.clone());
        Self::of_nodes([Arc::new(WithoutOutbox(store)), Arc::new(second)])
    }

    /// What the first argument of [`store_laws!`](crate::store_laws) gave.
    #[doc(hidden)]
    #[must_use]
    pub fn of_fresh(fresh: impl Fresh) -> Self {
        fresh.subject()
    }

    fn of_nodes(nodes: [Arc<dyn Storage>; 2]) -> Self {
        Self {
            nodes,
            clock: None,
            interrupt: None,
            damage: None,
            drive: |work| pollster::block_on(work),
        }
    }

    /// Lets this handle play the second worker: another pool of connections to the same data, as
    /// another process would open it.
    #[must_use]
    pub fn with_second_node(mut self, store: impl Storage) -> Self {
        self.nodes[1] = Arc::new(store);
        self
    }

    /// The store reads its time from this clock.
    #[must_use]
    pub fn timed_by(mut self, clock: FakeClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Lets the law about outages make the store fail: called with `true`, it cuts the store off, and
    /// with `false` it lets everything work again. For a database on a network, close the port.
    ///
    /// ```
    /// use countersign_core::MemoryStore;
    /// use countersign_testkit::{FailingStore, Fault, Subject};
    ///
    /// let store = FailingStore::new(MemoryStore::new());
    /// let broken = store.clone();
    /// let subject = Subject::new(store).interrupted_by(move |cut| match cut {
    ///     true => broken.fail_every_call(Fault::Unavailable),
    ///     false => broken.fail_no_call(),
    /// });
    /// ```
    #[must_use]
    pub fn interrupted_by(mut self, interrupt: impl Fn(bool) + Send + Sync + 'static) -> Self {
        self.interrupt = Some(Arc::new(interrupt));
        self
    }

    /// Lets the laws about damage spoil a record: called with one, it overwrites bytes of it behind the
    /// back of the store, as a hand or a broken disk would.
    ///
    /// ```
    /// use countersign_core::MemoryStore;
    /// use countersign_testkit::{Damage, Subject};
    ///
    /// let store = MemoryStore::new();
    /// let spoiled = store.clone();
    /// let subject = Subject::new(store).damaged_by(move |damage| match damage {
    ///     // Such as: UPDATE accounts SET document = 'x' WHERE ..
    ///     Damage::Account(key) => spoiled.damage_account(&key),
    ///     Damage::Tenant(id) => spoiled.damage_tenant(&id),
    ///     Damage::Event(_, id) => spoiled.damage_event(id),
    ///     Damage::Letter(id) => spoiled.damage_letter(id),
    /// });
    /// ```
    #[must_use]
    pub fn damaged_by(mut self, damage: impl Fn(Damage) + Send + Sync + 'static) -> Self {
        self.damage = Some(Arc::new(damage));
        self
    }

    /// Runs workers like this; [`store_laws!`](crate::store_laws) says it for you.
    #[must_use]
    pub fn driven_by(mut self, drive: Drive) -> Self {
        self.drive = drive;
        self
    }

    /// The handle that most laws use.
    pub(crate) fn store(&self) -> &dyn Storage {
        &*self.nodes[0]
    }

    /// The handle of a second worker.
    pub(crate) fn second(&self) -> &dyn Storage {
        &*self.nodes[1]
    }

    /// The handle of this worker: every other one uses the second node.
    pub(crate) fn node(&self, worker: usize) -> Arc<dyn Storage> {
        let [first, second] = &self.nodes;
        Arc::clone(if worker.is_multiple_of(2) { first } else { second })
    }

    pub(crate) fn clock(&self) -> Option<&FakeClock> {
        self.clock.as_ref()
    }

    pub(crate) fn interrupt(&self) -> Option<&(dyn Fn(bool) + Send + Sync)> {
        self.interrupt.as_deref()
    }

    pub(crate) fn damage(&self) -> Option<&(dyn Fn(Damage) + Send + Sync)> {
        self.damage.as_deref()
    }

    pub(crate) fn drive(&self) -> Drive {
        self.drive
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("store", &self.nodes[0])
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl<S: Storage + Clone> From<S> for Subject {
    fn from(store: S) -> Self {
        Self::new(store)
    }
}
