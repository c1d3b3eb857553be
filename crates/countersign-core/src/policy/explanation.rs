//! The effective requirement with its reasons: which layers said what, and which one won.

use std::fmt;

use super::policy::Requirement;
use crate::types::Timestamp;

/// Where a requirement can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a page says each in words")]
pub enum Layer {
    /// The deployment: holds for every tenant.
    Minimum,
    /// The tenant's policy.
    Tenant,
    /// The tenant's policy for one of the user's roles.
    Role,
    /// The rule an admin set for the user.
    User,
    /// The user's own choice.
    Own,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minimum => "the deployment's minimum",
            Self::Tenant => "the company setting",
            Self::Role => "a role",
            Self::User => "the person's rule",
            Self::Own => "the person's own choice",
        })
    }
}

/// The requirement of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerRule {
    /// Which layer.
    pub layer: Layer,
    /// Its requirement.
    pub asks: Requirement,
    /// Whether it counts; an exemption sets the tenant and the roles aside.
    pub counts: bool,
}

/// The end of grace, and the requirement from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a date and what is needed then")]
pub struct EnrollBy {
    /// When grace ends.
    pub until: Timestamp,
    /// The requirement of every login from then on.
    pub required: Requirement,
}

/// The effective requirement and how it came about.
///
/// Its text form is the reason in one sentence: `App MFA, because of the company setting`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolution {
    /// The requirement of a login now.
    pub required: Requirement,
    /// The layer that decided; the first of equals. `None` if no layer requires anything.
    pub decided_by: Option<Layer>,
    /// The requirement of each layer, in a fixed order.
    pub layers: Vec<LayerRule>,
    /// The end of grace and the requirement from then on, if that is stronger.
    pub enroll_by: Option<EnrollBy>,
    /// The end of the exemption that set the tenant aside, if one did.
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
        if let Some(EnrollBy { until, required: then }) = self.enroll_by {
            write!(f, "; {then} from {until}")?;
        }
        Ok(())
    }
}
