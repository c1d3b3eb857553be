//! Requirements: a policy of the tenant, the facts of an account, and how they join.

mod explanation;
mod facts;
pub(crate) mod limits;
pub(crate) mod policy;
mod resolve;

pub use explanation::{EnrollBy, Layer, LayerRule, Resolution};
pub use facts::{Access, AddressState, AppState, EnrolledMethods, Facts};
pub use limits::LimitError;
pub(crate) use limits::{LONGEST_APPROVAL, LONGEST_EXEMPTION, LONGEST_GRACE, Limits};
pub use policy::Grace;
pub(crate) use policy::{BeforeEnrollment, Policy, Requirement};
pub use resolve::resolve;
