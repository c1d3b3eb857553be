//! What a login costs outside the store, as a ratio against a floor measured in the same run.
//!
//! The floor is what no library can avoid for an app login: the HMACs of three steps, by hand. Rounds
//! are interleaved and the least of each is kept, so a busy machine disturbs both alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

use countersign::{
    AccountKey, Answer, Begun, Client, EmailAddress, FirstFactor, HOUR, Keys, Locale, MINUTE,
    MemoryStore, Mfa, NewTenant, NewUser, OsRandom, Policy, Requirement, Start, Step, TenantId,
    Ticket, Timestamp, Verdict,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox};
use hmac::{Hmac, KeyInit, Mac};
use pollster::block_on;

use crate::Done;

const ROUNDS: usize = 40;
const BATCH: u32 = 50;

/// One person with a linked app, on the store in memory.
pub(crate) struct Bench {
    mfa: Mfa,
    clock: FakeClock,
    phone: FakePhone,
    key: AccountKey,
    client: Client,
}

impl Bench {
    pub(crate) fn new() -> Done<Self> {
        let clock = FakeClock::at(Timestamp::from_seconds(1_795_514_400));

        let (mfa, _courier) = Mfa::builder()
            .store(MemoryStore::with_clock(clock.clone()))
            .mailer(Inbox::new())
            .keys(Keys::ephemeral(&OsRandom)?)
            .clock(clock.clone())
            .build()?;
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
        let key = AccountKey::new("larkfield", "ben")?;
        let client = Client::bound_to("a random cookie of 128 bits")?;
        let mut phone = FakePhone::new();
        block_on(async {
            mfa.create_tenant(tenant).await?;
            mfa.add_existing_user(&key, NewUser::at(EmailAddress::new("ben@larkfield.example")?))
                .await?;
            let mut operator = mfa.operator(TenantId::new("larkfield")?, "bench", "measuring")?;
            let policy = Policy::requiring(Requirement::App);
            let _ = operator.set_policy(policy, 0, Start::Now).await?;
            let begun = mfa.begin(&key, FirstFactor::Password, &client).await?;
            let Begun::Step(Step::LinkApp(enrollment)) = begun else { return Err("no QR".into()) };
            phone.scan(&enrollment.app);
            let code = Answer::code(phone.code(Timestamp::from_seconds(1_795_514_400)));
            match mfa.verify(&enrollment.ticket, &code, &client).await? {
                Verdict::Passed(_) => Done::Ok(()),
                other => Err(format!("not linked: {other:?}").into()),
            }
        })?;
        Ok(Self { mfa, clock, phone, key, client })
    }

    pub(crate) fn compare(&self) -> Done {
        let mut least = [Duration::MAX; 4];
        for _ in 0..ROUNDS {
            for (best, operation) in least.iter_mut().zip(["floor", "begin", "verify", "wrong"]) {
                *best = (*best).min(self.batch(operation, BATCH)?);
            }
        }
        let [floor, begin, verify, wrong] = least.map(|time| time.as_secs_f64() / f64::from(BATCH));
        println!("floor   {:>8.2} us  (HMAC-SHA-1 of three steps)", floor * 1e6);
        for (name, time) in [("begin", begin), ("verify", verify), ("wrong", wrong)] {
            println!("{name:<7} {:>8.2} us  {:>6.1} x floor", time * 1e6, time / floor);
        }
        Ok(())
    }

    pub(crate) fn count(&self, operation: &str, times: u32) -> Done {
        self.batch(operation, times).map(drop)
    }

    /// Time spent in the operation alone; what it needs is made ready outside of the clock.
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
    fn batch(&self, operation: &str, times: u32) -> Done<Duration> {
        let mut spent = Duration::ZERO;
        for _ in 0..times {
            // A later step for each code, and past any lock that wrong answers have earned.
            self.clock.advance(2 * HOUR);
            let ready = match operation {
                "verify" | "wrong" => Some(self.begin()?),
                _ => None,
            };
            let now = countersign::Clock::now(&self.clock);
            let right = self.phone.code(now);
            let wrong = if right == "000000" { "111111" } else { "000000" };
            let began = Instant::now();
            match (operation, &ready) {
                ("floor", _) => floor(now),
                ("begin", _) => drop(black_box(self.begin()?)),
                ("verify", Some(ticket)) => drop(black_box(self.verify(ticket, &right)?)),
                ("wrong", Some(ticket)) => drop(black_box(self.verify(ticket, wrong)?)),
                _ => return Err(format!("there is no operation {operation}").into()),
            }
            spent += began.elapsed();
            if let ("wrong", Some(ticket)) = (operation, &ready) {
                self.clock.advance(MINUTE);
                let now = countersign::Clock::now(&self.clock);
                drop(self.verify(ticket, &self.phone.code(now))?);
            }
        }
        Ok(spent)
    }

    fn begin(&self) -> Done<Ticket> {
        match block_on(self.mfa.begin(&self.key, FirstFactor::Password, &self.client))? {
            Begun::Step(Step::EnterCode(challenge)) => Ok(challenge.ticket),
            other => Err(format!("no challenge: {other:?}").into()),
        }
    }

    fn verify(&self, ticket: &Ticket, code: &str) -> Done<Verdict> {
        Ok(block_on(self.mfa.verify(ticket, &Answer::code(code), &self.client))?)
    }
}

/// The HMACs of three steps under a 160-bit key.
fn floor(now: Timestamp) {
    let step = now.seconds() / 30;
    for step in [step - 1, step, step + 1] {
        if let Ok(mut mac) = Hmac::<sha1::Sha1>::new_from_slice(&[7; 20]) {
            mac.update(&step.to_be_bytes());
            black_box(mac.finalize().into_bytes());
        }
    }
}
