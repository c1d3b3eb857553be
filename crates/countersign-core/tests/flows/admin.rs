//! Administering a tenant: who may do what, and what it does.

use countersign_core::account::{Actor, EventKind};
use countersign_core::{
    AccountKey, BeforeEnrollment, Begun, DAY, Denial, ListedUser, Locale, MINUTE, Method,
    NewTenant, NewUser, Policy, Purpose, Refusal, Requirement, Saved, SessionCheck, SessionEnd,
    Staleness, Start, Verdict,
};
use countersign_testkit::Calls;
use pollster::block_on;

use crate::acts::{
    admin, asked, by_app, by_mail, by_password, code_of, denial, events, mails_after_drain, person,
    step_up, step_up_by_app,
};
use crate::stage::{Stage, address, key, passed, user};
use countersign_core::Locked;

const NONE: Requirement = Requirement::None;

#[test]
fn the_first_admin_without_an_authenticator_can_switch_mfa_on_and_create_people() {
    let stage = Stage::open();
    let mut ada = admin(&stage, by_password(&stage, "ada"));
    let app = Policy::requiring(Requirement::App);
    let saved = block_on(ada.set_policy(app, 0, Start::Now)).unwrap();
    assert_eq!(saved, Saved::Saved { revision: 1 });
    block_on(ada.invite_user(user("cleo"), NewUser::at(address("cleo")))).unwrap();
    block_on(ada.set_rule(user("ben"), Requirement::App)).unwrap();
    block_on(ada.unlock(user("ben"))).unwrap();
    let _ = stage.enrollment("ben");
}

#[test]
fn an_admin_without_an_authenticator_cannot_make_any_login_weaker() {
    let stage = Stage::open();
    stage.add_existing_user("cleo", NewUser::at(address("cleo")).with_rule(Requirement::App));
    let mut ada = admin(&stage, by_password(&stage, "ada"));
    let none = Denial::NoAuthenticator;
    assert_eq!(denial(block_on(ada.set_rule(user("cleo"), Requirement::Email))), none);
    assert_eq!(denial(block_on(ada.reset(user("cleo"), "lost phone"))), none);
    let tomorrow = stage.now().plus(DAY);
    assert_eq!(denial(block_on(ada.exempt(user("cleo"), tomorrow, "travels"))), none);
    // Nor move a mailbox, which is where codes go, nor make somebody who could.
    assert_eq!(denial(block_on(ada.change_address(user("cleo"), address("eve")))), none);
    assert_eq!(denial(block_on(ada.grant_admin(user("cleo")))), none);
    let eve = NewUser::at(address("eve")).admin();
    assert_eq!(denial(block_on(ada.invite_user(user("eve"), eve))), none);
    let gated =
        Policy::requiring(Requirement::Email).asking_before_enrollment(BeforeEnrollment::EmailCode);
    let _ = block_on(ada.set_policy(gated, 0, Start::Now)).unwrap();
    for looser in [Policy::default(), Policy::requiring(Requirement::App)] {
        let refused = block_on(ada.set_policy(looser, 1, Start::Now));
        assert_eq!(denial(refused), none);
    }
}

#[test]
fn an_act_is_judged_by_what_its_administrator_is_when_it_happens() {
    type Meanwhile = fn(&Stage);
    let meanwhiles: [(Meanwhile, Denial); 5] = [
        (|stage| block_on(stage.mfa.suspended(&key("ada"))).unwrap(), Denial::ProofEnded),
        (|stage| block_on(stage.mfa.removed(&key("ada"))).unwrap(), Denial::ProofEnded),
        (|stage| block_on(stage.mfa.password_changed(&key("ada"))).unwrap(), Denial::ProofEnded),
        (|stage| block_on(stage.operator().sign_everybody_out()).unwrap(), Denial::ProofEnded),
        (|stage| stage.advance(12 * 3600), Denial::ProofEnded),
    ];
    for (meanwhile, expected) in meanwhiles {
        let stage = Stage::open();
        let mut ada = admin(&stage, by_password(&stage, "ada"));
        block_on(ada.unlock(user("ben"))).unwrap();
        meanwhile(&stage);
        let before = stage.account("ben");
        // The lightest acts as well as the heavier ones.
        assert_eq!(denial(block_on(ada.unlock(user("ben")))), expected);
        assert_eq!(denial(block_on(ada.set_rule(user("ben"), Requirement::App))), expected);
        assert_eq!(denial(block_on(ada.sign_everybody_out())), expected);
        assert_eq!(stage.account("ben"), before);
    }
    let stage = Stage::open();
    stage.add_existing_user("cleo", NewUser::at(address("cleo")).admin());
    let mut ada = admin(&stage, by_password(&stage, "ada"));
    block_on(stage.operator().revoke_admin(user("ada"))).unwrap();
    assert_eq!(denial(block_on(ada.unlock(user("ben")))), Denial::NotAdmin);
}

