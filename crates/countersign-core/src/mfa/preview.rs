//! What saving a policy would do, computed by the same functions that decide logins: once for each
//! group of people who share their facts, not once for each user. Who the people are is another
//! question, which an administrator asks page by page; the answers come from one function.

use crate::account::Tenant;
use crate::login::{Need, Refusal, login_need};
use crate::policy::{Access, AppState, Facts, Policy, Requirement, Resolution, resolve};
use crate::store::Group;
use crate::types::{Method, Timestamp, UserId};

/// What saving a policy would do, in people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The revision of the policy in force; name it when saving.
    pub revision: u64,
    /// Everybody in the tenant who is not switched off.
    pub users: u64,
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
    pub need_approval: u64,
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

/// What a user meets at their next login, after the first factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a page says each in words")]
pub enum NextLogin {
    /// Nothing more.
    NothingMore,
    /// The code of an app that they have linked.
    AppCode,
    /// A code that is mailed to them.
    MailedCode,
    /// The linking of an app; perhaps after a code that is mailed to them.
    LinksApp,
    /// The linking of an app, for which an administrator must issue a pass first.
    NeedsApproval,
    /// The end: no address, one that refuses mail, or authenticators that are switched off.
    Stopped,
}

impl NextLogin {
    /// Whether the user gets in only once an administrator has done something.
    #[must_use]
    pub fn is_stranded(self) -> bool {
        matches!(self, Self::NeedsApproval | Self::Stopped)
    }

    /// What these facts meet under this policy.
    pub(super) fn of(
        facts: &Facts,
        required: Requirement,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        // An e-mailed code may be only the gate before an app is linked.
        let links = required == Requirement::App && facts.app == AppState::None;
        match login_need(facts, required, policy.before_enrollment(), Default::default(), now) {
            Need::Nothing => Self::NothingMore,
            Need::Code(Method::Email) if links => Self::LinksApp,
            Need::Code(Method::Email) => Self::MailedCode,
            Need::Code(Method::App) => Self::AppCode,
            Need::LinkApp => Self::LinksApp,
            Need::Refused(Refusal::NeedsApproval) => Self::NeedsApproval,
            Need::Refused(_) => Self::Stopped,
        }
    }
}

/// What saving a policy would do to one user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effect {
    /// What is required of them now, and why.
    pub before: Resolution,
    /// What would be, and why.
    pub after: Resolution,
    /// What they would meet at their next login.
    pub login: NextLogin,
    /// Whether they have a looser rule of their own that would not count.
    pub looser_rule: bool,
}

/// One user, and what saving a policy would do to them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Affected {
    /// The user's id.
    pub user_id: UserId,
    /// user or admin.
    pub access: Access,
    /// What it would do. Nothing at all to somebody who is switched off.
    pub effect: Option<Effect>,
}

/// What `next` would do to whoever has these facts; nothing to somebody who is switched off.
pub(super) fn effect(
    minimum: Requirement,
    tenant: &Tenant,
    next: &Policy,
    facts: &Facts,
    now: Timestamp,
) -> Option<Effect> {
    if facts.suspended {
        return None;
    }
    let before = resolve(minimum, tenant.policy(), facts, &Default::default(), now);
    let after = resolve(minimum, next, facts, &Default::default(), now);
    let login = NextLogin::of(facts, after.required, next, now);
    let looser_rule = facts.rule > Requirement::None && facts.rule < after.required;
    Some(Effect { before, after, login, looser_rule })
}

/// Counts the effects of `next` on everybody.
pub(super) fn preview(
    minimum: Requirement,
    tenant: &Tenant,
    next: &Policy,
    counts: &[Group],
    now: Timestamp,
) -> Preview {
    let mut preview = Preview { revision: tenant.policy_revision(), ..Preview::default() };
    let mut admins = 0;
    for Group { facts, users } in counts {
        let Some(effect) = effect(minimum, tenant, next, facts, now) else { continue };
        let mut count = |counter: fn(&mut Preview) -> &mut u64, counts: bool| {
            let counter = counter(&mut preview);
            *counter = counter.saturating_add(if counts { *users } else { 0 });
        };
        let (before, after, login) = (effect.before.required, effect.after.required, effect.login);
        let none = Requirement::None;
        count(|p| &mut p.users, true);
        count(|p| &mut p.newly_required, before == none && after > none);
        count(|p| &mut p.asked_for_less, after < before);
        count(|p| &mut p.ready, matches!(login, NextLogin::NothingMore | NextLogin::AppCode));
        count(|p| &mut p.will_get_codes, login == NextLogin::MailedCode);
        count(|p| &mut p.will_link_an_app, login == NextLogin::LinksApp);
        count(|p| &mut p.need_approval, login == NextLogin::NeedsApproval);
        count(|p| &mut p.unreachable, login == NextLogin::Stopped);
        count(|p| &mut p.looser_rules, effect.looser_rule);
        count(|p| &mut p.within_grace, effect.after.enroll_by.is_some());
        let admin = facts.access == Access::Admin;
        count(|p| &mut p.admins_able, admin && !login.is_stranded());
        admins += if admin { *users } else { 0 };
    }
    preview.last_admin_locked_out = admins > 0 && preview.admins_able == 0;
    preview
}
