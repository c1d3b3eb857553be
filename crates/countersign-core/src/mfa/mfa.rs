//! `Mfa`, the handle that a host keeps.

use std::fmt;
use std::sync::Arc;

use super::engine::Engine;
use crate::policy::Limits;
use crate::types::Timestamp;

/// The handle that a host keeps: cheap to clone, shared by every request.
///
/// Build it with [`Mfa::builder`]. A login is [`Mfa::begin`] and [`Mfa::verify`]; a session keeps
/// what [`Mfa::seal`] returns and asks [`Mfa::open_session`] at each request.
#[doc(alias = "2fa")]
#[doc(alias = "two-factor")]
#[doc(alias = "multi-factor")]
#[derive(Clone)]
pub struct Mfa {
    pub(super) engine: Arc<Engine>,
}

impl Mfa {
    /// The limits in force.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// assert_eq!(mfa.limits().soft_lock_after, 5);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.engine.limits
    }

    /// The time by this node's clock, for sentences on a page and for [`Proof::is_fresh`].
    ///
    /// Codes, logins and sessions are judged by the store's clock; if the two differ by more than
    /// five minutes, none is.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::{MINUTE, Method};
    ///
    /// # let proof = demo.log_in(key).await;
    /// assert!(proof.is_fresh(Method::Email, 15 * MINUTE, mfa.now()));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// [`Proof::is_fresh`]: crate::Proof::is_fresh
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