#[test]
fn an_admin_who_holds_an_app_acts_only_within_fifteen_minutes_of_its_code() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, proof) = stage.link_app("ada");
    let linked = proof.issued();
    let mut fresh = admin(&stage, proof);
    stage.advance(15 * 60 - 1);
    block_on(fresh.set_rule(user("ben"), Requirement::Email)).unwrap();
    stage.advance(1);
    let late = block_on(fresh.set_rule(user("ben"), Requirement::App));
    assert_eq!(denial(late), Denial::NotFresh { method: Method::App, last: Some(linked) });
    let session = by_app(&stage, "ada", &phone);
    stage.advance(3600);
    let proof = step_up_by_app(&stage, &session, Purpose::Administer, &phone);
    block_on(admin(&stage, proof).set_rule(user("ben"), NONE)).unwrap();
}

#[test]
fn an_admin_of_one_company_can_touch_and_see_nothing_in_another() {
    let stage = Stage::open();
    let other = NewTenant::new("brightwater", "Brightwater", Locale::english()).unwrap();
    block_on(stage.mfa.create_tenant(other)).unwrap();
    let zoe = AccountKey::new("brightwater", "zoe").unwrap();
    block_on(stage.mfa.add_existing_user(&zoe, NewUser::at(address("zoe")))).unwrap();
    let mut ada = admin(&stage, by_password(&stage, "ada"));
    let unknown = "account.unknown";
    assert_eq!(code_of(block_on(ada.set_rule(user("zoe"), Requirement::App))), unknown);
    assert_eq!(code_of(block_on(ada.unlock(user("zoe")))), unknown);
    assert!(block_on(ada.user(user("zoe"))).unwrap().is_none());
    let people = block_on(ada.users(None, 200)).unwrap();
    assert!(people.iter().all(|person| person.user_id() != zoe.user()));
    let log = block_on(ada.events(None, 200)).unwrap();
    assert!(log.iter().all(|event| event.tenant.as_str() == "larkfield"));
}

#[test]
fn nobody_lowers_exempts_resets_or_readdresses_themselves() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (_, proof) = stage.link_app("ada");
    let mut ada = admin(&stage, proof);
    block_on(ada.set_rule(user("ada"), Requirement::App)).unwrap();
    let own = Denial::OnOneself;
    assert_eq!(denial(block_on(ada.set_rule(user("ada"), NONE))), own);
    assert_eq!(denial(block_on(ada.reset(user("ada"), "tired"))), own);
    let tomorrow = stage.now().plus(DAY);
    assert_eq!(denial(block_on(ada.exempt(user("ada"), tomorrow, "tired"))), own);
    assert_eq!(denial(block_on(ada.change_address(user("ada"), address("eve")))), own);
}

#[test]
fn an_exemption_ends_at_its_date_and_never_goes_below_the_persons_own_rule() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (_, proof) = stage.link_app("ada");
    let mut ada = admin(&stage, proof);
    let until = stage.now().plus(10 * MINUTE);
    block_on(ada.exempt(user("ben"), until, "phone on order")).unwrap();
    let _ = by_password(&stage, "ben");
    block_on(ada.set_rule(user("ben"), Requirement::Email)).unwrap();
    assert_eq!(stage.challenge("ben").method, Method::Email);
    assert_eq!(person(&stage, "ben").resolution.exempt_until, Some(until));
    stage.advance(599);
    assert_eq!(stage.challenge("ben").method, Method::Email);
    stage.advance(1);
    assert_eq!(person(&stage, "ben").resolution.required, Requirement::App);
    let late = stage.now().plus(367 * DAY);
    for wrong in [stage.now(), late] {
        let refused = block_on(stage.operator().exempt(user("ben"), wrong, "why not"));
        assert_eq!(code_of(refused), "date.bounds");
    }
}

