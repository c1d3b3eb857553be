//! What people change: who may log in, by what, and where codes go. It is stored as one document.

use std::collections::BTreeSet;

use crate::policy::{Access, AddressState, EnrolledMethods, Requirement};
use crate::types::{
    AuthenticatorId, EmailAddress, Generation, InvitationId, Locale, Pseudonym, Role, Timestamp,
};

/// Everything about a user that no login counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(super) pseudonym: Pseudonym,
    pub(super) generation: Generation,
    pub(super) access: Access,
    pub(super) suspended: bool,
    pub(super) roles: BTreeSet<Role>,
    pub(super) locale: Option<Locale>,
    pub(super) rule: Requirement,
    pub(super) own: Requirement,
    pub(super) exempt_until: Option<Timestamp>,
    pub(super) address: Address,
    pub(super) invitation: Option<Invitation>,
    pub(super) invitation_accepted: bool,
    pub(super) approved_until: Option<Timestamp>,
    pub(super) held: EnrolledMethods,
    /// An administrator's reset opened re-binding.
    pub(super) reopened: bool,
    pub(super) apps: Vec<App>,
}

/// Where codes go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) current: Option<EmailAddress>,
    pub(super) confirmed: bool,
    /// The mail server refused it for good.
    pub(super) refused: bool,
    /// A hundred wrong codes switched it off.
    pub(super) disabled: bool,
    /// A new address that is used once it is confirmed.
    pub(super) proposed: Option<EmailAddress>,
}

impl Address {
    pub(super) fn vouched(address: Option<EmailAddress>) -> Self {
        Self { current: address, ..Self::default() }
    }

    pub(super) fn state(&self) -> AddressState {
        match self {
            Self { current: None, .. } => AddressState::None,
            Self { disabled: true, .. } => AddressState::Disabled,
            Self { refused: true, .. } => AddressState::Refused,
            Self { confirmed: true, .. } => AddressState::Confirmed,
            Self { confirmed: false, .. } => AddressState::Vouched,
        }
    }
}

/// One linked authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct App {
    pub(super) id: AuthenticatorId,
    /// Sealed for this tenant, user and authenticator.
    pub(super) secret: Vec<u8>,
    pub(super) linked: Timestamp,
    pub(super) disabled: bool,
}

/// An invitation that may still be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invitation {
    pub(super) id: InvitationId,
    pub(super) ends: Timestamp,
}
