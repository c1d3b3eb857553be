//! Proves a store or a mailer of countersign, and tests a login in milliseconds.
//!
//! # Prove your store
//!
//! Countersign keeps accounts in whatever implements the three small traits
//! [`Store`](countersign_core::store::Store), [`Accounts`](countersign_core::store::Accounts) and
//! [`Outbox`](countersign_core::store::Outbox). Each sentence of their contracts is a law here, and
//! each law is a test with the sentence for its name. A store that keeps them all is a store for
//! production; there is nothing else to know.
//!
//! First, begin each `impl` with `#[async_trait]`. Without it the compiler speaks of lifetimes
//! (E0195), because the methods of the traits are not what they look like:
//!
//! ```compile_fail,E0195
//! # use countersign_core::store::{Change, Snapshot, Store, StoreError};
//! # use countersign_core::AccountKey;
//! # #[derive(Debug)]
//! # struct OurStore;
//! // Forgotten: #[countersign_core::async_trait]
//! impl Store for OurStore {
//!     async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
//!         todo!("one read of the tenant, the account and the time")
//!     }
//!
//!     async fn commit(&self, change: Change) -> Result<(), StoreError> {
//!         todo!("everything in the change, or nothing")
//!     }
//! }
//! ```
//!
//! Then there are three steps:
//!
//! 1. Read the source of [`MemoryStore`](countersign_core::MemoryStore): each contract in its
//!    shortest form, about 200 lines. Start from a copy.
//! 2. Add this crate to `[dev-dependencies]`, and a file `tests/laws.rs`. It says how a fresh store
//!    is made, and how futures are run if your database driver needs a runtime:
//!
//! ```
//! # mod ours {
//! #     use std::error::Error;
//! #     pub use countersign_core::MemoryStore as OurStore;
//! #     pub async fn open(_: &str) -> Result<OurStore, Box<dyn Error>> { Ok(OurStore::new()) }
//! # }
//! /// An empty database of its own for each law, since laws run side by side.
//! async fn fresh() -> ours::OurStore {
//!     ours::open("a fresh schema").await.expect("the database of this machine is up")
//! }
//!
//! fn block_on<F: Future>(work: F) -> F::Output {
//!     // For tokio: RUNTIME.block_on(work), with a multi-threaded runtime in a `LazyLock`.
//!     # pollster::block_on(work)
//! }
//!
//! countersign_testkit::store_laws!(fresh(), block_on = block_on);
//! ```
//!
//! 3. Run `cargo test`, and mend what is red. A red law says what happened, as a sentence:
//!
//! ```text
//! ---- crossed_comparisons_do_not_both_succeed ----
//! of 2 changes that compare what the other writes 2 succeeded
//! ```
//!
//! The laws race on real threads and assume nothing of your clock: where a law must see a lease
//! end, it waits for the store's own time, 30 milliseconds at a time. A store that can be given a
//! clock says so with [`Subject::timed_by`], and then nothing waits. If another process can open
//! the same data, [`Subject::with_second_node`] lets it take part in the races.
//!
//! A store need not be whole to be tried. Logins need two methods, `load` and `commit`; write them
//! first and prove them with `store_laws!(logins: ..)`, then the lists with `store_laws!(lists: ..)`,
//! then the outbox: see [`store_laws!`]. The builder takes the ports one by one too, so that a portal
//! can log people in on two methods:
//!
//! ```
//! # use countersign_core::store::{Change, Snapshot, Store, StoreError};
//! # use countersign_core::{AccountKey, Keys, MemoryStore, Mfa, OsRandom, async_trait};
//! # use countersign_testkit::Inbox;
//! # #[derive(Debug)]
//! # struct OurStore(MemoryStore);
//! # #[async_trait]
//! # impl Store for OurStore {
//! #     async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
//! #         self.0.load(key).await
//! #     }
//! #     async fn commit(&self, change: Change) -> Result<(), StoreError> {
//! #         self.0.commit(change).await
//! #     }
//! # }
//! # let our_store = OurStore(MemoryStore::new());
//! # let mailer = Inbox::new();
//! let (mfa, courier) = Mfa::builder()
//!     .logins(our_store)
//!     // Until there is an `Outbox`: what waits is lost when the process ends.
//!     .danger_letters_in_memory()
//!     .mailer(mailer)
//!     .keys(Keys::ephemeral(&OsRandom)?)
//!     .build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Until there are `Accounts`, admin pages get an error with the code `store.no_lists`. A store with all
//! three ports goes to [`Builder::store`](countersign_core::Builder::store) whole.
//!
//! If the store can be made to fail, say how with [`Subject::interrupted_by`], and one law tries an
//! outage. If a record can be spoiled behind its back, say how with [`Subject::damaged_by`], and five
//! laws try that it hides no other.
//!
//! ## What a driver leaves to you
//!
//! - **A blocking driver** must not block the thread that polls: run each call on
//!   `tokio::task::spawn_blocking` or on a thread of your own, and await its answer. What runs there
//!   goes on when the caller gives up, which the contract allows: a call is done or not done.
//! - **Deadlocks and serialization failures** (SQLSTATE 40001 and 40P01, error 1213 of MySQL) are
//!   neither a conflict nor an outage. The transaction was undone: run it again inside `commit`,
//!   `claim` and `settle`, a few times. [`StoreError::Conflict`](countersign_core::store::StoreError)
//!   says only that a version was another one; whoever gets it decides anew.
//! - **Which errors mean `OutcomeUnknown`**: the connection broke, or the time ran out, after
//!   `COMMIT` was sent and before it was answered. Whatever fails before that is `Unavailable`,
//!   since the database undoes it; so does a `COMMIT` that is answered with an error. When in doubt,
//!   say `OutcomeUnknown`: the caller then tries again with the same attempt id, and nothing counts
//!   twice.
//! - **A short page is the last.** Whoever asks for 200 accounts and gets 100 does not ask again. If
//!   the database returns less than it was asked for, read on before you answer.
//! - **A record that cannot be read** is told with the version that it is stored under:
//!   [`FormError::of_account`](countersign_core::store::record::FormError::of_account) and `of_tenant`
//!   make the error of it. So read the version first, and keep it from what may be damaged.
//! - **The time** comes from the database, in the statement that reads: see
//!   [`Store`](countersign_core::store::Store).
//! - **Dropped futures**: a portal drops a call when a browser goes away. Do not await between the
//!   statements of a change outside its transaction, and let a transaction that is dropped be undone
//!   before its connection is used again.
//!
//! A store that keeps values under keys, and no rows, finds one form of bytes for each record in
//! [`store::record`](countersign_core::store::record).
//!
//! [`custom-store`](https://github.com/countersign/countersign/tree/main/examples/custom-store) is a
//! worked example: a store in Redis that keeps every law, with a real server in its tests.
//!
//! What is hardest to get right, in our experience: a comparison must hold until the commit, so
//! lock what you compare (`crossed_comparisons_do_not_both_succeed`); guard the write itself, since
//! a row that was read a moment ago proves nothing (`no_raced_increment_is_lost`); compare ids as
//! bytes, which the collations of most databases do not (`keys_are_compared_as_exact_bytes`).
//!
//! # Prove your mailer
//!
//! [`mailer_laws!`] does the same for a [`Mailer`](countersign_core::Mailer). It needs the
//! service behind the mailer in its hands, as a [`MailService`]: a small server that can take a
//! mail, refuse it, fail, break off, and hang.
//!
//! A worked example is [`custom-mailer`](https://github.com/countersign/countersign/tree/main/examples/custom-mailer):
//! a mailer over an HTTP mail API, which answer of the API means what, and a fake of that API.
//!
//! # Test your login
//!
//! A [`FakePhone`], an [`Inbox`], a [`FakeClock`] and [`SeededRandom`] stand in for the user and
//! the world, so ten minutes pass at once and every run is the same:
//!
//! ```
//! use countersign_core::{Keys, MemoryStore};
//! use std::time::Duration;
//! use countersign_core::{
//!     AccountKey, Answer, Begun, Client, Clock, FirstFactor, HOUR, Locale, Mfa, NewTenant,
//!     NewUser, Policy, Requirement, Start, Step, Verdict,
//! };
//! use countersign_testkit::{FakeClock, FakePhone, Inbox, SeededRandom};
//!
//! # pollster::block_on(async {
//! let (clock, random, inbox) = (FakeClock::default(), SeededRandom::new(7), Inbox::new());
//! let (mfa, courier) = Mfa::builder()
//!     .store(MemoryStore::with_clock(clock.clone()))
//!     .mailer(inbox.clone())
//!     .keys(Keys::ephemeral(&random)?)
//!     .clock(clock.clone())
//!     .danger_random(random)
//!     .build()?;
//!
//! // A freight tenant, somebody who works there, and the rule that all need an app.
//! let ada = AccountKey::new("larkfield", "ada")?;
//! mfa.create_tenant(NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?).await?;
//! mfa.add_existing_user(&ada, NewUser::at("ada@larkfield.example".parse()?)).await?;
//! let mut operator = mfa.operator(ada.tenant().clone(), "a test", "an example")?;
//! let (_, revision) = operator.policy().await?;
//! let policy = Policy::requiring(Requirement::App);
//! let _ = operator.set_policy(policy, revision, Start::Now).await?;
//!
//! // The password was right; this is the first login, so Ada links her app.
//! let client = Client::danger_unbound();
//! let Begun::Step(Step::LinkApp(enrollment)) = mfa.begin(&ada, FirstFactor::Password, &client).await? else {
//!     panic!("a first app is linked");
//! };
//! let mut phone = FakePhone::new();
//! phone.scan(&enrollment.app);
//! let code = Answer::code(phone.code(clock.now()));
//! let verdict = mfa.verify(&enrollment.ticket, &code, &client).await?;
//! assert!(matches!(verdict, Verdict::Passed(_)));
//!
//! // She hears of it by mail, and the next login asks the app.
//! courier.drain().await?;
//! assert_eq!(inbox.mails().len(), 1);
//! clock.advance(20 * HOUR);
//! let begun = mfa.begin(&ada, FirstFactor::Password, &client).await?;
//! assert!(matches!(begun, Begun::Step(Step::EnterCode(_))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! If your portal answers with pages, the feature `browser` brings a `Browser` that goes through them;
//! the example `testing-your-login` in the repository has a whole login in less than forty lines.
//!
//! [`Demo`] is all of this in one call: a tenant, two users, an inbox, a phone and a clock.
//!
//! [`CountingStore`] says what an operation costs, and [`FailingStore`] breaks one call of it after
//! the other. With the feature `mock` there are mocks of each port, for tests of a host's own code.
//!
//! # Extend the kit
//!
//! [`laws`] holds every law as a function. Each has a store or a mailer that breaks it, in the kit's
//! own tests; a law without one does not count: see `CONTRIBUTING.md`.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod laws;
mod mailer;
mod subject;

mod clock;
mod counting;
mod demo;
mod failing;
mod inbox;
mod phone;
mod random;

#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "mock")]
pub mod mock;

mod dropped;
mod fail;
mod part;
mod race;

#[cfg(feature = "browser")]
pub use browser::{Browser, Page};
pub use clock::FakeClock;
pub use counting::{Calls, CountingStore};
pub use demo::Demo;
pub use failing::{FailingStore, Fault};
pub use inbox::{Failing, Inbox};
pub use mailer::{Arrived, MailService, MailerSubject, Treatment};
pub use phone::{FakePhone, NotScanned, Shown};
pub use random::SeededRandom;
pub use subject::{Damage, Drive, Fresh, Subject, Work};

/// The example in the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// What the macros run futures with, where they are told nothing else.
#[doc(hidden)]
pub use pollster::block_on;
