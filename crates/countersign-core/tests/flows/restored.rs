//! A backup comes back: what it revived is over, and what it forgot is not used twice.

use countersign_core::account::{Actor, EventKind, Tenant};
use countersign_core::store::{Accounts, Change, Part, Store, Touched, Versioned};
use countersign_core::{
    Locale, NewTenant, Proof, Requirement, Restoring, SessionCheck, SessionEnd, Staleness,
    TenantId, Verdict, WrongAnswer,
};
use pollster::block_on;

use crate::acts::{by_app, by_mail, code_of};
use crate::keys::logged;
use crate::stage::{Stage, key, passed, stale};

/// Ben and his tenant, as a backup has them.
struct Backup(countersign_core::account::Account, Tenant);

fn backup(stage: &Stage) -> Backup {
    let there = block_on(stage.store.load(&key("ben"))).unwrap();
    Backup(there.account.unwrap().value, there.tenant.unwrap().value)
}

fn restore<T: Clone>(there: Versioned<T>, value: &T) -> Part<T> {
    let next = Versioned { version: there.version.next(), value: value.clone() };
    Part::Write { expected: Some(there.version), next, touched: Touched::Everything }
}

/// Puts the backup in place, with whatever is in it.
fn put_back(stage: &Stage, backup: &Backup) {
    let there = block_on(stage.store.load(&key("ben"))).unwrap();
    let mut change = Change::to_account(&key("ben"));
    change.account = restore(there.account.unwrap(), &backup.0);
    change.tenant = restore(there.tenant.unwrap(), &backup.1);
    block_on(stage.store.commit(change)).unwrap();
}

fn tell(stage: &Stage, most: usize) -> (u64, u32) {
    let mut act = Restoring::default();
    let mut calls = 0;
    while !act.done {
        act = block_on(stage.mfa.restored(act, most, "Kim", "the disk failed")).unwrap();
        calls += 1;
    }
    (act.tenants, calls)
}

fn check(stage: &Stage, proof: Proof) -> SessionCheck {
    block_on(stage.mfa.check_session(proof)).unwrap()
}

#[test]
fn after_a_restore_no_used_code_is_good_again_and_nothing_from_before_is_open() {
    let (stage, phone) = Stage::with_app();
    let session = by_app(&stage, "ben", &phone);
    let open = stage.challenge("ben").ticket;
    let kept = backup(&stage);
    stage.advance(30);
    let used = phone.code(stage.now());
    let _ = passed(stage.answer(&open, &used));
    let next = phone.code(stage.now().plus(std::time::Duration::from_secs(30)));

    put_back(&stage, &kept);
    assert_eq!(tell(&stage, 100), (1, 2));
    assert_eq!(stale(stage.answer(&open, &used)), Staleness::Superseded);
    let ended = check(&stage, session);
    assert!(matches!(ended, SessionCheck::Ended(SessionEnd::Superseded)), "{ended:?}");
    for code in [used, next] {
        let verdict = stage.answer(&stage.challenge("ben").ticket, &code);
        let Verdict::Wrong(wrong) = verdict else { panic!("{verdict:?}") };
        assert_eq!(wrong.reason, WrongAnswer::AlreadyUsed);
    }
    stage.advance(60);
    let _ = passed(stage.answer(&stage.challenge("ben").ticket, &phone.code(stage.now())));
}

#[test]
fn a_session_that_the_backup_never_knew_is_over_too() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    stage.use_mail("ben");
    let kept = backup(&stage);
    // The backup forgets this, and the next rise must not bring the session back.
    block_on(stage.operator().sign_everybody_out()).unwrap();
    let session = by_mail(&stage, "ben");
    put_back(&stage, &kept);
    let _ = tell(&stage, 100);
    let ended = check(&stage, session);
    assert!(matches!(ended, SessionCheck::Ended(SessionEnd::Superseded)), "{ended:?}");
}

#[test]
fn a_mailed_code_from_before_a_restore_is_neither_mailed_nor_taken() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let _ = tell(&stage, 100);
    assert_eq!(block_on(stage.courier.drain()).unwrap().sent, 0);
    assert_eq!(stale(stage.answer(&ticket, "123456")), Staleness::Superseded);
    let ticket = stage.challenge("ben").ticket;
    let _ = passed(stage.answer(&ticket, &stage.mailed_code()));
}

#[test]
fn every_tenant_is_told_of_a_restore_and_the_operator_of_what_to_do_again() {
    let stage = Stage::open();
    for id in ["millbrook", "acme"] {
        let new = NewTenant::new(id, "A company", Locale::english()).unwrap();
        block_on(stage.mfa.create_tenant(new)).unwrap();
    }
    stage.advance(3600);
    let (told, log) = logged(|| tell(&stage, 2));
    assert_eq!(told, (3, 3), "two, one, and none");
    for id in ["larkfield", "millbrook", "acme"] {
        let id = TenantId::new(id).unwrap();
        assert!(log.contains(&format!("tenant={id}")), "{log}");
        let newest = block_on(stage.store.events(&id, None, None, 1)).unwrap().remove(0);
        assert_eq!((newest.what, newest.at), (EventKind::Restored, stage.now()));
        assert!(matches!(newest.actor, Actor::Operator { name, .. } if name == "Kim"));
    }
    for again in ["resets", "removed apps", "addresses", "policies"] {
        assert_eq!(log.matches(again).count(), 3, "{again}: {log}");
    }
    assert_eq!(
        code_of(block_on(stage.mfa.restored(Restoring::default(), 9, "", "x"))),
        "reason.line"
    );
}
