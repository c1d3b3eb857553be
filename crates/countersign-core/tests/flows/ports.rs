//! A store whose ports are given one by one, or that has no other than that of logins yet.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use countersign_core::keys::Rekeying;
use countersign_core::store::{Change, Snapshot, Store, StoreError};
use countersign_core::{
    AccountKey, Builder, ErrorKind, ExistingUser, Keys, Limits, Locale, MemoryStore, Mfa,
    NewTenant, NewUser, Policy, Requirement, Restoring, Start, async_trait,
};
use countersign_testkit::{CountingStore, FakeClock, Inbox, SeededRandom};
use pollster::block_on;

use crate::acts::code_of;
use crate::stage::{MONDAY, Stage, address, key, passed, user};

/// Two methods and nothing else: it drops events, letters and mail texts.
#[derive(Debug, Clone)]
struct LoginsAlone(MemoryStore);

#[async_trait]
impl Store for LoginsAlone {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        self.0.load(key).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        assert_eq!(change.letters.len(), 0, "letters wait elsewhere");
        self.0.commit(Change { events: Vec::new(), texts: None, ..change }).await
    }
}

fn builder(clock: &FakeClock, inbox: &Inbox) -> Builder {
    let random = SeededRandom::new(1);
    Mfa::builder()
        .mailer(inbox.clone())
        .keys(Keys::ephemeral(&random).unwrap())
        .clock(clock.clone())
        .limits(Limits::default())
        .danger_random(random)
}

/// Larkfield Freight with Ben, on what this builder was given.
fn stage(clock: FakeClock, inbox: Inbox, builder: Builder) -> Stage {
    let (mfa, courier) = builder.build().unwrap();
    let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
    block_on(mfa.create_tenant(tenant)).unwrap();
    let memory = MemoryStore::new();
    let store = CountingStore::new(memory.clone());
    let stage = Stage { mfa, courier, store, memory, clock, inbox };
    stage.add_existing_user("ben", NewUser::at(address("ben")));
    stage
}

fn on_logins_alone() -> Stage {
    let (clock, inbox) = (FakeClock::at(MONDAY), Inbox::new());
    let store = LoginsAlone(MemoryStore::with_clock(clock.clone()));
    let builder = builder(&clock, &inbox).logins(store).danger_letters_in_memory();
    stage(clock, inbox, builder)
}

#[test]
fn a_store_for_logins_alone_logs_people_in_by_mail_and_by_app_and_tells_them() {
    let stage = on_logins_alone();
    stage.require(Requirement::App);
    let (phone, _) = stage.link_app("ben");
    block_on(stage.courier.drain()).unwrap();
    assert_eq!(stage.inbox.mails().len(), 1, "the notice that an app was linked");
    stage.advance(60);
    let challenge = stage.challenge("ben");
    let _ = passed(stage.answer(&challenge.ticket, &phone.code(stage.now())));
    stage.require(Requirement::Email);
    stage.add_existing_user("cleo", NewUser::at(address("cleo")));
    let challenge = stage.challenge("cleo");
    let code = stage.mailed_code();
    let _ = passed(stage.answer(&challenge.ticket, &code));
}

#[test]
fn what_a_store_for_logins_alone_cannot_list_is_an_error_that_says_what_is_missing() {
    let stage = on_logins_alone();
    let operator = stage.operator();
    let policy = Policy::requiring(Requirement::App);
    let nobody = || (Rekeying::default(), Restoring::default());
    let asked = [
        ("users", block_on(operator.users(None, 10)).err()),
        ("preview", block_on(operator.preview(&policy, Start::Now)).err()),
        ("affected", block_on(operator.affected(&policy, Start::Now, None, 10)).err()),
        ("events", block_on(operator.events(None, 10)).err()),
        ("mail texts", block_on(operator.mail_texts()).err()),
        ("check", block_on(stage.mfa.check()).err()),
        ("rekey", block_on(stage.mfa.rekey(nobody().0, 10)).err()),
        ("restored", block_on(stage.mfa.restored(nobody().1, 10, "Ada", "a drill")).err()),
    ];
    for (what, error) in asked {
        let error = error.unwrap_or_else(|| panic!("{what}: it was answered"));
        assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, "store.no_lists"));
        assert!(error.to_string().contains("`.accounts(..)`"), "{what}: {error}");
    }
}

