//! What a login still needs, decided from facts alone, so that a preview and a login use one rule.
//!
//! Who may bind an authenticator is decided here too: the password alone links a first app only
//! for an account that never had a second step. Otherwise the strongest method that the account
//! has held comes first.

use super::login::Refusal;
use super::policy::{AddressState, AppState, EnrollmentGate, Facts, Held, Requirement};
use crate::words::Method;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Done,
    Ask(Method),
    Enroll,
    Refuse(Refusal),
}

/// The methods that this person has and the requirement accepts, weakest first.
pub(crate) fn offers(facts: &Facts, required: Requirement) -> Vec<Method> {
    let usable = |method: &Method| match method {
        Method::Email => facts.address.is_usable(),
        Method::App => facts.app == AppState::Usable,
    };
    let all = [Method::Email, Method::App];
    all.into_iter().filter(|method| required.accepts(*method) && usable(method)).collect()
}

/// The next step of a login that must meet `required` and has passed these methods.
pub(crate) fn login_step(
    facts: &Facts,
    required: Requirement,
    gate: EnrollmentGate,
    passed: Held,
) -> Step {
    if passed.meets(required) {
        return Step::Done;
    }
    if let Some(best) = offers(facts, required).pop() {
        return Step::Ask(best);
    }
    let mail_off = facts.address == AddressState::Disabled && required.accepts(Method::Email);
    if facts.app == AppState::Disabled || mail_off {
        return Step::Refuse(Refusal::Locked { until: None });
    }
    first_app_step(facts, gate, passed)
}

/// Who may link a first app.
pub(crate) fn first_app_step(facts: &Facts, gate: EnrollmentGate, passed: Held) -> Step {
    let gated = gate == EnrollmentGate::Email && !facts.gate_passed;
    let held_before = match (facts.held.has(Method::Email), facts.held.has(Method::App)) {
        (true, _) => true,
        // An app was held and is gone: only a reset opens re-binding to the password alone.
        (false, true) => !facts.reopened,
        (false, false) => false,
    };
    if !(gated || held_before) || passed.has(Method::Email) {
        Step::Enroll
    } else if facts.address.is_usable() {
        Step::Ask(Method::Email)
    } else {
        Step::Refuse(Refusal::NoWay)
    }
}

/// A step-up asks for the strongest method that the account holds.
pub(crate) fn strongest_step(facts: &Facts, passed: Held) -> Step {
    let method = match facts.app {
        AppState::Usable => Method::App,
        AppState::Disabled => return Step::Refuse(Refusal::Locked { until: None }),
        AppState::None if facts.address.is_usable() => Method::Email,
        AppState::None => return Step::Refuse(Refusal::NoWay),
    };
    if passed.has(method) { Step::Done } else { Step::Ask(method) }
}
