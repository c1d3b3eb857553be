//! What saving a policy would do: each counter, and that a preview and a login agree.

use countersign_core::{
    Affected, BeforeEnrollment, Begun, DAY, Method, NewUser, NextLogin, Policy, Preview, Refusal,
    Requirement, Start, Step, Verdict,
};
use countersign_testkit::Failing;
use pollster::block_on;

use crate::acts::{by_mail, person};
use crate::stage::{Stage, address, key, user};

/// A tenant with one user of each kind that a policy treats apart.
fn crowd() -> Stage {
    let stage = Stage::open();
    stage.add_existing_user("never", NewUser::at(address("never")));
    stage.add_existing_user("nowhere", NewUser::default());
    stage.add_existing_user("mailed", NewUser::at(address("mailed")).with_rule(Requirement::Email));
    let _ = by_mail(&stage, "mailed");
    stage.add_existing_user("linked", NewUser::at(address("linked")).with_rule(Requirement::App));
    let _ = stage.link_app("linked");
    stage.add_existing_user(
        "bounced",
        NewUser::at(address("bounced")).with_rule(Requirement::Email),
    );
    let _ = by_mail(&stage, "bounced");
    stage.advance(600);
    stage.inbox.fail_next(Failing::Refused);
    let _ = stage.challenge("bounced");
    block_on(stage.courier.drain()).unwrap();
    stage.add_existing_user("away", NewUser::at(address("away")));
    block_on(stage.mfa.suspended(&key("away"))).unwrap();
    stage
}

const PEOPLE: [&str; 8] = ["ada", "ben", "never", "nowhere", "mailed", "linked", "bounced", "away"];

fn preview(stage: &Stage, policy: &Policy, start: Start) -> Preview {
    block_on(stage.operator().preview(policy, start)).unwrap()
}

#[test]
fn the_preview_of_app_mfa_counts_everybody_once() {
    let stage = crowd();
    let preview = preview(&stage, &Policy::requiring(Requirement::App), Start::Now);
    assert_eq!((preview.revision, preview.users), (0, 7), "a suspended person counts for nothing");
    // ada, ben, never, nowhere were asked for nothing before.
    assert_eq!((preview.newly_required, preview.asked_for_less), (4, 0));
    // linked; ada, ben, never, nowhere by password and mailed by a code; bounced.
    assert_eq!((preview.ready, preview.will_link_an_app, preview.unreachable), (1, 5, 1));
    assert_eq!((preview.will_get_codes, preview.within_grace), (0, 0));
    // mailed and bounced have the rule Email, which no longer counts.
    assert_eq!(preview.looser_rules, 2);
    assert_eq!((preview.admins_able, preview.last_admin_locked_out), (1, false));
}

#[test]
fn the_preview_of_email_mfa_counts_who_gets_codes_and_who_has_no_address() {
    let stage = crowd();
    let gated =
        Policy::requiring(Requirement::Email).asking_before_enrollment(BeforeEnrollment::EmailCode);
    let preview = preview(&stage, &gated, Start::Now);
    assert_eq!((preview.ready, preview.will_get_codes), (1, 4));
    assert_eq!((preview.will_link_an_app, preview.unreachable), (0, 2));
}

#[test]
fn the_preview_says_who_is_asked_for_less_and_who_is_within_grace() {
    let stage = crowd();
    let until = stage.now().plus(14 * DAY);
    let app = Policy::requiring(Requirement::App);
    let graced = preview(&stage, &app, Start::WithGraceUntil(until));
    assert_eq!((graced.newly_required, graced.within_grace), (0, 6));
    stage.require(Requirement::App);
    let eased = preview(&stage, &Policy::requiring(Requirement::Email), Start::Now);
    assert_eq!((eased.revision, eased.asked_for_less), (1, 6));
}

#[test]
fn the_preview_warns_when_no_administrator_could_log_in_any_more() {
    let stage = Stage::open();
    block_on(stage.mfa.removed(&key("ada"))).unwrap();
    stage.add_existing_user("ada", NewUser::default().admin());
    let gated =
        Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::EmailCode);
    let preview = preview(&stage, &gated, Start::Now);
    assert_eq!((preview.admins_able, preview.last_admin_locked_out), (0, true));
}

