//! What people do on the stage, in one line each.

use std::fmt::Debug;

use countersign_core::account::EventKind;
use countersign_core::{
    Admin, Begun, Challenge, Denial, Error, ErrorKind, Proof, Purpose, Step, User,
};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::stage::{Stage, browser, passed, user};

/// A login that the password finishes.
pub(crate) fn by_password(stage: &Stage, who: &str) -> Proof {
    match stage.begin(who) {
        Begun::Passed(passed) => passed.proof,
        other => panic!("more than a password was asked for: {other:?}"),
    }
}

/// A login that an e-mailed code finishes.
pub(crate) fn by_mail(stage: &Stage, who: &str) -> Proof {
    let challenge = stage.challenge(who);
    passed(stage.answer(&challenge.ticket, &stage.mailed_code()))
}

/// A login that the next code of the phone finishes.
pub(crate) fn by_app(stage: &Stage, who: &str, phone: &FakePhone) -> Proof {
    stage.advance(30);
    let challenge = stage.challenge(who);
    passed(stage.answer(&challenge.ticket, &phone.code(stage.now())))
}

/// A step-up that the next code of the phone finishes.
pub(crate) fn step_up_by_app(
    stage: &Stage,
    proof: &Proof,
    purpose: Purpose,
    phone: &FakePhone,
) -> Proof {
    stage.advance(30);
    let challenge = asked(step_up(stage, proof, purpose));
    passed(stage.answer(&challenge.ticket, &phone.code(stage.now())))
}

pub(crate) fn step_up(stage: &Stage, proof: &Proof, purpose: Purpose) -> Begun {
    block_on(stage.mfa.step_up(proof, purpose, &browser())).unwrap()
}

/// The code that this must ask for.
pub(crate) fn asked(begun: Begun) -> Challenge {
    match begun {
        Begun::Step(Step::EnterCode(challenge)) => challenge,
        other => panic!("no challenge: {other:?}"),
    }
}

pub(crate) fn admin(stage: &Stage, proof: Proof) -> Admin {
    block_on(stage.mfa.admin(proof)).unwrap()
}

pub(crate) fn denial<T: Debug>(result: Result<T, Error>) -> Denial {
    match result.unwrap_err().kind() {
        ErrorKind::Denied(denial) => denial,
        other => panic!("not denied: {other:?}"),
    }
}

/// The stable code of the error that this must be.
pub(crate) fn code_of<T: Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

/// What happened in the tenant, oldest first.
pub(crate) fn events(stage: &Stage) -> Vec<EventKind> {
    let mut events = block_on(stage.operator().events(None, 200)).unwrap();
    events.reverse();
    events.into_iter().map(|event| event.what).collect()
}

pub(crate) fn person(stage: &Stage, who: &str) -> User {
    block_on(stage.operator().user(user(who))).unwrap().unwrap()
}

/// Sends what waits and says how many mails arrived since.
pub(crate) fn mails_after_drain(stage: &Stage) -> usize {
    block_on(stage.courier.drain()).unwrap();
    stage.inbox.mails().len()
}
