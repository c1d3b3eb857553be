//! A damaged account at every door: nobody is let in by it, nobody else is held up, and an operator
//! mends it.

use std::collections::BTreeSet;

use countersign_core::account::{Actor, EventKind};
use countersign_core::keys::Rekeying;
use countersign_core::policy::Access;
use countersign_core::store::{Change, Part, Store, Touched, Versioned};
use countersign_core::{
    Begun, DAY, Denial, ErrorKind, FirstFactor, ListedUser, Locale, NewTenant, NewUser, NextLogin,
    Policy, Purpose, Refusal, Requirement, Restoring, Role, SessionCheck, Start, Version, Vouching,
};
use pollster::block_on;

use crate::acts::{by_app, by_mail};
use crate::keys::under;
use crate::stage::{Stage, address, browser, key, passed, user};

/// Larkfield Freight asks for an app, which Ben has linked; his record was damaged a moment ago.
fn with_damaged_ben() -> Stage {
    let (stage, _) = Stage::with_app();
    stage.memory.damage_account(&key("ben"));
    stage
}

fn reset(stage: &Stage, new_user: NewUser) -> Result<(), countersign_core::Error> {
    block_on(stage.mfa.reset_damaged(&key("ben"), new_user, "Kim", "the disk of Monday"))
}

fn ben() -> NewUser {
    NewUser::at(address("ben"))
}

fn is_damage<T: std::fmt::Debug>(told: Result<T, countersign_core::Error>) {
    let error = told.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Corrupt, "account.damaged"));
    let text = error.to_string();
    assert!(text.contains("`Mfa::reset_damaged`") && text.contains("`Mfa::removed`"), "{text}");
}

#[test]
fn no_door_opens_for_a_damaged_account_and_each_says_what_mends_it() {
    let (stage, phone) = Stage::with_app();
    let session = by_app(&stage, "ben", &phone);
    let sealed = stage.mfa.seal(&session).unwrap();
    stage.advance(30);
    let ticket = stage.challenge("ben").ticket;
    let code = phone.code(stage.now());
    stage.memory.damage_account(&key("ben"));

    let mfa = &stage.mfa;
    let client = browser();
    is_damage(block_on(mfa.begin(&key("ben"), FirstFactor::Password, &client)));
    let answer = countersign_core::Answer::code(&code);
    is_damage(block_on(mfa.verify(&ticket, &answer, &client)));
    is_damage(block_on(mfa.resume(&ticket, &client)));
    is_damage(block_on(mfa.step_up(&session, Purpose::Administer, &client)));
    is_damage(block_on(mfa.open_session(&sealed)));
    is_damage(block_on(mfa.user(&key("ben"))));
    is_damage(block_on(mfa.add_existing_user(&key("ben"), ben())));
    is_damage(block_on(mfa.suspended(&key("ben"))));
    is_damage(block_on(mfa.password_changed(&key("ben"))));
    is_damage(block_on(mfa.address_changed(&key("ben"), address("eve"), Vouching::Vouched)));
    is_damage(block_on(stage.operator().reset(user("ben"), "lost phone")));
    is_damage(block_on(stage.operator().invite_user(user("ben"), ben())));
}

#[test]
fn a_damaged_account_is_listed_by_its_id_and_the_others_as_ever() {
    let stage = with_damaged_ben();
    stage.add_existing_user("cleo", NewUser::at(address("cleo")));
    let page = block_on(stage.operator().users(None, 10)).unwrap();
    let [ListedUser::User(ada), ListedUser::Damaged(ben), ListedUser::User(cleo)] = &page[..]
    else {
        panic!("{page:?}")
    };
    assert_eq!([&ada.user_id, ben, &cleo.user_id], [&user("ada"), &user("ben"), &user("cleo")]);
    // The next page goes on behind it.
    let page = block_on(stage.operator().users(Some(ben.clone()), 10)).unwrap();
    assert_eq!(page.iter().map(ListedUser::user_id).collect::<Vec<_>>(), [&user("cleo")]);
}

