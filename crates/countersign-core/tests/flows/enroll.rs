//! Linking the first app: who may, what comes before it, and what it leaves behind.

use std::time::Duration;

use countersign_core::policy::AppState;
use countersign_core::{
    Answer, AttemptId, BeforeEnrollment, Begun, Continued, DAY, Enrollment, MINUTE, Method, Policy,
    Refusal, Requirement, Staleness, Step, Verdict, WrongAnswer,
};
use countersign_testkit::{Calls, FakePhone};
use pollster::block_on;

use crate::stage::{Stage, browser, goes_on, key, must_enroll, passed, stale, user};

fn scanned(enrollment: &Enrollment) -> FakePhone {
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    phone
}

/// A code that no phone shows within half an hour of now.
fn wrong_for(phone: &FakePhone, stage: &Stage) -> String {
    let start = stage.now().minus(20 * MINUTE);
    let shown: Vec<_> =
        (0..60).map(|step| phone.code(start.plus(Duration::from_secs(step * 30)))).collect();
    (0..100).map(|code| format!("{code:06}")).find(|code| !shown.contains(code)).unwrap()
}

#[test]
fn an_abandoned_enrollment_leaves_nothing_behind() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let before = stage.account("ben");
    stage.store.reset();
    let abandoned: Vec<_> = (0..10).map(|_| stage.enrollment("ben")).collect();
    assert_eq!(stage.store.calls(), Calls { loads: 10, commits: 0 });
    assert_eq!(stage.account("ben"), before);
    for enrollment in &abandoned {
        assert!(matches!(stage.resume(&enrollment.ticket), Continued::Step(Step::LinkApp(_))));
    }
    stage.advance(15 * 60);
    assert_eq!(stage.account("ben"), before);
    let code = scanned(&abandoned[0]).code(stage.now());
    assert_eq!(stale(stage.answer(&abandoned[0].ticket, &code)), Staleness::RanOut);
    assert!(matches!(stage.begin("ben"), Begun::Step(Step::LinkApp(_))));
}

#[test]
fn of_two_tabs_with_two_qr_codes_the_first_confirmed_wins_and_the_other_links_nothing() {
    for used_mail in [false, true] {
        let stage = Stage::open();
        if used_mail {
            stage.require(Requirement::Email);
            stage.use_mail("ben");
        }
        stage.require(Requirement::App);
        let [first, second] = [(); 2].map(|()| match used_mail {
            false => stage.enrollment("ben"),
            true => {
                let ticket = stage.challenge("ben").ticket;
                let code = stage.mailed_code();
                must_enroll(stage.answer(&ticket, &code))
            }
        });
        let winner = scanned(&second);
        let loser = scanned(&first);
        let _ = passed(stage.answer(&second.ticket, &winner.code(stage.now())));
        stage.advance(30);
        let late = stage.answer(&first.ticket, &loser.code(stage.now()));
        assert_eq!(stale(late), Staleness::Superseded, "used mail: {used_mail}");
        assert_eq!(stage.account("ben").apps().count(), 1);
        let login = stage.challenge("ben");
        let refused = stage.answer(&login.ticket, &loser.code(stage.now()));
        assert!(matches!(refused, Verdict::Wrong(_)), "{refused:?}");
        let _ = passed(stage.answer(&login.ticket, &winner.code(stage.now())));
    }
}

#[test]
fn the_password_alone_links_no_app_to_an_account_that_has_used_mailed_codes() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    stage.use_mail("ben");
    stage.require(Requirement::App);
    let challenge = stage.challenge("ben");
    assert_eq!(challenge.method, Method::Email);
    let code = stage.mailed_code();
    stage.advance(60);
    let enrollment = must_enroll(stage.answer(&challenge.ticket, &code));
    assert_eq!(enrollment.ends, challenge.ends, "the second step gets no time of its own");
    assert_eq!(stage.account("ben").apps().count(), 0);
    let phone = scanned(&enrollment);
    let proof = passed(stage.answer(&enrollment.ticket, &phone.code(stage.now())));
    let methods: Vec<_> = proof.passed().iter().map(|pass| pass.method).collect();
    assert_eq!(methods, [Method::Email, Method::App]);
    assert_eq!(proof.key(), &key("ben"));
}

