//! Races on the reference store, with real threads: one success for each code, every miss counted.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::sync::Barrier;
use std::thread;

use countersign_core::memory::MemoryStore;
use countersign_core::ports::{Clock, Keys, Store};
use countersign_core::rules::{
    Answer, Begun, Client, EventKind, Newcomer, Policy, Requirement, Ticket, Verdict,
};
use countersign_core::services::{Courier, Error, ErrorKind, Mfa, NewTenant, Start};
use countersign_core::words::{
    AccountKey, AttemptId, EmailAddress, FirstFactor, Lifetime, Locale, Method, TenantId, Timestamp,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox, SeededRandom};
use pollster::block_on;

const THREADS: usize = 64;
const ROUNDS: u8 = 250;
const A_THOUSAND: u16 = 1000;

struct Stage {
    mfa: Mfa,
    courier: Courier,
    store: MemoryStore,
    clock: FakeClock,
    inbox: Inbox,
    key: AccountKey,
    client: Client,
}

fn stage(required: Requirement) -> Stage {
    let clock = FakeClock::at(Timestamp::from_seconds(1_795_500_000));
    let store = MemoryStore::with_clock(clock.clone());
    let (inbox, random) = (Inbox::new(), SeededRandom::new(7));
    let (mfa, courier) = Mfa::builder()
        .store(store.clone())
        .mailer(inbox.clone())
        .keys(Keys::ephemeral(&random).unwrap())
        .clock(clock.clone())
        .danger_random(random)
        .build()
        .unwrap();
    let key = AccountKey::new("larkfield", "ben").unwrap();
    let client = Client::bound_to("a cookie of 128 bits").unwrap();
    let english = Locale::english();
    block_on(async {
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", english).unwrap();
        mfa.create_tenant(tenant).await.unwrap();
        let ben = Newcomer::at(EmailAddress::new("ben@larkfield.example").unwrap());
        mfa.adopt(&key, ben).await.unwrap();
        let tenant = TenantId::new("larkfield").unwrap();
        let mut operator = mfa.operator(tenant, "test", "race").unwrap();
        let _ = operator.set_policy(Policy::requiring(required), 0, Start::Now).await.unwrap();
    });
    Stage { mfa, courier, store, clock, inbox, key, client }
}

impl Stage {
    fn begin(&self) -> Begun {
        block_on(self.mfa.begin(&self.key, FirstFactor::Password, &self.client)).unwrap()
    }

    fn ticket(&self) -> Ticket {
        match self.begin() {
            Begun::Challenge(challenge) => challenge.ticket,
            other => panic!("no challenge: {other:?}"),
        }
    }

    fn mailed(&self) -> (Ticket, String) {
        let ticket = self.ticket();
        block_on(self.courier.drain()).unwrap();
        (ticket, self.inbox.code())
    }

    fn linked(&self) -> FakePhone {
        let Begun::Enroll(enrollment) = self.begin() else { panic!("no QR") };
        let mut phone = FakePhone::new();
        phone.scan(&enrollment.app);
        let answer = Answer::code(phone.code(self.clock.now()));
        let verdict = block_on(self.mfa.verify(&enrollment.ticket, &answer, &self.client));
        assert!(matches!(verdict.unwrap(), Verdict::Passed(_)));
        phone
    }

    /// The same answer from every thread at once.
    fn race(&self, threads: usize, ticket: &Ticket, code: &str) -> Vec<Result<Verdict, Error>> {
        let barrier = Barrier::new(threads);
        let client = &self.client;
        let judge = || {
            let answer = Answer::code(code);
            barrier.wait();
            block_on(self.mfa.verify(ticket, &answer, client))
        };
        thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(judge)).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    fn misses(&self, method: Method) -> u32 {
        let snapshot = block_on(self.store.load(&self.key)).unwrap();
        snapshot.account.unwrap().value.misses(method)
    }

    fn recorded_misses(&self) -> usize {
        let tenant = TenantId::new("larkfield").unwrap();
        let operator = self.mfa.operator(tenant, "test", "counting").unwrap();
        let events = block_on(operator.events(None, 200)).unwrap();
        events.iter().filter(|event| matches!(event.what, EventKind::Missed { .. })).count()
    }
}

fn successes(verdicts: &[Result<Verdict, Error>]) -> usize {
    verdicts.iter().filter(|verdict| matches!(verdict, Ok(Verdict::Passed(_)))).count()
}