#[test]
fn a_preview_changes_nothing() {
    let stage = crowd();
    let before: Vec<_> = PEOPLE.iter().map(|who| person(&stage, who).facts).collect();
    stage.store.reset();
    let _ = preview(&stage, &Policy::requiring(Requirement::App), Start::Now);
    assert_eq!(stage.store.calls().commits, 0);
    let after: Vec<_> = PEOPLE.iter().map(|who| person(&stage, who).facts).collect();
    assert_eq!(before, after);
}

/// Everybody, in pages of three.
fn affected(stage: &Stage, policy: &Policy, start: Start) -> Vec<Affected> {
    let operator = stage.operator();
    let mut all = Vec::<Affected>::new();
    loop {
        let after = all.last().map(|last| last.user_id.clone());
        let page = block_on(operator.affected(policy, start, after, 3)).unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

#[test]
fn the_people_of_a_preview_add_up_to_its_counts_and_it_changes_nothing() {
    let stage = crowd();
    stage.save(Policy::requiring(Requirement::Email));
    for required in [Requirement::None, Requirement::Email, Requirement::App] {
        for gate in
            [BeforeEnrollment::Nothing, BeforeEnrollment::EmailCode, BeforeEnrollment::Approval]
        {
            let policy = Policy::requiring(required).asking_before_enrollment(gate);
            let said = preview(&stage, &policy, Start::Now);
            stage.store.reset();
            let people = affected(&stage, &policy, Start::Now);
            assert_eq!(stage.store.calls().commits, 0);
            assert_eq!(people.len(), PEOPLE.len());
            let effects: Vec<_> = people.iter().filter_map(|one| one.effect.as_ref()).collect();
            let met = |login| effects.iter().filter(|effect| effect.login == login).count() as u64;
            assert_eq!(effects.len() as u64, said.users);
            assert_eq!(met(NextLogin::NothingMore) + met(NextLogin::AppCode), said.ready);
            assert_eq!(met(NextLogin::MailedCode), said.will_get_codes);
            assert_eq!(met(NextLogin::LinksApp), said.will_link_an_app);
            assert_eq!(met(NextLogin::NeedsApproval), said.need_approval);
            assert_eq!(met(NextLogin::Stopped), said.unreachable);
            let looser = effects.iter().filter(|effect| effect.looser_rule).count() as u64;
            assert_eq!(looser, said.looser_rules);
        }
    }
}

#[test]
fn a_preview_names_who_is_newly_asked_and_has_no_word_on_who_is_switched_off() {
    let stage = crowd();
    let people = affected(&stage, &Policy::requiring(Requirement::App), Start::Now);
    let of = |who: &str| people.iter().find(|one| one.user_id == user(who)).unwrap();
    assert_eq!(of("away").effect, None);
    let linked = of("linked").effect.as_ref().unwrap();
    assert_eq!((linked.before.required, linked.login), (Requirement::App, NextLogin::AppCode));
    let mailed = of("mailed").effect.as_ref().unwrap();
    assert_eq!(
        (mailed.before.required, mailed.after.required),
        (Requirement::Email, Requirement::App)
    );
    assert!(mailed.looser_rule);
    let names: Vec<_> = people.iter().map(|one| one.user_id.as_str().to_owned()).collect();
    let mut sorted = PEOPLE.map(str::to_owned).to_vec();
    sorted.sort();
    assert_eq!(names, sorted);
}

/// What a login of this user meets, in the words of the preview.
#[derive(Debug, Default, PartialEq, Eq)]
struct Met {
    ready: u64,
    codes: u64,
    links: u64,
    unreachable: u64,
}

fn log_in(stage: &Stage, who: &str, met: &mut Met) {
    let counter = match stage.begin(who) {
        Begun::Refused(Refusal::Suspended) => return,
        Begun::Refused(_) => &mut met.unreachable,
        Begun::Passed(_) => &mut met.ready,
        Begun::Step(Step::LinkApp(_)) => &mut met.links,
        Begun::Step(Step::EnterCode(challenge)) if challenge.method == Method::App => {
            &mut met.ready
        }
        Begun::Step(Step::EnterCode(challenge)) => {
            match stage.answer(&challenge.ticket, &stage.mailed_code()) {
                Verdict::Passed(_) => &mut met.codes,
                Verdict::Step(Step::LinkApp(_)) => &mut met.links,
                other => panic!("{who}: {other:?}"),
            }
        }
    };
    *counter += 1;
}

/// The same, in the words that one user's line has for it.
fn next_login(stage: &Stage, who: &str) -> NextLogin {
    match stage.begin(who) {
        Begun::Refused(Refusal::NeedsApproval) => NextLogin::NeedsApproval,
        Begun::Refused(_) => NextLogin::Stopped,
        Begun::Passed(_) => NextLogin::NothingMore,
        Begun::Step(Step::LinkApp(_)) => NextLogin::LinksApp,
        Begun::Step(Step::EnterCode(challenge)) if challenge.method == Method::App => {
            NextLogin::AppCode
        }
        Begun::Step(Step::EnterCode(challenge)) => {
            match stage.answer(&challenge.ticket, &stage.mailed_code()) {
                Verdict::Passed(_) => NextLogin::MailedCode,
                Verdict::Step(Step::LinkApp(_)) => NextLogin::LinksApp,
                other => panic!("{who}: {other:?}"),
            }
        }
    }
}

#[test]
fn the_next_login_of_each_person_is_the_one_that_preview_and_list_announced() {
    for required in [Requirement::None, Requirement::Email, Requirement::App] {
        for gate in
            [BeforeEnrollment::Nothing, BeforeEnrollment::EmailCode, BeforeEnrollment::Approval]
        {
            let stage = crowd();
            stage.inbox.clear();
            let policy = Policy::requiring(required).asking_before_enrollment(gate);
            let announced = affected(&stage, &policy, Start::Now);
            stage.save(policy);
            stage.advance(600);
            for one in announced {
                let (who, Some(effect)) = (one.user_id.as_str(), one.effect) else { continue };
                let listed = person(&stage, who);
                assert_eq!(listed.login, effect.login, "{who} {required:?} {gate:?}");
                assert_eq!(next_login(&stage, who), effect.login, "{who} {required:?} {gate:?}");
                assert_eq!(listed.resolution, effect.after, "{who} {required:?} {gate:?}");
            }
        }
    }
}

#[test]
fn every_policy_does_to_each_login_exactly_what_its_preview_said() {
    for required in [Requirement::None, Requirement::Email, Requirement::App] {
        for gate in [BeforeEnrollment::Nothing, BeforeEnrollment::EmailCode] {
            for graced in [false, true] {
                let stage = crowd();
                stage.inbox.clear();
                let policy = Policy::requiring(required).asking_before_enrollment(gate);
                let until = stage.now().plus(DAY);
                let start = if graced { Start::WithGraceUntil(until) } else { Start::Now };
                let said = preview(&stage, &policy, start);
                let mut operator = stage.operator();
                let _ = block_on(operator.set_policy(policy, said.revision, start)).unwrap();
                stage.advance(600);
                let mut met = Met::default();
                for who in PEOPLE {
                    log_in(&stage, who, &mut met);
                }
                let said = Met {
                    ready: said.ready,
                    codes: said.will_get_codes,
                    links: said.will_link_an_app,
                    unreachable: said.unreachable,
                };
                assert_eq!(met, said, "{required:?} {gate:?} grace {graced}");
            }
        }
    }
}

#[test]
fn what_the_list_requires_of_a_person_is_what_their_login_requires() {
    let stage = crowd();
    stage.require(Requirement::Email);
    let linked = block_on(stage.operator().user(user("linked"))).unwrap().unwrap();
    assert_eq!(linked.resolution.required, Requirement::App);
    stage.advance(60);
    assert_eq!(stage.challenge("linked").method, Method::App);
    assert_eq!(stage.challenge("linked").others, []);
}
