//! Clocks that disagree, and clocks that step back.

use std::time::Duration;

use countersign_core::account::Account;
use countersign_core::login::StepUpReason;
use countersign_core::store::Store;
use countersign_core::{
    Answer, Begun, Challenge, Courier, DAY, Error, ErrorKind, FirstFactor, HOUR, Keys, Locale,
    MINUTE, MemoryStore, Mfa, NewTenant, NewUser, Policy, Purpose, Refusal, Requirement,
    SessionCheck, SessionEnd, Staleness, Start, Step, TenantId, Timestamp, Verdict, WrongAnswer,
};
use countersign_testkit::{Calls, CountingStore, FakeClock, FakePhone, Inbox, SeededRandom};
use pollster::block_on;

use crate::acts::{asked, by_app, step_up};
use crate::bad_input::EXTREMES;
use crate::stage::{MONDAY, Stage, address, browser, key, must_enroll, passed, user};
use countersign_core::Locked;

/// A node and a store with a clock each.
struct TwoClocks {
    mfa: Mfa,
    courier: Courier,
    inbox: Inbox,
    store: CountingStore,
    nodes: FakeClock,
    stores: FakeClock,
}

impl TwoClocks {
    fn requiring(required: Requirement) -> Self {
        let nodes = FakeClock::at(MONDAY);
        let stores = FakeClock::at(MONDAY);
        let store = CountingStore::new(MemoryStore::with_clock(stores.clone()));
        let inbox = Inbox::new();
        let random = SeededRandom::new(7);
        let (mfa, courier) = Mfa::builder()
            .store(store.clone())
            .mailer(inbox.clone())
            .keys(Keys::ephemeral(&random).unwrap())
            .clock(nodes.clone())
            .danger_random(random)
            .build()
            .unwrap();
        let new = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
        block_on(mfa.create_tenant(new)).unwrap();
        block_on(mfa.add_existing_user(&key("ben"), NewUser::at(address("ben")))).unwrap();
        let tenant = TenantId::new("larkfield").unwrap();
        let mut operator = mfa.operator(tenant, "test", "setting the stage").unwrap();
        let (_, revision) = block_on(operator.policy()).unwrap();
        let policy = Policy::requiring(required);
        let _ = block_on(operator.set_policy(policy, revision, Start::Now)).unwrap();
        store.reset();
        Self { mfa, courier, inbox, store, nodes, stores }
    }

    fn begin(&self) -> Result<Begun, Error> {
        block_on(self.mfa.begin(&key("ben"), FirstFactor::Password, &browser()))
    }

    fn challenge(&self) -> (Challenge, String) {
        let Begun::Step(Step::EnterCode(challenge)) = self.begin().unwrap() else { panic!() };
        block_on(self.courier.drain()).unwrap();
        (challenge, self.inbox.code())
    }

    fn answer(&self, challenge: &Challenge, code: &str) -> Result<Verdict, Error> {
        block_on(self.mfa.verify(&challenge.ticket, &Answer::code(code), &browser()))
    }

    fn account(&self) -> Account {
        block_on(self.store.load(&key("ben"))).unwrap().account.unwrap().value
    }
}

fn jumped<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.kind()), ("clock.jumped", ErrorKind::Unavailable));
    assert!(error.is_retryable());
}

#[test]
fn no_code_is_judged_or_asked_for_while_the_clocks_are_more_than_five_minutes_apart() {
    for store_is_ahead in [true, false] {
        let world = TwoClocks::requiring(Requirement::Email);
        let (challenge, code) = world.challenge();
        let wrong = crate::stage::other_than(&code);
        let before = world.account();
        let (moved, other) = match store_is_ahead {
            true => (&world.stores, &world.nodes),
            false => (&world.nodes, &world.stores),
        };
        moved.advance(Duration::from_millis(300_001));
        world.store.reset();
        for typed in [wrong, &code] {
            jumped(world.answer(&challenge, typed));
        }
        jumped(world.begin());
        assert_eq!(world.store.calls(), Calls { loads: 3, commits: 0 });
        assert_eq!(world.account(), before, "something was counted");
        other.advance(Duration::from_millis(1));
        let _ = passed(world.answer(&challenge, &code).unwrap());
    }
}

