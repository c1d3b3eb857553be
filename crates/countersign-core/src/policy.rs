//! Who must do what: requirements, a company's policy, the facts of an account, and how they join.

mod limits;
mod policy;

pub use limits::{LimitError, Limits};
pub use policy::{
    AddressState, AppState, EnrollmentGate, Facts, Grace, Held, Layer, Policy, Requirement,
    Resolution, Said, Standing, resolve,
};
pub(crate) use policy::{LONGEST_EXEMPTION, LONGEST_GRACE, LONGEST_PASS};
