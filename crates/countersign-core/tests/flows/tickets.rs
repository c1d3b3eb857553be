//! A ticket fits one login of one user in one browser, and nothing else is a ticket.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_core::login::{Accepted, Invitation, StepUpReason};
use countersign_core::{
    AccountKey, Answer, Begun, Challenge, Client, FirstFactor, Locale, MINUTE, NewTenant, NewUser,
    Policy, Purpose, Requirement, Role, SealedProof, SessionCheck, SessionEnd, Staleness, Start,
    Step, TenantId, Ticket, Verdict, Vouching,
};
use countersign_testkit::Calls;
use pollster::block_on;

use crate::stage::{Stage, address, browser, key, passed, stale, user};

const NOTHING: Calls = Calls { loads: 0, commits: 0 };

/// The same tenant once more, under another name and with the same people in it.
fn second_company(stage: &Stage) -> TenantId {
    let id = TenantId::new("northgate").unwrap();
    let tenant = NewTenant::new("northgate", "Northgate Bakery", Locale::english()).unwrap();
    block_on(stage.mfa.create_tenant(tenant)).unwrap();
    for person in ["ada", "ben"] {
        let key = AccountKey::of(id.clone(), user(person));
        block_on(stage.mfa.add_existing_user(&key, NewUser::at(address(person)))).unwrap();
    }
    let mut operator = stage.mfa.operator(id.clone(), "test", "a second company").unwrap();
    let (_, revision) = block_on(operator.policy()).unwrap();
    let email = Policy::requiring(Requirement::Email);
    let _ = block_on(operator.set_policy(email, revision, Start::Now)).unwrap();
    id
}

fn challenge_of(stage: &Stage, key: &AccountKey) -> Challenge {
    match block_on(stage.mfa.begin(key, FirstFactor::Password, &browser())).unwrap() {
        Begun::Step(Step::EnterCode(challenge)) => challenge,
        other => panic!("no challenge: {other:?}"),
    }
}

#[test]
fn no_code_fits_the_ticket_of_another_person_or_company() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let northgate = second_company(&stage);
    let mut keys = vec![key("ada"), key("ben")];
    keys.extend(["ada", "ben"].map(|person| AccountKey::of(northgate.clone(), user(person))));
    let open: Vec<_> = keys
        .iter()
        .map(|key| (challenge_of(&stage, key).ticket, stage.mailed_code(), key))
        .collect();
    for (ticket, own, key) in &open {
        for (_, code, other) in open.iter().filter(|(_, _, other)| other != key) {
            assert_ne!(own, code);
            let verdict = stage.answer(ticket, code);
            assert!(matches!(verdict, Verdict::Wrong(_)), "{other} at {key}: {verdict:?}");
        }
    }
    for (ticket, code, key) in &open {
        assert_eq!(passed(stage.answer(ticket, code)).key(), *key);
    }
}

#[test]
fn every_verb_turns_away_the_ticket_of_another_browser_without_reading_anything() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    stage.store.reset();
    let thief = Client::bound_to("another cookie of 128 bits").unwrap();
    for client in [thief, Client::danger_unbound()] {
        let verdict = block_on(stage.mfa.verify(&ticket, &Answer::code(&code), &client)).unwrap();
        assert_eq!(stale(verdict), Staleness::NotOurs);
        let method = countersign_core::Method::Email;
        for continued in [
            block_on(stage.mfa.resend(&ticket, &client)).unwrap(),
            block_on(stage.mfa.resume(&ticket, &client)).unwrap(),
            block_on(stage.mfa.another_way(&ticket, method, &client)).unwrap(),
        ] {
            let shown = format!("{continued:?}");
            assert!(shown.starts_with("Stale") && shown.contains("NotOurs"), "{shown}");
        }
    }
    assert_eq!(stage.store.calls(), NOTHING);
    let _ = passed(stage.answer(&ticket, &code));
}

#[test]
fn a_ticket_ends_at_fifteen_minutes_by_every_verb_and_reads_nothing_then() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let open = stage.enrollment("ben");
    assert_eq!(open.ends, stage.now().plus(15 * MINUTE));
    stage.clock.advance(Duration::from_millis(899_999));
    let shown = stage.resume(&open.ticket);
    assert!(format!("{shown:?}").starts_with("Step(LinkApp"));
    stage.clock.advance(Duration::from_millis(1));
    stage.store.reset();
    assert_eq!(stale(stage.answer(&open.ticket, "000000")), Staleness::RanOut);
    assert!(format!("{:?}", stage.resume(&open.ticket)).contains("RanOut"));
    assert!(format!("{:?}", stage.resend(&open.ticket)).contains("RanOut"));
    assert_eq!(stage.store.calls(), NOTHING);
}

