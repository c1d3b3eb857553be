//! How the layers join: the strongest counts, so no rule that is added ever weakens a login.

use std::collections::BTreeSet;

use super::explanation::{EnrollBy, Layer, LayerRule, Resolution};
use super::facts::Facts;
use super::policy::{Policy, Requirement};
use crate::types::{Role, Timestamp};

/// Joins every layer and explains the result. Pure and total: the same facts, the same answer.
///
/// `passing_roles` are roles that the host stated for this one login; they can only strengthen.
///
/// ```
/// use std::collections::BTreeSet;
/// use countersign_core::{Policy, Requirement, Timestamp};
/// use countersign_core::policy::{resolve, Facts};
///
/// let policy = Policy::requiring(Requirement::Email);
/// let facts = Facts::default();
/// let now = Timestamp::from_seconds(0);
/// let resolution = resolve(Requirement::None, &policy, &facts, &BTreeSet::new(), now);
/// assert_eq!(resolution.to_string(), "Email MFA, because of the company setting");
/// ```
#[must_use]
pub fn resolve(
    minimum: Requirement,
    policy: &Policy,
    facts: &Facts,
    passing_roles: &BTreeSet<Role>,
    now: Timestamp,
) -> Resolution {
    let exempt_until = facts.exempt_until.filter(|until| now < *until);
    let grace =
        policy.grace.filter(|grace| now < grace.until && !facts.held.meets(policy.required));
    let company = grace.map_or(policy.required, |grace| grace.before);
    let roles = policy.for_roles(facts.roles.iter().chain(passing_roles));
    let exempt = exempt_until.is_some();
    let layers = vec![
        LayerRule { layer: Layer::Minimum, asks: minimum, counts: true },
        LayerRule { layer: Layer::Tenant, asks: company, counts: !exempt },
        LayerRule { layer: Layer::Role, asks: roles, counts: !exempt },
        LayerRule { layer: Layer::User, asks: facts.rule, counts: true },
        LayerRule { layer: Layer::Own, asks: facts.own, counts: true },
    ];
    let counting = || layers.iter().filter(|said| said.counts);
    let required = counting().map(|said| said.asks).fold(Requirement::None, Requirement::join);
    let decided_by = counting()
        .find(|said| said.asks == required && required != Requirement::None)
        .map(|said| said.layer);
    let enroll_by = grace
        .filter(|_| !exempt && policy.required > required)
        .map(|grace| EnrollBy { until: grace.until, required: policy.required });
    Resolution { required, decided_by, layers, enroll_by, exempt_until }
}