#[test]
fn a_preview_counts_a_damaged_account_as_that_and_as_nobody_who_can_log_in() {
    let stage = with_damaged_ben();
    let policy = Policy::requiring(Requirement::Email);
    let preview = block_on(stage.operator().preview(&policy, Start::Now)).unwrap();
    assert_eq!((preview.users, preview.damaged), (1, 1));
    let page = block_on(stage.operator().affected(&policy, Start::Now, None, 10)).unwrap();
    let effects = page.iter().map(|one| (one.user_id.as_str(), one.effect.is_some()));
    assert_eq!(effects.collect::<Vec<_>>(), [("ada", true), ("ben", false)]);
}

#[test]
fn a_damaged_administrator_protects_no_office() {
    let stage = Stage::open();
    block_on(stage.operator().grant_admin(user("ben"))).unwrap();
    stage.memory.damage_account(&key("ben"));
    let error = block_on(stage.operator().revoke_admin(user("ada"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied(Denial::LastOne));
}

#[test]
fn a_reset_of_a_damaged_account_keeps_the_id_and_what_the_operator_states() {
    let stage = with_damaged_ben();
    let driver = Role::new("driver").unwrap();
    let stated = ben().with_role(driver.clone()).with_rule(Requirement::App).admin();
    reset(&stage, stated.in_language(Locale::new("de").unwrap())).unwrap();
    let account = stage.account("ben");
    let facts = account.facts();
    assert_eq!(account.address(), Some(&address("ben")));
    assert_eq!((facts.access, facts.rule), (Access::Admin, Requirement::App));
    assert_eq!(facts.roles, BTreeSet::from([driver]));
    assert_eq!(account.apps().count(), 0);

    let events = block_on(stage.operator().events(None, 1)).unwrap();
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!(
        (event.account, &event.what),
        (Some(account.pseudonym()), &EventKind::DamageReplaced)
    );
    let by = Actor::Operator { name: "Kim".to_owned(), reason: "the disk of Monday".to_owned() };
    assert_eq!(event.actor, by);
    block_on(stage.courier.drain()).unwrap();
    let mail = stage.inbox.last().unwrap();
    assert_eq!(mail.to(), &address("ben"));
    assert!(mail.text().contains("the disk of Monday"), "{}", mail.text());
}

#[test]
fn a_reset_of_a_damaged_account_ends_what_was_open() {
    let (stage, phone) = Stage::with_app();
    let session = stage.mfa.seal(&by_app(&stage, "ben", &phone)).unwrap();
    stage.advance(30);
    let ticket = stage.challenge("ben").ticket;
    stage.memory.damage_account(&key("ben"));
    reset(&stage, ben()).unwrap();
    block_on(stage.mfa.resumed(&key("ben"))).unwrap();
    let check = block_on(stage.mfa.open_session(&session)).unwrap();
    assert!(matches!(check, SessionCheck::Ended(_)), "{check:?}");
    let _ = crate::stage::stale(stage.answer(&ticket, &phone.code(stage.now())));
}

#[test]
fn a_reset_of_a_damaged_account_switches_on_nobody_who_may_have_been_off() {
    let stage = with_damaged_ben();
    reset(&stage, ben()).unwrap();
    assert_eq!(stage.begin("ben"), Begun::Refused(Refusal::Suspended));
}

#[test]
fn after_the_reset_a_password_alone_links_no_app_and_no_grace_helps() {
    let stage = Stage::open();
    let policy = Policy::requiring(Requirement::App);
    let until = stage.now().plus(DAY);
    let (_, revision) = block_on(stage.operator().policy()).unwrap();
    let saved =
        block_on(stage.operator().set_policy(policy, revision, Start::WithGraceUntil(until)));
    let _ = saved.unwrap();
    // Ben has no app yet, and grace lets him in by his password.
    assert!(matches!(stage.begin("ben"), Begun::Passed(_)));
    stage.memory.damage_account(&key("ben"));
    reset(&stage, ben()).unwrap();
    block_on(stage.mfa.resumed(&key("ben"))).unwrap();
    let listed = block_on(stage.mfa.user(&key("ben"))).unwrap().unwrap();
    assert_eq!(listed.resolution.required, Requirement::App);
    assert_eq!(listed.login, NextLogin::LinksApp);
    // The mailed code first, and then the app.
    let challenge = stage.challenge("ben");
    let code = stage.mailed_code();
    let enrollment = crate::stage::must_enroll(stage.answer(&challenge.ticket, &code));
    let mut phone = countersign_testkit::FakePhone::new();
    phone.scan(&enrollment.app);
    let _ = passed(stage.answer(&enrollment.ticket, &phone.code(stage.now())));
}

#[test]
fn an_account_that_can_be_read_is_never_reset_as_damaged() {
    let (stage, _) = Stage::with_app();
    let before = stage.account("ben");
    let error = reset(&stage, ben()).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Unfit, "account.not_damaged"));
    assert!(error.to_string().contains("`Admin::reset`"));
    assert_eq!(stage.account("ben"), before);
    let nobody = block_on(stage.mfa.reset_damaged(&key("zoe"), ben(), "Kim", "the disk"));
    assert_eq!(nobody.unwrap_err().code(), "account.unknown");
    for (name, reason) in [("", "the disk"), ("Kim", "two\nlines")] {
        let told = block_on(stage.mfa.reset_damaged(&key("ben"), ben(), name, reason));
        assert_eq!(told.unwrap_err().code(), "reason.line");
    }
}

