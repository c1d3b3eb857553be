//! What somebody writes, and what is wrong with it: a name or a reason for the activity log, a policy, a
//! tenant that is not there.

use super::error::Cause;
use crate::policy::Policy;
use crate::types::{TenantId, is_blank, misleads};

/// Most bytes of it.
const MOST_BYTES: usize = 200;

/// One line of text that an auditor will read.
pub(super) fn line(text: impl Into<String>) -> Result<String, Cause> {
    let text = text.into();
    let fits = !is_blank(&text) && text.len() <= MOST_BYTES;
    if fits && !text.chars().any(misleads) {
        return Ok(text);
    }
    let why = "a name or reason is not one line of 1 to 200 bytes";
    Err(Cause::unfit("reason.line", why, "give one line that an auditor understands"))
}

/// A policy that speaks of no more roles than one may.
pub(super) fn few_roles(policy: &Policy) -> Result<(), Cause> {
    if policy.roles().len() <= Policy::MOST_ROLES {
        return Ok(());
    }
    let why = format!("it speaks of {} roles", policy.roles().len());
    Err(Cause::unfit("policy.roles", why, "name at most 32"))
}

/// The tenant that was named is not there.
pub(super) fn no_tenant(id: &TenantId) -> Cause {
    let why = format!("there is no tenant {id}");
    Cause::unfit("tenant.unknown", why, "create the tenant first")
}
