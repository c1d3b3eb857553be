//! E-mailed codes: one mail for a reload, the same code again, and limits on sending.

use std::time::Duration;

use countersign_core::mail::MailKind;
use countersign_core::{Begun, Refusal, Requirement, Staleness, Verdict, WrongAnswer};
use countersign_testkit::Calls;
use pollster::block_on;

use crate::stage::{Stage, address, goes_on, other_than, passed, refused, stale};
use countersign_core::Locked;

/// A tenant that asks for e-mailed codes, and Ben has used one before.
fn email_stage() -> Stage {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    stage.use_mail("ben");
    stage.inbox.clear();
    stage
}

fn mails_to_ben(stage: &Stage) -> usize {
    block_on(stage.courier.drain()).unwrap();
    let mails = stage.inbox.to(&address("ben"));
    mails.iter().filter(|mail| mail.kind() == MailKind::LoginCode).count()
}

#[test]
fn a_login_begun_again_in_the_first_half_of_a_codes_life_sends_and_writes_nothing() {
    let stage = email_stage();
    let first = stage.challenge("ben");
    assert_eq!(mails_to_ben(&stage), 1);
    let code = stage.inbox.code();
    for _ in 0..20 {
        stage.store.reset();
        let again = stage.challenge("ben").mail.unwrap();
        assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
        let mail = first.mail.as_ref().unwrap();
        assert_eq!((&again.reference, again.works_until), (&mail.reference, mail.works_until));
        assert!(!again.queued);
    }
    stage.advance(299);
    let last = stage.challenge("ben");
    assert_eq!(mails_to_ben(&stage), 1);
    let _ = passed(stage.answer(&last.ticket, &code));
    assert_eq!(stale(stage.answer(&first.ticket, &code)), Staleness::AlreadyUsed);
}

#[test]
fn a_login_begun_in_the_second_half_gets_a_code_of_its_own_and_both_work() {
    let stage = email_stage();
    let first = stage.challenge("ben");
    let first_code = stage.mailed_code();
    stage.advance(300);
    let second = stage.challenge("ben");
    assert_eq!(mails_to_ben(&stage), 2);
    let second_code = stage.inbox.code();
    assert_ne!(first_code, second_code);
    let crossed = stage.answer(&second.ticket, &first_code);
    assert!(matches!(crossed, Verdict::Wrong(_)), "{crossed:?}");
    let _ = passed(stage.answer(&second.ticket, &second_code));
    let _ = passed(stage.answer(&first.ticket, &first_code));
}

#[test]
fn however_often_a_login_is_begun_there_is_one_mail_in_five_minutes() {
    let stage = email_stage();
    for _ in 0..360 {
        let _ = stage.begin("ben");
        block_on(stage.courier.drain()).unwrap();
        stage.advance(10);
    }
    assert_eq!(mails_to_ben(&stage), 12);
}

#[test]
fn sending_again_sends_the_same_code() {
    let stage = email_stage();
    let challenge = stage.challenge("ben");
    let code = stage.mailed_code();
    stage.advance(30);
    stage.store.reset();
    let again = goes_on(stage.resend(&challenge.ticket));
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 1 });
    assert_eq!(stage.mailed_code(), code);
    assert_eq!(mails_to_ben(&stage), 2);
    let mail = again.mail.unwrap();
    let before = challenge.mail.unwrap();
    assert_eq!(mail.works_until, before.works_until, "sending again must not stretch a code");
    assert_eq!(again.ends, challenge.ends);
    let _ = passed(stage.answer(&challenge.ticket, &code));
}

#[test]
fn a_code_is_sent_again_after_thirty_seconds_and_not_before() {
    let stage = email_stage();
    let challenge = stage.challenge("ben");
    let opens = stage.now().plus(Duration::from_secs(30));
    assert_eq!(challenge.mail.unwrap().resend_at, Some(opens));
    stage.clock.advance(Duration::from_millis(29_999));
    stage.store.reset();
    let until = Refusal::TooSoon { until: opens };
    assert_eq!(refused(stage.resend(&challenge.ticket)), until);
    assert_eq!(stage.store.calls(), Calls { loads: 1, commits: 0 });
    stage.clock.advance(Duration::from_millis(1));
    let _ = goes_on(stage.resend(&challenge.ticket));
    assert!(matches!(refused(stage.resend(&challenge.ticket)), Refusal::TooSoon { .. }));
}

#[test]
fn one_code_is_sent_again_five_times_and_a_second_tab_gets_no_more() {
    let stage = email_stage();
    let ticket = stage.challenge("ben").ticket;
    let other_tab = stage.challenge("ben").ticket;
    for round in 0..5 {
        assert_eq!(mails_to_ben(&stage), round + 1);
        stage.advance(30);
        let through = if round % 2 == 0 { &ticket } else { &other_tab };
        let _ = goes_on(stage.resend(through));
    }
    stage.advance(30);
    for ticket in [&ticket, &other_tab] {
        assert_eq!(refused(stage.resend(ticket)), Refusal::SentOften);
    }
    assert_eq!(mails_to_ben(&stage), 6);
    let code = stage.inbox.code();
    let _ = passed(stage.answer(&ticket, &code));
}