#[test]
fn a_reset_does_not_undo_a_mending_that_came_first() {
    let stage = with_damaged_ben();
    let there = match block_on(stage.store.load(&key("ben"))) {
        Err(countersign_core::store::StoreError::Damaged(damage)) => damage.version.unwrap(),
        other => panic!("{other:?}"),
    };
    // Somebody restores the record, between the look and the act of the operator.
    let restored = countersign_core::account::Account::new(
        ben().with_rule(Requirement::App),
        &countersign_testkit::SeededRandom::new(77),
    )
    .unwrap();
    let next = Versioned { version: Version::from_number(7), value: restored.clone() };
    let account = Part::Write { expected: Some(there), next, touched: Touched::Everything };
    block_on(stage.store.commit(Change { account, ..Change::to_account(&key("ben")) })).unwrap();
    assert_eq!(reset(&stage, ben()).unwrap_err().code(), "account.not_damaged");
    assert_eq!(stage.account("ben"), restored);
}

#[test]
fn a_damaged_account_is_erased_without_being_read() {
    let stage = with_damaged_ben();
    block_on(stage.mfa.removed(&key("ben"))).unwrap();
    assert!(block_on(stage.mfa.user(&key("ben"))).unwrap().is_none());
    let events = block_on(stage.operator().events(None, 1)).unwrap();
    assert_eq!((events[0].account, &events[0].what), (None, &EventKind::DamageErased));
    // The id is free again.
    stage.add_existing_user("ben", ben());
    assert!(stage.account("ben").facts().held.nothing());
}

#[test]
fn rekey_passes_over_a_damaged_account_names_it_and_seals_the_others() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::App);
    for who in ["ada", "ben", "cleo"] {
        if who == "cleo" {
            stage.add_existing_user(who, NewUser::at(address(who)));
        }
        let _ = stage.link_app(who);
        stage.advance(60);
    }
    stage.memory.damage_account(&key("ben"));
    let stage = under(stage, &[1, 2]);
    let mut walk = Rekeying::default();
    while !walk.is_done() {
        walk = block_on(stage.mfa.rekey(walk, 2)).unwrap();
    }
    assert_eq!((walk.accounts, walk.resealed), (3, 2));
    assert_eq!((walk.damaged.number, &walk.damaged.first[..]), (1, &[key("ben")][..]));
    assert!(walk.to_string().contains("larkfield/ben"), "{walk}");
    let first = countersign_core::KeyId::new(1);
    assert_eq!(walk.may_go(first), None, "it may seal a secret of Ben's");

    let mut again = Rekeying::default();
    reset(&stage, ben()).unwrap();
    while !again.is_done() {
        again = block_on(stage.mfa.rekey(again, 100)).unwrap();
    }
    assert_eq!(again.damaged.number, 0);
    assert!(again.may_go(first).is_some());
}

