//! What an account begins with.

use std::collections::BTreeSet;

use crate::policy::{Access, Requirement};
use crate::types::{EmailAddress, Locale, Role};

/// What a user begins with.
///
/// ```
/// use countersign_core::{Locale, NewUser, Requirement, Role};
///
/// let new_user = NewUser::at("ada@larkfield.example".parse()?)
///     .admin()
///     .with_rule(Requirement::App)
///     .with_role(Role::new("dispatcher")?)
///     .in_language(Locale::new("de")?);
/// assert_eq!(new_user.rule, Requirement::App);
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct NewUser {
    /// Where codes go. The host, or the administrator who invites, vouches for it.
    pub address: Option<EmailAddress>,
    /// The user's language.
    pub locale: Option<Locale>,
    /// The user's roles; at most 16.
    pub roles: BTreeSet<Role>,
    /// Whether the user may administer the tenant.
    pub access: Access,
    /// The user's own rule.
    pub rule: Requirement,
}

impl NewUser {
    /// A user who gets codes at this address.
    #[must_use]
    pub fn at(address: EmailAddress) -> Self {
        Self { address: Some(address), ..Self::default() }
    }

    /// The same user as an administrator.
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.access = Access::Admin;
        self
    }

    /// The same user with a rule of their own.
    #[must_use]
    pub fn with_rule(mut self, rule: Requirement) -> Self {
        self.rule = rule;
        self
    }

    /// The same user with this role as well.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.roles.insert(role);
        self
    }

    /// The same user, written to in this language.
    #[must_use]
    pub fn in_language(mut self, locale: Locale) -> Self {
        self.locale = Some(locale);
        self
    }
}
