//! Who is an administrator, who is not any more, and that somebody always is.

use std::thread;

use countersign_core::login::StepUpReason;
use countersign_core::policy::Access;
use countersign_core::{Denial, ListedUser, Purpose, Requirement};
use pollster::block_on;

use crate::acts::{admin, by_password, denial, step_up_by_app};
use crate::stage::{Stage, key, user};

#[test]
fn the_last_administrator_cannot_be_removed_by_anybody() {
    let stage = Stage::open();
    let mut ada = admin(&stage, by_password(&stage, "ada"));
    assert_eq!(denial(block_on(ada.revoke_admin(user("ada")))), Denial::LastOne);
    let operator = block_on(stage.operator().revoke_admin(user("ada")));
    assert_eq!(denial(operator), Denial::LastOne);
    block_on(stage.operator().grant_admin(user("ben"))).unwrap();
    block_on(ada.revoke_admin(user("ada"))).unwrap();
    let gone = by_password(&stage, "ada");
    assert_eq!(denial(block_on(stage.mfa.admin(gone))), Denial::NotAdmin);
    let mut ben = admin(&stage, by_password(&stage, "ben"));
    assert_eq!(denial(block_on(ben.revoke_admin(user("ben")))), Denial::LastOne);
}

#[test]
fn a_suspended_administrator_does_not_count_as_the_one_who_is_left() {
    let stage = Stage::open();
    block_on(stage.operator().grant_admin(user("ben"))).unwrap();
    block_on(stage.mfa.suspended(&key("ben"))).unwrap();
    let refused = block_on(stage.operator().revoke_admin(user("ada")));
    assert_eq!(denial(refused), Denial::LastOne);
}

#[test]
fn two_administrators_who_remove_each_other_at_once_never_leave_the_company_without_one() {
    for _ in 0..150 {
        let stage = Stage::open();
        block_on(stage.operator().grant_admin(user("ben"))).unwrap();
        let mut ada = admin(&stage, by_password(&stage, "ada"));
        let mut ben = admin(&stage, by_password(&stage, "ben"));
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(move || block_on(ada.revoke_admin(user("ben"))));
            let other = scope.spawn(move || block_on(ben.revoke_admin(user("ada"))));
            (one.join().unwrap(), other.join().unwrap())
        });
        let people = block_on(stage.operator().users(None, 10)).unwrap();
        let admins = people
            .into_iter()
            .filter_map(ListedUser::user)
            .filter(|p| p.facts.access == Access::Admin)
            .count();
        assert_eq!(admins, 1, "{one:?} {other:?}");
    }
}

#[test]
fn an_administrator_who_was_demoted_meanwhile_lowers_nothing_with_the_handle_in_hand() {
    let stage = Stage::open();
    block_on(stage.operator().grant_admin(user("ben"))).unwrap();
    stage.require(Requirement::App);
    let (_, proof) = stage.link_app("ben");
    let mut ben = admin(&stage, proof);
    block_on(stage.operator().revoke_admin(user("ben"))).unwrap();
    assert_eq!(denial(block_on(ben.reset(user("ada"), "revenge"))), Denial::NotAdmin);
    assert_eq!(denial(block_on(ben.grant_admin(user("ben")))), Denial::NotAdmin);
}

#[test]
fn a_member_and_an_ended_proof_and_one_for_another_purpose_open_no_admin_handle() {
    let stage = Stage::open();
    let ben = by_password(&stage, "ben");
    assert_eq!(denial(block_on(stage.mfa.admin(ben))), Denial::NotAdmin);
    let old = by_password(&stage, "ada");
    stage.advance(12 * 3600);
    assert_eq!(denial(block_on(stage.mfa.admin(old))), Denial::ProofEnded);
    let ended = by_password(&stage, "ada");
    block_on(stage.mfa.signed_out_everywhere(&key("ada"))).unwrap();
    assert_eq!(denial(block_on(stage.mfa.admin(ended))), Denial::ProofEnded);
    let suspended = by_password(&stage, "ada");
    block_on(stage.mfa.suspended(&key("ada"))).unwrap();
    assert_eq!(denial(block_on(stage.mfa.admin(suspended))), Denial::ProofEnded);
    block_on(stage.mfa.resumed(&key("ada"))).unwrap();
    stage.require(Requirement::App);
    let (phone, session) = stage.link_app("ada");
    let linking = step_up_by_app(&stage, &session, Purpose::Administer, &phone);
    assert!(block_on(stage.mfa.admin(linking)).is_ok());
    stage.advance(30);
    let reason = StepUpReason::new("payment 4711").unwrap();
    let payment = step_up_by_app(&stage, &session, Purpose::StepUp(reason), &phone);
    assert_eq!(denial(block_on(stage.mfa.admin(payment))), Denial::WrongPurpose);
}
