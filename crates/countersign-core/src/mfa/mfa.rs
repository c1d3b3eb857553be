//! `Mfa`, the handle that a host keeps.

use std::fmt;
use std::sync::Arc;

use super::engine::Engine;
use crate::policy::Limits;
use crate::types::Timestamp;

/// The handle that a host keeps: cheap to clone, shared by every request.
#[derive(Clone)]
pub struct Mfa {
    pub(super) engine: Arc<Engine>,
}

impl Mfa {
    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.engine.limits
    }

    /// The time by this node's clock, for what a page says and for how fresh a proof is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.engine.clock.now()
    }
}

impl fmt::Debug for Mfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mfa").field("store", &self.engine.store).finish_non_exhaustive()
    }
}
