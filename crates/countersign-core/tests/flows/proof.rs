//! What a proof is good for, and when it ends.

use countersign_core::login::StepUpReason;
use countersign_core::{
    Aal, BeforeEnrollment, Begun, Denial, FirstFactor, Method, Policy, Proof, Purpose, Refusal,
    Requirement, SealedProof, SessionCheck, SessionEnd, Step, Verdict,
};
use countersign_testkit::{Calls, FakePhone};
use pollster::block_on;

use crate::acts::{
    asked, by_app, by_mail, by_password, code_of, denial, person, step_up, step_up_by_app,
};
use crate::stage::{Stage, browser, key, passed};

fn reason(text: &str) -> Purpose {
    Purpose::StepUp(StepUpReason::new(text).unwrap())
}

fn check_session(stage: &Stage, proof: Proof) -> SessionCheck {
    block_on(stage.mfa.check_session(proof)).unwrap()
}

fn sealed(stage: &Stage, proof: &Proof) -> SealedProof {
    stage.mfa.seal(proof).unwrap()
}

fn ended(evidence: SessionCheck) -> SessionEnd {
    match evidence {
        SessionCheck::Ended(end) => end,
        other => panic!("it has not ended: {other:?}"),
    }
}

#[test]
fn a_sealed_proof_opens_as_it_was_any_number_of_times() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (_, proof) = stage.link_app("ben");
    let text = sealed(&stage, &proof).expose().to_owned();
    assert!(text.len() <= 1536, "{}", text.len());
    for _ in 0..2 {
        stage.store.reset();
        let kept = SealedProof::from_text(text.clone());
        let SessionCheck::Valid(same) = block_on(stage.mfa.open_session(&kept)).unwrap() else {
            panic!()
        };
        assert_eq!(same, proof);
        assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
    }
}

#[test]
fn a_tampered_or_foreign_text_is_no_proof() {
    let stage = Stage::open();
    let text = sealed(&stage, &by_password(&stage, "ben")).expose().to_owned();
    stage.require(Requirement::App);
    let ticket = stage.enrollment("ben").ticket.expose().to_owned();
    let body = ticket.split_once('.').unwrap().1;
    let prefix = text.split_once('.').unwrap().0;
    let relabelled = format!("{prefix}.{body}");
    let cut = text[..text.len() - 1].to_owned();
    for wrong in [ticket.clone(), relabelled, cut, String::new(), format!("{text}A")] {
        let opened = block_on(stage.mfa.open_session(&SealedProof::from_text(wrong))).unwrap();
        assert_eq!(ended(opened), SessionEnd::NotOurs);
    }
}

#[test]
fn a_proof_ends_after_twelve_hours_and_one_of_a_step_up_after_ten_minutes() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, session) = stage.link_app("ben");
    let act = step_up_by_app(&stage, &session, reason("payment 4711"), &phone);
    stage.advance(599);
    let SessionCheck::Valid(act) = check_session(&stage, act) else { panic!() };
    stage.advance(1);
    assert_eq!(ended(check_session(&stage, act)), SessionEnd::RanOut);
    stage.advance(12 * 3600 - 630 - 1);
    let SessionCheck::Valid(session) = check_session(&stage, session) else { panic!() };
    stage.advance(1);
    assert_eq!(ended(check_session(&stage, session)), SessionEnd::RanOut);
}

#[test]
fn a_sealed_step_up_opens_for_its_purpose_only_and_never_as_a_session() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, session) = stage.link_app("ben");
    let act = step_up_by_app(&stage, &session, reason("payment 4711"), &phone);
    let session = sealed(&stage, &session);
    let act = sealed(&stage, &act);
    let open_step_up = |text: &SealedProof, purpose: &Purpose| {
        block_on(stage.mfa.open_step_up(text, purpose)).unwrap()
    };
    assert!(matches!(open_step_up(&act, &reason("payment 4711")), SessionCheck::Valid(_)));
    stage.store.reset();
    for purpose in [reason("payment 4712"), Purpose::Administer, Purpose::Login] {
        assert_eq!(ended(open_step_up(&act, &purpose)), SessionEnd::OtherPurpose);
    }
    assert_eq!(ended(block_on(stage.mfa.open_session(&act)).unwrap()), SessionEnd::OtherPurpose);
    assert_eq!(ended(open_step_up(&session, &reason("payment 4711"))), SessionEnd::OtherPurpose);
    assert_eq!(stage.store.calls(), Calls { loads: 0, commits: 0 });
}