#[test]
fn no_login_passes_and_no_session_is_opened_while_the_clocks_are_apart() {
    let world = TwoClocks::requiring(Requirement::None);
    let Begun::Passed(passed) = world.begin().unwrap() else { panic!() };
    let session = world.mfa.seal(&passed.proof).unwrap();
    let check = || block_on(world.mfa.open_session(&session));
    for apart in [&world.stores, &world.nodes] {
        apart.advance(5 * HOUR);
        jumped(world.begin());
        jumped(check());
        jumped(block_on(world.mfa.me(&passed.proof)));
        let purpose = Purpose::StepUp(StepUpReason::new("payment 4711").unwrap());
        jumped(block_on(world.mfa.step_up(&passed.proof, purpose, &browser())));
        apart.step_back(5 * HOUR);
        assert!(matches!(check().unwrap(), SessionCheck::Valid(_)));
    }
    // What was ended by somebody needs no clock.
    block_on(world.mfa.signed_out_everywhere(&key("ben"))).unwrap();
    world.stores.advance(5 * HOUR);
    assert!(matches!(check().unwrap(), SessionCheck::Ended(SessionEnd::Superseded)));
    let world = TwoClocks::requiring(Requirement::App);
    world.stores.advance(5 * HOUR);
    jumped(world.begin());
    world.nodes.advance(5 * HOUR);
    assert!(matches!(world.begin().unwrap(), Begun::Step(Step::LinkApp(_))));
}

#[test]
fn what_has_ended_stays_ended_when_the_clock_of_the_store_goes_back() {
    let world = TwoClocks::requiring(Requirement::App);
    let until = MONDAY.plus(DAY);
    let tenant = TenantId::new("larkfield").unwrap();
    let mut operator = world.mfa.operator(tenant, "test", "a lost phone").unwrap();
    block_on(operator.exempt(user("ben"), until, "a lost phone")).unwrap();
    let Begun::Passed(passed) = world.begin().unwrap() else { panic!() };
    for clock in [&world.stores, &world.nodes] {
        clock.advance(2 * DAY);
    }
    let Begun::Step(Step::LinkApp(_)) = world.begin().unwrap() else { panic!("it is over") };
    let ended = block_on(world.mfa.check_session(passed.proof)).unwrap();
    assert!(matches!(ended, SessionCheck::Ended(SessionEnd::RanOut)), "{ended:?}");
    world.stores.step_back(2 * DAY);
    jumped(world.begin());
}

#[test]
fn the_store_judges_a_code_and_not_the_clock_of_the_node() {
    let world = TwoClocks::requiring(Requirement::App);
    world.nodes.advance(4 * MINUTE);
    let Begun::Step(Step::LinkApp(enrollment)) = world.begin().unwrap() else { panic!() };
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    let answer = Answer::code(phone.code(world.stores.now()));
    let verdict = block_on(world.mfa.verify(&enrollment.ticket, &answer, &browser()));
    let proof = passed(verdict.unwrap());
    assert_eq!(proof.issued(), MONDAY);
}

#[test]
fn a_clock_that_steps_back_makes_no_used_code_good_again() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, _) = stage.link_app("ben");
    stage.advance(300);
    let code = phone.code(stage.now());
    let ticket = stage.challenge("ben").ticket;
    let _ = passed(stage.answer(&ticket, &code));
    for seconds in [30, 90, 120] {
        stage.clock.step_back(Duration::from_secs(seconds));
        let ticket = stage.challenge("ben").ticket;
        let Verdict::Wrong(failed) = stage.answer(&ticket, &phone.code(stage.now())) else {
            panic!()
        };
        assert_eq!(failed.reason, WrongAnswer::AlreadyUsed, "{seconds} s back");
    }
    stage.advance(300);
    let ticket = stage.challenge("ben").ticket;
    let _ = passed(stage.answer(&ticket, &phone.code(stage.now())));
}

#[test]
fn a_clock_that_steps_back_neither_ends_a_lock_nor_stretches_a_code() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    let wrong = crate::stage::other_than(&stage.mailed_code());
    for _ in 0..5 {
        let _ = stage.answer(&challenge.ticket, wrong);
    }
    let until = stage.now().plus(Duration::from_secs(30));
    stage.clock.step_back(HOUR);
    let Begun::Refused(refused) = stage.begin("ben") else { panic!() };
    assert_eq!(refused, Refusal::Locked(Locked::with_end(Some(until))));
    // The code began in what is now the future: it is not live, and a new login is no way around.
    let verdict = stage.answer(&challenge.ticket, wrong);
    assert!(matches!(verdict, Verdict::Locked(_)), "{verdict:?}");
}