#[test]
fn a_reset_ends_every_open_ticket_code_and_proof_and_keeps_what_is_required() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, session) = stage.link_app("ben");
    stage.advance(30);
    let open = stage.challenge("ben");
    block_on(stage.operator().reset(user("ben"), "lost phone")).unwrap();
    let Verdict::Stale(stale) = stage.answer(&open.ticket, &phone.code(stage.now())) else {
        panic!("a ticket survived the reset")
    };
    assert_eq!(stale, Staleness::Superseded);
    let SessionCheck::Ended(end) = block_on(stage.mfa.check_session(session)).unwrap() else {
        panic!("a proof survived the reset")
    };
    assert_eq!(end, SessionEnd::Superseded);
    let after = person(&stage, "ben");
    assert_eq!((after.resolution.required, after.apps.len()), (Requirement::App, 0));
    let (new_phone, _) = stage.link_app("ben");
    stage.advance(30);
    let challenge = stage.challenge("ben");
    let old = stage.answer(&challenge.ticket, &phone.code(stage.now()));
    assert!(matches!(old, Verdict::Wrong(_)), "{old:?}");
    let _ = passed(stage.answer(&challenge.ticket, &new_phone.code(stage.now())));
}

#[test]
fn after_a_reset_somebody_who_used_mailed_codes_passes_one_before_the_new_app() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let _ = by_mail(&stage, "ben");
    let open = stage.challenge("ben");
    let code = stage.mailed_code();
    stage.require(Requirement::App);
    block_on(stage.operator().reset(user("ben"), "lost phone")).unwrap();
    assert!(matches!(stage.answer(&open.ticket, &code), Verdict::Stale(_)));
    let challenge = stage.challenge("ben");
    assert_eq!(challenge.method, Method::Email);
    assert!(matches!(stage.answer(&challenge.ticket, &stage.mailed_code()), Verdict::Step(_)));
}

#[test]
fn a_code_mailed_before_a_reset_is_not_sent_and_not_accepted_after_it() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let _ = stage.challenge("ben");
    block_on(stage.operator().reset(user("ben"), "stolen laptop")).unwrap();
    let drained = block_on(stage.courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.dropped), (1, 1), "the notice goes out, the code does not");
}

#[test]
fn unlocking_lets_the_next_right_code_pass_and_keeps_the_count_to_the_hard_stop() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, _) = stage.link_app("ben");
    stage.advance(30);
    let challenge = stage.challenge("ben");
    for _ in 0..5 {
        let _ = stage.answer(&challenge.ticket, &wrong(&phone.code(stage.now())));
    }
    assert!(matches!(
        stage.begin("ben"),
        Begun::Refused(Refusal::Locked(Locked { until: Some(_), .. }))
    ));
    block_on(stage.operator().unlock(user("ben"))).unwrap();
    let _ = passed(stage.answer(&challenge.ticket, &phone.code(stage.now())));
    assert_eq!(events(&stage).iter().filter(|what| **what == EventKind::Unlocked).count(), 1);
}

#[test]
fn a_policy_saved_over_an_unseen_one_is_a_conflict_that_shows_what_holds() {
    let stage = Stage::open();
    let mut ada = admin(&stage, by_password(&stage, "ada"));
    stage.require(Requirement::Email);
    let saved = block_on(ada.set_policy(Policy::requiring(Requirement::App), 0, Start::Now));
    let current = Policy::requiring(Requirement::Email);
    assert_eq!(saved.unwrap(), Saved::Changed { current: current.clone(), revision: 1 });
    assert_eq!(block_on(ada.policy()).unwrap(), (current, 1));
}

#[test]
fn a_policy_or_a_sign_out_of_five_hundred_costs_what_it_costs_for_one() {
    for more in [0, 500] {
        let stage = Stage::open();
        for number in 0..more {
            let who = format!("driver{number}");
            stage.add_existing_user(&who, NewUser::at(address(&who)));
        }
        let mut ada = admin(&stage, by_password(&stage, "ada"));
        stage.store.reset();
        let _ = block_on(ada.set_policy(Policy::requiring(Requirement::App), 0, Start::Now));
        // The tenant, and the administrator who acts.
        assert_eq!(stage.store.calls(), Calls { loads: 2, commits: 1 });
        stage.store.reset();
        block_on(ada.sign_everybody_out()).unwrap();
        assert_eq!(stage.store.calls(), Calls { loads: 2, commits: 1 });
        assert_eq!(mails_after_drain(&stage), 0, "existing people got mail");
    }
}

#[test]
fn signing_everybody_out_ends_every_ticket_and_proof_of_that_company() {
    let stage = Stage::open();
    let proof = by_password(&stage, "ada");
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    let code = stage.mailed_code();
    block_on(stage.operator().sign_everybody_out()).unwrap();
    assert!(matches!(stage.answer(&challenge.ticket, &code), Verdict::Stale(_)));
    assert!(matches!(block_on(stage.mfa.check_session(proof)).unwrap(), SessionCheck::Ended(_)));
}

