//! Another way through a login, the same QR code again, and the ticket that the browser holds.

use countersign_core::{
    Begun, Client, Continued, Enrollment, FirstFactor, Method, Purpose, Refusal, Requirement,
    Staleness, Step, Ticket, Verdict, WrongAnswer,
};
use countersign_testkit::{Calls, FakePhone};
use pollster::block_on;

use crate::stage::{Stage, browser, goes_on, key, other_than, passed, refused, stale};

/// Ben has linked an app and his tenant is content with an e-mailed code.
fn both_ways() -> (Stage, FakePhone) {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, _) = stage.link_app("ben");
    stage.require(Requirement::Email);
    stage.advance(60);
    (stage, phone)
}

fn begin_holding(stage: &Stage, user: &str, ticket: &Ticket, client: Client) -> Begun {
    let client = client.holding(ticket.clone());
    block_on(stage.mfa.begin(&key(user), FirstFactor::Password, &client)).unwrap()
}

fn enrolls(begun: Begun) -> Enrollment {
    match begun {
        Begun::Step(Step::LinkApp(enrollment)) => enrollment,
        other => panic!("no enrollment: {other:?}"),
    }
}

#[test]
fn another_way_keeps_the_deadline_and_draws_on_the_same_budget() {
    let (stage, _) = both_ways();
    let app = stage.challenge("ben");
    assert_eq!((app.method, &app.others[..]), (Method::App, &[Method::Email][..]));
    let Verdict::Wrong(first) = stage.answer(&app.ticket, "000000") else { panic!() };
    stage.advance(120);
    let mail = goes_on(stage.another_way(&app.ticket, Method::Email));
    assert_eq!((mail.method, &mail.others[..]), (Method::Email, &[Method::App][..]));
    assert_eq!(mail.ends, app.ends);
    let code = stage.mailed_code();
    let Verdict::Wrong(second) = stage.answer(&mail.ticket, other_than(&code)) else { panic!() };
    let back = goes_on(stage.another_way(&mail.ticket, Method::App));
    assert_eq!(back.ends, app.ends);
    let Verdict::Wrong(third) = stage.answer(&back.ticket, "000000") else { panic!() };
    let left = [first.tries_left, second.tries_left, third.tries_left];
    assert_eq!(left, [Some(4), Some(3), Some(2)]);
}

#[test]
fn success_by_mail_ends_the_way_by_app() {
    let (stage, phone) = both_ways();
    let app = stage.challenge("ben");
    let mail = goes_on(stage.another_way(&app.ticket, Method::Email));
    let code = stage.mailed_code();
    let _ = passed(stage.answer(&mail.ticket, &code));
    let code = phone.code(stage.now());
    assert_eq!(stale(stage.answer(&app.ticket, &code)), Staleness::AlreadyUsed);
}

#[test]
fn success_by_app_ends_the_way_by_mail() {
    let (stage, phone) = both_ways();
    let app = stage.challenge("ben");
    let mail = goes_on(stage.another_way(&app.ticket, Method::Email));
    let code = stage.mailed_code();
    let _ = passed(stage.answer(&app.ticket, &phone.code(stage.now())));
    assert_eq!(stale(stage.answer(&mail.ticket, &code)), Staleness::AlreadyUsed);
    let again = stage.another_way(&mail.ticket, Method::App);
    assert!(matches!(again, Continued::Stale(_)), "{again:?}");
}

#[test]
fn only_what_the_person_has_and_the_policy_accepts_is_offered() {
    let (stage, _) = both_ways();
    stage.require(Requirement::App);
    let app = stage.challenge("ben");
    assert!(app.others.is_empty());
    assert_eq!(refused(stage.another_way(&app.ticket, Method::Email)), Refusal::NotOffered);
    let qr = stage.enrollment("ada");
    for method in [Method::Email, Method::App] {
        assert_eq!(refused(stage.another_way(&qr.ticket, method)), Refusal::NotOffered);
    }
    stage.require(Requirement::Email);
    let mail = stage.challenge("ada");
    assert!(mail.others.is_empty());
    assert_eq!(refused(stage.another_way(&mail.ticket, Method::App)), Refusal::NotOffered);
}

#[test]
fn a_way_that_was_taken_before_the_policy_forbade_it_is_not_shown_or_sent_again() {
    let (stage, _) = both_ways();
    let app = stage.challenge("ben");
    let mail = goes_on(stage.another_way(&app.ticket, Method::Email));
    stage.require(Requirement::App);
    stage.advance(60);
    for again in [stage.resend(&mail.ticket), stage.resume(&mail.ticket)] {
        assert!(matches!(again, Continued::Stale(_)), "{again:?}");
    }
}