#[test]
fn ports_that_are_given_one_by_one_work_as_one_store() {
    let (clock, inbox) = (FakeClock::at(MONDAY), Inbox::new());
    let ours = MemoryStore::with_clock(clock.clone());
    let builder = builder(&clock, &inbox).logins(ours.clone()).accounts(ours.clone()).outbox(ours);
    let stage = stage(clock, inbox, builder);
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    let code = stage.mailed_code();
    let _ = passed(stage.answer(&challenge.ticket, &code));
    assert_eq!(block_on(stage.operator().users(None, 10)).unwrap().len(), 1);
    block_on(stage.mfa.check()).unwrap();
}

#[test]
fn a_store_from_which_no_mail_could_be_sent_is_refused_at_build_with_what_to_call() {
    let ours = MemoryStore::new();
    let other = || MemoryStore::new();
    let (clock, inbox) = (FakeClock::at(MONDAY), Inbox::new());
    let builder = || builder(&clock, &inbox);
    let cases = [
        (builder(), "`.store(..)`"),
        (builder().logins(ours.clone()), "`.outbox(..)`"),
        (builder().logins(ours.clone()).accounts(ours.clone()), "`.danger_letters_in_memory()`"),
        (builder().accounts(ours.clone()).outbox(ours.clone()), "`.logins(..)`"),
        (builder().store(ours.clone()).danger_letters_in_memory(), "give one of both"),
        (builder().logins(other()).outbox(ours).danger_letters_in_memory(), "give one of both"),
    ];
    for (builder, next) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(next), "{next}: {error}");
    }
    let whole = builder().store(other());
    assert!(whole.build().is_ok());
    let replaced = builder().store(other()).accounts(other());
    assert!(replaced.build().is_ok());
}

/// A store that answers whoever asked last first.
#[derive(Debug, Clone)]
struct LastFirst {
    store: MemoryStore,
    asked: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    under_way: Arc<AtomicUsize>,
}

#[async_trait]
impl Store for LastFirst {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(under_way, Ordering::SeqCst);
        let mut left = 1000_usize.saturating_sub(self.asked.fetch_add(1, Ordering::SeqCst));
        poll_fn(|context| {
            left = left.saturating_sub(1);
            context.waker().wake_by_ref();
            if left == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.store.load(key).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        self.store.commit(change).await
    }
}

#[test]
fn an_import_goes_on_side_by_side_and_of_two_with_one_id_the_first_is_added() {
    let (clock, inbox) = (FakeClock::at(MONDAY), Inbox::new());
    let ours = MemoryStore::with_clock(clock.clone());
    let store = LastFirst {
        store: ours.clone(),
        asked: Arc::default(),
        most: Arc::default(),
        under_way: Arc::default(),
    };
    let builder = builder(&clock, &inbox).logins(store.clone()).accounts(ours.clone());
    let stage = stage(clock, inbox, builder.outbox(ours));
    let person = |who: &str, at: &str| ExistingUser {
        user_id: user(who),
        new_user: NewUser::at(address(at)),
    };
    let mut people = vec![person("ben", "ben"), person("cleo", "first")];
    people.extend((0..20).map(|number| person(&format!("u{number}"), "many")));
    people.extend([person("cleo", "second"), person("cleo", "third"), person("ben", "ben")]);
    people.extend((20..200).map(|number| person(&format!("u{number}"), "many")));
    let refused = block_on(stage.mfa.add_existing_users(key("ben").tenant(), people));
    let refused: Vec<_> = refused.iter().map(|(id, error)| (id.as_str(), error.code())).collect();
    assert_eq!(refused, ["ben", "cleo", "cleo", "ben"].map(|id| (id, "account.exists")));
    let cleo = block_on(stage.mfa.user(&key("cleo"))).unwrap().unwrap();
    assert_eq!(cleo.address, Some(address("first")));
    assert_eq!(store.most.load(Ordering::SeqCst), 64);
    let again = block_on(stage.mfa.add_existing_user(&key("cleo"), NewUser::default()));
    assert_eq!(code_of(again), "account.exists");
}