#[test]
fn the_list_says_what_is_required_of_each_person_and_why_in_pages() {
    let stage = Stage::open();
    stage.add_existing_user("cleo", NewUser::at(address("cleo")).with_rule(Requirement::App));
    stage.require(Requirement::Email);
    let operator = stage.operator();
    let reasons: Vec<_> = block_on(operator.users(None, 2))
        .unwrap()
        .into_iter()
        .chain(block_on(operator.users(Some(user("ben")), 2)).unwrap())
        .filter_map(ListedUser::user)
        .map(|person| (person.user_id.to_string(), person.resolution.to_string()))
        .collect();
    let expected = [
        ("ada", "Email MFA, because of the company setting"),
        ("ben", "Email MFA, because of the company setting"),
        ("cleo", "App MFA, because of the person's rule"),
    ];
    assert_eq!(reasons, expected.map(|(who, why)| (who.to_owned(), why.to_owned())));
}

#[test]
fn creating_a_person_sends_exactly_one_invitation_and_switching_mfa_on_sends_nothing() {
    let stage = Stage::open();
    block_on(stage.operator().invite_user(user("cleo"), NewUser::at(address("cleo")))).unwrap();
    assert_eq!(mails_after_drain(&stage), 1);
    assert_eq!(stage.inbox.to(&address("cleo")).len(), 1);
    stage.require(Requirement::App);
    block_on(stage.operator().set_rule(user("ben"), Requirement::App)).unwrap();
    assert_eq!(mails_after_drain(&stage), 1);
    let cleo = NewUser::at(address("cleo"));
    let again = block_on(stage.operator().invite_user(user("cleo"), cleo));
    assert_eq!(code_of(again), "account.exists");
    let nowhere = block_on(stage.operator().invite_user(user("dan"), NewUser::default()));
    assert_eq!(code_of(nowhere), "account.no_address");
    assert_eq!(mails_after_drain(&stage), 1);
}

#[test]
fn an_event_names_a_pseudonym_and_the_admin_who_acted_and_nobody_by_address() {
    let stage = Stage::open();
    let mut ada = admin(&stage, by_password(&stage, "ada"));
    block_on(ada.set_rule(user("ben"), Requirement::Email)).unwrap();
    block_on(ada.set_rule(user("ben"), Requirement::Email)).unwrap();
    let log = block_on(ada.events(None, 200)).unwrap();
    let changes: Vec<_> =
        log.iter().filter(|e| matches!(e.what, EventKind::RuleChanged { .. })).collect();
    assert_eq!(changes.len(), 1, "an act that changes nothing is no outcome");
    assert_eq!(changes[0].account, Some(person(&stage, "ben").pseudonym));
    assert_eq!(changes[0].actor, Actor::Admin(person(&stage, "ada").pseudonym));
    let shown = format!("{log:?}");
    assert!(!shown.contains("ben") && !shown.contains("larkfield.example"), "{shown}");
}

#[test]
fn an_operator_must_say_who_and_why_and_every_act_records_it() {
    let stage = Stage::open();
    let tenant = key("ada").tenant().clone();
    for (name, reason) in [("", "why"), ("root", " "), ("root", "two\nlines")] {
        let refused = stage.mfa.operator(tenant.clone(), name, reason);
        assert_eq!(code_of(refused), "reason.line");
    }
    block_on(stage.operator().grant_admin(user("ben"))).unwrap();
    let newest = block_on(stage.operator().events(None, 1)).unwrap().remove(0);
    let name = "test".to_owned();
    let reason = "setting the stage".to_owned();
    assert_eq!(newest.what, EventKind::AdminGranted);
    assert_eq!(newest.actor, Actor::Operator { name, reason });
}

#[test]
fn an_admin_step_up_asks_for_the_app_even_where_the_company_asks_for_nothing() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, _) = stage.link_app("ada");
    stage.require(NONE);
    let session = by_password(&stage, "ada");
    let mut unproven = admin(&stage, by_password(&stage, "ada"));
    let refused = block_on(unproven.set_rule(user("ben"), Requirement::App));
    assert_eq!(denial(refused), Denial::NotFresh { method: Method::App, last: None });
    assert_eq!(asked(step_up(&stage, &session, Purpose::Administer)).method, Method::App);
    let proof = step_up_by_app(&stage, &session, Purpose::Administer, &phone);
    block_on(admin(&stage, proof).reset(user("ben"), "asked in person")).unwrap();
}

/// Another code than this one.
pub(crate) fn wrong(code: &str) -> String {
    let digit = |c: char| if c == '9' { '0' } else { char::from(c as u8 + 1) };
    code.chars().map(digit).collect()
}