#[test]
fn showing_a_qr_again_shows_the_same_key_until_it_is_used() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let first = stage.enrollment("ben");
    stage.advance(120);
    stage.store.reset();
    let Continued::Step(Step::LinkApp(again)) = stage.resume(&first.ticket) else { panic!() };
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
    assert_eq!(again.app.uri(), first.app.uri());
    assert_eq!((again.app.key(), again.ends), (first.app.key(), first.ends));
    let mut phone = FakePhone::new();
    phone.scan(&again.app);
    let _ = passed(stage.answer(&first.ticket, &phone.code(stage.now())));
    for ticket in [&first.ticket, &again.ticket] {
        let shown = stage.resume(ticket);
        assert!(matches!(&shown, Continued::Stale(s) if *s == Staleness::AlreadyUsed));
    }
}

#[test]
fn a_qr_is_never_shown_again_once_the_account_has_an_app() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let other_tab = stage.enrollment("ben");
    let _ = stage.link_app("ben");
    let shown = stage.resume(&other_tab.ticket);
    assert!(matches!(&shown, Continued::Stale(s) if *s == Staleness::Superseded));
    let held = begin_holding(&stage, "ben", &other_tab.ticket, browser());
    assert!(matches!(held, Begun::Step(Step::EnterCode(_))), "{held:?}");
}

#[test]
fn a_login_begun_again_in_the_same_browser_goes_on_with_its_qr_and_its_deadline() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let first = stage.enrollment("ben");
    stage.advance(600);
    stage.store.reset();
    let again = enrolls(begin_holding(&stage, "ben", &first.ticket, browser()));
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
    assert_eq!((again.app.key(), again.ends), (first.app.key(), first.ends));
    stage.advance(300);
    let late = enrolls(begin_holding(&stage, "ben", &again.ticket, browser()));
    assert_ne!(late.app.key(), first.app.key(), "a ticket that ended is not continued");
    assert!(late.ends > first.ends);
}

#[test]
fn a_ticket_of_another_account_browser_or_first_factor_is_never_continued() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let bens = stage.enrollment("ben");
    let adas = enrolls(begin_holding(&stage, "ada", &bens.ticket, browser()));
    assert_ne!(adas.app.key(), bens.app.key());
    let thief = Client::bound_to("another cookie of 128 bits").unwrap();
    let elsewhere = enrolls(begin_holding(&stage, "ben", &bens.ticket, thief));
    assert_ne!(elsewhere.app.key(), bens.app.key());
    let federated = FirstFactor::Federated(vec!["pwd".to_owned()]);
    let client = browser().holding(bens.ticket.clone());
    let otherwise = enrolls(block_on(stage.mfa.begin(&key("ben"), federated, &client)).unwrap());
    assert_ne!(otherwise.app.key(), bens.app.key());
}

#[test]
fn a_login_never_continues_as_a_step_up_nor_a_step_up_as_a_login() {
    let (stage, phone) = both_ways();
    let login = stage.challenge("ben");
    let proof = passed(stage.answer(&login.ticket, &phone.code(stage.now())));
    let login = stage.challenge("ben");
    let holding = browser().holding(login.ticket.clone());
    let begun = block_on(stage.mfa.step_up(&proof, Purpose::Administer, &holding)).unwrap();
    let Begun::Step(Step::EnterCode(step_up)) = begun else { panic!("{begun:?}") };
    assert_eq!(step_up.purpose, Purpose::Administer);
    let begun = begin_holding(&stage, "ben", &step_up.ticket, browser());
    let Begun::Step(Step::EnterCode(again)) = begun else { panic!("{begun:?}") };
    assert_eq!(again.purpose, Purpose::Login);
    stage.advance(30);
    let proof = passed(stage.answer(&step_up.ticket, &phone.code(stage.now())));
    assert_eq!(proof.purpose(), &Purpose::Administer);
}

#[test]
fn holding_a_ticket_gives_back_no_guess() {
    let (stage, _) = both_ways();
    let mut ticket = stage.challenge("ben").ticket;
    for left in (1..=4).rev() {
        let Verdict::Wrong(failed) = stage.answer(&ticket, "000000") else { panic!() };
        assert_eq!((failed.reason, failed.tries_left), (WrongAnswer::Mismatch, Some(left)));
        let Begun::Step(Step::EnterCode(next)) = begin_holding(&stage, "ben", &ticket, browser())
        else {
            panic!()
        };
        ticket = next.ticket;
    }
    assert!(matches!(stage.answer(&ticket, "000000"), Verdict::Locked(_)));
    let held = begin_holding(&stage, "ben", &ticket, browser());
    assert!(matches!(held, Begun::Refused(_)), "{held:?}");
}
