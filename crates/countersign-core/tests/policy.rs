//! How requirements join: the laws as properties, and every combination against a second opinion.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_core::policy::{EnrollBy, EnrolledMethods, Facts, Layer, Resolution, resolve};
use countersign_core::{BeforeEnrollment, Method, Policy, Requirement, Role, Timestamp};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_seconds(1_795_500_000);
const ALL: [Requirement; 3] = [Requirement::None, Requirement::Email, Requirement::App];

fn later(seconds: u32) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds.into()))
}

fn role(number: u8) -> Role {
    Role::new(format!("role {number}")).unwrap()
}

fn requirement() -> impl Strategy<Value = Requirement> {
    prop::sample::select(ALL.to_vec())
}

fn held() -> impl Strategy<Value = EnrolledMethods> {
    any::<(bool, bool)>().prop_map(|(email, app)| {
        EnrolledMethods::of(
            email.then_some(Method::Email).into_iter().chain(app.then_some(Method::App)),
        )
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let roles = prop::collection::vec((0..4_u8, requirement()), 0..4);
    let parts = (requirement(), requirement(), roles, prop::option::of(0..200_u32));
    parts.prop_map(|(old, new, roles, grace)| {
        let policy = Policy::requiring(new);
        let policy = roles.into_iter().fold(policy, |p, (n, asked)| p.and_for_role(role(n), asked));
        policy.following(&Policy::requiring(old), grace.map(later))
    })
}

fn facts() -> impl Strategy<Value = Facts> {
    let roles = prop::collection::btree_set((0..4_u8).prop_map(role), 0..4);
    let parts = (requirement(), requirement(), held(), roles, prop::option::of(0..200_u32));
    parts.prop_map(|(rule, own, held, roles, exempt)| {
        let mut facts = Facts::default();
        (facts.rule, facts.own, facts.held, facts.roles) = (rule, own, held, roles);
        facts.exempt_until = exempt.map(later);
        facts
    })
}

fn at(minimum: Requirement, policy: &Policy, facts: &Facts, now: Timestamp) -> Resolution {
    resolve(minimum, policy, facts, &BTreeSet::new(), now)
}

proptest! {
    #[test]
    fn joining_is_commutative_associative_idempotent_and_never_weakens(
        a in requirement(), b in requirement(), c in requirement(),
    ) {
        prop_assert_eq!(a.join(b), b.join(a));
        prop_assert_eq!(a.join(b).join(c), a.join(b.join(c)));
        prop_assert_eq!(a.join(a), a);
        prop_assert_eq!(a.join(Requirement::None), a);
        prop_assert!(a.join(b) >= a && a.join(b) >= b);
    }

    #[test]
    fn raising_any_one_layer_never_weakens_a_login(
        minimum in requirement(), policy in policy(), facts in facts(),
        more in requirement(), number in 0..4_u8, seconds in 0..300_u32,
    ) {
        let now = later(seconds);
        let before = at(minimum, &policy, &facts, now).required;
        prop_assert!(at(minimum.join(more), &policy, &facts, now).required >= before);
        let mut ruled = facts.clone();
        ruled.rule = ruled.rule.join(more);
        prop_assert!(at(minimum, &policy, &ruled, now).required >= before);
        let mut chosen = facts.clone();
        chosen.own = chosen.own.join(more);
        prop_assert!(at(minimum, &policy, &chosen, now).required >= before);
        let mut enlisted = facts.clone();
        enlisted.roles.insert(role(number));
        prop_assert!(at(minimum, &policy, &enlisted, now).required >= before);
        let stated = BTreeSet::from([role(number)]);
        prop_assert!(resolve(minimum, &policy, &facts, &stated, now).required >= before);
        let asked = policy.roles().get(&role(number)).copied().unwrap_or_default().join(more);
        let wider = policy.clone().and_for_role(role(number), asked);
        prop_assert!(at(minimum, &wider, &facts, now).required >= before);
    }

    #[test]
    fn nobody_gets_below_the_floor_their_own_choice_or_their_rule_by_any_exemption(
        minimum in requirement(), policy in policy(), facts in facts(), seconds in 0..300_u32,
    ) {
        let required = at(minimum, &policy, &facts, later(seconds)).required;
        prop_assert!(required >= minimum && required >= facts.rule && required >= facts.own);
    }

    #[test]
    fn the_explanation_names_a_layer_that_counts_and_asks_for_exactly_this(
        minimum in requirement(), policy in policy(), facts in facts(), seconds in 0..300_u32,
    ) {
        let resolution = at(minimum, &policy, &facts, later(seconds));
        prop_assert_eq!(resolution.layers.len(), 5);
        match resolution.decided_by {
            None => prop_assert_eq!(resolution.required, Requirement::None),
            Some(layer) => {
                let said = resolution.layers.iter().find(|said| said.layer == layer).unwrap();
                prop_assert!(said.counts && said.asks == resolution.required);
                let because = format!("{}, because of {layer}", resolution.required);
                prop_assert!(resolution.to_string().starts_with(&because));
            }
        }
    }

    #[test]
    fn time_alone_never_weakens_a_login_as_exemption_and_grace_run_out(
        minimum in requirement(), policy in policy(), facts in facts(), a in 0..300_u32, b in 0..300_u32,
    ) {
        let earlier = at(minimum, &policy, &facts, later(a.min(b))).required;
        prop_assert!(at(minimum, &policy, &facts, later(a.max(b))).required >= earlier);
    }

    #[test]
    fn a_policy_that_calls_itself_no_looser_asks_less_of_nobody_at_any_time(
        old in policy(), next in policy(), facts in facts(),
        grace in prop::option::of(0..200_u32), seconds in 0..300_u32,
    ) {
        let next = next.following(&old, grace.map(later));
        prop_assume!(!next.is_looser_than(&old));
        let now = later(seconds);
        let before = at(Requirement::None, &old, &facts, now).required;
        prop_assert!(at(Requirement::None, &next, &facts, now).required >= before);
    }
}

/// The rule once more, from the design and not from the code.
#[derive(Debug, Clone, Copy)]
struct Case {
    minimum: Requirement,
    company: Requirement,
    before: Requirement,
    grace: bool,
    role: Requirement,
    rule: Requirement,
    own: Requirement,
    held: [bool; 2],
    exempt: bool,
}

fn oracle(case: Case) -> Requirement {
    let [email, app] = case.held;
    let held_it = match case.company {
        Requirement::App => app,
        Requirement::Email => email || app,
        _ => true,
    };
    let waits = case.grace && case.before < case.company && !held_it;
    let company = if waits { case.before } else { case.company };
    let mut asked = vec![case.minimum, case.rule, case.own];
    if !case.exempt {
        asked.extend([company, case.role]);
    }
    asked.into_iter().max().unwrap()
}

fn asked(digit: usize) -> Requirement {
    ALL.into_iter().nth(digit).unwrap()
}

fn every_case() -> impl Iterator<Item = Case> {
    (0..3 * 3 * 3 * 2 * 3 * 3 * 3 * 4 * 2).map(|number| {
        let mut left: usize = number;
        let mut digit = |base: usize| {
            let digit = left % base;
            left /= base;
            digit
        };
        Case {
            minimum: asked(digit(3)),
            company: asked(digit(3)),
            before: asked(digit(3)),
            grace: digit(2) == 1,
            role: asked(digit(3)),
            rule: asked(digit(3)),
            own: asked(digit(3)),
            held: [digit(2) == 1, digit(2) == 1],
            exempt: digit(2) == 1,
        }
    })
}

#[test]
fn every_combination_of_layers_resolves_as_a_second_opinion_says() {
    let driver = role(1);
    for case in every_case() {
        let policy = Policy::requiring(case.company).and_for_role(driver.clone(), case.role);
        let until = case.grace.then(|| later(60));
        let policy = policy.following(&Policy::requiring(case.before), until);
        let mut facts = Facts::default();
        (facts.rule, facts.own) = (case.rule, case.own);
        facts.roles.insert(driver.clone());
        let [email, app] = case.held;
        let methods = [(Method::Email, email), (Method::App, app)];
        facts.held =
            EnrolledMethods::of(methods.into_iter().filter(|(_, held)| *held).map(|(m, _)| m));
        facts.exempt_until = case.exempt.then(|| later(60));
        assert_eq!(at(case.minimum, &policy, &facts, NOW).required, oracle(case), "{case:?}");
    }
}

#[test]
fn grace_keeps_what_held_before_until_its_fixed_end_and_not_a_moment_longer() {
    let old = Policy::requiring(Requirement::Email);
    let policy = Policy::requiring(Requirement::App).following(&old, Some(later(60)));
    let facts = Facts::default();
    let during = at(Requirement::None, &policy, &facts, later(59));
    assert_eq!(during.required, Requirement::Email);
    assert_eq!(during.enroll_by, Some(EnrollBy { until: later(60), required: Requirement::App }));
    assert_eq!(at(Requirement::None, &policy, &facts, later(60)).required, Requirement::App);
}

#[test]
fn saving_the_same_policy_again_does_not_extend_its_grace() {
    let old = Policy::requiring(Requirement::Email);
    let policy = Policy::requiring(Requirement::App).following(&old, Some(later(60)));
    let again = Policy::requiring(Requirement::App)
        .asking_before_enrollment(BeforeEnrollment::EmailCode)
        .following(&policy, Some(later(6000)));
    assert_eq!(again.grace().unwrap().until(), later(60));
    assert_eq!(again.grace().unwrap().before(), Requirement::Email);
}

#[test]
fn grace_never_covers_an_account_that_ever_held_the_method() {
    let policy = Policy::requiring(Requirement::App).following(&Policy::default(), Some(later(60)));
    let mut facts = Facts::default();
    facts.held = EnrolledMethods::of([Method::App]);
    let resolution = at(Requirement::None, &policy, &facts, NOW);
    assert_eq!((resolution.required, resolution.enroll_by), (Requirement::App, None));
    facts.held = EnrolledMethods::of([Method::Email]);
    assert_eq!(at(Requirement::None, &policy, &facts, NOW).required, Requirement::None);
}

#[test]
fn dropping_a_role_during_grace_counts_as_looser() {
    let old = Policy::default().and_for_role(role(1), Requirement::Email);
    let next = Policy::requiring(Requirement::App).following(&old, Some(later(60)));
    let mut driver = Facts::default();
    driver.roles.insert(role(1));
    assert_eq!(at(Requirement::None, &old, &driver, NOW).required, Requirement::Email);
    assert_eq!(at(Requirement::None, &next, &driver, NOW).required, Requirement::None);
    assert!(next.is_looser_than(&old));
}

#[test]
fn the_explanation_of_an_exemption_and_of_grace_says_how_long() {
    let mut facts = Facts::default();
    facts.exempt_until = Some(later(60));
    let policy = Policy::requiring(Requirement::App);
    let exempt = at(Requirement::Email, &policy, &facts, NOW);
    assert_eq!(exempt.decided_by, Some(Layer::Minimum));
    assert!(exempt.to_string().contains("exempt from the company setting until"), "{exempt}");
    let graced = policy.following(&Policy::default(), Some(later(60)));
    let graced = at(Requirement::None, &graced, &Facts::default(), NOW);
    assert!(graced.to_string().contains("App MFA from "), "{graced}");
}
