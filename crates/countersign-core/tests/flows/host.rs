//! What only the host knows: who comes and goes, where mail goes, who signed out.

use std::sync::Arc;

use countersign_core::account::EventKind;
use countersign_core::keys::KeyRing;
use countersign_core::mail::MailKind;
use countersign_core::policy::AddressState;
use countersign_core::store::Storage;
use countersign_core::{
    AccountKey, Answer, Begun, Clock, ExistingUser, FirstFactor, Keys, Locale, Mailer, MemoryStore,
    Method, Mfa, NewTenant, NewUser, Policy, Purpose, Random, Refusal, Requirement, Role,
    SessionCheck, SessionEnd, Start, Step, Verdict, Vouching,
};
use countersign_testkit::{FakeClock, Inbox, SeededRandom};
use pollster::block_on;

use crate::acts::{
    asked, by_mail, by_password, code_of, events, mails_after_drain, person, step_up,
};
use crate::stage::{MONDAY, Stage, address, browser, key, passed, user};

fn refusal(begun: Begun) -> Refusal {
    match begun {
        Begun::Refused(refused) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

fn ended(stage: &Stage, proof: countersign_core::Proof) -> SessionEnd {
    match block_on(stage.mfa.check_session(proof)).unwrap() {
        SessionCheck::Ended(end) => end,
        other => panic!("it stands: {other:?}"),
    }
}

#[test]
fn adopting_a_person_sends_no_mail_and_a_second_time_is_refused() {
    let stage = Stage::open();
    let again = block_on(stage.mfa.add_existing_user(&key("ben"), NewUser::at(address("eve"))));
    assert_eq!(code_of(again), "account.exists");
    assert_eq!(person(&stage, "ben").address, Some(address("ben")));
    let nowhere = AccountKey::new("nowhere", "ben").unwrap();
    assert_eq!(
        code_of(block_on(stage.mfa.add_existing_user(&nowhere, NewUser::default()))),
        "tenant.unknown"
    );
    let role = |number: u8| Role::new(format!("role {number}")).unwrap();
    let many = (0..17).fold(NewUser::default(), |person, n| person.with_role(role(n)));
    assert_eq!(code_of(block_on(stage.mfa.add_existing_user(&key("dan"), many))), "account.roles");
    assert_eq!(mails_after_drain(&stage), 0);
}

#[test]
fn adopting_many_reports_who_was_not_and_may_be_repeated() {
    let stage = Stage::open();
    let people = || {
        let adoption =
            |who: &str| ExistingUser { user_id: user(who), new_user: NewUser::at(address(who)) };
        vec![adoption("cleo"), adoption("ben"), adoption("dan")]
    };
    let tenant = key("ben").tenant().clone();
    let refused = block_on(stage.mfa.add_existing_users(&tenant, people()));
    assert_eq!(refused.len(), 1);
    assert_eq!((&refused[0].0, refused[0].1.code()), (&user("ben"), "account.exists"));
    assert_eq!(block_on(stage.mfa.add_existing_users(&tenant, people())).len(), 3);
    assert_eq!(block_on(stage.operator().users(None, 200)).unwrap().len(), 4);
    assert_eq!(mails_after_drain(&stage), 0);
}

#[test]
fn a_removed_person_is_refused_like_a_stranger_and_leaves_nothing_to_the_next() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, proof) = stage.link_app("ben");
    stage.advance(30);
    let open = stage.challenge("ben");
    let before = person(&stage, "ben");
    block_on(stage.mfa.removed(&key("ben"))).unwrap();
    block_on(stage.mfa.removed(&key("ben"))).unwrap();
    assert_eq!(refusal(stage.begin("ben")), Refusal::Unknown);
    assert_eq!(refusal(stage.begin("nobody")), Refusal::Unknown);
    stage.add_existing_user("ben", NewUser::at(address("ben")));
    let after = person(&stage, "ben");
    assert_ne!(before.pseudonym, after.pseudonym);
    assert!(after.facts.held.nothing() && after.apps.is_empty());
    let code = phone.code(stage.now());
    assert!(matches!(stage.answer(&open.ticket, &code), Verdict::Stale(_)));
    assert_eq!(ended(&stage, proof), SessionEnd::Superseded);
    let _ = stage.link_app("ben");
}

#[test]
fn a_letter_to_somebody_who_was_removed_is_never_sent() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let _ = stage.challenge("ben");
    block_on(stage.mfa.removed(&key("ben"))).unwrap();
    assert_eq!(mails_after_drain(&stage), 0);
}

