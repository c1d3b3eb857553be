//! A tenant, its people and a fake clock, on a store in SQLite.

use std::path::Path;
use std::time::Duration;

use countersign_core::account::Account;
use countersign_core::keys::Key;
use countersign_core::store::Store;
use countersign_core::store::record::Counters;
use countersign_core::{
    Admin, Answer, Begun, Challenge, Client, Courier, Enrollment, Error, FirstFactor, KeyId, Keys,
    Locale, Mfa, NewTenant, NewUser, Policy, Proof, Requirement, Start, Step, Ticket, Timestamp,
    Verdict,
};
use countersign_sql::{SqliteOptions, SqliteStore};
use countersign_testkit::{FakeClock, FakePhone, Inbox, SeededRandom};

use crate::scene::{MONDAY, address, company, key};

pub(crate) struct Stage {
    pub(crate) mfa: Mfa,
    pub(crate) courier: Courier,
    pub(crate) store: SqliteStore,
    pub(crate) clock: FakeClock,
    pub(crate) inbox: Inbox,
}

/// The key under which all of it is sealed; two processes share it.
pub(crate) fn keys() -> Keys {
    Keys::new(Key::new(KeyId::new(1), *b"a master key of exactly 32 bytes").unwrap())
}

pub(crate) fn browser() -> Client {
    Client::bound_to("a cookie of 128 bits").unwrap()
}

/// Options whose time is this clock's.
pub(crate) fn timed(clock: &FakeClock) -> SqliteOptions {
    SqliteStore::options().clock(clock.clone())
}

impl Stage {
    /// Whatever the file holds, at the time of this clock.
    pub(crate) fn over(store: SqliteStore, clock: FakeClock, seed: u64) -> Self {
        let inbox = Inbox::new();
        let (mfa, courier) = Mfa::builder()
            .store(store.clone())
            .mailer(inbox.clone())
            .keys(keys())
            .clock(clock.clone())
            .danger_random(SeededRandom::new(seed))
            .build()
            .unwrap();
        Self { mfa, courier, store, clock, inbox }
    }

    /// Larkfield Freight, which asks for this, with Ben as a user.
    pub(crate) async fn founded(store: SqliteStore, clock: FakeClock, asks: Requirement) -> Self {
        let stage = Self::over(store, clock, 1);
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
        stage.mfa.create_tenant(tenant).await.unwrap();
        stage.add_existing_user("ben", NewUser::at(address("ben"))).await;
        stage.require(asks).await;
        stage
    }

    /// The same, in a file.
    pub(crate) async fn at(path: &Path, asks: Requirement) -> Self {
        let clock = FakeClock::at(MONDAY);
        let store = timed(&clock).open(path).await.unwrap();
        Self::founded(store, clock, asks).await
    }

    pub(crate) async fn add_existing_user(&self, user: &str, new_user: NewUser) {
        self.mfa.add_existing_user(&key(user), new_user).await.unwrap();
    }

    pub(crate) fn operator(&self) -> Admin {
        self.mfa.operator(company(), "test", "setting the stage").unwrap()
    }

    pub(crate) async fn require(&self, required: Requirement) {
        let mut operator = self.operator();
        let (_, revision) = operator.policy().await.unwrap();
        let policy = Policy::requiring(required);
        let _ = operator.set_policy(policy, revision, Start::Now).await.unwrap();
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn try_begin(&self, user: &str) -> Result<Begun, Error> {
        self.mfa.begin(&key(user), FirstFactor::Password, &browser()).await
    }

    pub(crate) async fn begin(&self, user: &str) -> Begun {
        self.try_begin(user).await.unwrap()
    }

    pub(crate) async fn try_answer(&self, ticket: &Ticket, code: &str) -> Result<Verdict, Error> {
        self.mfa.verify(ticket, &Answer::code(code), &browser()).await
    }

    pub(crate) async fn answer(&self, ticket: &Ticket, code: &str) -> Verdict {
        self.try_answer(ticket, code).await.unwrap()
    }

    pub(crate) async fn challenge(&self, user: &str) -> Challenge {
        match self.begin(user).await {
            Begun::Step(Step::EnterCode(challenge)) => challenge,
            other => panic!("no challenge: {other:?}"),
        }
    }

    pub(crate) async fn enrollment(&self, user: &str) -> Enrollment {
        match self.begin(user).await {
            Begun::Step(Step::LinkApp(enrollment)) => enrollment,
            other => panic!("no enrollment: {other:?}"),
        }
    }

    /// Links a first app at a login that asks for one.
    pub(crate) async fn link_app(&self, user: &str) -> FakePhone {
        let enrollment = self.enrollment(user).await;
        let mut phone = FakePhone::new();
        phone.scan(&enrollment.app);
        let _ = passed(self.answer(&enrollment.ticket, &phone.code(self.now())).await);
        phone
    }

    /// The code in the newest mail, after the courier's round.
    pub(crate) async fn mailed_code(&self) -> String {
        self.courier.drain().await.unwrap();
        self.inbox.code()
    }

    /// The user's misses since the last success or unlock.
    pub(crate) async fn failures(&self, user: &str) -> usize {
        let counters = Counters::of(&self.account(user).await).unwrap();
        usize::try_from(counters.failures).unwrap()
    }

    /// What the store keeps of this user.
    pub(crate) async fn account(&self, user: &str) -> Account {
        self.store.load(&key(user)).await.unwrap().account.unwrap().value
    }
}

/// The finished login, which this must be.
#[track_caller]
pub(crate) fn passed(verdict: Verdict) -> Proof {
    match verdict {
        Verdict::Passed(passed) => passed.proof,
        other => panic!("not passed: {other:?}"),
    }
}

/// A code that is wrong, whatever the right one is.
pub(crate) fn other_than(code: &str) -> &'static str {
    if code == "000001" { "000002" } else { "000001" }
}
