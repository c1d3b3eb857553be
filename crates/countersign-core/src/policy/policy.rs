//! Who must do what: the company's policy, the person's own rule, and how they join.
//!
//! The effective requirement is the *join*, the strongest, of every layer. Joining is commutative,
//! associative, idempotent and monotone, so no rule that is added ever weakens a login. Only a
//! dated exemption goes below the company's rule, and it replaces just the company and the roles.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::types::{Lifetime, Method, Role, Timestamp};

/// The weakest method that will do.
///
/// ```
/// use countersign_core::policy::Requirement;
///
/// assert_eq!(Requirement::Email.join(Requirement::App), Requirement::App);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum EnrollmentGate {
    /// The first factor alone, as in most portals.
    #[default]
    None,
    /// An e-mailed code, or an accepted invitation.
    Email,
    /// A pass that an administrator issued to the person: dated, and used up by linking.
    Pass,
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

/// What a company asks of its people.
///
/// ```
/// use countersign_core::policy::{EnrollmentGate, Policy, Requirement};
///
/// let policy = Policy::requiring(Requirement::App).gated_by(EnrollmentGate::Email);
/// assert_eq!(policy.required(), Requirement::App);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    pub(crate) required: Requirement,
    pub(crate) roles: BTreeMap<Role, Requirement>,
    pub(crate) grace: Option<Grace>,
    pub(crate) gate: EnrollmentGate,
}

impl Policy {
    /// Most roles that a policy speaks about.
    pub const MOST_ROLES: usize = 32;

    /// Asks this of everybody in the company.
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
    pub fn gated_by(mut self, gate: EnrollmentGate) -> Self {
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
    pub fn gate(&self) -> EnrollmentGate {
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
        // While grace lasts, the company setting stands in for a dropped role only as far as this.
        let during_grace = self.grace.map_or(self.required, |grace| grace.before);
        self.required < old.required
            || self.gate < old.gate
            || old.roles.iter().any(|(role, asked)| {
                self.roles.get(role).copied().unwrap_or_default().join(during_grace) < *asked
            })
    }

    fn for_roles<'a>(&self, roles: impl Iterator<Item = &'a Role>) -> Requirement {
        roles.filter_map(|role| self.roles.get(role)).copied().max().unwrap_or_default()
    }
}

/// A set of methods. As a fact of an account: those it ever held, which only grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    email: bool,
    app: bool,
}

impl Held {
    /// Held these methods.
    #[must_use]
    pub fn of(methods: impl IntoIterator<Item = Method>) -> Self {
        methods.into_iter().fold(Self::default(), Self::and)
    }

    /// Held this one as well.
    #[must_use]
    pub fn and(mut self, method: Method) -> Self {
        match method {
            Method::Email => self.email = true,
            Method::App => self.app = true,
        }
        self
    }

    /// Whether the method was ever held.
    #[must_use]
    pub fn has(self, method: Method) -> bool {
        match method {
            Method::Email => self.email,
            Method::App => self.app,
        }
    }

    /// Whether nothing was ever held.
    #[must_use]
    pub fn nothing(self) -> bool {
        self == Self::default()
    }

    /// Whether one of these methods meets the requirement.
    #[must_use]
    pub fn meets(self, required: Requirement) -> bool {
        let all = [Method::Email, Method::App];
        required == Requirement::None || all.into_iter().any(|m| self.has(m) && required.accepts(m))
    }
}

/// What an account holds of apps, as reports show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AppState {
    /// No app is linked.
    #[default]
    None,
    /// At least one linked app answers.
    Usable,
    /// Apps are linked and all are switched off: still enrolled, not usable.
    Disabled,
}

/// What is known of an account's e-mail address, as reports show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AddressState {
    /// There is none.
    #[default]
    None,
    /// An admin, the host or an import vouches for it.
    Vouched,
    /// A code or an invitation sent there came back.
    Confirmed,
    /// The mail server refused it for good.
    Refused,
    /// A hundred wrong codes switched it off as a way to log in.
    Disabled,
}

impl AddressState {
    /// Whether codes can be sent there.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Vouched | Self::Confirmed)
    }
}

/// Whether a person may administer the company.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// An ordinary member.
    #[default]
    Member,
    /// May use the admin handle.
    Admin,
}