#[test]
fn a_vouched_address_gets_the_next_code_and_both_addresses_are_told() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let old = stage.challenge("ben");
    let old_code = stage.mailed_code();
    let new = address("benjamin");
    block_on(stage.mfa.address_changed(&key("ben"), new.clone(), Vouching::Vouched)).unwrap();
    assert!(matches!(stage.answer(&old.ticket, &old_code), Verdict::Stale(_)));
    stage.inbox.clear();
    assert_eq!(mails_after_drain(&stage), 2);
    for told in [address("ben"), new.clone()] {
        let mail = stage.inbox.to(&told).remove(0);
        assert_eq!(mail.kind(), MailKind::AddressChanged);
        assert!(!mail.text().contains("benjamin@"), "the whole address stands in a notice");
    }
    let challenge = stage.challenge("ben");
    assert_eq!(challenge.hint, new.masked());
    let code = stage.mailed_code();
    assert_eq!(stage.inbox.last().unwrap().to(), &new);
    let _ = passed(stage.answer(&challenge.ticket, &code));
    assert_eq!(person(&stage, "ben").facts.address, AddressState::Confirmed);
}

#[test]
fn an_unconfirmed_address_is_used_only_after_its_own_code_came_back() {
    let stage = Stage::open();
    let new = address("benjamin");
    block_on(stage.mfa.address_changed(&key("ben"), new.clone(), Vouching::Unconfirmed)).unwrap();
    assert_eq!(person(&stage, "ben").address, Some(address("ben")));
    stage.require(Requirement::Email);
    let login = stage.challenge("ben");
    assert_eq!(login.hint, address("ben").masked());
    let session = passed(stage.answer(&login.ticket, &stage.mailed_code()));
    let confirm = asked(step_up(&stage, &session, Purpose::ConfirmAddress));
    assert_eq!(confirm.hint, new.masked());
    let code = stage.mailed_code();
    assert_eq!(stage.inbox.last().unwrap().to(), &new);
    let proof = passed(stage.answer(&confirm.ticket, &code));
    assert_eq!(proof.purpose(), &Purpose::ConfirmAddress);
    let after = person(&stage, "ben");
    assert_eq!((after.address, after.facts.address), (Some(new), AddressState::Confirmed));
    assert_eq!(ended(&stage, session), SessionEnd::Superseded);
    assert!(matches!(block_on(stage.mfa.check_session(proof)).unwrap(), SessionCheck::Valid(_)));
}

#[test]
fn of_two_address_changes_at_once_only_the_one_that_got_the_code_is_confirmed() {
    let stage = Stage::open();
    let propose = |who: &str| {
        block_on(stage.mfa.address_changed(&key("ben"), address(who), Vouching::Unconfirmed))
            .unwrap();
    };
    propose("first");
    let session = by_password(&stage, "ben");
    let first = asked(step_up(&stage, &session, Purpose::ConfirmAddress));
    let first_code = stage.mailed_code();
    propose("second");
    assert!(matches!(stage.answer(&first.ticket, &first_code), Verdict::Stale(_)));
    let session = by_password(&stage, "ben");
    let second = asked(step_up(&stage, &session, Purpose::ConfirmAddress));
    assert!(matches!(stage.answer(&second.ticket, &first_code), Verdict::Wrong(_)));
    let _ = passed(stage.answer(&second.ticket, &stage.mailed_code()));
    assert_eq!(person(&stage, "ben").address, Some(address("second")));
    let session = by_password(&stage, "ben");
    let again = step_up(&stage, &session, Purpose::ConfirmAddress);
    assert_eq!(refusal(again), Refusal::NotOffered);
}

#[test]
fn a_login_code_never_confirms_a_proposed_address() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ben = key("ben");
    let proposed = stage.mfa.address_changed(&ben, address("eve"), Vouching::Unconfirmed);
    block_on(proposed).unwrap();
    let _ = by_mail(&stage, "ben");
    assert_eq!(person(&stage, "ben").address, Some(address("ben")));
}

#[test]
fn suspending_ends_everything_open_and_resuming_brings_the_authenticators_back() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, proof) = stage.link_app("ben");
    stage.advance(30);
    let open = stage.challenge("ben");
    block_on(stage.mfa.suspended(&key("ben"))).unwrap();
    assert_eq!(refusal(stage.begin("ben")), Refusal::Suspended);
    assert!(matches!(stage.answer(&open.ticket, &phone.code(stage.now())), Verdict::Stale(_)));
    block_on(stage.mfa.suspended(&key("ben"))).unwrap();
    block_on(stage.mfa.resumed(&key("ben"))).unwrap();
    assert!(matches!(stage.answer(&open.ticket, &phone.code(stage.now())), Verdict::Stale(_)));
    assert_eq!(ended(&stage, proof), SessionEnd::Superseded);
    let challenge = stage.challenge("ben");
    assert_eq!(challenge.method, Method::App);
    let _ = passed(stage.answer(&challenge.ticket, &phone.code(stage.now())));
    let told = events(&stage);
    assert_eq!(told.iter().filter(|what| **what == EventKind::Suspended).count(), 1);
}

