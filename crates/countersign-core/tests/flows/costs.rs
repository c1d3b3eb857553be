//! What each operation costs a store: the table of design section 4, row by row.

use countersign_core::login::StepUpReason;
use countersign_core::mail::{MailKind, Template};
use countersign_core::{
    AttemptId, Begun, Client, Method, NewUser, Proof, Purpose, Requirement, SessionCheck, Start,
    Step, Ticket, Verdict,
};
use countersign_testkit::{Calls, FakePhone};
use pollster::block_on;

use crate::acts::{admin, by_mail, by_password, step_up};
use crate::admin::wrong;
use crate::stage::{Stage, address, browser, key, passed};

const READ: Calls = Calls { loads: 1, commits: 0 };
const READ_AND_WRITE: Calls = Calls { loads: 1, commits: 1 };
/// An act of an administrator: who acts is read as well, and compared when it commits.
const ACT: Calls = Calls { loads: 2, commits: 1 };
const NOTHING: Calls = Calls { loads: 0, commits: 0 };

/// What this costs.
#[track_caller]
fn costs<T>(stage: &Stage, expected: Calls, act: impl FnOnce() -> T) -> T {
    stage.store.reset();
    let outcome = act();
    assert_eq!(stage.store.calls(), expected);
    outcome
}

fn with_app() -> (Stage, FakePhone, Proof) {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, proof) = stage.link_app("ben");
    stage.advance(30);
    (stage, phone, proof)
}

#[test]
fn beginning_reads_once_and_writes_only_to_queue_a_mail() {
    let stage = Stage::open();
    let _ = costs(&stage, READ, || by_password(&stage, "ben"));
    stage.require(Requirement::Email);
    let held = costs(&stage, READ_AND_WRITE, || stage.challenge("ben"));
    let _ = costs(&stage, READ, || stage.challenge("ben"));
    let client = browser().holding(held.ticket);
    let first = countersign_core::FirstFactor::Password;
    let again = costs(&stage, READ, || block_on(stage.mfa.begin(&key("ben"), first, &client)));
    assert!(matches!(again.unwrap(), Begun::Step(Step::EnterCode(_))));
    stage.require(Requirement::App);
    let _ = costs(&stage, READ, || stage.enrollment("ada"));
    let (stage, _, session) = with_app();
    let _ = costs(&stage, READ, || stage.challenge("ben"));
    let purpose = || Purpose::StepUp(StepUpReason::new("payment").unwrap());
    let _ = costs(&stage, READ, || step_up(&stage, &session, purpose()));
    let _ = costs(&stage, READ, || stage.begin("nobody"));
}

#[test]
fn verifying_reads_once_and_writes_once_right_or_wrong() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    let code = stage.mailed_code();
    let missed = costs(&stage, READ_AND_WRITE, || stage.answer(&challenge.ticket, &wrong(&code)));
    assert!(matches!(missed, Verdict::Wrong(_)));
    let _ = passed(costs(&stage, READ_AND_WRITE, || stage.answer(&challenge.ticket, &code)));
    let again = costs(&stage, READ, || stage.answer(&challenge.ticket, &code));
    assert!(matches!(again, Verdict::Stale(_)));
    stage.require(Requirement::App);
    let enrollment = stage.enrollment("ada");
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    let code = phone.code(stage.now());
    let missed = costs(&stage, READ_AND_WRITE, || stage.answer(&enrollment.ticket, &wrong(&code)));
    assert!(matches!(missed, Verdict::Wrong(_)));
    let _ = passed(costs(&stage, READ_AND_WRITE, || stage.answer(&enrollment.ticket, &code)));
    stage.advance(30);
    let challenge = costs(&stage, READ, || stage.challenge("ada"));
    let code = phone.code(stage.now());
    let missed = costs(&stage, READ_AND_WRITE, || stage.answer(&challenge.ticket, &wrong(&code)));
    assert!(matches!(missed, Verdict::Wrong(_)));
    let _ = passed(costs(&stage, READ_AND_WRITE, || stage.answer(&challenge.ticket, &code)));
}

#[test]
fn a_locked_account_and_the_same_attempt_again_cost_no_write() {
    let (stage, phone, _) = with_app();
    let challenge = stage.challenge("ben");
    let code = phone.code(stage.now());
    let client = || browser().attempt(AttemptId::from_bytes([7; 16]));
    let answer = countersign_core::Answer::code(code.clone());
    let verify = || block_on(stage.mfa.verify(&challenge.ticket, &answer, &client())).unwrap();
    let first = passed(costs(&stage, READ_AND_WRITE, verify));
    let same = passed(costs(&stage, READ, verify));
    assert_eq!(first.id(), same.id());
    let challenge = stage.challenge("ben");
    for _ in 0..5 {
        let _ = stage.answer(&challenge.ticket, &wrong(&code));
    }
    let locked = costs(&stage, READ, || stage.answer(&challenge.ticket, &code));
    assert!(matches!(locked, Verdict::Locked(_)));
    let _ = costs(&stage, READ, || stage.begin("ben"));
}