#[test]
fn no_token_passes_as_one_of_another_kind() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    block_on(stage.operator().invite_again(user("ben"))).unwrap();
    block_on(stage.courier.drain()).unwrap();
    let invitation = stage.inbox.link().rsplit('/').next().unwrap().to_owned();
    let ticket = stage.challenge("ada").ticket;
    let code = stage.mailed_code();
    let proof = passed(stage.answer(&ticket, &code));
    let proof = stage.mfa.seal(&proof).unwrap().expose().to_owned();
    let ticket = stage.challenge("ada").ticket.expose().to_owned();
    let texts = [ticket, proof, invitation];
    stage.store.reset();
    for (at, body) in texts.iter().enumerate() {
        for (like, kind) in texts.iter().enumerate().filter(|(like, _)| *like != at) {
            // As it is, and in the clothes of the other kind.
            let prefix = kind.split('.').next();
            let body_only = body.split_once('.').unwrap().1;
            for text in [body.clone(), format!("{}.{body_only}", prefix.unwrap())] {
                match like {
                    0 => {
                        let ticket = Ticket::from_browser(text);
                        assert_eq!(stale(stage.answer(&ticket, "000000")), Staleness::NotOurs);
                    }
                    1 => {
                        let opened =
                            block_on(stage.mfa.open_session(&SealedProof::from_text(text)));
                        let opened = opened.unwrap();
                        assert!(matches!(opened, SessionCheck::Ended(SessionEnd::NotOurs)));
                    }
                    _ => {
                        let looked = block_on(stage.mfa.invitation(&text)).unwrap();
                        assert_eq!(looked, Invitation::Ended);
                        let accepted = block_on(stage.mfa.accept_invitation(&text)).unwrap();
                        assert_eq!(accepted, Accepted::Ended);
                    }
                }
            }
        }
    }
    assert_eq!(stage.store.calls(), NOTHING);
}

#[test]
fn the_largest_ticket_fits_a_cookie() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let tenant = "t".repeat(128);
    let person = "u".repeat(128);
    let new = NewTenant::new(tenant.as_str(), "Long", Locale::english()).unwrap();
    block_on(stage.mfa.create_tenant(new)).unwrap();
    let key = AccountKey::new(tenant.as_str(), person).unwrap();
    block_on(stage.mfa.add_existing_user(&key, NewUser::at(address("long")))).unwrap();
    let policy = |required| {
        let mut operator = stage.mfa.operator(key.tenant().clone(), "test", "long ids").unwrap();
        let (_, revision) = block_on(operator.policy()).unwrap();
        let policy = Policy::requiring(required);
        let _ = block_on(operator.set_policy(policy, revision, Start::Now)).unwrap();
    };
    let role = |number: usize| Role::new(format!("{number}{}", "r".repeat(31))).unwrap();
    let client = (0..8).fold(browser(), |client, number| client.with_role(role(number)));
    let first = || FirstFactor::Federated(vec!["a".repeat(32); 12]);
    let mut sizes = BTreeSet::new();
    policy(Requirement::Email);
    let begun = block_on(stage.mfa.begin(&key, first(), &client)).unwrap();
    let Begun::Step(Step::EnterCode(challenge)) = begun else { panic!("{begun:?}") };
    sizes.insert(challenge.ticket.expose().len());
    let code = Answer::code(stage.mailed_code());
    policy(Requirement::App);
    let verdict = block_on(stage.mfa.verify(&challenge.ticket, &code, &client)).unwrap();
    let Verdict::Step(Step::LinkApp(next)) = verdict else { panic!("{verdict:?}") };
    sizes.insert(next.ticket.expose().len());
    policy(Requirement::Email);
    let begun = block_on(stage.mfa.begin(&key, first(), &client)).unwrap();
    let Begun::Step(Step::EnterCode(challenge)) = begun else { panic!("{begun:?}") };
    let code = Answer::code(stage.mailed_code());
    let verdict = block_on(stage.mfa.verify(&challenge.ticket, &code, &client)).unwrap();
    let proof = passed(verdict);
    let purpose = Purpose::StepUp(StepUpReason::new("p".repeat(64)).unwrap());
    let begun = block_on(stage.mfa.step_up(&proof, purpose, &client)).unwrap();
    let Begun::Step(Step::EnterCode(challenge)) = begun else { panic!("{begun:?}") };
    sizes.insert(challenge.ticket.expose().len());
    assert!(sizes.iter().all(|size| *size <= 1536), "{sizes:?}");
    let text = challenge.ticket.expose();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    assert!(text.chars().all(plain), "{text}");
}

#[test]
fn the_length_of_a_ticket_tells_nothing_about_the_login() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let mail = stage.challenge("ben").ticket;
    stage.require(Requirement::App);
    let qr = stage.enrollment("ada").ticket;
    assert_eq!(mail.expose().len(), qr.expose().len());
}

#[test]
fn a_changed_or_confirmed_address_ends_open_logins_codes_and_proofs() {
    for vouching in [Vouching::Vouched, Vouching::Unconfirmed] {
        let stage = Stage::open();
        stage.require(Requirement::Email);
        let ticket = stage.challenge("ben").ticket;
        let code = stage.mailed_code();
        let proof = passed(stage.answer(&ticket, &code));
        let ticket = stage.challenge("ben").ticket;
        let code = stage.mailed_code();
        block_on(stage.mfa.address_changed(&key("ben"), address("benjamin"), vouching)).unwrap();
        assert_eq!(stale(stage.answer(&ticket, &code)), Staleness::Superseded, "{vouching:?}");
        let evidence = block_on(stage.mfa.check_session(proof)).unwrap();
        assert!(matches!(evidence, SessionCheck::Ended(SessionEnd::Superseded)), "{vouching:?}");
    }
}

#[test]
fn what_happens_to_one_person_ends_nothing_of_another() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let northgate = AccountKey::of(second_company(&stage), user("ben"));
    let adas = (stage.challenge("ada").ticket, stage.mailed_code());
    let other_ben = (challenge_of(&stage, &northgate).ticket, stage.mailed_code());
    block_on(stage.operator().reset(user("ben"), "phone lost")).unwrap();
    block_on(stage.mfa.suspended(&key("ben"))).unwrap();
    let _ = passed(stage.answer(&adas.0, &adas.1));
    block_on(stage.operator().sign_everybody_out()).unwrap();
    let _ = passed(stage.answer(&other_ben.0, &other_ben.1));
}
