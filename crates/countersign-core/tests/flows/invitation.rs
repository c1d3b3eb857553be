//! Invitations: one link, one use, seven days, and no more than a confirmed address.

use countersign_core::login::{Accepted, EndedInvitation, Invitation, InvitationEnd};
use countersign_core::policy::AddressState;
use countersign_core::{
    BeforeEnrollment, Begun, DAY, HOUR, MINUTE, Method, Mfa, NewUser, Policy, Purpose, Requirement,
    Step, Vouching,
};
use countersign_testkit::{Calls, Failing};
use pollster::block_on;

use crate::acts::{asked, by_mail, by_password, code_of, mails_after_drain, person, step_up};
use crate::stage::{Stage, address, key, passed, user};
use countersign_core::AccountKey;

const PAGE: &str = "https://larkfield.example/invite/";

/// Creates Cleo and returns the token out of the mail.
fn invited(stage: &Stage) -> String {
    block_on(stage.operator().invite_user(user("cleo"), NewUser::at(address("cleo")))).unwrap();
    token(stage)
}

fn token(stage: &Stage) -> String {
    block_on(stage.courier.drain()).unwrap();
    let link = stage.inbox.link();
    stage.store.reset();
    link.strip_prefix(PAGE).unwrap().to_owned()
}

fn accept(mfa: &Mfa, token: &str) -> Accepted {
    block_on(mfa.accept_invitation(token)).unwrap()
}

fn look(mfa: &Mfa, token: &str) -> Invitation {
    block_on(mfa.invitation(token)).unwrap()
}

#[test]
fn an_invitation_is_accepted_once_and_confirms_the_address() {
    let stage = Stage::open();
    let token = invited(&stage);
    assert_eq!(person(&stage, "cleo").facts.address, AddressState::Vouched);
    assert!(person(&stage, "cleo").invited);
    assert_eq!(accept(&stage.mfa, &token), Accepted::By(key("cleo")));
    let after = person(&stage, "cleo");
    assert_eq!((after.facts.address, after.invited), (AddressState::Confirmed, false));
    assert_eq!(accept(&stage.mfa, &token), Accepted::Ended);
    assert_eq!(look(&stage.mfa, &token), Invitation::Ended);
}

#[test]
fn an_address_that_refused_mail_once_is_good_again_when_an_invitation_comes_back_from_it() {
    let stage = Stage::open();
    block_on(stage.operator().invite_user(user("cleo"), NewUser::at(address("cleo")))).unwrap();
    stage.inbox.fail_next(Failing::Refused);
    block_on(stage.courier.drain()).unwrap();
    assert_eq!(person(&stage, "cleo").facts.address, AddressState::Refused);
    block_on(stage.operator().invite_again(user("cleo"))).unwrap();
    let token = token(&stage);
    assert_eq!(accept(&stage.mfa, &token), Accepted::By(key("cleo")));
    assert_eq!(person(&stage, "cleo").facts.address, AddressState::Confirmed);
}

#[test]
fn the_list_shows_how_long_an_invitation_lasts_also_after_it_ran_out() {
    let stage = Stage::open();
    let ends = stage.now().plus(7 * DAY);
    let _ = invited(&stage);
    let shown =
        |stage: &Stage| (person(stage, "cleo").invited, person(stage, "cleo").invitation_ends);
    assert_eq!(shown(&stage), (true, Some(ends)));
    stage.advance(7 * 86_400);
    assert_eq!(shown(&stage), (false, Some(ends)));
    let stage = Stage::open();
    let token = invited(&stage);
    assert_eq!(accept(&stage.mfa, &token), Accepted::By(key("cleo")));
    assert_eq!(shown(&stage), (false, None));
}

#[test]
fn looking_at_an_invitation_any_number_of_times_changes_nothing() {
    let stage = Stage::open();
    let token = invited(&stage);
    for _ in 0..3 {
        let Invitation::Open { key: who, tenant_name: company, address: to, .. } =
            look(&stage.mfa, &token)
        else {
            panic!("the invitation has ended")
        };
        assert_eq!((who, company.as_str()), (key("cleo"), "Larkfield Freight"));
        assert_eq!(to, address("cleo"));
    }
    assert_eq!(stage.store.calls(), Calls { loads: 3, commits: 0 });
    assert_eq!(accept(&stage.mfa, &token), Accepted::By(key("cleo")));
}

