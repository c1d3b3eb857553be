//! Wrong answers: one budget, a soft lock that doubles, a hard stop, and nothing that resets them.

use std::time::Duration;

use countersign_core::policy::AddressState;
use countersign_core::{
    Begun, MINUTE, Method, NewUser, Refusal, Requirement, Step, Ticket, Timestamp, Verdict,
    WrongAnswer,
};
use countersign_testkit::{Calls, FakePhone};
use pollster::block_on;

use crate::stage::{Stage, address, goes_on, key, other_than, passed, user};
use countersign_core::Locked;

fn wrong(phone: &FakePhone, now: Timestamp) -> String {
    // Wrong for every step that the window or the slow hint looks at.
    let near: Vec<_> =
        (0..30).map(|at| phone.code(now.minus(Duration::from_secs(at * 30)))).collect();
    let ahead: Vec<_> =
        (1..4).map(|at| phone.code(now.plus(Duration::from_secs(at * 30)))).collect();
    let free = |code: &String| !near.contains(code) && !ahead.contains(code);
    (0..999_999).map(|code| format!("{code:06}")).find(free).unwrap()
}

fn miss(stage: &Stage, ticket: &Ticket, phone: &FakePhone) -> Verdict {
    stage.answer(ticket, &wrong(phone, stage.now()))
}

#[test]
fn the_fifth_wrong_answer_locks_and_then_even_the_right_code_is_refused_without_a_write() {
    let (stage, phone) = Stage::with_app();
    let challenge = stage.challenge("ben");
    for left in (1..=4).rev() {
        let Verdict::Wrong(failed) = miss(&stage, &challenge.ticket, &phone) else { panic!() };
        assert_eq!((failed.reason, failed.tries_left), (WrongAnswer::Mismatch, Some(left)));
    }
    let Verdict::Locked(locked) = miss(&stage, &challenge.ticket, &phone) else { panic!() };
    assert_eq!(locked.until, Some(stage.now().plus(Duration::from_secs(30))));
    stage.store.reset();
    let right = phone.code(stage.now());
    assert!(matches!(stage.answer(&challenge.ticket, &right), Verdict::Locked(_)));
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
    assert!(matches!(stage.begin("ben"), Begun::Refused(_)));
    stage.advance(30);
    let _ = passed(stage.answer(&challenge.ticket, &phone.code(stage.now())));
}

#[test]
fn each_further_miss_doubles_the_lock() {
    let (stage, phone) = Stage::with_app();
    let ticket = stage.challenge("ben").ticket;
    for _ in 0..4 {
        let _ = miss(&stage, &ticket, &phone);
    }
    for seconds in [30, 60, 120] {
        let Verdict::Locked(locked) = miss(&stage, &ticket, &phone) else { panic!() };
        assert_eq!(locked.until, Some(stage.now().plus(Duration::from_secs(seconds))));
        stage.advance(seconds);
    }
}

#[test]
fn a_hundred_misses_switch_the_app_off_and_it_still_counts_as_enrolled() {
    let (stage, phone) = Stage::with_app();
    for _ in 0..100 {
        stage.advance(3601);
        let Begun::Step(Step::EnterCode(challenge)) = stage.begin("ben") else {
            panic!("stopped too early")
        };
        let _ = miss(&stage, &challenge.ticket, &phone);
    }
    stage.advance(3601);
    let Begun::Refused(refused) = stage.begin("ben") else { panic!("a QR or a challenge") };
    assert_eq!(refused, Refusal::Locked(Locked::with_end(None)));
    block_on(stage.operator().unlock(user("ben"))).unwrap();
    assert!(matches!(stage.begin("ben"), Begun::Refused(_)), "an unlock revives nothing");
    block_on(stage.operator().reset(user("ben"), "switched off")).unwrap();
    assert!(matches!(stage.begin("ben"), Begun::Step(Step::LinkApp(_))));
}

#[test]
fn new_logins_and_new_codes_give_no_new_guesses() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let mut compared = 0;
    for _ in 0..50 {
        let Begun::Step(Step::EnterCode(challenge)) = stage.begin("ben") else { break };
        for code in ["000001", "000002", "000003"] {
            compared +=
                usize::from(matches!(stage.answer(&challenge.ticket, code), Verdict::Wrong(_)));
        }
    }
    assert_eq!(compared, 4, "the fifth locked");
}

#[test]
fn guesses_by_mail_and_by_app_draw_on_one_budget() {
    let (stage, phone) = Stage::with_app();
    stage.require(Requirement::Email);
    let app = stage.challenge("ben");
    let mail =
        block_on(stage.mfa.another_way(&app.ticket, Method::Email, &crate::stage::browser()));
    let countersign_core::Continued::Step(Step::EnterCode(mail)) = mail.unwrap() else { panic!() };
    for _ in 0..2 {
        let _ = miss(&stage, &app.ticket, &phone);
        let _ = stage.answer(&mail.ticket, "000001");
    }
    assert!(matches!(miss(&stage, &app.ticket, &phone), Verdict::Locked(_)));
}

