//! Roles that a host states and no policy names: said once, for a role that is misspelled asks for
//! nothing, and nobody notices.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::account::Tenant;
use crate::types::{Role, TenantId};

/// Most roles that are remembered in one process; of more, none is said.
const MOST_KNOWN: usize = 1000;

/// What was said since the process began.
#[derive(Debug, Default)]
pub(super) struct UnnamedRoles(Mutex<BTreeSet<(TenantId, Role)>>);

impl UnnamedRoles {
    /// Warns of each of these roles that the policy of the tenant does not name, once.
    pub(super) fn look_at(&self, tenant: &Tenant, stated: &BTreeSet<Role>) {
        let named = tenant.policy().roles();
        for role in stated.iter().filter(|role| !named.contains_key(*role)) {
            if self.is_new(tenant.id(), role) {
                tracing::warn!(
                    target: "countersign",
                    tenant = %tenant.id(),
                    %role,
                    "a login states a role that the tenant's policy does not name, so it asks for \
                     nothing more; name it in the policy (`Policy::and_for_role`), or do not state it. \
                     This is said once"
                );
            }
        }
    }

    fn is_new(&self, tenant: &TenantId, role: &Role) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.len() < MOST_KNOWN && known.insert((tenant.clone(), role.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_roles_makes_it_remember_more_than_a_thousand() {
        let said = UnnamedRoles::default();
        let tenant = TenantId::new("larkfield").unwrap();
        let role = |number: usize| Role::new(format!("role {number}")).unwrap();
        let new = (0..5000).filter(|number| said.is_new(&tenant, &role(number % 2500))).count();
        assert_eq!(new, MOST_KNOWN);
        assert_eq!(said.0.lock().unwrap().len(), MOST_KNOWN);
    }
}