#[test]
fn an_invitation_works_for_seven_days_and_not_a_second_longer() {
    for (seconds, works) in [(7 * 86_400 - 1, true), (7 * 86_400, false)] {
        let stage = Stage::open();
        let token = invited(&stage);
        stage.advance(seconds);
        assert_eq!(matches!(look(&stage.mfa, &token), Invitation::Open { .. }), works);
        assert_eq!(matches!(accept(&stage.mfa, &token), Accepted::By(_)), works);
    }
}

#[test]
fn sending_an_invitation_again_kills_the_earlier_link() {
    let stage = Stage::open();
    let first = invited(&stage);
    block_on(stage.operator().invite_again(user("cleo"))).unwrap();
    let second = token(&stage);
    assert_eq!(accept(&stage.mfa, &first), Accepted::Ended);
    assert_eq!(accept(&stage.mfa, &second), Accepted::By(key("cleo")));
}

#[test]
fn an_invitation_that_was_sent_again_before_the_courier_came_is_mailed_once() {
    let stage = Stage::open();
    block_on(stage.operator().invite_user(user("cleo"), NewUser::at(address("cleo")))).unwrap();
    block_on(stage.operator().invite_again(user("cleo"))).unwrap();
    assert_eq!(mails_after_drain(&stage), 1);
    assert_eq!(accept(&stage.mfa, &token(&stage)), Accepted::By(key("cleo")));
}

#[test]
fn a_withdrawn_invitation_and_one_of_a_suspended_or_readdressed_person_ends() {
    let stage = Stage::open();
    let token = invited(&stage);
    block_on(stage.mfa.suspended(&key("cleo"))).unwrap();
    assert_eq!(accept(&stage.mfa, &token), Accepted::Ended);
    block_on(stage.mfa.resumed(&key("cleo"))).unwrap();
    block_on(stage.operator().withdraw_invitation(user("cleo"))).unwrap();
    assert_eq!(accept(&stage.mfa, &token), Accepted::Ended);
    let stage = Stage::open();
    let token = invited(&stage);
    block_on(stage.operator().change_address(user("cleo"), address("chloe"))).unwrap();
    assert_eq!(accept(&stage.mfa, &token), Accepted::Ended);
}

#[test]
fn the_link_itself_and_nothing_else_tells_why_an_invitation_has_ended() {
    let end = |stage: &Stage, token: &str| block_on(stage.mfa.invitation_end(token)).unwrap();
    let cleos = Some(key("cleo"));

    let stage = Stage::open();
    let token_ = invited(&stage);
    let _ = accept(&stage.mfa, &token_);
    assert_eq!(end(&stage, &token_), ended(InvitationEnd::Accepted, cleos.clone()));
    stage.advance(8 * 86_400);
    assert_eq!(end(&stage, &token_), ended(InvitationEnd::Accepted, cleos.clone()));
    assert_eq!(end(&stage, &token_[..token_.len() - 1]), ended(InvitationEnd::Unknown, None));
    block_on(stage.mfa.removed(&key("cleo"))).unwrap();
    assert_eq!(end(&stage, &token_), ended(InvitationEnd::Unknown, None));

    let stage = Stage::open();
    let first = invited(&stage);
    block_on(stage.operator().invite_again(user("cleo"))).unwrap();
    assert_eq!(end(&stage, &first), ended(InvitationEnd::Withdrawn, cleos.clone()));
    let second = token(&stage);
    stage.advance(8 * 86_400);
    assert_eq!(end(&stage, &second), ended(InvitationEnd::RanOut, cleos.clone()));

    let stage = Stage::open();
    let token_ = invited(&stage);
    block_on(stage.operator().withdraw_invitation(user("cleo"))).unwrap();
    assert_eq!(end(&stage, &token_), ended(InvitationEnd::Withdrawn, cleos));
}

#[test]
fn an_invitation_to_an_old_address_ends_when_a_new_one_is_confirmed() {
    let stage = Stage::open();
    let token = invited(&stage);
    let cleo = key("cleo");
    let proposed = stage.mfa.address_changed(&cleo, address("chloe"), Vouching::Unconfirmed);
    block_on(proposed).unwrap();
    let session = by_password(&stage, "cleo");
    let confirm = asked(step_up(&stage, &session, Purpose::ConfirmAddress));
    let _ = passed(stage.answer(&confirm.ticket, &stage.mailed_code()));
    assert_eq!(look(&stage.mfa, &token), Invitation::Ended);
    assert_eq!(accept(&stage.mfa, &token), Accepted::Ended);
}