#[test]
fn signing_out_everywhere_ends_the_proofs_and_tickets_of_that_person_alone() {
    let stage = Stage::open();
    let ada = by_password(&stage, "ada");
    let ben = by_password(&stage, "ben");
    block_on(stage.mfa.signed_out_everywhere(&key("ben"))).unwrap();
    assert_eq!(ended(&stage, ben), SessionEnd::Superseded);
    assert!(matches!(block_on(stage.mfa.check_session(ada)).unwrap(), SessionCheck::Valid(_)));
}

#[test]
fn what_the_host_reports_about_a_stranger_is_an_error_and_writes_nothing() {
    let stage = Stage::open();
    let mfa = &stage.mfa;
    let nobody = key("nobody");
    let reported = [
        block_on(mfa.password_changed(&nobody)),
        block_on(mfa.suspended(&nobody)),
        block_on(mfa.resumed(&nobody)),
        block_on(mfa.signed_out_everywhere(&nobody)),
        block_on(mfa.address_changed(&nobody, address("eve"), Vouching::Vouched)),
    ];
    for result in reported {
        assert_eq!(code_of(result), "account.unknown");
    }
    assert_eq!(stage.store.calls().commits, 0);
}

#[test]
fn the_same_user_id_in_two_companies_is_two_people_who_share_nothing() {
    let stage = Stage::open();
    let other = NewTenant::new("brightwater", "Brightwater", Locale::english()).unwrap();
    block_on(stage.mfa.create_tenant(other)).unwrap();
    let there = AccountKey::new("brightwater", "ben").unwrap();
    block_on(stage.mfa.add_existing_user(&there, NewUser::at(address("other-ben")))).unwrap();
    stage.require(Requirement::Email);
    let here = stage.challenge("ben");
    let code = stage.mailed_code();
    let first = FirstFactor::Password;
    let free = block_on(stage.mfa.begin(&there, first.clone(), &browser())).unwrap();
    assert!(matches!(free, Begun::Passed(_)), "a policy reached another company");
    let mut operator =
        stage.mfa.operator(there.tenant().clone(), "test", "switching MFA on").unwrap();
    let email = Policy::requiring(Requirement::Email);
    let _ = block_on(operator.set_policy(email, 0, Start::Now)).unwrap();
    let foreign = asked(block_on(stage.mfa.begin(&there, first, &browser())).unwrap());
    assert!(matches!(stage.answer(&foreign.ticket, &code), Verdict::Wrong(_)));
    block_on(stage.mfa.removed(&there)).unwrap();
    let _ = passed(stage.answer(&here.ticket, &code));
}

#[test]
fn a_host_may_choose_every_port_while_it_runs() {
    let random = SeededRandom::new(1);
    let inbox = Inbox::new();
    let clock = FakeClock::at(MONDAY);
    let shared = || {
        let store: Arc<dyn Storage> = Arc::new(MemoryStore::with_clock(clock.clone()));
        let mailer: Arc<dyn Mailer> = Arc::new(inbox.clone());
        let keys: Arc<dyn KeyRing> = Arc::new(Keys::ephemeral(&random).unwrap());
        let clock: Arc<dyn Clock> = Arc::new(clock.clone());
        let random: Arc<dyn Random> = Arc::new(random.clone());
        Mfa::builder().store(store).mailer(mailer).keys(keys).clock(clock).danger_random(random)
    };
    let boxed = || {
        let store: Box<dyn Storage> = Box::new(MemoryStore::with_clock(clock.clone()));
        let mailer: Box<dyn Mailer> = Box::new(inbox.clone());
        let keys: Box<dyn KeyRing> = Box::new(Keys::ephemeral(&random).unwrap());
        let clock: Box<dyn Clock> = Box::new(clock.clone());
        let random: Box<dyn Random> = Box::new(random.clone());
        Mfa::builder().store(store).mailer(mailer).keys(keys).clock(clock).danger_random(random)
    };
    for builder in [shared(), boxed()] {
        let (mfa, courier) = builder.build().unwrap();
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
        block_on(mfa.create_tenant(tenant)).unwrap();
        let new_user = NewUser::at(address("ben")).with_rule(Requirement::Email);
        block_on(mfa.add_existing_user(&key("ben"), new_user)).unwrap();
        let begun = block_on(mfa.begin(&key("ben"), FirstFactor::Password, &browser())).unwrap();
        let Begun::Step(Step::EnterCode(challenge)) = begun else { panic!("{begun:?}") };
        block_on(courier.drain()).unwrap();
        let answer = Answer::code(inbox.code());
        let verdict = block_on(mfa.verify(&challenge.ticket, &answer, &browser())).unwrap();
        assert!(matches!(verdict, Verdict::Passed(_)));
    }
}