#[test]
fn no_code_is_judged_while_one_of_the_clocks_stands_at_an_end_of_time() {
    for (leap, store_leaps) in EXTREMES.into_iter().flat_map(|leap| [(leap, true), (leap, false)]) {
        let world = TwoClocks::requiring(Requirement::Email);
        let (challenge, code) = world.challenge();
        let before = world.account();
        let leaps = if store_leaps { &world.stores } else { &world.nodes };
        leaps.set(Timestamp::from_millis(leap));
        for typed in [crate::stage::other_than(&code), &code] {
            match world.answer(&challenge, typed) {
                // The node turns away what is over by its own clock, unread.
                Ok(verdict) => {
                    assert!(!store_leaps && leap > MONDAY.millis(), "{leap}");
                    assert_eq!(crate::stage::stale(verdict), Staleness::RanOut);
                }
                Err(error) => assert_eq!(error.code(), "clock.jumped", "{leap}"),
            }
        }
        jumped(world.begin());
        // The other end of time, seen from this one, is no nearer.
        let other = if store_leaps { &world.nodes } else { &world.stores };
        other.set(Timestamp::from_millis(if leap < 0 { i64::MAX } else { i64::MIN }));
        jumped(world.begin());
        assert_eq!(world.account(), before, "something was counted");
        for clock in [&world.nodes, &world.stores] {
            clock.set(MONDAY);
        }
        let _ = passed(world.answer(&challenge, &code).unwrap());
    }
}

#[test]
fn a_clock_that_leapt_a_year_ahead_and_back_is_healed_by_a_reset_and_a_new_app() {
    const YEAR: Duration = DAY.saturating_mul(365);
    let (stage, phone) = Stage::with_app();
    stage.clock.advance(YEAR);
    let _ = by_app(&stage, "ben", &phone);
    stage.clock.step_back(YEAR);
    stage.advance(300);
    // What was accepted in the future is never ignored, so this app is lost for a year.
    let ticket = stage.challenge("ben").ticket;
    let Verdict::Wrong(wrong) = stage.answer(&ticket, &phone.code(stage.now())) else { panic!() };
    assert_eq!(wrong.reason, WrongAnswer::AlreadyUsed);
    block_on(stage.operator().reset(user("ben"), "the clock leapt")).unwrap();
    let (phone, _) = stage.link_app("ben");
    let _ = by_app(&stage, "ben", &phone);
}

#[test]
fn a_step_that_one_phone_used_is_not_used_up_on_another() {
    let (stage, old) = Stage::with_app();
    let session = by_app(&stage, "ben", &old);
    stage.advance(30);
    let challenge = asked(step_up(&stage, &session, Purpose::LinkApp));
    let verdict = stage.answer(&challenge.ticket, &old.code(stage.now()));
    let enrollment = must_enroll(verdict);
    let mut new = FakePhone::new();
    new.scan(&enrollment.app);
    // The same 30 seconds in which the old one was used.
    let _ = passed(stage.answer(&enrollment.ticket, &new.code(stage.now())));
    stage.advance(30);
    for phone in [&new, &old] {
        let ticket = stage.challenge("ben").ticket;
        let _ = passed(stage.answer(&ticket, &phone.code(stage.now())));
    }
    for phone in [&new, &old] {
        let ticket = stage.challenge("ben").ticket;
        let verdict = stage.answer(&ticket, &phone.code(stage.now()));
        let Verdict::Wrong(wrong) = verdict else { panic!("{verdict:?}") };
        assert_eq!(wrong.reason, WrongAnswer::AlreadyUsed);
    }
}

#[test]
fn a_ticket_that_comes_back_from_the_past_links_its_secret_no_second_time() {
    let (stage, old) = Stage::with_app();
    let session = by_app(&stage, "ben", &old);
    stage.advance(30);
    let challenge = asked(step_up(&stage, &session, Purpose::LinkApp));
    let enrollment = must_enroll(stage.answer(&challenge.ticket, &old.code(stage.now())));
    let mut new = FakePhone::new();
    new.scan(&enrollment.app);
    let code = new.code(stage.now());
    let _ = passed(stage.answer(&enrollment.ticket, &code));
    let before = stage.now();
    // So many logins that nothing remembers the ticket any more.
    stage.clock.advance(DAY);
    for _ in 0..20 {
        let _ = by_app(&stage, "ben", &new);
    }
    stage.clock.set(before);
    let verdict = stage.answer(&enrollment.ticket, &code);
    assert!(!matches!(verdict, Verdict::Passed(_)), "{verdict:?}");
    assert_eq!(stage.account("ben").apps().count(), 2);
}
