//! The same attempt sent twice is judged once; the ticket of a finished login is worth nothing.

use countersign_core::{Answer, AttemptId, Client, Requirement, Staleness, Ticket, Verdict};
use countersign_testkit::Calls;
use pollster::block_on;

use crate::stage::{Stage, browser, key, other_than, passed, user};
use countersign_core::MINUTE;

fn form(number: u8) -> Client {
    browser().attempt(AttemptId::from_bytes([number; 16]))
}

fn send(stage: &Stage, ticket: &Ticket, code: &str, client: &Client) -> Verdict {
    block_on(stage.mfa.verify(ticket, &Answer::code(code), client)).unwrap()
}

#[test]
fn a_lost_reply_is_answered_again_with_the_same_proof_and_no_write() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    let first = passed(send(&stage, &ticket, &code, &form(1)));
    stage.store.reset();
    let spaced = format!("{}-{}", &code[..3], &code[3..]);
    let second = passed(send(&stage, &ticket, &spaced, &form(1)));
    assert_eq!(first, second);
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
    let other_form = send(&stage, &ticket, &code, &form(2));
    let Verdict::Stale(stale) = other_form else { panic!("{other_form:?}") };
    assert_eq!(stale, Staleness::AlreadyUsed);
}

#[test]
fn a_double_press_of_a_wrong_code_is_one_miss() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for _ in 0..3 {
        let Verdict::Wrong(failed) = send(&stage, &ticket, wrong, &form(1)) else { panic!() };
        assert_eq!(failed.tries_left, Some(4));
    }
    let Verdict::Wrong(failed) = send(&stage, &ticket, wrong, &form(2)) else { panic!() };
    assert_eq!(failed.tries_left, Some(3));
    let _ = passed(send(&stage, &ticket, &code, &form(1)));
}

#[test]
fn another_answer_from_the_same_form_is_judged_on_its_own() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    let wrong = other_than(&code);
    let Verdict::Wrong(failed) = send(&stage, &ticket, wrong, &form(1)) else { panic!() };
    assert_eq!(failed.tries_left, Some(4));
    let _ = passed(send(&stage, &ticket, &code, &form(1)));
    let verdict = send(&stage, &ticket, wrong, &form(1));
    assert!(matches!(verdict, Verdict::Stale(_)), "{verdict:?}");
}

#[test]
fn after_two_minutes_the_same_attempt_is_too_late() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    let _ = passed(send(&stage, &ticket, &code, &form(1)));
    stage.advance(120);
    assert!(matches!(send(&stage, &ticket, &code, &form(1)), Verdict::Stale(_)));
}

#[test]
fn a_reset_ends_what_a_retry_could_get_back() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    let _ = passed(send(&stage, &ticket, &code, &form(1)));
    block_on(stage.operator().reset(user("ben"), "phone lost")).unwrap();
    assert!(matches!(send(&stage, &ticket, &code, &form(1)), Verdict::Stale(_)));
}

#[test]
fn a_ticket_is_worth_nothing_in_another_browser_or_damaged_or_late() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    stage.store.reset();
    let thief = Client::bound_to("another cookie of 128 bits").unwrap();
    let unbound = Client::danger_unbound();
    let text = ticket.expose().to_owned();
    let mut tried = vec![
        send(&stage, &ticket, &code, &thief),
        send(&stage, &ticket, &code, &unbound),
        send(&stage, &Ticket::from_browser(""), &code, &browser()),
        send(&stage, &Ticket::from_browser("cst1.".repeat(1 << 20)), &code, &browser()),
    ];
    // After the prefix stand a version and the number of the key, which anybody can write.
    for at in 0..text.len() {
        let mut damaged = text.clone().into_bytes();
        damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
        let damaged = Ticket::from_browser(String::from_utf8(damaged).unwrap());
        tried.push(send(&stage, &damaged, &code, &browser()));
    }
    stage.clock.advance(15 * MINUTE);
    tried.push(send(&stage, &ticket, &code, &browser()));
    assert!(tried.iter().all(|verdict| matches!(verdict, Verdict::Stale(_))));
    assert_eq!(stage.store.calls(), Calls { loads: 0, commits: 0 });
    assert!(text.len() <= 1536);
}

#[test]
fn whatever_ends_sessions_ends_open_logins_and_proofs_too() {
    type Act = fn(&Stage);
    let acts: [(&str, Act); 6] = [
        ("new password", |s| block_on(s.mfa.password_changed(&key("ben"))).unwrap()),
        ("signed out", |s| block_on(s.mfa.signed_out_everywhere(&key("ben"))).unwrap()),
        ("suspended", |s| block_on(s.mfa.suspended(&key("ben"))).unwrap()),
        ("removed", |s| block_on(s.mfa.removed(&key("ben"))).unwrap()),
        ("reset", |s| block_on(s.operator().reset(user("ben"), "lost")).unwrap()),
        ("company signed out", |s| block_on(s.operator().sign_everybody_out()).unwrap()),
    ];
    for (name, act) in acts {
        let stage = Stage::open();
        stage.require(Requirement::Email);
        let first = stage.challenge("ben").ticket;
        let code = stage.mailed_code();
        let proof = passed(stage.answer(&first, &code));
        let ticket = stage.challenge("ben").ticket;
        let code = stage.mailed_code();
        act(&stage);
        let verdict = stage.answer(&ticket, &code);
        assert!(matches!(verdict, Verdict::Stale(_)), "{name}: {verdict:?}");
        let evidence = block_on(stage.mfa.check_session(proof)).unwrap();
        let ended = matches!(evidence, countersign_core::SessionCheck::Ended(_));
        assert!(ended, "{name}: {evidence:?}");
    }
}
