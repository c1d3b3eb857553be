//! Addresses that refuse mail: no weaker way opens, nobody is kept out for good, and an administrator
//! can mend it.

use std::time::Duration;

use countersign_core::policy::AddressState;
use countersign_core::{
    Begun, Continued, HOUR, Limits, MINUTE, NextLogin, Policy, Refusal, Requirement, Start,
    Vouching,
};
use countersign_testkit::Failing;
use pollster::block_on;

use crate::acts::person;
use crate::stage::{Stage, address, key, passed, refused, user};

/// Ben must use mailed codes, and the mail server refuses the next mail to him.
fn refused_stage() -> Stage {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    refuse_next(&stage);
    stage
}

/// Ben begins a login, whose mail is refused.
fn refuse_next(stage: &Stage) {
    stage.inbox.fail_next(Failing::Refused);
    let _ = stage.challenge("ben");
    assert_eq!(block_on(stage.courier.drain()).unwrap().refused, 1);
}

/// Until when a login of Ben is refused.
fn refused_until(stage: &Stage) -> Duration {
    match stage.begin("ben") {
        Begun::Refused(Refusal::AddressRefused { until }) => until.since(stage.now()),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_mail_that_is_refused_shows_no_qr_code_to_whoever_knows_the_password() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    stage.inbox.fail_next(Failing::Refused);
    block_on(stage.courier.drain()).unwrap();
    let until = stage.now().plus(15 * MINUTE);
    let refusal = Refusal::AddressRefused { until };
    assert_eq!(stage.begin("ben"), Begun::Refused(refusal));
    assert_eq!(refused(stage.resume(&ticket)), refusal);
    assert_eq!(refused(stage.resend(&ticket)), refusal);
    let another = stage.another_way(&ticket, countersign_core::Method::Email);
    assert_eq!(another, Continued::Refused(refusal));
    // What administrators see says the same.
    assert_eq!(person(&stage, "ben").login, NextLogin::Stopped);
    let policy = Policy::requiring(Requirement::Email);
    let preview = block_on(stage.operator().preview(&policy, Start::Now)).unwrap();
    assert_eq!((preview.unreachable, preview.will_get_codes), (1, 1));
}

#[test]
fn a_login_tries_again_after_a_quarter_of_an_hour_then_after_one_four_and_24_hours() {
    let stage = refused_stage();
    for pause in [15 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR, 24 * HOUR] {
        assert_eq!(refused_until(&stage), pause);
        stage.clock.advance(pause - Duration::from_millis(1));
        let _ = refused_until(&stage);
        stage.clock.advance(Duration::from_millis(1));
        assert_eq!(person(&stage, "ben").login, NextLogin::MailedCode);
        refuse_next(&stage);
    }
}

#[test]
fn a_delivery_or_an_answer_clears_what_was_refused_and_the_next_refusal_is_a_first_one() {
    let stage = refused_stage();
    stage.clock.advance(15 * MINUTE);
    refuse_next(&stage);
    stage.clock.advance(HOUR);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    let ben = person(&stage, "ben");
    assert_eq!((ben.refused_mail, ben.facts.address), (None, AddressState::Vouched));
    let _ = passed(stage.answer(&ticket, &code));
    refuse_next(&stage);
    assert_eq!(refused_until(&stage), 15 * MINUTE);
}

#[test]
fn mails_that_are_refused_together_count_once() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    stage.advance(30);
    let _ = stage.resend(&ticket);
    let ada_and_ben = 2;
    (0..ada_and_ben).for_each(|_| stage.inbox.fail_next(Failing::Refused));
    block_on(stage.courier.drain()).unwrap();
    assert_eq!(person(&stage, "ben").refused_mail.unwrap().times, 1);
    assert_eq!(refused_until(&stage), 15 * MINUTE);
}

#[test]
fn an_administrator_has_it_tried_at_once_three_times_a_day() {
    let stage = refused_stage();
    for number in 0..3 {
        let mut operator = stage.operator();
        match number {
            // Saving the same address on purpose is the same.
            1 => block_on(operator.change_address(user("ben"), address("ben"))).unwrap(),
            _ => block_on(operator.try_address_again(user("ben"))).unwrap(),
        }
        refuse_next(&stage);
    }
    let mut operator = stage.operator();
    let often = block_on(operator.try_address_again(user("ben"))).unwrap_err();
    assert_eq!(often.code(), "account.tried_often");
    let often = block_on(operator.change_address(user("ben"), address("ben"))).unwrap_err();
    assert_eq!(often.code(), "account.tried_often");
    stage.clock.advance(8 * HOUR);
    block_on(operator.try_address_again(user("ben"))).unwrap();
    let _ = stage.challenge("ben");
}

#[test]
fn a_nightly_report_of_the_same_address_brings_nothing_back() {
    let stage = refused_stage();
    let report = |stage: &Stage| {
        let ben = key("ben");
        let told = stage.mfa.address_changed(&ben, address("ben"), Vouching::Vouched);
        block_on(told).unwrap();
    };
    let before = stage.account("ben");
    report(&stage);
    assert_eq!(stage.account("ben"), before);
    // Nor does it undo the hard stop.
    let mut limits = Limits::default();
    limits.hard_stop_after = 10;
    let stage = Stage::with_limits(limits);
    stage.require(Requirement::Email);
    while person(&stage, "ben").facts.address != AddressState::Disabled {
        if let Begun::Step(step) = stage.begin("ben") {
            let wrong = crate::stage::other_than(&stage.mailed_code());
            let _ = stage.answer(step.ticket(), wrong);
        }
        stage.advance(3600);
    }
    let before = stage.account("ben");
    report(&stage);
    block_on(stage.operator().change_address(user("ben"), address("ben"))).unwrap();
    assert_eq!(stage.account("ben"), before);
}

#[test]
fn a_preview_counts_those_to_whom_mail_may_not_arrive() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    stage.use_mail("ben");
    let policy = Policy::requiring(Requirement::Email);
    let preview = block_on(stage.operator().preview(&policy, Start::Now)).unwrap();
    assert_eq!((preview.will_get_codes, preview.may_not_arrive), (2, 1), "Ada never answered one");
    refuse_next(&stage);
    let preview = |stage: &Stage| {
        let preview = block_on(stage.operator().preview(&policy, Start::Now)).unwrap();
        (preview.will_get_codes, preview.may_not_arrive, preview.unreachable)
    };
    assert_eq!(preview(&stage), (1, 1, 1));
    stage.clock.advance(15 * MINUTE);
    assert_eq!(preview(&stage), (2, 2, 0));
}
