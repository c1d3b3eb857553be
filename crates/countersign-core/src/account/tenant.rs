//! A tenant: its name, its issuer, its language, its policy and its own generation.

use crate::policy::Policy;
use crate::types::{DisplayName, Generation, Issuer, Locale, TenantId, Timestamp};

/// What a store keeps of one tenant. Written only by admin acts, read by every login; the tenant's mail
/// texts, which no login needs, are kept beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    id: TenantId,
    name: DisplayName,
    issuer: Issuer,
    locale: Locale,
    pub(crate) policy: Policy,
    /// Counts the policies there were, so that a preview and a save can name the same one.
    pub(crate) policy_revision: u64,
    pub(crate) generation: Generation,
    /// When the database was last restored from a backup. Every code up to then counts as used.
    pub(crate) restored_at: Option<Timestamp>,
}

impl Tenant {
    /// A tenant with no policy yet.
    #[must_use]
    pub fn new(
        id: TenantId,
        name: DisplayName,
        issuer: Issuer,
        locale: Locale,
        generation: Generation,
    ) -> Self {
        let policy = Policy::default();
        let restored_at = None;
        Self { id, name, issuer, locale, policy, policy_revision: 0, generation, restored_at }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &TenantId {
        &self.id
    }

    /// The name that mails and pages show.
    #[must_use]
    pub fn name(&self) -> &DisplayName {
        &self.name
    }

    /// The name that authenticator apps show.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The language of its mails, for users without one of their own.
    #[must_use]
    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    /// Its policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Which policy this is: raised by each change.
    #[must_use]
    pub fn policy_revision(&self) -> u64 {
        self.policy_revision
    }

    /// Raised when everything open in the tenant must end.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// When the database was last restored from a backup, if it ever was: every code up to then
    /// counts as used.
    #[must_use]
    pub fn restored_at(&self) -> Option<Timestamp> {
        self.restored_at
    }
}
