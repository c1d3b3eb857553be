//! A stage for flows: one tenant, a fake clock, an inbox, a counting store.

use std::time::Duration;

use countersign_core::account::Account;
use countersign_core::store::Store;
use countersign_core::{
    AccountKey, Admin, Answer, Begun, Challenge, Client, Continued, Courier, EmailAddress,
    Enrollment, FirstFactor, Keys, Limits, Locale, MemoryStore, Method, Mfa, NewTenant, NewUser,
    Policy, Proof, Refusal, Requirement, Saved, Staleness, Start, Step, TenantId, Ticket,
    Timestamp, UserId, Verdict,
};
use countersign_testkit::{CountingStore, FakeClock, FakePhone, Inbox, SeededRandom};
use pollster::block_on;

/// The browser that tests log in from.
pub(crate) const BROWSER: &str = "a cookie of 128 bits";
/// When the stage opens.
pub(crate) const MONDAY: Timestamp = Timestamp::from_seconds(1_795_500_000);

/// One tenant and everything around it.
pub(crate) struct Stage {
    pub(crate) mfa: Mfa,
    pub(crate) courier: Courier,
    pub(crate) store: CountingStore,
    /// What is behind the counting store.
    pub(crate) memory: MemoryStore,
    pub(crate) clock: FakeClock,
    pub(crate) inbox: Inbox,
}

impl Stage {
    /// Larkfield Freight, with Ada as its administrator and Ben as a user, and no policy.
    pub(crate) fn open() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        let clock = FakeClock::at(MONDAY);
        let memory = MemoryStore::with_clock(clock.clone());
        let store = CountingStore::new(memory.clone());
        let inbox = Inbox::new();
        let random = SeededRandom::new(1);
        let (mfa, courier) = Mfa::builder()
            .store(store.clone())
            .mailer(inbox.clone())
            .keys(Keys::ephemeral(&random).unwrap())
            .clock(clock.clone())
            .limits(limits)
            .danger_random(random.clone())
            .invitation_page("https://larkfield.example/invite/")
            .build()
            .unwrap();
        let english = Locale::english();
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", english).unwrap();
        block_on(mfa.create_tenant(tenant)).unwrap();
        let stage = Self { mfa, courier, store, memory, clock, inbox };
        stage.add_existing_user("ada", NewUser::at(address("ada")).admin());
        stage.add_existing_user("ben", NewUser::at(address("ben")));
        stage.store.reset();
        stage
    }

    /// The same, where the tenant asks for an app and Ben linked one a minute ago.
    pub(crate) fn with_app() -> (Self, FakePhone) {
        let stage = Self::open();
        stage.require(Requirement::App);
        let (phone, _) = stage.link_app("ben");
        stage.advance(60);
        (stage, phone)
    }

    pub(crate) fn add_existing_user(&self, user: &str, new_user: NewUser) {
        block_on(self.mfa.add_existing_user(&key(user), new_user)).unwrap();
    }

    /// The tenant asks for this from now on.
    pub(crate) fn require(&self, required: Requirement) {
        self.save(Policy::requiring(required));
    }

    pub(crate) fn save(&self, policy: Policy) {
        let mut operator = self.operator();
        let (_, revision) = block_on(operator.policy()).unwrap();
        let saved = block_on(operator.set_policy(policy, revision, Start::Now)).unwrap();
        assert!(matches!(saved, Saved::Saved { .. }));
        self.store.reset();
    }

    pub(crate) fn operator(&self) -> Admin {
        self.mfa.operator(TenantId::new("larkfield").unwrap(), "test", "setting the stage").unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn begin(&self, user: &str) -> Begun {
        block_on(self.mfa.begin(&key(user), FirstFactor::Password, &browser())).unwrap()
    }

    pub(crate) fn answer(&self, ticket: &Ticket, code: &str) -> Verdict {
        block_on(self.mfa.verify(ticket, &Answer::code(code), &browser())).unwrap()
    }

    pub(crate) fn resend(&self, ticket: &Ticket) -> Continued {
        block_on(self.mfa.resend(ticket, &browser())).unwrap()
    }

    pub(crate) fn resume(&self, ticket: &Ticket) -> Continued {
        block_on(self.mfa.resume(ticket, &browser())).unwrap()
    }

    pub(crate) fn another_way(&self, ticket: &Ticket, method: Method) -> Continued {
        block_on(self.mfa.another_way(ticket, method, &browser())).unwrap()
    }

    /// What the store keeps of this user.
    pub(crate) fn account(&self, user: &str) -> Account {
        block_on(self.store.load(&key(user))).unwrap().account.unwrap().value
    }

    /// Logs in with an e-mailed code, so that the account has used one.
    pub(crate) fn use_mail(&self, user: &str) {
        let ticket = self.challenge(user).ticket;
        let code = self.mailed_code();
        let _ = passed(self.answer(&ticket, &code));
        self.store.reset();
    }

    /// Logs in with an e-mailed code.
    pub(crate) fn log_in_by_mail(&self, user: &str) -> Proof {
        let ticket = self.challenge(user).ticket;
        passed(self.answer(&ticket, &self.mailed_code()))
    }

    /// The code in the newest mail, after the courier's round.
    pub(crate) fn mailed_code(&self) -> String {
        block_on(self.courier.drain()).unwrap();
        self.inbox.code()
    }

    /// A login that must ask for a code.
    pub(crate) fn challenge(&self, user: &str) -> Challenge {
        match self.begin(user) {
            Begun::Step(Step::EnterCode(challenge)) => challenge,
            other => panic!("no challenge: {other:?}"),
        }
    }

    /// A login that must show a QR code.
    pub(crate) fn enrollment(&self, user: &str) -> Enrollment {
        match self.begin(user) {
            Begun::Step(Step::LinkApp(enrollment)) => enrollment,
            other => panic!("no enrollment: {other:?}"),
        }
    }

    /// Links a first app at a login that asks for one.
    pub(crate) fn link_app(&self, user: &str) -> (FakePhone, Proof) {
        let enrollment = self.enrollment(user);
        let mut phone = FakePhone::new();
        phone.scan(&enrollment.app);
        let code = phone.code(self.now());
        let proof = passed(self.answer(&enrollment.ticket, &code));
        self.store.reset();
        (phone, proof)
    }
}