#[test]
fn a_tightened_policy_shows_a_session_to_be_too_weak_and_a_loosened_one_does_not() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let session = by_mail(&stage, "ben");
    stage.require(Requirement::App);
    let SessionCheck::StepUpRequired { proof, required } = check_session(&stage, session) else {
        panic!()
    };
    assert_eq!(required, Requirement::App);
    stage.require(Requirement::None);
    assert!(matches!(check_session(&stage, proof), SessionCheck::Valid(_)));
}

#[test]
fn a_proof_says_honestly_what_was_done() {
    let stage = Stage::open();
    let plain = by_password(&stage, "ben");
    assert_eq!((plain.amr(), plain.aal()), (vec!["pwd"], Aal::Aal1));
    stage.require(Requirement::Email);
    let mailed = by_mail(&stage, "ben");
    assert_eq!((mailed.amr(), mailed.aal()), (vec!["pwd", "otp"], Aal::Aal1));
    stage.require(Requirement::App);
    let (_, linked) = stage.link_app("ada");
    assert_eq!((linked.amr(), linked.aal()), (vec!["pwd", "otp", "mfa"], Aal::Aal2));
    assert_eq!(linked.passed().iter().map(|p| p.method).collect::<Vec<_>>(), [Method::App]);
    assert_eq!((linked.policy_revision(), linked.key()), (2, &key("ada")));
    stage.require(Requirement::None);
    let first = FirstFactor::Federated(vec!["hwk".to_owned(), "x".repeat(33)]);
    let begun = block_on(stage.mfa.begin(&key("ben"), first, &browser())).unwrap();
    let Begun::Passed(federated) = begun else { panic!() };
    assert_eq!((federated.proof.amr(), federated.proof.aal()), (vec!["hwk"], Aal::Aal1));
}

#[test]
fn a_step_up_asks_for_the_strongest_method_and_offers_no_weaker_way() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let session = by_mail(&stage, "ben");
    let weak = asked(step_up(&stage, &session, reason("payment")));
    assert_eq!((weak.method, weak.others), (Method::Email, vec![]));
    let (_, session) = {
        stage.require(Requirement::App);
        stage.link_app("ada")
    };
    let strong = asked(step_up(&stage, &session, reason("payment")));
    assert_eq!((strong.method, strong.others), (Method::App, vec![]));
    let other = block_on(stage.mfa.another_way(&strong.ticket, Method::Email, &browser())).unwrap();
    let countersign_core::Continued::Refused(refused) = other else { panic!("{other:?}") };
    assert_eq!(refused, Refusal::NotOffered);
}

#[test]
fn a_step_up_proof_names_its_purpose_and_serves_no_other() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, session) = stage.link_app("ben");
    let app = person(&stage, "ben").apps[0].id;
    let payment = step_up_by_app(&stage, &session, reason("payment 4711"), &phone);
    assert_eq!(payment.purpose().to_string(), "payment 4711");
    let refused = block_on(stage.mfa.remove_app(payment, app));
    assert_eq!(denial(refused), Denial::WrongPurpose);
    let login = block_on(stage.mfa.step_up(&session, Purpose::Login, &browser()));
    assert_eq!(code_of(login), "step_up.purpose");
    let refused = block_on(stage.mfa.remove_app(session, app));
    assert_eq!(denial(refused), Denial::WrongPurpose);
}

#[test]
fn an_ended_proof_begins_no_step_up() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (_, session) = stage.link_app("ben");
    block_on(stage.mfa.password_changed(&key("ben"))).unwrap();
    let Begun::Refused(refused) = step_up(&stage, &session, reason("payment")) else { panic!() };
    assert_eq!(refused, Refusal::ProofEnded);
}

/// Replaces the app, and returns the new phone with the proof of the act.
fn replace(stage: &Stage, session: &Proof, phone: &FakePhone) -> (FakePhone, Proof) {
    stage.advance(30);
    let ticket = asked(step_up(stage, session, Purpose::ReplaceApp)).ticket;
    let next = stage.answer(&ticket, &phone.code(stage.now()));
    let Verdict::Step(Step::LinkApp(enrollment)) = next else { panic!("{next:?}") };
    let mut new_phone = FakePhone::new();
    new_phone.scan(&enrollment.app);
    stage.advance(30);
    let code = new_phone.code(stage.now());
    let proof = passed(stage.answer(&enrollment.ticket, &code));
    (new_phone, proof)
}

