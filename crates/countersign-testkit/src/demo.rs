//! A small deployment to try things in, for examples and first tests.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_core::{
    AccountKey, Admin, Answer, Begun, Challenge, Client, Courier, FirstFactor, HOUR, Keys, Locale,
    MINUTE, MemoryStore, Method, Mfa, NewTenant, NewUser, Policy, Proof, Purpose, Requirement,
    Start, Step, Ticket, Verdict,
};

use crate::clock::FakeClock;
use crate::fail::{fail, must};
use crate::inbox::Inbox;
use crate::phone::FakePhone;
use crate::random::SeededRandom;

/// A running deployment: the tenant `larkfield` on a [`MemoryStore`], which requires a code.
///
/// Ada is its administrator. She has linked an app and can get codes by e-mail as well. Ben gets
/// his codes by e-mail and has never logged in.
///
/// It is made for examples: whatever goes wrong in its own steps panics.
///
/// ```
/// use countersign_core::Method;
/// use countersign_testkit::Demo;
///
/// Demo::run(async |demo| {
///     let proof = demo.log_in(&demo.ben).await;
///     assert_eq!(proof.passed()[0].method, Method::Email);
///     Ok(())
/// });
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Demo {
    /// The handle under test.
    pub mfa: Mfa,
    /// Its courier.
    pub courier: Courier,
    /// The clock of the store and of this node.
    pub clock: FakeClock,
    /// Where every mail arrives.
    pub inbox: Inbox,
    /// The administrator, who has linked an app.
    pub ada: AccountKey,
    /// A user, who gets codes by e-mail.
    pub ben: AccountKey,
    /// The browser that both use.
    pub client: Client,
    phone: Arc<Mutex<FakePhone>>,
}

impl Demo {
    /// Opens a deployment and runs this in it, to its end.
    ///
    /// # Panics
    ///
    /// If it returns an error.
    #[track_caller]
    pub fn run(what: impl AsyncFnOnce(Self) -> Result<(), Box<dyn Error>>) {
        let done = pollster::block_on(async { what(Self::open().await).await });
        must(done, "the example runs");
    }