/// The finished login, which this must be.
pub(crate) fn passed(verdict: Verdict) -> Proof {
    match verdict {
        Verdict::Passed(passed) => passed.proof,
        other => panic!("not passed: {other:?}"),
    }
}

/// The challenge that a step goes on with, which it must.
pub(crate) fn goes_on(continued: Continued) -> Challenge {
    match continued {
        Continued::Step(Step::EnterCode(challenge)) => challenge,
        other => panic!("no challenge: {other:?}"),
    }
}

/// Why a step does not go on, which it must not.
pub(crate) fn refused(continued: Continued) -> Refusal {
    match continued {
        Continued::Refused(refused) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

/// Why the ticket is stale, which it must be.
pub(crate) fn stale(verdict: Verdict) -> Staleness {
    match verdict {
        Verdict::Stale(stale) => stale,
        other => panic!("not stale: {other:?}"),
    }
}

/// The QR code that follows a right answer, which it must.
pub(crate) fn must_enroll(verdict: Verdict) -> Enrollment {
    match verdict {
        Verdict::Step(Step::LinkApp(enrollment)) => enrollment,
        other => panic!("no enrollment: {other:?}"),
    }
}

/// A code that is wrong, whatever the right one is.
pub(crate) fn other_than(code: &str) -> &'static str {
    if code == "000001" { "000002" } else { "000001" }
}

pub(crate) fn browser() -> Client {
    Client::bound_to(BROWSER).unwrap()
}

pub(crate) fn key(user: &str) -> AccountKey {
    AccountKey::new("larkfield", user).unwrap()
}

pub(crate) fn user(user: &str) -> UserId {
    UserId::new(user).unwrap()
}

pub(crate) fn address(user: &str) -> EmailAddress {
    EmailAddress::new(&format!("{user}@larkfield.example")).unwrap()
}