#[test]
fn the_session_that_replaced_an_app_is_carried_over_and_every_other_one_ends() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, mine) = stage.link_app("ben");
    let elsewhere = by_app(&stage, "ben", &phone);
    let (new_phone, act) = replace(&stage, &mine, &phone);
    let mine = block_on(stage.mfa.renew(mine, act)).unwrap();
    assert!(matches!(check_session(&stage, mine), SessionCheck::Valid(_)));
    assert_eq!(ended(check_session(&stage, elsewhere)), SessionEnd::Superseded);
    let _ = by_app(&stage, "ben", &new_phone);
}

#[test]
fn a_session_of_somebody_else_or_from_two_acts_ago_is_not_carried_over() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (_, ada) = stage.link_app("ada");
    let (phone, old) = stage.link_app("ben");
    let (new_phone, first) = replace(&stage, &old, &phone);
    let session = by_app(&stage, "ben", &new_phone);
    let (_, second) = replace(&stage, &session, &new_phone);
    let second = || stage.mfa.seal(&second).unwrap();
    let again = |sealed| match block_on(stage.mfa.open_step_up(&sealed, &Purpose::ReplaceApp)) {
        Ok(SessionCheck::Valid(proof)) => proof,
        other => panic!("{other:?}"),
    };
    assert_eq!(denial(block_on(stage.mfa.renew(ada, again(second())))), Denial::ProofEnded);
    assert_eq!(denial(block_on(stage.mfa.renew(old, again(second())))), Denial::ProofEnded);
    assert_eq!(denial(block_on(stage.mfa.renew(session, first))), Denial::ProofEnded);
}

#[test]
fn the_last_app_of_somebody_who_must_have_one_cannot_be_removed() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, session) = stage.link_app("ben");
    let app = person(&stage, "ben").apps[0].id;
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::EmailCode),
    );
    let proof = step_up_by_app(&stage, &session, Purpose::RemoveApp(app), &phone);
    assert_eq!(denial(block_on(stage.mfa.remove_app(proof, app))), Denial::LastOne);
    assert_eq!(person(&stage, "ben").apps.len(), 1);
}

#[test]
fn having_used_mailed_codes_before_does_not_let_the_required_app_be_removed() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let _ = by_mail(&stage, "ben");
    stage.require(Requirement::App);
    let gate = stage.challenge("ben");
    let next = stage.answer(&gate.ticket, &stage.mailed_code());
    let Verdict::Step(Step::LinkApp(enrollment)) = next else { panic!("{next:?}") };
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    let session = passed(stage.answer(&enrollment.ticket, &phone.code(stage.now())));
    let app = person(&stage, "ben").apps[0].id;
    let proof = step_up_by_app(&stage, &session, Purpose::RemoveApp(app), &phone);
    assert_eq!(denial(block_on(stage.mfa.remove_app(proof, app))), Denial::LastOne);
}

#[test]
fn removing_an_app_that_nobody_requires_ends_the_choice_and_all_other_sessions() {
    let stage = Stage::open();
    let first = by_password(&stage, "ben");
    let Begun::Step(Step::LinkApp(enrollment)) = step_up(&stage, &first, Purpose::LinkApp) else {
        panic!()
    };
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    let linked = passed(stage.answer(&enrollment.ticket, &phone.code(stage.now())));
    let session = block_on(stage.mfa.renew(first, linked)).unwrap();
    assert_eq!(person(&stage, "ben").resolution.required, Requirement::App);
    let elsewhere = by_app(&stage, "ben", &phone);
    let app = person(&stage, "ben").apps[0].id;
    let proof = step_up_by_app(&stage, &session, Purpose::RemoveApp(app), &phone);
    let act = block_on(stage.mfa.remove_app(proof, app)).unwrap();
    assert_eq!(ended(check_session(&stage, elsewhere)), SessionEnd::Superseded);
    let session = block_on(stage.mfa.renew(session, act)).unwrap();
    assert!(matches!(check_session(&stage, session), SessionCheck::Valid(_)));
    let _ = by_password(&stage, "ben");
}
