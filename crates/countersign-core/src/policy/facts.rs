//! The facts of an account: what requirements are decided by and reports group by.

use std::collections::BTreeSet;

use super::policy::Requirement;
use crate::types::{Method, Role, Timestamp};

/// A set of methods. As a fact of an account: those it ever held, which only grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnrolledMethods {
    email: bool,
    app: bool,
}

impl EnrolledMethods {
    /// EnrolledMethods these methods.
    #[must_use]
    pub fn of(methods: impl IntoIterator<Item = Method>) -> Self {
        methods.into_iter().fold(Self::default(), Self::and)
    }

    /// EnrolledMethods this one as well.
    #[must_use]
    pub fn and(mut self, method: Method) -> Self {
        match method {
            Method::Email => self.email = true,
            Method::App => self.app = true,
        }
        self
    }

    /// Whether the method was ever held.
    #[must_use]
    pub fn has(self, method: Method) -> bool {
        match method {
            Method::Email => self.email,
            Method::App => self.app,
        }
    }

    /// Whether nothing was ever held.
    #[must_use]
    pub fn nothing(self) -> bool {
        self == Self::default()
    }

    /// Whether one of these methods meets the requirement.
    #[must_use]
    pub fn meets(self, required: Requirement) -> bool {
        let all = [Method::Email, Method::App];
        required == Requirement::None || all.into_iter().any(|m| self.has(m) && required.accepts(m))
    }
}

/// What an account holds of apps, as reports show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a page has a word for each")]
pub enum AppState {
    /// No app is linked.
    #[default]
    None,
    /// At least one linked app answers.
    Usable,
    /// Apps are linked and all are switched off: still enrolled, not usable.
    Disabled,
}

/// What is known of an account's e-mail address, as reports show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a page has a word for each")]
pub enum AddressState {
    /// There is none.
    #[default]
    None,
    /// An admin, the host or an import vouches for it.
    Vouched,
    /// A code or an invitation sent there came back.
    Confirmed,
    /// The mail server refused it for good.
    Refused,
    /// A hundred wrong codes switched it off as a way to log in.
    Disabled,
}

impl AddressState {
    /// Whether codes can be sent there.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Vouched | Self::Confirmed)
    }
}

/// Whether a user may administer the tenant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "an administrator or not")]
pub enum Access {
    /// An ordinary user.
    #[default]
    User,
    /// May use the admin handle.
    Admin,
}

/// The columns that people query and reports group by. Decisions about requirements read these
/// facts and nothing else, so a preview and a login cannot disagree.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Facts {
    /// user or admin.
    pub access: Access,
    /// Switched off by the host.
    pub suspended: bool,
    /// The user's rule, set by an admin; `None` is the tenant default.
    pub rule: Requirement,
    /// What the user chose by linking an app without being asked to.
    pub own: Requirement,
    /// The end of an exemption, if one was granted.
    pub exempt_until: Option<Timestamp>,
    /// The roles the user has.
    pub roles: BTreeSet<Role>,
    /// Methods ever held.
    pub held: EnrolledMethods,
    /// What is linked.
    pub app: AppState,
    /// What is known of the address.
    pub address: AddressState,
    /// Whether an accepted invitation stands in for the e-mail gate.
    pub invitation_accepted: bool,
    /// The end of a pass to link a first app, if an administrator issued one.
    pub approved_until: Option<Timestamp>,
    /// Whether an administrator's reset opened re-binding.
    pub reopened: bool,
}