#[test]
fn a_lost_reply_before_the_qr_is_answered_again_without_a_write_and_links_one_app() {
    let stage = Stage::open();
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::EmailCode),
    );
    let ticket = stage.challenge("ben").ticket;
    let answer = Answer::code(stage.mailed_code());
    let form = browser().attempt(AttemptId::from_bytes([7; 16]));
    let send = || block_on(stage.mfa.verify(&ticket, &answer, &form)).unwrap();
    let first = must_enroll(send());
    stage.store.reset();
    let second = must_enroll(send());
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
    assert_eq!(second.ends, first.ends);
    let _ = passed(stage.answer(&second.ticket, &scanned(&second).code(stage.now())));
    stage.advance(30);
    let late = stage.answer(&first.ticket, &scanned(&first).code(stage.now()));
    assert_eq!(stale(late), Staleness::AlreadyUsed);
    assert_eq!(stage.account("ben").apps().count(), 1);
}

#[test]
fn the_gate_asks_even_a_new_account_for_a_mailed_code_before_the_qr() {
    let stage = Stage::open();
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::EmailCode),
    );
    let challenge = stage.challenge("ben");
    assert_eq!(challenge.method, Method::Email);
    let code = stage.mailed_code();
    let enrollment = must_enroll(stage.answer(&challenge.ticket, &code));
    let phone = scanned(&enrollment);
    let _ = passed(stage.answer(&enrollment.ticket, &phone.code(stage.now())));
}

#[test]
fn where_a_pass_is_needed_the_password_links_nothing_without_one_and_one_app_with_it() {
    let stage = Stage::open();
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::Approval),
    );
    let refused = |stage: &Stage| match stage.begin("ben") {
        Begun::Refused(refused) => refused,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(refused(&stage), Refusal::NeedsApproval);
    let ends = stage.now().plus(DAY);
    block_on(stage.operator().approve_enrollment(user("ben"), ends)).unwrap();
    let _ = stage.link_app("ben");
    block_on(stage.operator().reset(user("ben"), "lost phone")).unwrap();
    assert_eq!(refused(&stage), Refusal::NeedsApproval, "the pass was used up");
}

#[test]
fn a_pass_that_ended_or_was_taken_back_while_the_qr_was_open_links_nothing() {
    let stage = Stage::open();
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::Approval),
    );
    let issue = |seconds| {
        let until = stage.now().plus(Duration::from_secs(seconds));
        block_on(stage.operator().approve_enrollment(user("ben"), until))
    };
    issue(60).unwrap();
    let open = stage.enrollment("ben");
    stage.advance(60);
    let code = scanned(&open).code(stage.now());
    assert_eq!(stale(stage.answer(&open.ticket, &code)), Staleness::Superseded);
    issue(60).unwrap();
    let open = stage.enrollment("ben");
    block_on(stage.operator().withdraw_approval(user("ben"))).unwrap();
    let code = scanned(&open).code(stage.now());
    assert_eq!(stale(stage.answer(&open.ticket, &code)), Staleness::Superseded);
    for seconds in [0, 7 * 86_400 + 1] {
        assert_eq!(issue(seconds).unwrap_err().code(), "date.bounds");
    }
    assert_eq!(stage.account("ben").apps().count(), 0);
}

#[test]
fn a_pass_spares_nobody_the_mailed_code_they_have_used_before() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    stage.use_mail("ben");
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::Approval),
    );
    let ends = stage.now().plus(DAY);
    block_on(stage.operator().approve_enrollment(user("ben"), ends)).unwrap();
    stage.advance(600);
    assert_eq!(stage.challenge("ben").method, Method::Email);
}