    async fn open() -> Self {
        let demo = must(Self::new(), "the demo is built");
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english());
        let tenant = must(tenant, "the name of the tenant is a name");
        must(demo.mfa.create_tenant(tenant).await, "the tenant is created");
        let new_user = |address: &str| must(address.parse().map(NewUser::at), "it is an address");
        let ada = new_user("ada@larkfield.example").admin();
        must(demo.mfa.add_existing_user(&demo.ada, ada).await, "Ada is added");
        let ben = new_user("ben@larkfield.example");
        must(demo.mfa.add_existing_user(&demo.ben, ben).await, "Ben is added");
        demo.require(Requirement::App).await;
        let _linked = demo.log_in(&demo.ada).await;
        demo.require(Requirement::Email).await;
        // An hour later her next code is a new one, and no mail of the setup is in the way.
        demo.clock.advance(HOUR);
        must(demo.courier.drain().await, "the mails of the setup are sent");
        demo.inbox.clear();
        demo
    }

    fn new() -> Result<Self, Box<dyn Error>> {
        let clock = FakeClock::default();
        let inbox = Inbox::new();
        let random = SeededRandom::new(1);
        let (mfa, courier) = Mfa::builder()
            .store(MemoryStore::with_clock(clock.clone()))
            .mailer(inbox.clone())
            .keys(Keys::ephemeral(&random)?)
            .danger_random(random)
            .clock(clock.clone())
            .invitation_page("https://portal.example/invite/")
            .build()?;
        let ada = AccountKey::new("larkfield", "ada")?;
        let ben = AccountKey::new("larkfield", "ben")?;
        let client = Client::bound_to("a cookie of 128 bits")?;
        Ok(Self { mfa, courier, clock, inbox, ada, ben, client, phone: Arc::default() })
    }

    /// Requires this of everybody in the tenant, from now on.
    pub async fn require(&self, required: Requirement) {
        self.save(Policy::requiring(required)).await;
    }

    /// Saves this policy, as an operator would.
    pub async fn save(&self, policy: Policy) {
        let operator = self.mfa.operator(self.ada.tenant().clone(), "demo", "an example");
        let mut operator = must(operator, "there is an operator");
        let (_, revision) = must(operator.policy().await, "there is a policy");
        let saved = operator.set_policy(policy, revision, Start::Now).await;
        let _saved = must(saved, "the policy is saved");
    }

    /// Begins a login after the right password.
    pub async fn begin(&self, key: &AccountKey) -> Begun {
        let begun = self.mfa.begin(key, FirstFactor::Password, &self.client).await;
        must(begun, "the login begins")
    }

    /// Begins a login that asks for a code.
    pub async fn challenge(&self, key: &AccountKey) -> Challenge {
        match self.begin(key).await {
            Begun::Step(Step::EnterCode(challenge)) => challenge,
            other => fail(format_args!("no code is asked for: {other:?}")),
        }
    }

    /// Logs in, whatever it takes: a mailed code, the code of an app, linking an app.
    pub async fn log_in(&self, key: &AccountKey) -> Proof {
        match self.begin(key).await {
            Begun::Passed(passed) => passed.proof,
            Begun::Step(step) => self.finish(step).await,
            Begun::Refused(refusal) => fail(format_args!("refused: {refusal:?}")),
        }
    }

    /// Goes through a step-up for this purpose.
    pub async fn step_up(&self, proof: &Proof, purpose: Purpose) -> Proof {
        self.clock.advance(MINUTE);
        match must(self.mfa.step_up(proof, purpose, &self.client).await, "the step-up begins") {
            Begun::Passed(passed) => passed.proof,
            Begun::Step(step) => self.finish(step).await,
            Begun::Refused(refusal) => fail(format_args!("refused: {refusal:?}")),
        }
    }

    /// Logs Ada in with her app and opens the admin handle for her.
    pub async fn admin(&self) -> Admin {
        must(self.mfa.admin(self.log_in(&self.ada).await).await, "Ada may administer")
    }

    /// The right code for this step: from the inbox, or from the phone.
    pub async fn code(&self, step: &Step) -> String {
        match step {
            Step::EnterCode(challenge) if challenge.method == Method::Email => {
                must(self.courier.drain().await, "the code is mailed");
                self.inbox.code()
            }
            Step::EnterCode(_) => self.phone(|phone| phone.code(self.clock.now())),
            Step::LinkApp(enrollment) => self.phone(|phone| {
                phone.scan(&enrollment.app);
                phone.code(self.clock.now())
            }),
        }
    }

    /// Answers this many times with a wrong code.
    pub async fn miss(&self, ticket: &Ticket, times: u32) {
        for _ in 0..times {
            let wrong = self.mfa.verify(ticket, &Answer::code("000000"), &self.client).await;
            let _verdict = must(wrong, "the answer is judged");
        }
    }

    /// Lets this much time pass.
    pub fn wait(&self, length: Duration) {
        self.clock.advance(length);
    }

    async fn finish(&self, mut step: Step) -> Proof {
        loop {
            let answer = Answer::code(self.code(&step).await);
            let ticket = match &step {
                Step::EnterCode(challenge) => &challenge.ticket,
                Step::LinkApp(enrollment) => &enrollment.ticket,
            };
            match must(self.mfa.verify(ticket, &answer, &self.client).await, "it is judged") {
                Verdict::Passed(passed) => return passed.proof,
                Verdict::Step(next) => {
                    // The phone shows another code by then.
                    self.clock.advance(MINUTE);
                    step = next;
                }
                other => fail(format_args!("the right code is not accepted: {other:?}")),
            }
        }
    }

    fn phone<T>(&self, use_it: impl FnOnce(&mut FakePhone) -> T) -> T {
        use_it(&mut self.phone.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
