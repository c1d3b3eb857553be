//! What saving a policy would do, computed by the same functions that decide logins: once for each
//! group of people who share their facts, not once for each person.

use crate::ports::Group;
use crate::rules::{
    Facts, Policy, Refusal, Requirement, Standing, Step, Tenant, login_step, resolve,
};
use crate::words::{Method, Timestamp};

/// What saving a policy would do, in people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The revision of the policy in force; name it when saving.
    pub revision: u64,
    /// Everybody in the company who is not switched off.
    pub people: u64,
    /// Asked for a code from now on, and not before.
    pub newly_required: u64,
    /// Asked for less than before.
    pub asked_for_less: u64,
    /// Can log in with what they have: nothing needed, or an authenticator in hand.
    pub ready: u64,
    /// Will get codes by e-mail.
    pub will_get_codes: u64,
    /// Will link an app at their next login.
    pub will_link_an_app: u64,
    /// Must link an app, and need a pass from an administrator first.
    pub need_a_pass: u64,
    /// Cannot get a code: no address, or one that refuses mail.
    pub unreachable: u64,
    /// Have a looser rule of their own that does not count.
    pub looser_rules: u64,
    /// Within grace: must have linked an app by its end.
    pub within_grace: u64,
    /// Administrators who could still log in.
    pub admins_able: u64,
    /// Whether no administrator could log in any more.
    pub last_admin_locked_out: bool,
}

/// Counts the effects of `next` on everybody.
pub(super) fn preview(
    floor: Requirement,
    tenant: &Tenant,
    next: &Policy,
    census: &[Group],
    now: Timestamp,
) -> Preview {
    let mut preview = Preview { revision: tenant.policy_revision(), ..Preview::default() };
    let mut admins = 0;
    for Group { facts, people } in census.iter().filter(|group| !group.facts.suspended) {
        let before = resolve(floor, tenant.policy(), facts, &Default::default(), now);
        let after = resolve(floor, next, facts, &Default::default(), now);
        let step = login_step(facts, after.required, next.gate(), Default::default(), now);
        let mut count = |counter: fn(&mut Preview) -> &mut u64, counts: bool| {
            let counter = counter(&mut preview);
            *counter = counter.saturating_add(if counts { *people } else { 0 });
        };
        let none = Requirement::None;
        count(|p| &mut p.people, true);
        count(|p| &mut p.newly_required, before.required == none && after.required > none);
        count(|p| &mut p.asked_for_less, after.required < before.required);
        count(|p| &mut p.ready, matches!(step, Step::Done | Step::Ask(Method::App)));
        count(
            |p| &mut p.will_get_codes,
            step == Step::Ask(Method::Email) && !links(facts, after.required),
        );
        count(
            |p| &mut p.will_link_an_app,
            step == Step::Enroll
                || links(facts, after.required) && step == Step::Ask(Method::Email),
        );
        let needs_pass = step == Step::Refuse(Refusal::NeedsPass);
        count(|p| &mut p.need_a_pass, needs_pass);
        count(|p| &mut p.unreachable, matches!(step, Step::Refuse(_)) && !needs_pass);
        let looser = facts.rule > none && facts.rule < after.required;
        count(|p| &mut p.looser_rules, looser);
        count(|p| &mut p.within_grace, after.enroll_by.is_some());
        let admin = facts.standing == Standing::Admin;
        count(|p| &mut p.admins_able, admin && !matches!(step, Step::Refuse(_)));
        admins += if admin { *people } else { 0 };
    }
    preview.last_admin_locked_out = admins > 0 && preview.admins_able == 0;
    preview
}

/// Whether an e-mailed code would only be the gate before an app is linked.
fn links(facts: &Facts, required: Requirement) -> bool {
    required == Requirement::App && facts.app == crate::rules::AppState::None
}
