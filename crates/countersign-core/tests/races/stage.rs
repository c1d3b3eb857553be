//! A stage for races: one tenant on the store in memory, and threads that start together.

use std::sync::Barrier;
use std::thread;

use countersign_core::account::{Account, EventKind};
use countersign_core::store::{Accounts, Store};
use countersign_core::{
    AccountKey, Admin, Answer, Begun, Client, Courier, EmailAddress, Error, FirstFactor, Keys,
    Locale, MemoryStore, Mfa, NewTenant, NewUser, Policy, Requirement, Start, Step, TenantId,
    Ticket, Timestamp, Verdict,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox, SeededRandom};
use pollster::block_on;

/// One tenant and everything around it.
pub(crate) struct Stage {
    pub(crate) mfa: Mfa,
    pub(crate) courier: Courier,
    pub(crate) store: MemoryStore,
    pub(crate) clock: FakeClock,
    pub(crate) inbox: Inbox,
    pub(crate) client: Client,
}

pub(crate) fn key(user: &str) -> AccountKey {
    AccountKey::new("larkfield", user).unwrap()
}

impl Stage {
    pub(crate) fn open(required: Requirement) -> Self {
        let clock = FakeClock::at(Timestamp::from_seconds(1_795_500_000));
        let store = MemoryStore::with_clock(clock.clone());
        let inbox = Inbox::new();
        let random = SeededRandom::new(11);
        let (mfa, courier) = Mfa::builder()
            .store(store.clone())
            .mailer(inbox.clone())
            .keys(Keys::ephemeral(&random).unwrap())
            .clock(clock.clone())
            .danger_random(random)
            .build()
            .unwrap();
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
        block_on(mfa.create_tenant(tenant)).unwrap();
        let client = Client::bound_to("a cookie of 128 bits").unwrap();
        let stage = Self { mfa, courier, store, clock, inbox, client };
        stage.add_existing_user("ben");
        stage.require(required);
        stage
    }

    pub(crate) fn add_existing_user(&self, user: &str) {
        let address = EmailAddress::new(&format!("{user}@larkfield.example")).unwrap();
        block_on(self.mfa.add_existing_user(&key(user), NewUser::at(address))).unwrap();
    }

    pub(crate) fn operator(&self) -> Admin {
        self.mfa.operator(TenantId::new("larkfield").unwrap(), "test", "a race").unwrap()
    }

    pub(crate) fn require(&self, required: Requirement) {
        let mut operator = self.operator();
        let (_, revision) = block_on(operator.policy()).unwrap();
        let policy = Policy::requiring(required);
        let _ = block_on(operator.set_policy(policy, revision, Start::Now)).unwrap();
    }

    pub(crate) fn begin(&self, user: &str) -> Begun {
        block_on(self.mfa.begin(&key(user), FirstFactor::Password, &self.client)).unwrap()
    }

    pub(crate) fn ticket(&self, user: &str) -> Ticket {
        match self.begin(user) {
            Begun::Step(Step::EnterCode(challenge)) => challenge.ticket,
            other => panic!("no challenge: {other:?}"),
        }
    }

    pub(crate) fn mailed(&self) -> (Ticket, String) {
        let ticket = self.ticket("ben");
        block_on(self.courier.drain()).unwrap();
        (ticket, self.inbox.code())
    }

    pub(crate) fn verify(&self, ticket: &Ticket, code: &str) -> Result<Verdict, Error> {
        block_on(self.mfa.verify(ticket, &Answer::code(code), &self.client))
    }

    pub(crate) fn account(&self, user: &str) -> Account {
        block_on(self.store.load(&key(user))).unwrap().account.unwrap().value
    }

    pub(crate) fn events(&self, matches: impl Fn(&EventKind) -> bool) -> usize {
        let tenant = TenantId::new("larkfield").unwrap();
        let events = block_on(self.store.events(&tenant, None, None, usize::MAX)).unwrap();
        events.iter().filter(|event| matches(&event.what)).count()
    }

    /// A user with an app, under a policy that asks for one.
    pub(crate) fn link(&self, user: &str) -> FakePhone {
        let Begun::Step(Step::LinkApp(shown)) = self.begin(user) else { panic!("no QR code") };
        let mut phone = FakePhone::new();
        phone.scan(&shown.app);
        let verdict = self.verify(&shown.ticket, &phone.code(self.clock.now())).unwrap();
        assert!(matches!(verdict, Verdict::Passed(_)));
        phone
    }
}

/// Runs each of these on a thread of its own, all from the same moment.
pub(crate) fn at_once<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = &Barrier::new(count);
    let work = &work;
    thread::scope(|scope| {
        let start = |number| {
            scope.spawn(move || {
                barrier.wait();
                work(number)
            })
        };
        let running: Vec<_> = (0..count).map(start).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

pub(crate) fn wrong_for(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}