/// The columns that people query and reports group by. Decisions about requirements read these
/// facts and nothing else, so a preview and a login cannot disagree.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Facts {
    /// Member or admin.
    pub standing: Standing,
    /// Switched off by the host.
    pub suspended: bool,
    /// The person's rule, set by an admin; `None` is the company default.
    pub rule: Requirement,
    /// What the person chose by linking an app without being asked to.
    pub own: Requirement,
    /// The end of an exemption, if one was granted.
    pub exempt_until: Option<Timestamp>,
    /// The roles the person has.
    pub roles: BTreeSet<Role>,
    /// Methods ever held.
    pub held: Held,
    /// What is linked.
    pub app: AppState,
    /// What is known of the address.
    pub address: AddressState,
    /// Whether an accepted invitation stands in for the e-mail gate.
    pub gate_passed: bool,
    /// The end of a pass to link a first app, if an administrator issued one.
    pub pass_until: Option<Timestamp>,
    /// Whether an administrator's reset opened re-binding.
    pub reopened: bool,
}

/// Where a requirement can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Layer {
    /// The deployment: holds for every company.
    Floor,
    /// The company's policy.
    Company,
    /// The company's policy for one of the person's roles.
    Role,
    /// The rule an admin set for the person.
    User,
    /// The person's own choice.
    Own,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Floor => "the deployment's floor",
            Self::Company => "the company setting",
            Self::Role => "a role",
            Self::User => "the person's rule",
            Self::Own => "the person's own choice",
        })
    }
}

/// What one layer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said {
    /// Which layer.
    pub layer: Layer,
    /// What it asks for.
    pub asks: Requirement,
    /// Whether it counts; an exemption sets the company and the roles aside.
    pub counts: bool,
}

/// The effective requirement and how it came about.
///
/// Its text form is the reason in one sentence: `App MFA, because of the company setting`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolution {
    /// What a login needs now.
    pub required: Requirement,
    /// The layer that decided; the first of equals. `None` if nobody asks for anything.
    pub decided_by: Option<Layer>,
    /// What each layer said, in a fixed order.
    pub layers: Vec<Said>,
    /// When grace ends and what is needed from then on, if that is more.
    pub enroll_by: Option<(Timestamp, Requirement)>,
    /// The end of the exemption that set the company aside, if one did.
    pub exempt_until: Option<Timestamp>,
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let required = self.required;
        match (self.decided_by, self.exempt_until) {
            (Some(layer), None) => write!(f, "{required}, because of {layer}")?,
            (None, None) => write!(f, "{required}, because nobody asks for more")?,
            (None, Some(until)) => write!(f, "{required}, because of an exemption until {until}")?,
            (Some(layer), Some(until)) => write!(
                f,
                "{required}, because of {layer}; exempt from the company setting until {until}"
            )?,
        }
        if let Some((until, then)) = self.enroll_by {
            write!(f, "; {then} from {until}")?;
        }
        Ok(())
    }
}

/// Joins every layer and explains the result. Pure and total: the same facts, the same answer.
///
/// `passing_roles` are roles that the host stated for this one login; they can only strengthen.
///
/// ```
/// use std::collections::BTreeSet;
/// use countersign_core::policy::{resolve, Facts, Policy, Requirement};
/// use countersign_core::types::Timestamp;
///
/// let policy = Policy::requiring(Requirement::Email);
/// let facts = Facts::default();
/// let now = Timestamp::from_seconds(0);
/// let resolution = resolve(Requirement::None, &policy, &facts, &BTreeSet::new(), now);
/// assert_eq!(resolution.to_string(), "Email MFA, because of the company setting");
/// ```
#[must_use]
pub fn resolve(
    floor: Requirement,
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
        Said { layer: Layer::Floor, asks: floor, counts: true },
        Said { layer: Layer::Company, asks: company, counts: !exempt },
        Said { layer: Layer::Role, asks: roles, counts: !exempt },
        Said { layer: Layer::User, asks: facts.rule, counts: true },
        Said { layer: Layer::Own, asks: facts.own, counts: true },
    ];
    let counting = || layers.iter().filter(|said| said.counts);
    let required = counting().map(|said| said.asks).fold(Requirement::None, Requirement::join);
    let decided_by = counting()
        .find(|said| said.asks == required && required != Requirement::None)
        .map(|said| said.layer);
    let enroll_by = grace
        .filter(|_| !exempt && policy.required > required)
        .map(|grace| (grace.until, policy.required));
    Resolution { required, decided_by, layers, enroll_by, exempt_until }
}

/// The longest grace that can be given.
pub(crate) const LONGEST_GRACE: Lifetime = Lifetime::from_days(90);
/// The longest exemption that can be granted.
pub(crate) const LONGEST_EXEMPTION: Lifetime = Lifetime::from_days(366);
/// The longest that a pass to link a first app can last.
pub(crate) const LONGEST_PASS: Lifetime = Lifetime::from_days(7);
