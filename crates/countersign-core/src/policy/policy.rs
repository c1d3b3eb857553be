//! Requirements: the tenant's policy, the user's own rule, and how they join.
//!
//! The effective requirement is the *join*, the strongest, of every layer. Joining is commutative,
//! associative, idempotent and monotone, so no rule that is added ever weakens a login. Only a
//! dated exemption goes below the tenant's rule, and it replaces just the tenant and the roles.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::types::{InvalidValue, Method, Role, Timestamp};

/// The weakest method that is enough.
///
/// A stronger one is always accepted: a user with an app uses it where an e-mailed code is
/// required.
///
/// ```
/// use countersign_core::{Method, Requirement};
///
/// assert_eq!(Requirement::Email.join(Requirement::App), Requirement::App);
/// assert!(Requirement::Email.accepts(Method::App));
/// assert!(!Requirement::App.accepts(Method::Email));
/// ```
#[doc(alias = "2fa")]
#[doc(alias = "mfa")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a host handles each requirement")]
pub enum Requirement {
    /// The first factor alone will do.
    #[default]
    None,
    /// An e-mailed code, or anything stronger.
    Email,
    /// A code from an authenticator app.
    App,
}

impl Requirement {
    /// Every requirement, the weakest first.
    pub const ALL: [Self; 3] = [Self::None, Self::Email, Self::App];

    /// The name for APIs and settings, which never changes: `none`, `email` or `app`. For people
    /// there is `Display`.
    ///
    /// ```
    /// use countersign_core::Requirement;
    ///
    /// assert_eq!(Requirement::App.as_str().parse(), Ok(Requirement::App));
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Email => "email",
            Self::App => "app",
        }
    }

    /// The stronger of both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether this method is strong enough.
    #[must_use]
    pub fn accepts(self, method: Method) -> bool {
        Self::of(method) >= self
    }

    /// The strictest requirement that this method meets.
    #[must_use]
    pub fn of(method: Method) -> Self {
        match method {
            Method::Email => Self::Email,
            Method::App => Self::App,
        }
    }
}

impl FromStr for Requirement {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let why = "there is none of that name";
        let next = "give none, email or app";
        let unknown = || InvalidValue::new("a requirement", why, next);
        Self::ALL.into_iter().find(|asked| asked.as_str() == text).ok_or_else(unknown)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "No MFA",
            Self::Email => "Email MFA",
            Self::App => "App MFA",
        })
    }
}

/// What a user must pass, besides the first factor, before the first app is linked.
///
/// The rule is about the first app of an account that never had a second step. In other cases the
/// stronger rule holds, whatever the tenant chose (NIST SP 800-63B-4, 4.1.2.1):
///
/// - an account that has used e-mailed codes, or whose user has removed an app, passes an e-mailed
///   code first;
/// - a further app, or another in place of the linked one, needs a step-up with the strongest
///   method that the account holds;
/// - an app that is switched off is not replaced at a login: an administrator resets the account
///   first.
///
/// Each linking of an app sends the user a mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a settings page offers each")]
pub enum BeforeEnrollment {
    /// Nothing more than the first factor, as in most portals.
    #[default]
    Nothing,
    /// An e-mailed code, or an accepted invitation.
    EmailCode,
    /// The approval of an administrator
    /// ([`Admin::approve_enrollment`](crate::Admin::approve_enrollment)): dated, and used up by
    /// linking.
    Approval,
}

/// Time to get ready: until its end, the requirement from before holds for users who never held the
/// method that is now required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grace {
    pub(crate) before: Requirement,
    pub(crate) until: Timestamp,
}

impl Grace {
    /// The requirement that holds until the end.
    #[must_use]
    pub fn before(&self) -> Requirement {
        self.before
    }

    /// The end. Saving the same requirement again does not move it.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

/// What a tenant requires of its users.
///
/// The strongest requirement counts: of the deployment's minimum, this policy, its rules for roles,
/// the user's own rule, and the user's own choice of an app. So an added rule never weakens a
/// login. Only a dated exemption goes lower ([`Admin::exempt`](crate::Admin::exempt)), and it sets
/// aside the tenant and the roles, nothing else.
///
/// Save it with [`Admin::set_policy`](crate::Admin::set_policy), which sends no mail: users meet it
/// at their next login.
///
/// ```
/// use countersign_core::{BeforeEnrollment, Policy, Requirement, Role};
///
/// let policy = Policy::requiring(Requirement::Email)
///     .and_for_role(Role::new("administrator")?, Requirement::App)
///     .asking_before_enrollment(BeforeEnrollment::EmailCode);
/// assert_eq!(policy.required(), Requirement::Email);
/// assert_eq!(policy.before_enrollment(), BeforeEnrollment::EmailCode);
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    pub(crate) required: Requirement,
    pub(crate) roles: BTreeMap<Role, Requirement>,
    pub(crate) grace: Option<Grace>,
    pub(crate) gate: BeforeEnrollment,
}

