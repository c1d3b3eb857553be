//! The builder: collects the ports and the limits that `Mfa` works with, and checks them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::clock_guard::ClockGuard;
use super::courier::Courier;
use super::engine::Engine;
use super::error::{Cause, Error, WhileDoing as _};
use super::mfa::Mfa;
use super::unnamed_roles::UnnamedRoles;
use super::wakeup::Wakeup;
use crate::mail::Mailer;
use crate::policy::Limits;
use crate::seal::{KeyRing, Sealer};
use crate::store::memory::MemoryStore;
use crate::store::ports::{Letters, Ports};
use crate::store::{Accounts, Outbox, Storage, Store};
use crate::types::{Clock, OsRandom, Random, SystemClock};

impl Mfa {
    /// Collects what an `Mfa` is made of: a store, a mailer and keys.
    ///
    /// ```
    /// use countersign_core::{
    ///     async_trait, Keys, Mail, MailError, Mailer, MemoryStore, Mfa, OsRandom,
    /// };
    ///
    /// #[derive(Debug)]
    /// struct Post;
    ///
    /// #[async_trait]
    /// impl Mailer for Post {
    ///     async fn send(&self, mail: &Mail) -> Result<(), MailError> {
    ///         // Hand `mail.to()`, `mail.subject()`, `mail.text()` and `mail.html()` to a service.
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (mfa, courier) = Mfa::builder()
    ///     .store(MemoryStore::new())
    ///     .mailer(Post)
    ///     .keys(Keys::ephemeral(&OsRandom)?)
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// Collects what `Mfa` is made of. A store, a mailer and keys are required.
#[derive(Debug, Default)]
#[must_use = "nothing is built until `build` is called"]
pub struct Builder {
    store: Option<Arc<dyn Storage>>,
    logins: Option<Arc<dyn Store>>,
    accounts: Option<Arc<dyn Accounts>>,
    outbox: Option<Arc<dyn Outbox>>,
    letters_in_memory: bool,
    mailer: Option<Arc<dyn Mailer>>,
    keys: Option<Arc<dyn KeyRing>>,
    clock: Option<Arc<dyn Clock>>,
    random: Option<Arc<dyn Random>>,
    limits: Limits,
    invitation_page: Option<String>,
}

impl Builder {
    /// Keeps accounts, events and letters here: all three ports in one. Required, unless they are
    /// given one by one, beginning with [`Builder::logins`].
    ///
    /// ```
    /// use countersign_core::{MemoryStore, Mfa};
    ///
    /// // `MemoryStore` is for tests and demos; `countersign-sql` has stores for databases.
    /// let builder = Mfa::builder().store(MemoryStore::new());
    /// ```
    pub fn store(mut self, store: impl Storage) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Keeps accounts here; for a store whose ports are given one by one, or that has no other yet.
    ///
    /// `load` and `commit` are all that logins need. Without [`Builder::accounts`] what lists or
    /// counts, such as admin pages, the log and rekeying, fails with the code `store.no_lists`, and no
    /// courier notices a key that changed its bytes. Mails need [`Builder::outbox`], or
    /// [`Builder::danger_letters_in_memory`].
    ///
    /// ```
    /// use countersign_core::store::{Change, Snapshot, Store, StoreError};
    /// use countersign_core::{AccountKey, MemoryStore, Mfa, async_trait};
    ///
    /// #[derive(Debug)]
    /// struct OurStore {
    ///     # memory: MemoryStore,
    ///     // A pool of connections, and so on.
    /// }
    ///
    /// #[async_trait]
    /// impl Store for OurStore {
    ///     async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
    ///         // One read of the tenant, the account and the time.
    ///         # self.memory.load(key).await
    ///     }
    ///
    ///     async fn commit(&self, change: Change) -> Result<(), StoreError> {
    ///         // Everything in the change, or nothing.
    ///         # self.memory.commit(change).await
    ///     }
    /// }
    ///
    /// # let our_store = OurStore { memory: MemoryStore::new() };
    /// let builder = Mfa::builder().logins(our_store).danger_letters_in_memory();
    /// ```
    pub fn logins(mut self, store: impl Store) -> Self {
        self.logins = Some(Arc::new(store));
        self
    }