#[test]
fn all_mails_with_a_code_draw_on_one_bucket_that_refills_every_five_minutes() {
    let stage = email_stage();
    let start = stage.now();
    let ticket = stage.challenge("ben").ticket;
    assert_eq!(mails_to_ben(&stage), 1);
    for number in 2..=6 {
        stage.advance(30);
        let _ = goes_on(stage.resend(&ticket));
        assert_eq!(mails_to_ben(&stage), number);
    }
    // After six mails in a row one is left, and one more comes every five minutes.
    stage.advance(150);
    let ticket = stage.challenge("ben").ticket;
    assert_eq!(mails_to_ben(&stage), 7);
    stage.advance(30);
    let until = start.plus(Duration::from_secs(600));
    assert_eq!(refused(stage.resend(&ticket)), Refusal::TooSoon { until });
    stage.clock.set(until.minus(Duration::from_millis(1)));
    assert_eq!(refused(stage.resend(&ticket)), Refusal::TooSoon { until });
    stage.clock.set(until);
    let _ = goes_on(stage.resend(&ticket));
    assert_eq!(mails_to_ben(&stage), 8);
}

#[test]
fn a_mail_whose_code_was_answered_gives_its_place_back() {
    let stage = email_stage();
    for _ in 0..40 {
        let _ = stage.log_in_by_mail("ben");
    }
    let ticket = stage.challenge("ben").ticket;
    for _ in 0..5 {
        stage.advance(30);
        let _ = goes_on(stage.resend(&ticket));
    }
}

#[test]
fn a_code_works_until_ten_minutes_have_passed_and_not_a_millisecond_longer() {
    for (millis, works) in [(599_999, true), (600_000, false)] {
        let stage = email_stage();
        let ticket = stage.challenge("ben").ticket;
        let code = stage.mailed_code();
        stage.clock.advance(Duration::from_millis(millis));
        let verdict = stage.answer(&ticket, &code);
        assert_eq!(matches!(verdict, Verdict::Passed(_)), works, "{millis}: {verdict:?}");
    }
}

#[test]
fn a_code_that_ran_out_costs_no_try_and_a_new_one_keeps_the_deadline() {
    let stage = email_stage();
    let challenge = stage.challenge("ben");
    let old = stage.mailed_code();
    stage.advance(600);
    let before = stage.account("ben");
    stage.store.reset();
    for typed in [old.as_str(), other_than(&old)] {
        let Verdict::Wrong(failed) = stage.answer(&challenge.ticket, typed) else { panic!() };
        assert_eq!((failed.reason, failed.tries_left), (WrongAnswer::RanOut, Some(5)));
    }
    assert_eq!(stage.store.calls(), Calls { loads: 2, commits: 0 });
    assert_eq!(stage.account("ben"), before);
    let shown = goes_on(stage.resume(&challenge.ticket));
    let now = stage.now();
    let mail = shown.mail.unwrap();
    assert_eq!((mail.works_until, mail.resend_at), (now, Some(now)), "the page offers a new one");
    assert_eq!((shown.hint, mail.queued), (challenge.hint.clone(), false));
    let again = goes_on(stage.resend(&challenge.ticket));
    assert_eq!(again.ends, challenge.ends);
    let new = stage.mailed_code();
    assert_ne!(new, old);
    let Verdict::Wrong(failed) = stage.answer(&again.ticket, &old) else { panic!() };
    assert_eq!(failed.reason, WrongAnswer::Mismatch);
    stage.advance(299);
    let _ = passed(stage.answer(&again.ticket, &new));
}

#[test]
fn a_new_code_never_outlives_the_login_that_asked_for_it() {
    let stage = email_stage();
    let challenge = stage.challenge("ben");
    stage.advance(600);
    let again = goes_on(stage.resend(&challenge.ticket));
    assert_eq!(again.mail.unwrap().works_until, challenge.ends, "nor does the mail promise so");
    let code = stage.mailed_code();
    stage.advance(300);
    assert_eq!(stale(stage.answer(&again.ticket, &code)), Staleness::RanOut);
}

#[test]
fn sending_again_never_gives_a_guess_back() {
    let stage = email_stage();
    let challenge = stage.challenge("ben");
    let wrong = other_than(&stage.mailed_code());
    let mut left = Vec::new();
    for seconds in [30, 30, 540] {
        let Verdict::Wrong(failed) = stage.answer(&challenge.ticket, wrong) else { panic!() };
        left.push(failed.tries_left);
        stage.advance(seconds);
        let _ = goes_on(stage.resend(&challenge.ticket));
    }
    assert_eq!(left, [Some(4), Some(3), Some(2)]);
    let next = stage.challenge("ben");
    let wrong = other_than(&stage.mailed_code());
    let Verdict::Wrong(failed) = stage.answer(&next.ticket, wrong) else { panic!() };
    assert_eq!(failed.tries_left, Some(1));
}

#[test]
fn a_locked_account_is_sent_nothing() {
    let stage = email_stage();
    let challenge = stage.challenge("ben");
    let wrong = other_than(&stage.mailed_code());
    for _ in 0..5 {
        let _ = stage.answer(&challenge.ticket, wrong);
    }
    stage.clock.advance(Duration::from_millis(29_999));
    stage.store.reset();
    assert!(matches!(
        refused(stage.resend(&challenge.ticket)),
        Refusal::Locked(Locked { until: Some(_), .. })
    ));
    assert!(matches!(stage.begin("ben"), Begun::Refused(_)));
    assert_eq!(stage.store.calls(), Calls { loads: 2, commits: 0 });
    assert_eq!(mails_to_ben(&stage), 1);
}