#[test]
fn a_restore_ends_what_is_open_beside_a_damaged_account() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let session = stage.mfa.seal(&by_mail(&stage, "ada")).unwrap();
    stage.memory.damage_account(&key("ben"));
    let mut act = Restoring::default();
    while !act.done {
        act = block_on(stage.mfa.restored(act, 10, "Kim", "the disk failed")).unwrap();
    }
    assert_eq!(act.tenants, 1);
    let check = block_on(stage.mfa.open_session(&session)).unwrap();
    assert!(matches!(check, SessionCheck::Ended(_)));
}

#[test]
fn a_letter_to_a_damaged_account_ends_when_its_code_does() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    for who in ["ben", "ada"] {
        stage.challenge(who);
    }
    stage.memory.damage_account(&key("ben"));
    let told = block_on(stage.courier.drain()).unwrap_err();
    assert_eq!(told.code(), "account.damaged");
    let sent: Vec<_> = stage.inbox.mails().iter().map(|mail| mail.to().clone()).collect();
    assert_eq!(sent, [address("ada")], "others get their mail");
    stage.clock.advance(DAY);
    let drained = block_on(stage.courier.drain()).unwrap();
    assert_eq!((drained.given_up, drained.next), (1, None), "it does not wait for ever");
}

#[test]
fn a_damaged_tenant_gives_way_to_what_the_operator_states_and_nothing_open_survives() {
    let (stage, phone) = Stage::with_app();
    let session = stage.mfa.seal(&by_app(&stage, "ben", &phone)).unwrap();
    let larkfield = key("ben").tenant().clone();
    stage.memory.damage_tenant(&larkfield);
    let new = NewTenant::new("larkfield", "Larkfield", Locale::english()).unwrap();
    let begun = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, &browser()));
    let error = begun.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Corrupt, "tenant.damaged"));
    assert!(error.to_string().contains("`Mfa::reset_damaged_tenant`"), "{error}");
    let again = block_on(stage.mfa.create_tenant(new.clone())).unwrap_err();
    assert_eq!(again.code(), "tenant.damaged", "nobody creates it anew, without a policy");

    let policy = Policy::requiring(Requirement::App);
    let reset = |policy| {
        block_on(stage.mfa.reset_damaged_tenant(new.clone(), policy, "Kim", "the disk of Monday"))
    };
    reset(policy.clone()).unwrap();
    assert_eq!(block_on(stage.operator().policy()).unwrap(), (policy.clone(), 1));
    let check = block_on(stage.mfa.open_session(&session)).unwrap();
    assert!(matches!(check, SessionCheck::Ended(_)), "{check:?}");
    stage.advance(120);
    let _ = by_app(&stage, "ben", &phone);
    let events = block_on(stage.operator().events(None, 9)).unwrap();
    let what = EventKind::TenantDamageReplaced { required: Requirement::App };
    let reset_event = events.iter().find(|event| event.what == what).unwrap();
    let by = Actor::Operator { name: "Kim".to_owned(), reason: "the disk of Monday".to_owned() };
    assert_eq!((reset_event.account, &reset_event.actor), (None, &by));
    assert_eq!(reset(policy).unwrap_err().code(), "tenant.not_damaged");
}

#[test]
fn a_tenant_that_can_be_read_or_is_not_there_is_never_reset_as_damaged() {
    let stage = Stage::open();
    let reset = |id: &str, policy, name: &str| {
        let new = NewTenant::new(id, "Larkfield", Locale::english()).unwrap();
        block_on(stage.mfa.reset_damaged_tenant(new, policy, name, "the disk")).unwrap_err().code()
    };
    assert_eq!(reset("larkfield", Policy::default(), "Kim"), "tenant.not_damaged");
    assert_eq!(reset("nowhere", Policy::default(), "Kim"), "tenant.unknown");
    assert_eq!(reset("larkfield", Policy::default(), ""), "reason.line");
    let many = (0..33).fold(Policy::default(), |policy, number| {
        policy.and_for_role(Role::new(format!("role {number}")).unwrap(), Requirement::App)
    });
    assert_eq!(reset("larkfield", many, "Kim"), "policy.roles");
}