    /// Lists what [`Builder::logins`] keeps, for admin pages and operators: another view of the same
    /// data.
    ///
    /// ```
    /// use countersign_core::{MemoryStore, Mfa};
    ///
    /// let ours = MemoryStore::new();
    /// let builder = Mfa::builder().logins(ours.clone()).accounts(ours.clone()).outbox(ours);
    /// ```
    pub fn accounts(mut self, accounts: impl Accounts) -> Self {
        self.accounts = Some(Arc::new(accounts));
        self
    }

    /// Hands out the letters that the commits of [`Builder::logins`] queue: another view of the same
    /// data.
    ///
    /// ```
    /// use countersign_core::{MemoryStore, Mfa};
    ///
    /// let ours = MemoryStore::new();
    /// let builder = Mfa::builder().logins(ours.clone()).outbox(ours);
    /// ```
    pub fn outbox(mut self, outbox: impl Outbox) -> Self {
        self.outbox = Some(Arc::new(outbox));
        self
    }

    /// Lets letters wait in the memory of this process, where the store has no outbox.
    ///
    /// Codes are mailed, and the courier of the process that began a login sends them. The danger is
    /// this: what waits when the process ends is never sent, and nobody is told. A user asks for
    /// another code; the notice that an app was removed is lost.
    ///
    /// ```
    /// use countersign_core::{MemoryStore, Mfa};
    ///
    /// let builder = Mfa::builder().logins(MemoryStore::new()).danger_letters_in_memory();
    /// ```
    pub fn danger_letters_in_memory(mut self) -> Self {
        self.letters_in_memory = true;
        self
    }

    /// Sends mails through this. Required.
    ///
    /// ```
    /// use countersign_core::Mfa;
    /// # use countersign_testkit::Inbox;
    ///
    /// // For SMTP see `countersign-smtp`; a mailer of your own is one method, see `Mfa::builder`.
    /// # let mailer = Inbox::new();
    /// let builder = Mfa::builder().mailer(mailer);
    /// ```
    pub fn mailer(mut self, mailer: impl Mailer) -> Self {
        self.mailer = Some(Arc::new(mailer));
        self
    }

    /// Seals tickets, proofs and the secrets of apps with these keys. Required.
    ///
    /// ```
    /// use countersign_core::{Keys, Mfa};
    ///
    /// # let folder = format!("countersign-builder-{}", std::process::id());
    /// # let folder = std::env::temp_dir().join(folder);
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("countersign.keys");
    /// # Keys::create(&path)?;
    /// let builder = Mfa::builder().keys(Keys::from_file(&path)?);
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keys(mut self, keys: impl KeyRing) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// Compares the store's time with this clock; the operating system's by default.
    ///
    /// Tests give one clock to both, so that time passes when they say so.
    ///
    /// ```
    /// use countersign_core::{MemoryStore, Mfa};
    /// use countersign_testkit::FakeClock;
    ///
    /// let clock = FakeClock::default();
    /// let store = MemoryStore::with_clock(clock.clone());
    /// let builder = Mfa::builder().store(store).clock(clock);
    /// ```
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Draws secrets from this source; from the operating system's generator by default.
    ///
    /// A user who can predict the source can log in as anyone: replace it in tests only.
    ///
    /// ```
    /// use countersign_core::Mfa;
    /// use countersign_testkit::SeededRandom;
    ///
    /// let builder = Mfa::builder().danger_random(SeededRandom::new(7));
    /// ```
    pub fn danger_random(mut self, random: impl Random) -> Self {
        self.random = Some(Arc::new(random));
        self
    }