impl Policy {
    /// The most roles that one policy has rules for.
    pub const MOST_ROLES: usize = 32;

    /// Requires this of everyone in the tenant.
    ///
    /// ```
    /// use countersign_core::{Policy, Requirement};
    ///
    /// assert_eq!(Policy::requiring(Requirement::App).required(), Requirement::App);
    /// ```
    #[must_use]
    pub fn requiring(required: Requirement) -> Self {
        Self { required, ..Self::default() }
    }

    /// Requires this of everyone with the role. It can only add to what is required of everyone.
    ///
    /// With more than [`Policy::MOST_ROLES`] roles, saving the policy fails; none is dropped.
    ///
    /// ```
    /// use countersign_core::{Policy, Requirement, Role};
    ///
    /// let role = Role::new("administrator")?;
    /// let policy = Policy::requiring(Requirement::Email);
    /// let policy = policy.and_for_role(role.clone(), Requirement::App);
    /// assert_eq!(policy.roles()[&role], Requirement::App);
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn and_for_role(mut self, role: Role, required: Requirement) -> Self {
        self.roles.insert(role, required);
        self
    }

    /// Asks for this before a first app is linked.
    ///
    /// ```
    /// use countersign_core::{BeforeEnrollment, Policy, Requirement};
    ///
    /// let policy = Policy::requiring(Requirement::App)
    ///     .asking_before_enrollment(BeforeEnrollment::Approval);
    /// assert_eq!(policy.before_enrollment(), BeforeEnrollment::Approval);
    /// ```
    #[must_use]
    pub fn asking_before_enrollment(mut self, gate: BeforeEnrollment) -> Self {
        self.gate = gate;
        self
    }

    /// What is required of everyone, once grace is over.
    #[must_use]
    pub fn required(&self) -> Requirement {
        self.required
    }

    /// What is required of each role.
    #[must_use]
    pub fn roles(&self) -> &BTreeMap<Role, Requirement> {
        &self.roles
    }

    /// What a user must pass before the first app is linked.
    #[must_use]
    pub fn before_enrollment(&self) -> BeforeEnrollment {
        self.gate
    }

    /// The grace period, if one was given.
    #[must_use]
    pub fn grace(&self) -> Option<Grace> {
        self.grace
    }

    /// This policy as the successor of `old`, with grace until `until` if it requires more.
    ///
    /// If the requirement is the same, the old grace stays with its old end. A stronger one gets
    /// grace at the requirement that it replaces. A weaker one needs none. Saving a policy does
    /// this by itself.
    ///
    /// ```
    /// use countersign_core::{DAY, Policy, Requirement, Timestamp};
    ///
    /// let old = Policy::requiring(Requirement::Email);
    /// let end = Timestamp::from_seconds(0).plus(30 * DAY);
    /// let next = Policy::requiring(Requirement::App).following(&old, Some(end));
    /// assert_eq!(next.grace().map(|grace| grace.before()), Some(Requirement::Email));
    /// ```
    #[must_use]
    pub fn following(mut self, old: &Self, until: Option<Timestamp>) -> Self {
        self.grace = match until {
            _ if self.required == old.required => old.grace,
            Some(until) if self.required > old.required => {
                Some(Grace { before: old.required, until })
            }
            _ => None,
        };
        self
    }

    /// Whether the change from `old` to this policy requires less of anyone, now or later.
    ///
    /// ```
    /// use countersign_core::{Policy, Requirement};
    ///
    /// let old = Policy::requiring(Requirement::App);
    /// assert!(Policy::requiring(Requirement::Email).is_looser_than(&old));
    /// ```
    #[must_use]
    pub fn is_looser_than(&self, old: &Self) -> bool {
        // While grace lasts, the tenant setting stands in for a dropped role only as far as this.
        let during_grace = self.grace.map_or(self.required, |grace| grace.before);
        self.required < old.required
            || self.gate < old.gate
            || old.roles.iter().any(|(role, asked)| {
                self.roles.get(role).copied().unwrap_or_default().join(during_grace) < *asked
            })
    }

    pub(super) fn for_roles<'a>(&self, roles: impl Iterator<Item = &'a Role>) -> Requirement {
        roles.filter_map(|role| self.roles.get(role)).copied().max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_read_from_its_name_and_from_nothing_else() {
        for asked in Requirement::ALL {
            assert_eq!(asked.as_str().parse(), Ok(asked));
            assert!(asked.to_string().parse::<Requirement>().is_err(), "{asked} is for people");
        }
        for wrong in ["", "None", "email ", "password"] {
            assert!(wrong.parse::<Requirement>().is_err(), "{wrong}");
        }
    }
}
