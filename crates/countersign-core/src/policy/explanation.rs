//! The effective requirement with its reasons: which layers said what, and which one won.

use std::fmt;

use super::policy::Requirement;
use crate::types::Timestamp;

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
