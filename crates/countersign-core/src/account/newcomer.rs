//! What an account begins with.

use std::collections::BTreeSet;

use crate::policy::{Requirement, Standing};
use crate::types::{EmailAddress, Locale, Role};

/// What a person begins with.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Newcomer {
    /// Where codes go; whoever hands the person over vouches for it.
    pub address: Option<EmailAddress>,
    /// The person's language.
    pub locale: Option<Locale>,
    /// The person's roles; at most 16.
    pub roles: BTreeSet<Role>,
    /// Member or admin.
    pub standing: Standing,
    /// The person's own rule.
    pub rule: Requirement,
}

impl Newcomer {
    /// A member who gets codes at this address.
    #[must_use]
    pub fn at(address: EmailAddress) -> Self {
        Self { address: Some(address), ..Self::default() }
    }

    /// The same person as an administrator.
    #[must_use]
    pub fn admin(mut self) -> Self {
        self.standing = Standing::Admin;
        self
    }

    /// The same person with a rule of their own.
    #[must_use]
    pub fn with_rule(mut self, rule: Requirement) -> Self {
        self.rule = rule;
        self
    }

    /// The same person with this role as well.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.roles.insert(role);
        self
    }

    /// The same person, written to in this language.
    #[must_use]
    pub fn in_language(mut self, locale: Locale) -> Self {
        self.locale = Some(locale);
        self
    }
}
