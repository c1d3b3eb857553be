//! What a session may do by itself, what it counts, and which act carries it over.

use countersign_core::login::{Accepted, StepUpReason};
use countersign_core::{
    BeforeEnrollment, Begun, Client, FirstFactor, HOUR, MINUTE, Method, NewUser, Policy, Proof,
    Purpose, Refusal, Requirement, Role, SessionCheck, SessionEnd, Step, Verdict,
};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::acts::{
    asked, by_app, by_mail, by_password, code_of, denial, person, step_up, step_up_by_app,
};
use crate::stage::{Stage, browser, key, must_enroll, passed, user};
use countersign_core::AuthenticatorId;

fn link_by(stage: &Stage, verdict: Verdict) -> (FakePhone, Proof) {
    let enrollment = must_enroll(verdict);
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    let code = phone.code(stage.now());
    (phone, passed(stage.answer(&enrollment.ticket, &code)))
}

fn link_at_once(stage: &Stage, begun: Begun) -> (FakePhone, Proof) {
    let Begun::Step(step) = begun else { panic!("{begun:?}") };
    link_by(stage, Verdict::Step(step))
}

fn check(stage: &Stage, session: Proof) -> SessionCheck {
    block_on(stage.mfa.check_session(session)).unwrap()
}

#[test]
fn a_session_of_long_ago_gets_a_first_qr_code_only_after_a_mailed_code() {
    let stage = Stage::open();
    let session = by_password(&stage, "ben");
    stage.clock.advance(15 * MINUTE);
    let challenge = asked(step_up(&stage, &session, Purpose::LinkApp));
    assert_eq!((challenge.method, challenge.others), (Method::Email, vec![]));
    let verdict = stage.answer(&challenge.ticket, &stage.mailed_code());
    let _ = link_by(&stage, verdict);
    // Within a quarter of an hour the login was enough.
    let session = by_password(&stage, "ada");
    stage.clock.advance(15 * MINUTE - std::time::Duration::from_millis(1));
    let _ = link_at_once(&stage, step_up(&stage, &session, Purpose::LinkApp));
}

#[test]
fn a_session_of_long_ago_without_an_address_is_told_to_log_in_again() {
    let stage = Stage::open();
    stage.add_existing_user("dan", NewUser::default());
    let session = by_password(&stage, "dan");
    stage.clock.advance(HOUR);
    let begun = step_up(&stage, &session, Purpose::LinkApp);
    assert_eq!(begun, Begun::Refused(Refusal::LoginTooOld));
    let session = by_password(&stage, "dan");
    let _ = link_at_once(&stage, step_up(&stage, &session, Purpose::LinkApp));
}

#[test]
fn the_approval_gate_holds_for_a_step_up_as_for_a_login_whatever_was_used_before() {
    for used_mail in [false, true] {
        let stage = Stage::open();
        let gated = |required| {
            Policy::requiring(required).asking_before_enrollment(BeforeEnrollment::Approval)
        };
        if used_mail {
            stage.require(Requirement::Email);
            stage.use_mail("ben");
        }
        stage.save(gated(Requirement::None));
        let session = by_password(&stage, "ben");
        for purpose in [Purpose::LinkApp, Purpose::ReplaceApp] {
            let begun = step_up(&stage, &session, purpose);
            assert_eq!(begun, Begun::Refused(Refusal::NeedsApproval), "{used_mail}");
        }
        let until = stage.now().plus(HOUR);
        block_on(stage.operator().approve_enrollment(user("ben"), until)).unwrap();
        let begun = step_up(&stage, &session, Purpose::LinkApp);
        assert!(matches!(begun, Begun::Step(_)), "{used_mail}");
    }
}

#[test]
fn a_session_counts_the_app_that_was_linked_in_it_by_choice() {
    let stage = Stage::open();
    let session = by_password(&stage, "ben");
    let (_, act) = link_at_once(&stage, step_up(&stage, &session, Purpose::LinkApp));
    let session = block_on(stage.mfa.renew(session, act)).unwrap();
    let SessionCheck::Valid(session) = check(&stage, session) else { panic!("too weak") };
    assert!(session.passed().iter().any(|used| used.method == Method::App));
}

