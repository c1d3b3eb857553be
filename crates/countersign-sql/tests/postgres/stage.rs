//! A deployment on a store, with a clock, an inbox and phones, and what logs in on it.

use std::time::Duration;

use countersign_core::keys::Key;
use countersign_core::store::Store;
use countersign_core::{
    AccountKey, Admin, Answer, Begun, Challenge, Client, Courier, EmailAddress, Enrollment, Error,
    FirstFactor, KeyId, Keys, Locale, Mfa, NewTenant, NewUser, Policy, Proof, Requirement, Start,
    Step, TenantId, Ticket, Timestamp, Verdict,
};
use countersign_sql::PostgresStore;
use countersign_testkit::{FakeClock, FakePhone, Inbox, SeededRandom};

/// When everything begins.
pub(crate) const MONDAY: Timestamp = Timestamp::from_seconds(1_795_500_000);

pub(crate) struct Stage {
    pub(crate) mfa: Mfa,
    pub(crate) courier: Courier,
    pub(crate) store: PostgresStore,
    pub(crate) clock: FakeClock,
    pub(crate) inbox: Inbox,
}

pub(crate) fn company() -> TenantId {
    TenantId::new("larkfield").unwrap()
}

pub(crate) fn key(user: &str) -> AccountKey {
    AccountKey::new("larkfield", user).unwrap()
}

pub(crate) fn address(user: &str) -> EmailAddress {
    EmailAddress::new(&format!("{user}@larkfield.example")).unwrap()
}

pub(crate) fn browser() -> Client {
    Client::bound_to("a cookie of 128 bits").unwrap()
}

impl Stage {
    /// Whatever the database holds, at the time of this clock, which must be the store's.
    pub(crate) fn over(store: PostgresStore, clock: FakeClock, seed: u64) -> Self {
        let inbox = Inbox::new();
        let key = Key::new(KeyId::new(1), *b"a master key of exactly 32 bytes").unwrap();
        let (mfa, courier) = Mfa::builder()
            .store(store.clone())
            .mailer(inbox.clone())
            .keys(Keys::new(key))
            .clock(clock.clone())
            .danger_random(SeededRandom::new(seed))
            .build()
            .unwrap();
        Self { mfa, courier, store, clock, inbox }
    }

    /// Larkfield Freight, which asks for this, with Ada and Ben as users.
    pub(crate) async fn founded(store: PostgresStore, clock: FakeClock, asks: Requirement) -> Self {
        let stage = Self::over(store, clock, 1);
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
        stage.mfa.create_tenant(tenant).await.unwrap();
        for user in ["ada", "ben"] {
            let new_user = NewUser::at(address(user));
            stage.mfa.add_existing_user(&key(user), new_user).await.unwrap();
        }
        stage.require(asks).await;
        stage
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

    pub(crate) async fn begin(&self, user: &str) -> Begun {
        self.mfa.begin(&key(user), FirstFactor::Password, &browser()).await.unwrap()
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

    /// The number under which this user's account is kept.
    pub(crate) async fn version(&self, user: &str) -> u64 {
        self.store.load(&key(user)).await.unwrap().account.unwrap().version.number()
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