#[test]
fn a_mailed_code_never_clears_the_misses_of_the_app() {
    let (stage, phone) = Stage::with_app();
    stage.require(Requirement::Email);
    let app = stage.challenge("ben");
    for _ in 0..3 {
        let _ = miss(&stage, &app.ticket, &phone);
    }
    let mail =
        block_on(stage.mfa.another_way(&app.ticket, Method::Email, &crate::stage::browser()));
    let countersign_core::Continued::Step(Step::EnterCode(mail)) = mail.unwrap() else { panic!() };
    let code = stage.mailed_code();
    let _ = passed(stage.answer(&mail.ticket, &code));
    let snapshot =
        block_on(countersign_core::store::Store::load(&stage.store, &key("ben"))).unwrap();
    assert_eq!(snapshot.account.unwrap().value.misses(Method::App), 3);
}

#[test]
fn what_is_no_code_costs_no_try_and_no_read() {
    let (stage, _) = Stage::with_app();
    let challenge = stage.challenge("ben");
    stage.store.reset();
    for typed in ["", "12345", "1234567", "12345a", "●●●●●●", "１２３４５", &"1".repeat(5 << 20)]
    {
        let Verdict::Wrong(failed) = stage.answer(&challenge.ticket, typed) else { panic!() };
        assert!(matches!(failed.reason, WrongAnswer::Malformed(_)), "{:?}", failed.reason);
    }
    assert_eq!(stage.store.calls(), Calls { loads: 0, commits: 0 });
}

#[test]
fn a_new_password_ends_the_lock_and_keeps_the_count() {
    let (stage, phone) = Stage::with_app();
    let ticket = stage.challenge("ben").ticket;
    for _ in 0..5 {
        let _ = miss(&stage, &ticket, &phone);
    }
    block_on(stage.mfa.password_changed(&key("ben"))).unwrap();
    let again = stage.challenge("ben");
    let Verdict::Locked(locked) = miss(&stage, &again.ticket, &phone) else { panic!() };
    assert_eq!(locked.until, Some(stage.now().plus(Duration::from_secs(60))));
}

#[test]
fn a_slow_phone_is_told_so_and_a_fast_one_never() {
    let (stage, mut phone) = Stage::with_app();
    stage.advance(3600);
    let ticket = stage.challenge("ben").ticket;
    phone.runs_slow(4 * MINUTE);
    let Verdict::Wrong(failed) = stage.answer(&ticket, &phone.code(stage.now())) else { panic!() };
    assert_eq!(failed.reason, WrongAnswer::ClockSlow { minutes: 4 });
    assert_eq!(failed.tries_left, Some(4), "the hint costs a try");
    phone.runs_fast(4 * MINUTE);
    let Verdict::Wrong(failed) = stage.answer(&ticket, &phone.code(stage.now())) else { panic!() };
    assert_eq!(failed.reason, WrongAnswer::Mismatch);
}

#[test]
fn a_hundred_wrong_mailed_codes_switch_the_address_off_and_not_the_app() {
    let (stage, phone) = Stage::with_app();
    stage.require(Requirement::Email);
    stage.add_existing_user("cleo", NewUser::at(address("cleo")));
    for (person, has_app) in [("ben", true), ("cleo", false)] {
        for _ in 0..100 {
            stage.advance(3601);
            let mut challenge = stage.challenge(person);
            if has_app {
                challenge = goes_on(stage.another_way(&challenge.ticket, Method::Email));
            }
            let wrong = other_than(&stage.mailed_code());
            let _ = stage.answer(&challenge.ticket, wrong);
        }
        stage.advance(3601);
        assert_eq!(stage.account(person).facts().address, AddressState::Disabled);
    }
    let app = stage.challenge("ben");
    assert!(app.others.is_empty(), "a way that is switched off is offered");
    let _ = passed(stage.answer(&app.ticket, &phone.code(stage.now())));
    let Begun::Refused(refused) = stage.begin("cleo") else { panic!("asked or waved through") };
    assert_eq!(refused, Refusal::Locked(Locked::with_end(None)));
}

#[test]
fn the_hundredth_miss_refuses_the_right_code_on_a_ticket_that_is_still_open() {
    let (stage, phone) = Stage::with_app();
    for _ in 0..99 {
        stage.advance(3601);
        let ticket = stage.challenge("ben").ticket;
        let _ = miss(&stage, &ticket, &phone);
    }
    stage.advance(3601);
    let ticket = stage.challenge("ben").ticket;
    let Verdict::Locked(locked) = miss(&stage, &ticket, &phone) else { panic!() };
    assert_eq!(locked.until, None);
    block_on(stage.operator().unlock(user("ben"))).unwrap();
    stage.store.reset();
    let right = stage.answer(&ticket, &phone.code(stage.now()));
    let Verdict::Locked(locked) = right else { panic!("{right:?}") };
    assert_eq!(locked.until, None);
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
}
