//! Users whose password the host accepts and whom countersign does not know.
//!
//! The person reads the same refusal as after a wrong password. The log tells the developer, who
//! would otherwise look for the mistake in the password check.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use countersign_core::AccountKey;

/// Users that are remembered, so that each is logged once.
const MOST_USERS: usize = 1_000;

/// The users that were logged already.
#[derive(Debug, Default)]
pub(crate) struct UnknownUsers(Mutex<HashSet<AccountKey>>);

impl UnknownUsers {
    /// Logs the call that is missing, once for each user. It names the tenant and not the user, as
    /// no log of this crate names people.
    pub(crate) fn report(&self, key: &AccountKey) {
        let mut reported = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.len() < MOST_USERS && reported.insert(key.clone()) {
            let tenant = key.tenant().as_str();
            tracing::warn!(target: "countersign", tenant, "{NOT_ADDED}");
        }
    }
}

/// Shown in the log only. `tests/http/forgotten.rs` looks for this line.
const NOT_ADDED: &str = "the host began the login of a user whom countersign does not know, so it was \
    refused: call `Mfa::add_existing_user` for each user that exists already, and `Mfa::create_tenant` \
    before that for each company";