#[test]
fn an_emailed_code_sent_by_64_threads_at_once_logs_in_once() {
    let stage = stage(Requirement::Email);
    for round in 0..A_THOUSAND {
        let (ticket, code) = stage.mailed();
        let verdicts = stage.race(THREADS, &ticket, &code);
        assert_eq!(successes(&verdicts), 1, "round {round}");
        assert_eq!(stage.misses(Method::Email), 0, "a right code is no miss");
        stage.clock.advance(Lifetime::from_minutes(20));
    }
}

#[test]
fn a_code_of_the_app_sent_by_64_threads_through_as_many_logins_logs_in_once() {
    let stage = stage(Requirement::App);
    let phone = stage.linked();
    for round in 0..ROUNDS {
        stage.clock.advance(Lifetime::from_hours(2));
        let code = phone.code(stage.clock.now());
        let tickets: Vec<_> = (0..4).map(|_| stage.ticket()).collect();
        let passed: usize = thread::scope(|scope| {
            let (stage, code) = (&stage, &code);
            let race = |ticket| scope.spawn(move || stage.race(THREADS / 4, ticket, code));
            let racing: Vec<_> = tickets.iter().map(race).collect();
            racing.into_iter().map(|race| successes(&race.join().unwrap())).sum()
        });
        assert_eq!(passed, 1, "round {round}");
    }
}

#[test]
fn wrong_codes_at_once_are_counted_exactly_and_never_past_the_lock() {
    for _ in 0..ROUNDS / 4 {
        let stage = stage(Requirement::Email);
        let (ticket, code) = stage.mailed();
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let verdicts = stage.race(THREADS, &ticket, wrong);
        let failed = verdicts.iter().filter(|v| matches!(v, Ok(Verdict::Failed(_)))).count();
        let broken = |v: &&Result<Verdict, Error>| match v {
            Err(error) => error.kind() != ErrorKind::Contended,
            Ok(verdict) => !matches!(verdict, Verdict::Failed(_) | Verdict::Locked(_)),
        };
        assert_eq!(verdicts.iter().filter(broken).count(), 0);
        let counted = stage.misses(Method::Email);
        assert!(counted <= 5, "{counted} codes were compared before the lock");
        assert_eq!(stage.recorded_misses(), usize::try_from(counted).unwrap());
        // The miss that locks is answered as a lock; every other is answered as a failure.
        let locking = usize::from(counted == 5);
        assert_eq!(failed + locking, usize::try_from(counted).unwrap());
    }
}

#[test]
fn one_attempt_sent_by_many_threads_has_one_proof() {
    let mut stage = stage(Requirement::Email);
    for round in 0..ROUNDS / 4 {
        let (ticket, code) = stage.mailed();
        stage.client = stage.client.clone().attempt(AttemptId::from_bytes([round; 16]));
        let mut proofs: Vec<_> = stage
            .race(16, &ticket, &code)
            .into_iter()
            .map(|verdict| match verdict.unwrap() {
                Verdict::Passed(passed) => passed.proof.id(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(proofs.len(), 16);
        proofs.dedup();
        assert_eq!(proofs.len(), 1, "round {round}");
        stage.clock.advance(Lifetime::from_minutes(20));
    }
}

#[test]
fn logins_begun_at_once_share_one_mail() {
    for _ in 0..ROUNDS / 4 {
        let stage = stage(Requirement::Email);
        let barrier = Barrier::new(16);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    barrier.wait();
                    stage.begin()
                });
            }
        });
        block_on(stage.courier.drain()).unwrap();
        assert_eq!(stage.inbox.mails().len(), 1);
    }
}

#[test]
fn a_reset_that_returned_before_the_answer_always_wins() {
    for _ in 0..ROUNDS / 2 {
        let stage = stage(Requirement::Email);
        let (ticket, code) = stage.mailed();
        let barrier = Barrier::new(2);
        let verdict = thread::scope(|scope| {
            let judged = scope.spawn(|| {
                barrier.wait();
                block_on(stage.mfa.verify(&ticket, &Answer::code(&code), &stage.client)).unwrap()
            });
            barrier.wait();
            let tenant = TenantId::new("larkfield").unwrap();
            let mut operator = stage.mfa.operator(tenant, "test", "race").unwrap();
            let ben = stage.key.user().clone();
            block_on(operator.reset(ben, "phone lost")).unwrap();
            judged.join().unwrap()
        });
        // Either the login came first and its proof is dead by now, or it was refused.
        if let Verdict::Passed(passed) = verdict {
            let evidence = block_on(stage.mfa.recheck(passed.proof)).unwrap();
            assert!(matches!(evidence, countersign_core::services::Evidence::Ended(_)));
        }
        let again = block_on(stage.mfa.verify(&ticket, &Answer::code(&code), &stage.client));
        assert!(matches!(again.unwrap(), Verdict::Stale(_)));
    }
}
