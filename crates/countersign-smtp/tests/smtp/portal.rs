//! A portal that asks for e-mailed codes, and whose courier works on tokio.

use std::time::Duration;

use countersign_core::account::Account;
use countersign_core::store::Store;
use countersign_core::{
    AccountKey, Answer, Begun, Client, Courier, FirstFactor, Keys, Locale, MemoryStore, Mfa,
    NewTenant, NewUser, Policy, Requirement, Start, Step, Ticket, Verdict,
};
use countersign_smtp::SmtpMailer;
use countersign_testkit::{FakeClock, SeededRandom};

use crate::stage::{NOW, address};

/// What outlives a process: the store, the keys, and the time.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: FakeClock,
    store: MemoryStore,
    random: SeededRandom,
    keys: Keys,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = FakeClock::at(NOW);
        let random = SeededRandom::new(1);
        let keys = Keys::ephemeral(&random).unwrap();
        Self { store: MemoryStore::with_clock(clock.clone()), clock, random, keys }
    }

    /// A process that sends its mails through this mailer.
    pub(crate) fn process(&self, mailer: SmtpMailer) -> (Mfa, Courier) {
        Mfa::builder()
            .store(self.store.clone())
            .mailer(mailer)
            .keys(self.keys.clone())
            .clock(self.clock.clone())
            .danger_random(self.random.clone())
            .build()
            .unwrap()
    }

    pub(crate) async fn account(&self) -> Account {
        self.store.load(&ada()).await.unwrap().account.unwrap().value
    }
}

fn ada() -> AccountKey {
    AccountKey::new("larkfield", "ada").unwrap()
}

/// Larkfield Freight asks for an e-mailed code, and Ada works there.
pub(crate) async fn found_company(mfa: &Mfa) {
    let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
    mfa.create_tenant(tenant).await.unwrap();
    mfa.add_existing_user(&ada(), NewUser::at(address("ada@larkfield.example"))).await.unwrap();
    let mut operator = mfa.operator(ada().tenant().clone(), "test", "setting the stage").unwrap();
    let (_, revision) = operator.policy().await.unwrap();
    let policy = Policy::requiring(Requirement::Email);
    let _ = operator.set_policy(policy, revision, Start::Now).await.unwrap();
}

/// Ada's password was right; a code is on its way.
pub(crate) async fn begin(mfa: &Mfa) -> Ticket {
    let client = Client::danger_unbound();
    match mfa.begin(&ada(), FirstFactor::Password, &client).await.unwrap() {
        Begun::Step(Step::EnterCode(challenge)) => challenge.ticket,
        other => panic!("no challenge: {other:?}"),
    }
}

/// Whether this mail's code finishes the login.
pub(crate) async fn passes(mfa: &Mfa, ticket: &Ticket, text: &str) -> bool {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    let codes: Vec<_> = runs.filter(|run| (6..=8).contains(&run.len())).collect();
    let [code] = codes[..] else { panic!("not one code: {codes:?}") };
    let client = Client::danger_unbound();
    let verdict = mfa.verify(ticket, &Answer::code(code), &client).await.unwrap();
    matches!(verdict, Verdict::Passed(_))
}

/// Waits until this is so. It looks again and again, because what it looks at rings no bell.
pub(crate) async fn until(so: impl Fn() -> bool) {
    let mut beat = tokio::time::interval(Duration::from_millis(5));
    while !so() {
        beat.tick().await;
    }
}
