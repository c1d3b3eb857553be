//! Logging in, from the password to the proof.

use countersign_core::{Aal, Begun, Method, Requirement, Verdict, WrongAnswer};
use countersign_testkit::Calls;

use crate::stage::{Stage, passed};

#[test]
fn a_company_that_asks_for_nothing_lets_the_password_pass() {
    let stage = Stage::open();
    let Begun::Passed(passed) = stage.begin("ben") else { panic!() };
    assert_eq!(passed.proof.amr(), ["pwd"]);
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
}

#[test]
fn an_emailed_code_finishes_the_login_once() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    assert_eq!(challenge.method, Method::Email);
    assert_eq!(challenge.hint, "b••@larkfield.example");
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 1 });
    let code = stage.mailed_code();
    let proof = passed(stage.answer(&challenge.ticket, &code));
    assert_eq!((proof.amr(), proof.aal()), (vec!["pwd", "otp"], Aal::Aal1));
    assert!(matches!(stage.answer(&challenge.ticket, &code), Verdict::Stale(_)));
}

#[test]
fn the_first_app_login_links_the_app_and_the_next_asks_for_its_code_alone() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, proof) = stage.link_app("ben");
    assert_eq!((proof.amr(), proof.aal()), (vec!["pwd", "otp", "mfa"], Aal::Aal2));
    let again = stage.challenge("ben");
    assert_eq!(again.method, Method::App);
    let used = stage.answer(&again.ticket, &phone.code(stage.now()));
    let Verdict::Wrong(failed) = used else { panic!("{used:?}") };
    assert_eq!(failed.reason, WrongAnswer::AlreadyUsed);
    stage.advance(30);
    let _ = passed(stage.answer(&again.ticket, &phone.code(stage.now())));
}