#[test]
fn a_gate_set_while_a_qr_was_open_holds_for_its_confirmation() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let open = stage.enrollment("ben");
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::EmailCode),
    );
    let code = scanned(&open).code(stage.now());
    assert_eq!(stale(stage.answer(&open.ticket, &code)), Staleness::Superseded);
    assert_eq!(stage.account("ben").apps().count(), 0);
}

#[test]
fn a_company_that_asks_for_email_accepts_a_linked_app() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, _) = stage.link_app("ben");
    stage.require(Requirement::Email);
    stage.advance(30);
    let challenge = stage.challenge("ben");
    assert_eq!(challenge.method, Method::App);
    let proof = passed(stage.answer(&challenge.ticket, &phone.code(stage.now())));
    assert_eq!(proof.amr(), ["pwd", "otp", "mfa"]);
}

#[test]
fn a_mailed_code_finishes_no_login_once_the_company_asks_for_an_app() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let without_app = stage.challenge("ben");
    let code = stage.mailed_code();
    stage.require(Requirement::App);
    let _ = must_enroll(stage.answer(&without_app.ticket, &code));
    let linked = Stage::open();
    linked.require(Requirement::App);
    let (phone, _) = linked.link_app("ben");
    linked.require(Requirement::Email);
    linked.advance(60);
    let app = linked.challenge("ben");
    let mail = goes_on(linked.another_way(&app.ticket, Method::Email));
    let code = linked.mailed_code();
    linked.require(Requirement::App);
    let verdict = linked.answer(&mail.ticket, &code);
    let Verdict::Step(Step::EnterCode(next)) = verdict else { panic!("{verdict:?}") };
    assert_eq!((next.method, next.ends), (Method::App, app.ends));
    assert!(next.others.is_empty());
    let _ = passed(linked.answer(&next.ticket, &phone.code(linked.now())));
}

#[test]
fn a_policy_loosened_meanwhile_does_not_make_a_wrong_code_right() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    let wrong = crate::stage::other_than(&stage.mailed_code());
    stage.require(Requirement::None);
    let verdict = stage.answer(&challenge.ticket, wrong);
    assert!(matches!(verdict, Verdict::Wrong(_)), "{verdict:?}");
}

#[test]
fn wrong_codes_at_an_enrollment_lock_for_a_while_and_switch_nothing_off() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    for round in 0..120 {
        stage.advance(3600);
        let enrollment = stage.enrollment("ben");
        let wrong = wrong_for(&scanned(&enrollment), &stage);
        let verdict = stage.answer(&enrollment.ticket, &wrong);
        match round {
            0..4 => assert!(matches!(verdict, Verdict::Wrong(_)), "{round}: {verdict:?}"),
            _ => {
                let Verdict::Locked(locked) = verdict else { panic!("{round}: {verdict:?}") };
                assert!(locked.until.is_some(), "{round}");
                assert!(matches!(stage.begin("ben"), Begun::Refused(_)), "{round}");
            }
        }
    }
    let account = stage.account("ben");
    assert_eq!((account.misses(Method::App), account.facts().app), (0, AppState::None));
    stage.advance(3600);
    let _ = stage.link_app("ben");
    assert_eq!(stage.account("ben").facts().app, AppState::Usable);
}

#[test]
fn the_code_that_linked_an_app_opens_no_step_up_either() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, proof) = stage.link_app("ben");
    let code = phone.code(stage.now());
    let purpose = countersign_core::Purpose::Administer;
    let begun = block_on(stage.mfa.step_up(&proof, purpose, &browser())).unwrap();
    let Begun::Step(Step::EnterCode(challenge)) = begun else { panic!("{begun:?}") };
    let Verdict::Wrong(failed) = stage.answer(&challenge.ticket, &code) else { panic!() };
    assert_eq!(failed.reason, WrongAnswer::AlreadyUsed);
}