#[test]
fn a_session_is_carried_over_only_by_an_act_that_was_begun_from_it() {
    let (stage, phone) = Stage::with_app();
    let mine = by_app(&stage, "ben", &phone);
    stage.advance(30);
    let other = by_app(&stage, "ben", &phone);
    let app = person(&stage, "ben").apps[0].id;
    stage.require(Requirement::None);
    let proof = step_up_by_app(&stage, &mine, Purpose::RemoveApp(app), &phone);
    let act = block_on(stage.mfa.remove_app(proof, app)).unwrap();
    let denied = denial(block_on(stage.mfa.renew(other, act)));
    assert_eq!(denied, countersign_core::Denial::ProofEnded);
}

#[test]
fn removing_an_app_that_is_not_there_is_said_and_ends_nothing() {
    let (stage, phone) = Stage::with_app();
    let session = by_app(&stage, "ben", &phone);
    let gone = AuthenticatorId::from_bytes([7; 16]);
    let proof = step_up_by_app(&stage, &session, Purpose::RemoveApp(gone), &phone);
    assert_eq!(code_of(block_on(stage.mfa.remove_app(proof, gone))), "app.unknown");
    assert!(matches!(check(&stage, session), SessionCheck::Valid(_)));
}

#[test]
fn a_proof_for_a_payment_changes_no_address() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let session = by_mail(&stage, "ben");
    let payment = Purpose::StepUp(StepUpReason::new("payment 4711").unwrap());
    let ticket = asked(step_up(&stage, &session, payment)).ticket;
    let proof = passed(stage.answer(&ticket, &stage.mailed_code()));
    let refused = block_on(stage.mfa.propose_address(proof, crate::stage::address("eve")));
    assert_eq!(denial(refused), countersign_core::Denial::WrongPurpose);
}

#[test]
fn a_session_is_held_to_the_roles_and_the_minimum_that_were_stated_at_its_login() {
    let role = || Role::new("payroll").unwrap();
    for stated in [browser().with_role(role()), browser().requiring(Requirement::Email)] {
        let stage = Stage::open();
        stage.save(Policy::default().and_for_role(role(), Requirement::Email));
        let begun = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, &stated));
        let Begun::Step(Step::EnterCode(challenge)) = begun.unwrap() else { panic!() };
        let verdict = stage.answer(&challenge.ticket, &stage.mailed_code());
        let session = passed(verdict);
        assert!(matches!(check(&stage, session), SessionCheck::Valid(_)));
    }
    // A login that was too weak for the role from the beginning shows at the first check.
    let stage = Stage::open();
    let stated: Client = browser().with_role(role());
    let begun = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, &stated));
    let Begun::Passed(login) = begun.unwrap() else { panic!() };
    stage.save(Policy::default().and_for_role(role(), Requirement::Email));
    let checked = check(&stage, login.proof);
    assert!(matches!(checked, SessionCheck::StepUpRequired { required: Requirement::Email, .. }));
}

#[test]
fn an_invitation_ends_with_the_first_login_a_new_password_or_a_linked_app() {
    type Ending = fn(&Stage);
    let endings: [Ending; 3] = [
        |stage| drop(by_password(stage, "ben")),
        |stage| block_on(stage.mfa.password_changed(&key("ben"))).unwrap(),
        |stage| {
            stage.require(Requirement::App);
            let _ = stage.link_app("ben");
        },
    ];
    for end in endings {
        let stage = Stage::open();
        block_on(stage.operator().invite_again(user("ben"))).unwrap();
        block_on(stage.courier.drain()).unwrap();
        let token = stage.inbox.link().rsplit('/').next().unwrap().to_owned();
        end(&stage);
        assert_eq!(block_on(stage.mfa.accept_invitation(&token)).unwrap(), Accepted::Ended);
        assert!(!person(&stage, "ben").invited);
    }
}

