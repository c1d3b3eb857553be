//! What a user changes about themselves, and what a page may know of a step.

use countersign_core::account::{Actor, Event, EventKind};
use countersign_core::policy::AddressState;
use countersign_core::store::{Change, Store};
use countersign_core::{
    Denial, EventId, Locked, Method, Purpose, Requirement, SessionCheck, SessionEnd, Staleness,
    Timestamp, Verdict, Wrong, WrongAnswer,
};
use pollster::block_on;

use crate::acts::{
    admin, asked, by_mail, denial, mails_after_drain, person, step_up, step_up_by_app,
};
use crate::stage::{Stage, address, key, passed};
use countersign_core::Locale;

fn changing() -> Purpose {
    Purpose::ChangeAddress
}

#[test]
fn a_person_changes_their_address_with_two_codes_and_only_their_own_session_goes_on() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let session = by_mail(&stage, "ben");
    let elsewhere = by_mail(&stage, "ben");
    let confirm = asked(step_up(&stage, &session, changing()));
    let proof = passed(stage.answer(&confirm.ticket, &stage.mailed_code()));
    stage.inbox.clear();
    stage.store.reset();
    let new = address("benjamin");
    let act = block_on(stage.mfa.propose_address(proof, new.clone())).unwrap();
    let counts = stage.store.calls();
    assert_eq!((counts.loads, counts.commits), (1, 1));
    let session = block_on(stage.mfa.renew(session, act)).unwrap();
    assert_eq!(ended(&stage, elsewhere), SessionEnd::Superseded);
    assert_eq!(mails_after_drain(&stage), 2, "both addresses are told");
    assert_eq!(person(&stage, "ben").address, Some(address("ben")), "not used yet");

    let confirm = asked(step_up(&stage, &session, Purpose::ConfirmAddress));
    let act = passed(stage.answer(&confirm.ticket, &stage.mailed_code()));
    assert_eq!(stage.inbox.last().unwrap().to(), &new);
    let session = block_on(stage.mfa.renew(session, act)).unwrap();
    let after = person(&stage, "ben");
    assert_eq!((after.address, after.facts.address), (Some(new), AddressState::Confirmed));
    assert!(matches!(block_on(stage.mfa.check_session(session)).unwrap(), SessionCheck::Valid(_)));
}

#[test]
fn no_session_and_no_other_step_up_changes_an_address_and_none_does_twice() {
    let (stage, phone) = Stage::with_app();
    let change = |proof| denial(block_on(stage.mfa.propose_address(proof, address("eve"))));
    let session = crate::acts::by_app(&stage, "ben", &phone);
    let other = step_up_by_app(&stage, &session, Purpose::Administer, &phone);
    assert_eq!(change(other), Denial::WrongPurpose);
    let proof = step_up_by_app(&stage, &session, changing(), &phone);
    let second = step_up_by_app(&stage, &session, changing(), &phone);
    let _ = block_on(stage.mfa.propose_address(proof, address("benjamin"))).unwrap();
    assert_eq!(change(second), Denial::ProofEnded);
    assert_eq!(change(session), Denial::WrongPurpose);
    assert_eq!(person(&stage, "ben").address, Some(address("ben")));
}

#[test]
fn what_happened_to_oneself_is_found_however_much_happened_to_others_since() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let session = by_mail(&stage, "ada");
    let hers = |most| block_on(stage.mfa.my_events(&session, most)).unwrap();
    let before = hers(200);
    assert_eq!(before.len(), 3, "she was added, was sent a code, and typed it: {before:?}");
    let ben = person(&stage, "ben").pseudonym;
    let events = (0..1_001_u128).map(|number| {
        let id = EventId::from_bytes(number.to_be_bytes());
        let tenant = key("ben").tenant().clone();
        let actor = Actor::Host;
        let what = EventKind::PasswordChanged;
        Event::new(id, tenant, Some(ben), actor, stage.now(), what)
    });
    let tenant = Change::in_tenant(key("ben").tenant().clone());
    block_on(stage.store.commit(Change { events: events.collect(), ..tenant })).unwrap();
    stage.store.reset();
    assert_eq!(hers(200), before);
    let calls = stage.store.calls();
    let lists = stage.store.lists();
    assert_eq!((calls.loads, calls.commits, lists), (1, 0, 1), "one read of her, and one page");
    assert_eq!(hers(2), before[..2]);
    assert_eq!(hers(0), []);
}

#[test]
fn an_admin_handle_says_beforehand_what_its_acts_will_ask_for() {
    let stage = Stage::open();
    let session = crate::acts::by_password(&stage, "ada");
    assert_eq!(admin(&stage, session).asks_again(), None, "there is nothing to ask for");
    stage.require(Requirement::App);
    let (_, proof) = stage.link_app("ada");
    let linked = proof.issued();
    let handle = admin(&stage, proof);
    assert_eq!(handle.asks_again(), None);
    stage.advance(15 * 60);
    let last = Some(linked);
    assert_eq!(handle.asks_again(), Some(Denial::NotFresh { method: Method::App, last }));
    assert_eq!(stage.operator().asks_again(), None, "an operator shows no code");
}

#[test]
fn a_step_says_whose_it_is_and_what_the_company_is_called() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    assert_eq!((challenge.key, challenge.tenant_name.as_str()), (key("ben"), "Larkfield Freight"));
    assert_eq!(challenge.locale, None, "ben chose no language");
    stage.require(Requirement::App);
    let enrollment = stage.enrollment("ada");
    assert_eq!(
        (enrollment.key, enrollment.tenant_name.as_str()),
        (key("ada"), "Larkfield Freight")
    );
}

#[test]
fn a_page_that_is_told_only_the_reason_says_the_same_sentence() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let Verdict::Wrong(wrong) = stage.answer(&ticket, "12") else { panic!("it was too short") };
    let english = Locale::english();
    let again = Wrong::because(wrong.reason, wrong.tries_left);
    assert_eq!(again.message(&english), wrong.message(&english));
    let left = Wrong::because(WrongAnswer::Mismatch, Some(1)).message(&english);
    assert_eq!(left, "That code is not right. One try left before we lock this login for a while.");
    assert!(Staleness::RanOut.message(&english).contains("took too long"));
}

#[test]
fn a_lock_beyond_today_carries_its_date() {
    let locked = Locked::with_end(Some(Timestamp::from_seconds(36 * 3_600)));
    let seen =
        |hours: i64| locked.message(&Locale::english(), Timestamp::from_seconds(hours * 3_600));
    assert!(seen(30).contains("Try again at 12:00 UTC."), "{}", seen(30));
    assert!(seen(23).contains("Try again at 2 January 1970, 12:00 UTC."), "{}", seen(23));
}

fn ended(stage: &Stage, proof: countersign_core::Proof) -> SessionEnd {
    match block_on(stage.mfa.check_session(proof)).unwrap() {
        SessionCheck::Ended(end) => end,
        other => panic!("it stands: {other:?}"),
    }
}