#[test]
fn an_accepted_invitation_passes_the_gate_and_without_it_a_mailed_code_does() {
    let stage = Stage::open();
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::EmailCode),
    );
    let token = invited(&stage);
    assert_eq!(stage.challenge("ben").method, Method::Email);
    assert_eq!(accept(&stage.mfa, &token), Accepted::By(key("cleo")));
    let _ = stage.link_app("cleo");
}

#[test]
fn the_gate_is_passed_for_one_app_and_not_for_the_next() {
    let stage = Stage::open();
    stage.save(
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::EmailCode),
    );
    let token = invited(&stage);
    assert_eq!(accept(&stage.mfa, &token), Accepted::By(key("cleo")));
    let _ = stage.link_app("cleo");
    block_on(stage.operator().reset(user("cleo"), "lost phone")).unwrap();
    assert_eq!(stage.challenge("cleo").method, Method::Email);
}

#[test]
fn accepting_an_invitation_is_no_login() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let token = invited(&stage);
    assert_eq!(accept(&stage.mfa, &token), Accepted::By(key("cleo")));
    assert!(matches!(stage.begin("cleo"), Begun::Step(Step::EnterCode(_))));
    let _ = by_mail(&stage, "cleo");
}

#[test]
fn no_other_token_and_no_tampered_one_opens_an_invitation() {
    let stage = Stage::open();
    let session = by_password(&stage, "ben");
    let sealed = stage.mfa.seal(&session).unwrap().expose().to_owned();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket.expose().to_owned();
    let real = invited(&stage);
    let body = |token: &str| token.split_once('.').unwrap().1.to_owned();
    let mut tampered = real.clone();
    let last = tampered.pop().unwrap();
    tampered.push(if last == 'A' { 'B' } else { 'A' });
    let mut middle = real.clone().into_bytes();
    let at = middle.len() / 2;
    middle[at] = if middle[at] == b'A' { b'B' } else { b'A' };
    let middle = String::from_utf8(middle).unwrap();
    let prefix = real.split_once('.').unwrap().0.to_owned();
    let disguised = [format!("{prefix}.{}", body(&sealed)), format!("{prefix}.{}", body(&ticket))];
    let [one, two] = disguised;
    let wrong = [sealed, ticket, one, two, tampered, middle, String::new(), "x".repeat(5000)];
    stage.store.reset();
    for token in wrong {
        assert_eq!(look(&stage.mfa, &token), Invitation::Ended, "{token}");
        assert_eq!(accept(&stage.mfa, &token), Accepted::Ended, "{token}");
    }
    assert_eq!(stage.store.calls(), Calls::default());
    let sealed = countersign_core::SealedProof::from_text(real.clone());
    let opened = block_on(stage.mfa.open_session(&sealed)).unwrap();
    assert!(matches!(opened, countersign_core::SessionCheck::Ended(_)));
    assert_eq!(accept(&stage.mfa, &real), Accepted::By(key("cleo")));
}

#[test]
fn inviting_a_stranger_or_somebody_without_an_address_is_an_error() {
    let stage = Stage::open();
    stage.add_existing_user("nowhere", NewUser::default());
    let unknown = block_on(stage.operator().invite_again(user("nobody")));
    assert_eq!(code_of(unknown), "account.unknown");
    let nowhere = block_on(stage.operator().invite_again(user("nowhere")));
    assert_eq!(code_of(nowhere), "account.no_address");
    assert_eq!(mails_after_drain(&stage), 0);
}

fn ended(end: InvitationEnd, key: Option<AccountKey>) -> EndedInvitation {
    EndedInvitation { end, key }
}

#[test]
fn nobody_is_invited_more_often_than_five_times_in_a_row_and_once_an_hour() {
    let stage = Stage::open();
    let again = || block_on(stage.operator().invite_again(user("ben")));
    for _ in 0..5 {
        again().unwrap();
    }
    assert_eq!(code_of(again()), "account.invited_often");
    // The last link still works.
    let link = token(&stage);
    assert_eq!(accept(&stage.mfa, &link), Accepted::By(key("ben")));
    stage.clock.advance(HOUR - MINUTE);
    assert_eq!(code_of(again()), "account.invited_often", "an accepted one gives nothing back");
    stage.clock.advance(MINUTE);
    again().unwrap();
    assert_eq!(code_of(again()), "account.invited_often");
    block_on(stage.operator().invite_again(user("ada"))).unwrap();
}
