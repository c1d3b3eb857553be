//! Who must do what: requirements, a tenant's policy, the facts of an account, and how they join.

mod explanation;
mod facts;
mod limits;
mod policy;
mod resolve;

pub use explanation::{EnrollBy, Layer, LayerRule, Resolution};
pub use facts::{Access, AddressState, AppState, EnrolledMethods, Facts};
pub(crate) use limits::{LONGEST_APPROVAL, LONGEST_EXEMPTION, LONGEST_GRACE};
pub use limits::{LimitError, Limits};
pub use policy::{BeforeEnrollment, Grace, Policy, Requirement};
pub use resolve::resolve;