    /// Works within these limits; [`Limits::default`] otherwise.
    ///
    /// ```
    /// use countersign_core::{Limits, MINUTE, Mfa};
    ///
    /// let mut limits = Limits::default();
    /// limits.email_code_life = 5 * MINUTE;
    /// let builder = Mfa::builder().limits(limits);
    /// ```
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The address that invitation links start with; the token is appended.
    ///
    /// It must be `https`, or `http` on this machine, and name nobody before its host. Without it no
    /// invitation can be sent.
    ///
    /// ```
    /// use countersign_core::Mfa;
    ///
    /// let builder = Mfa::builder().invitation_page("https://portal.example/invite/");
    /// ```
    pub fn invitation_page(mut self, start: impl Into<String>) -> Self {
        self.invitation_page = Some(start.into());
        self
    }

    /// Builds the handle for requests and the worker that sends mails.
    ///
    /// ```
    /// use countersign_core::{ErrorKind, Keys, MemoryStore, Mfa, OsRandom};
    ///
    /// let keys = Keys::ephemeral(&OsRandom)?;
    /// let error = Mfa::builder().store(MemoryStore::new()).keys(keys).build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Configuration);
    /// assert!(error.to_string().contains("call `.mailer(..)`"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Configuration`; the error names the part that is missing or outside its bounds.
    pub fn build(self) -> Result<(Mfa, Courier), Error> {
        self.check_and_build().while_doing("build the Mfa")
    }