#[test]
fn a_forged_expired_or_foreign_ticket_and_a_malformed_code_never_reach_the_store() {
    let (stage, phone, _) = with_app();
    let ticket = stage.challenge("ben").ticket;
    let code = phone.code(stage.now());
    let malformed = costs(&stage, NOTHING, || stage.answer(&ticket, "12345"));
    assert!(matches!(malformed, Verdict::Wrong(_)));
    let forged = Ticket::from_browser(format!("{}A", ticket.expose()));
    let stale = costs(&stage, NOTHING, || stage.answer(&forged, &code));
    assert!(matches!(stale, Verdict::Stale(_)));
    let other = Client::bound_to("another cookie, 128 bits").unwrap();
    let answer = countersign_core::Answer::code(code.clone());
    let foreign =
        costs(&stage, NOTHING, || block_on(stage.mfa.verify(&ticket, &answer, &other)).unwrap());
    assert!(matches!(foreign, Verdict::Stale(_)));
    stage.advance(15 * 60);
    let expired = costs(&stage, NOTHING, || stage.answer(&ticket, &code));
    assert!(matches!(expired, Verdict::Stale(_)));
}

#[test]
fn sending_again_costs_a_write_and_showing_again_or_asking_too_soon_does_not() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let resend = || block_on(stage.mfa.resend(&ticket, &browser())).unwrap();
    let _ = costs(&stage, READ, resend);
    let _ = costs(&stage, READ, || block_on(stage.mfa.resume(&ticket, &browser())).unwrap());
    stage.advance(30);
    let _ = costs(&stage, READ_AND_WRITE, resend);
    let way = || block_on(stage.mfa.another_way(&ticket, Method::App, &browser())).unwrap();
    let _ = costs(&stage, READ, way);
}

#[test]
fn checking_a_session_reads_once_and_sealing_it_costs_nothing() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let session = by_mail(&stage, "ben");
    let sealed = costs(&stage, NOTHING, || stage.mfa.seal(&session).unwrap());
    let opened = costs(&stage, READ, || block_on(stage.mfa.open_session(&sealed)).unwrap());
    assert!(matches!(opened, SessionCheck::Valid(_)));
    let _ = costs(&stage, READ, || block_on(stage.mfa.check_session(session)).unwrap());
}

#[test]
fn opening_the_admin_handle_reads_once_and_an_act_reads_who_acts_and_what_it_changes() {
    let stage = Stage::open();
    let proof = by_password(&stage, "ada");
    let mut ada = costs(&stage, READ, || admin(&stage, proof));
    let policy = countersign_core::Policy::requiring(Requirement::App);
    let saved =
        costs(&stage, ACT, || block_on(ada.set_policy(policy.clone(), 0, Start::Now)).unwrap());
    assert_eq!(saved, countersign_core::Saved::Saved { revision: 1 });
    let _ = costs(&stage, Calls { commits: 0, ..ACT }, || {
        block_on(ada.set_policy(policy, 1, Start::Now)).unwrap()
    });
    costs(&stage, ACT, || block_on(ada.sign_everybody_out()).unwrap());
}

#[test]
fn no_login_reads_mail_texts_and_the_courier_reads_them_once_for_each_mail_it_sends() {
    let (stage, phone, session) = with_app();
    let ticket = stage.challenge("ben").ticket;
    let _ = stage.answer(&ticket, &wrong(&phone.code(stage.now())));
    let _ = passed(stage.answer(&ticket, &phone.code(stage.now())));
    let _ = block_on(stage.mfa.check_session(session)).unwrap();
    let _ = stage.begin("nobody");
    assert_eq!(stage.store.lists(), 0, "a login");
    block_on(stage.courier.drain()).unwrap();
    stage.require(Requirement::Email);
    stage.add_existing_user("cleo", NewUser::at(address("cleo")));
    stage.inbox.clear();
    stage.store.reset();
    let _ = stage.challenge("ada");
    let again = stage.challenge("cleo");
    assert_eq!(stage.store.lists(), 0, "mails that are queued");
    block_on(stage.courier.drain()).unwrap();
    assert_eq!(stage.store.lists(), stage.inbox.mails().len() as u64);
    stage.store.reset();
    stage.advance(30);
    let _ = block_on(stage.mfa.resend(&again.ticket, &browser())).unwrap();
    let code = stage.inbox.code();
    let _ = passed(stage.answer(&again.ticket, &code));
    assert_eq!(block_on(stage.courier.drain()).unwrap().dropped, 1);
    assert_eq!(stage.store.lists(), 0, "a mail that nobody wants any more");
}

#[test]
fn writing_a_mail_text_reads_the_tenant_and_its_texts_and_writes_once() {
    let stage = Stage::open();
    let mut operator = stage.operator();
    let text = |tag: &str| {
        let locale = tag.parse().unwrap();
        Template::parse(MailKind::LoginCode, &locale, "Code", "{code}").unwrap()
    };
    costs(&stage, READ_AND_WRITE, || block_on(operator.set_mail_text(text("fr"))).unwrap());
    assert_eq!(stage.store.lists(), 1);
    let mut other = stage.operator();
    block_on(other.set_mail_text(text("it"))).unwrap();
    let texts = costs(&stage, NOTHING, || block_on(operator.mail_texts()).unwrap());
    let tags: Vec<_> = texts.iter().map(|text| text.locale().as_str()).collect();
    assert_eq!(tags, ["fr", "it"]);
    stage.require(Requirement::Email);
    assert_eq!(block_on(operator.mail_texts()).unwrap(), texts, "a policy leaves them alone");
}
