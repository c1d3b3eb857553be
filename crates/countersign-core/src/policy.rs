//! Who must do what: requirements, a company's policy, the facts of an account, and how they join.

mod explanation;
mod facts;
mod limits;
mod policy;
mod resolve;

pub use explanation::{Layer, Resolution, Said};
pub use facts::{AddressState, AppState, Facts, Held, Standing};
pub(crate) use limits::{LONGEST_EXEMPTION, LONGEST_GRACE, LONGEST_PASS};
pub use limits::{LimitError, Limits};
pub use policy::{EnrollmentGate, Grace, Policy, Requirement};
pub use resolve::resolve;