    fn check_and_build(self) -> Result<(Mfa, Courier), Cause> {
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        let store = Parts {
            store: self.store,
            logins: self.logins,
            accounts: self.accounts,
            outbox: self.outbox,
            in_memory: self.letters_in_memory.then(|| MemoryStore::with_clock(clock.clone())),
        };
        let store = store.whole()?;
        let mailer = self.mailer.ok_or_else(|| missing("mailer", "call `.mailer(..)`"))?;
        let keys = self.keys.ok_or_else(|| missing("keys", "call `.keys(..)`"))?;
        let current = keys.current();
        if keys.key(current).is_none() {
            let why = format!("the key ring names key {current} as current and does not know it");
            let next = "add the key to the ring, or make a known one current";
            return Err(Cause::configuration("config.keys", why, next));
        }
        let limits = self.limits.checked().map_err(|error| {
            Cause::configuration("config.limits", error.to_string(), "change that field")
                .because(error)
        })?;
        if let Some(page) = &self.invitation_page {
            check_page(page)?;
        }
        let engine = Arc::new(Engine {
            store,
            sealer: Sealer::new(keys),
            clock,
            random: self.random.unwrap_or_else(|| Arc::new(OsRandom)),
            limits,
            invitation_page: self.invitation_page,
            guard: ClockGuard::default(),
            wakeup: Wakeup::default(),
            keys_checked: AtomicBool::default(),
            unnamed_roles: UnnamedRoles::default(),
        });
        Ok((Mfa { engine: engine.clone() }, Courier::new(engine, mailer)))
    }
}

/// The ports that were given.
struct Parts {
    store: Option<Arc<dyn Storage>>,
    logins: Option<Arc<dyn Store>>,
    accounts: Option<Arc<dyn Accounts>>,
    outbox: Option<Arc<dyn Outbox>>,
    in_memory: Option<MemoryStore>,
}

impl Parts {
    /// All ports as one. What was given apart goes before the same port of a whole store.
    fn whole(self) -> Result<Arc<dyn Storage>, Cause> {
        let Self { store, logins, accounts, outbox, in_memory } = self;
        let apart = logins.is_some() || accounts.is_some() || outbox.is_some();
        let store = match store {
            Some(store) if !apart && in_memory.is_none() => return Ok(store),
            store => store,
        };
        let logins = match (logins, &store) {
            (Some(logins), _) => logins,
            (None, Some(store)) => Arc::new(store.clone()),
            (None, None) if apart => {
                return Err(missing("store for logins", "call `.logins(..)` too"));
            }
            (None, None) => return Err(missing("store", "call `.store(..)`")),
        };
        let letters = match (in_memory, outbox, &store) {
            (Some(waiting), None, None) => Letters::InMemory(waiting),
            (Some(_), ..) => {
                let why = "it has an outbox, and letters are to wait in memory".to_owned();
                return Err(Cause::configuration("config.outbox", why, "give one of both"));
            }
            (None, Some(outbox), _) => Letters::Outbox(outbox),
            (None, None, Some(store)) => Letters::Outbox(Arc::new(store.clone())),
            (None, None, None) => {
                return Err(missing(
                    "outbox, so no code and no notice would ever be mailed",
                    "call `.outbox(..)`, or `.danger_letters_in_memory()` while there is none",
                ));
            }
        };
        let accounts = accounts.or_else(|| store.map(|store| Arc::new(store) as Arc<dyn Accounts>));
        Ok(Arc::new(Ports { logins, accounts, letters }))
    }
}

fn missing(what: &str, next: &'static str) -> Cause {
    Cause::configuration("config.missing", format!("it has no {what}"), next)
}

fn check_page(page: &str) -> Result<(), Cause> {
    let refused = |why, next| Err(Cause::configuration("config.invitation_page", why, next));
    if names_somebody(page) {
        // It may hold a password, and so is not repeated.
        let why = "the invitation page names a user before its host".to_owned();
        return refused(why, "leave out what stands before the `@`, and the `@`");
    }
    if !is_safe_page(page) {
        let why = format!("the invitation page {page:?} is not an https address");
        return refused(why, "give one that starts with `https://`, or `http://127.0.0.1`");
    }
    Ok(())
}

/// Whether something stands before the host, which people would read as the host.
fn names_somebody(page: &str) -> bool {
    let rest = page.split_once("://").map_or(page, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

/// An address that a mail may link to: encrypted, or not leaving this machine.
fn is_safe_page(page: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let plain = page.chars().all(|c| c.is_ascii_graphic() && !"\"'<>\\".contains(c));
    let host_ends = |rest: &str| rest.starts_with([':', '/']);
    let loopback = local.iter().any(|start| page.strip_prefix(start).is_some_and(host_ends));
    let encrypted = page.strip_prefix("https://").is_some_and(|rest| !rest.starts_with(['/', ':']));
    plain && page.len() <= 512 && (encrypted || loopback)
}

#[cfg(test)]
mod tests {
    use super::{check_page, is_safe_page};

    #[test]
    fn an_invitation_page_is_encrypted_or_on_this_machine() {
        for page in ["https://portal.example/invite/", "http://127.0.0.1:8080/i/", "http://[::1]/"]
        {
            assert!(is_safe_page(page), "{page}");
        }
        for page in [
            "http://portal.example/",
            "http://127.0.0.1.evil.example/",
            "javascript:alert(1)",
            "https://x/\"><b>",
            "https://x/\r\nBcc:",
            "https:///invite/",
            "",
        ] {
            assert!(!is_safe_page(page), "{page}");
        }
    }

    #[test]
    fn an_invitation_page_names_nobody_before_its_host_and_no_error_repeats_a_password() {
        for page in [
            "https://portal.example@evil.example/",
            "https://ada:hunter2@portal.example/invite/",
            "http://127.0.0.1:hunter2@evil.example/",
            "http://localhost:80@evil.example/invite/?x=y",
            "https://@portal.example/",
        ] {
            let said = check_page(page).unwrap_err().while_doing("build").to_string();
            assert!(said.contains("names a user before its host"), "{said}");
            assert!(!said.contains("hunter2") && !said.contains("evil"), "{said}");
        }
        assert!(check_page("https://portal.example/@ada/?for=x@y.example").is_ok());
    }
}