/// The requirement that this session falls short of.
fn too_weak(stage: &Stage, session: Proof) -> (Proof, Requirement) {
    match check(stage, session) {
        SessionCheck::StepUpRequired { proof, required } => (proof, required),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_session_that_is_too_weak_by_now_shows_what_a_login_would_and_ends_no_later() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let session = by_mail(&stage, "ben");
    let ends = session.ends();
    stage.require(Requirement::App);
    stage.clock.advance(HOUR);
    let (session, required) = too_weak(&stage, session);
    assert_eq!(required, Requirement::App);
    // An old code opens no QR code: another one is mailed first, as in a login.
    let challenge = asked(step_up(&stage, &session, Purpose::Strengthen));
    assert_eq!((challenge.method, challenge.others), (Method::Email, vec![]));
    let verdict = stage.answer(&challenge.ticket, &stage.mailed_code());
    let (phone, proof) = link_by(&stage, verdict);
    let session = block_on(stage.mfa.renew(session, proof)).unwrap();
    assert_eq!((session.ends(), session.purpose()), (ends, &Purpose::Login));
    assert!(matches!(check(&stage, session), SessionCheck::Valid(_)));

    // Whoever has the app shows it. It was linked by no choice of his, so the password is enough.
    stage.require(Requirement::None);
    let session = by_password(&stage, "ben");
    stage.require(Requirement::App);
    let (session, _) = too_weak(&stage, session);
    let proof = step_up_by_app(&stage, &session, Purpose::Strengthen, &phone);
    let session = block_on(stage.mfa.renew(session, proof)).unwrap();
    assert!(matches!(check(&stage, session), SessionCheck::Valid(_)));
}

#[test]
fn a_session_is_strengthened_by_its_own_roles_and_through_every_gate() {
    let stage = Stage::open();
    let role = || Role::new("payroll").unwrap();
    let stated = browser().with_role(role());
    let begun = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, &stated));
    let Begun::Passed(login) = begun.unwrap() else { panic!() };
    stage.save(Policy::default().and_for_role(role(), Requirement::Email));
    let (session, required) = too_weak(&stage, login.proof);
    assert_eq!(required, Requirement::Email);
    // This request states no role.
    assert_eq!(asked(step_up(&stage, &session, Purpose::Strengthen)).method, Method::Email);

    let stage = Stage::open();
    let session = by_password(&stage, "ben");
    let approval = Policy::requiring(Requirement::App);
    stage.save(approval.asking_before_enrollment(BeforeEnrollment::Approval));
    let (session, _) = too_weak(&stage, session);
    let begun = step_up(&stage, &session, Purpose::Strengthen);
    assert_eq!(begun, Begun::Refused(Refusal::NeedsApproval));
}

#[test]
fn a_payment_makes_a_session_no_stronger_and_what_made_it_stronger_pays_nothing() {
    let (stage, phone) = Stage::with_app();
    stage.require(Requirement::None);
    let session = by_password(&stage, "ben");
    stage.require(Requirement::App);
    let payment = || Purpose::StepUp(StepUpReason::new("payment 4711").unwrap());
    let proof = step_up_by_app(&stage, &session, payment(), &phone);
    let session = block_on(stage.mfa.renew(session, proof)).unwrap();
    let (session, _) = too_weak(&stage, session);
    let proof = step_up_by_app(&stage, &session, Purpose::Strengthen, &phone);
    let sealed = stage.mfa.seal(&proof).unwrap();
    for wanted in [Purpose::Login, payment(), Purpose::Administer] {
        let opened = block_on(stage.mfa.open_step_up(&sealed, &wanted)).unwrap();
        assert_eq!(opened, SessionCheck::Ended(SessionEnd::OtherPurpose));
    }
}

#[test]
fn a_step_up_that_asked_for_nothing_makes_no_session_of_long_ago_recent() {
    let stage = Stage::open();
    let session = by_password(&stage, "ben");
    stage.clock.advance(HOUR);
    let Begun::Passed(act) = step_up(&stage, &session, Purpose::Strengthen) else { panic!() };
    // Else it would be a new login that nobody has made, and show a QR code to whoever has the session.
    assert_eq!(asked(step_up(&stage, &act.proof, Purpose::LinkApp)).method, Method::Email);
}
