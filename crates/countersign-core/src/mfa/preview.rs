//! The effect of saving a policy, computed by the same functions that decide logins: once for each
//! group of users who share their facts, not once for each user. An administrator lists the users
//! themselves page by page, from the same function.

use crate::account::Tenant;
use crate::login::{Need, Refusal, login_need};
use crate::policy::{
    Access, AddressState, AppState, Facts, Policy, Requirement, Resolution, resolve,
};
use crate::store::Group;
use crate::types::{Method, Timestamp, UserId};

/// The numbers of users whom saving a policy would affect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The revision of the policy in force; name it when saving.
    pub revision: u64,
    /// All users of the tenant who are not switched off.
    pub users: u64,
    /// Must enter a code from now on, and need not before.
    pub newly_required: u64,
    /// Have a weaker requirement than before.
    pub asked_for_less: u64,
    /// Can log in with what they have: nothing needed, or an authenticator in hand.
    pub ready: u64,
    /// Will get codes by e-mail.
    pub will_get_codes: u64,
    /// Of those, the ones to whom mail may not arrive: nothing ever came back from their address,
    /// neither a code nor an invitation, or it refused the last mail and is tried again.
    pub may_not_arrive: u64,
    /// Will link an app at their next login.
    pub will_link_an_app: u64,
    /// Must link an app, and need the approval of an administrator first.
    pub need_approval: u64,
    /// Cannot get a code now: no address, or one that refused the last mail.
    pub unreachable: u64,
    /// Have an own rule that is weaker and does not count.
    pub looser_rules: u64,
    /// Within grace: must have linked an app by its end.
    pub within_grace: u64,
    /// Administrators who could still log in.
    pub admins_able: u64,
    /// Accounts that are damaged, so that nobody can say what would become of them: they are in no
    /// other number, and cannot log in until an operator resets them.
    pub damaged: u64,
    /// Whether no administrator could log in any more.
    pub last_admin_locked_out: bool,
}

/// The step that follows the first factor at a user's next login.
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
    /// The linking of an app, which an administrator must approve first.
    NeedsApproval,
    /// None is possible now: no address, one that refused the last mail, or methods that are
    /// switched off.
    Stopped,
}

impl NextLogin {
    /// Whether the user cannot log in until an administrator acts.
    ///
    /// ```
    /// use countersign_core::NextLogin;
    ///
    /// assert!(NextLogin::Stopped.is_stranded());
    /// assert!(!NextLogin::LinksApp.is_stranded());
    /// ```
    #[must_use]
    pub fn is_stranded(self) -> bool {
        matches!(self, Self::NeedsApproval | Self::Stopped)
    }

    /// The next login of a user with these facts under this policy.
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

/// The effect that saving a policy would have on one user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effect {
    /// The requirement now, with its reasons.
    pub before: Resolution,
    /// The requirement with the new policy, with its reasons.
    pub after: Resolution,
    /// Their next login with the new policy.
    pub login: NextLogin,
    /// Whether their own rule is weaker than the new policy and would not count.
    pub looser_rule: bool,
}

/// One user, with the effect that saving a policy would have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Affected {
    /// The user's id.
    pub user_id: UserId,
    /// Whether the user may administer the tenant.
    pub access: Access,
    /// The effect; `None` for a user who is switched off, and for one whose account is damaged.
    pub effect: Option<Effect>,
}

/// The effect of `next` on a user with these facts; `None` if the user is switched off.
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

/// Counts the effects of `next` on all users.
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
        let Some(facts) = facts else {
            preview.damaged = preview.damaged.saturating_add(*users);
            continue;
        };
        let Some(effect) = effect(minimum, tenant, next, facts, now) else { continue };
        let mut count = |counter: fn(&mut Preview) -> &mut u64, counts: bool| {
            let counter = counter(&mut preview);
            *counter = counter.saturating_add(if counts { *users } else { 0 });
        };
        let before = effect.before.required;
        let after = effect.after.required;
        let login = effect.login;
        let none = Requirement::None;
        count(|p| &mut p.users, true);
        count(|p| &mut p.newly_required, before == none && after > none);
        count(|p| &mut p.asked_for_less, after < before);
        count(|p| &mut p.ready, matches!(login, NextLogin::NothingMore | NextLogin::AppCode));
        count(|p| &mut p.will_get_codes, login == NextLogin::MailedCode);
        let doubtful = facts.address != AddressState::Confirmed;
        count(|p| &mut p.may_not_arrive, login == NextLogin::MailedCode && doubtful);
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
