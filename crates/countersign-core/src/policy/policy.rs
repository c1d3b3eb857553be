//! Who must do what: the tenant's policy, the user's own rule, and how they join.
//!
//! The effective requirement is the *join*, the strongest, of every layer. Joining is commutative,
//! associative, idempotent and monotone, so no rule that is added ever weakens a login. Only a
//! dated exemption goes below the tenant's rule, and it replaces just the tenant and the roles.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::types::{InvalidValue, Method, Role, Timestamp};

/// The weakest method that will do.
///
/// ```
/// use countersign_core::Requirement;
///
/// assert_eq!(Requirement::Email.join(Requirement::App), Requirement::App);
/// ```
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

    /// The requirement that this method just fulfills.
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
        let (why, next) = ("there is none of that name", "give none, email or app");
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

/// What must be passed before the first app is linked.
///
/// An account that has used e-mailed codes passes one first in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a settings page offers each")]
pub enum BeforeEnrollment {
    /// The first factor alone, as in most portals.
    #[default]
    Nothing,
    /// An e-mailed code, or an accepted invitation.
    EmailCode,
    /// The approval of an administrator: dated, and used up by linking.
    Approval,
}

/// Time for people to get ready: until its end, what held before still holds for those who never
/// held the method now required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grace {
    pub(crate) before: Requirement,
    pub(crate) until: Timestamp,
}

impl Grace {
    /// What holds until the end.
    #[must_use]
    pub fn before(&self) -> Requirement {
        self.before
    }

    /// The end, which saving again does not move.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

/// What a tenant asks of its people.
///
/// ```
/// use countersign_core::{BeforeEnrollment, Policy, Requirement};
///
/// let policy = Policy::requiring(Requirement::App).asking_before_enrollment(BeforeEnrollment::EmailCode);
/// assert_eq!(policy.required(), Requirement::App);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    pub(crate) required: Requirement,
    pub(crate) roles: BTreeMap<Role, Requirement>,
    pub(crate) grace: Option<Grace>,
    pub(crate) gate: BeforeEnrollment,
}

impl Policy {
    /// Most roles that a policy speaks about.
    pub const MOST_ROLES: usize = 32;

    /// Asks this of everybody in the tenant.
    #[must_use]
    pub fn requiring(required: Requirement) -> Self {
        Self { required, ..Self::default() }
    }

    /// Asks this of everybody with the role, besides what is asked of everybody.
    ///
    /// Roles past [`Policy::MOST_ROLES`] make saving the policy fail; nothing is dropped.
    #[must_use]
    pub fn and_for_role(mut self, role: Role, required: Requirement) -> Self {
        self.roles.insert(role, required);
        self
    }

    /// Asks for this before a first app is linked.
    #[must_use]
    pub fn asking_before_enrollment(mut self, gate: BeforeEnrollment) -> Self {
        self.gate = gate;
        self
    }

    /// What everybody is asked for, once grace is over.
    #[must_use]
    pub fn required(&self) -> Requirement {
        self.required
    }

    /// What each role is asked for.
    #[must_use]
    pub fn roles(&self) -> &BTreeMap<Role, Requirement> {
        &self.roles
    }

    /// What must be passed before the first app is linked.
    #[must_use]
    pub fn before_enrollment(&self) -> BeforeEnrollment {
        self.gate
    }

    /// The grace period, if one was given.
    #[must_use]
    pub fn grace(&self) -> Option<Grace> {
        self.grace
    }

    /// This policy as it follows `old`, with grace until `until` if it asks for more.
    ///
    /// The same requirement saved again keeps the old grace with its old end. A stronger one gets
    /// grace at what it replaces. A weaker one needs none.
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

    /// Whether moving from `old` to this policy asks less of anybody, now or later.
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
