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
    /// The set of these methods.
    #[must_use]
    pub fn of(methods: impl IntoIterator<Item = Method>) -> Self {
        methods.into_iter().fold(Self::default(), Self::and)
    }

    /// The set with this method as well.
    #[must_use]
    pub fn and(mut self, method: Method) -> Self {
        match method {
            Method::Email => self.email = true,
            Method::App => self.app = true,
        }
        self
    }

    /// Whether the set has this method.
    #[must_use]
    pub fn has(self, method: Method) -> bool {
        match method {
            Method::Email => self.email,
            Method::App => self.app,
        }
    }

    /// Whether the set is empty.
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

/// The state of an account's apps, as reports show it.
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

/// The state of an account's e-mail address, as reports show it.
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
    /// The mail server refused the last mail; [`Facts::mail_again_at`] says when a login tries again.
    Refused,
    /// The hard stop switched it off as a way to log in.
    Disabled,
}

impl AddressState {
    /// Whether codes can be sent there, and the last mail was not refused.
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

/// The facts of an account that requirements depend on, which reports group by.
///
/// A login and a preview read these facts and nothing else, so they cannot disagree.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Facts {
    /// Whether the user may administer the tenant.
    pub access: Access,
    /// Switched off by the host.
    pub suspended: bool,
    /// The user's own rule, set by an administrator; it adds to what the tenant requires.
    pub rule: Requirement,
    /// The user's own choice: `App` after linking an app without being asked to.
    pub own: Requirement,
    /// The end of an exemption, if one was granted.
    pub exempt_until: Option<Timestamp>,
    /// The roles the user has.
    pub roles: BTreeSet<Role>,
    /// Methods ever held.
    pub held: EnrolledMethods,
    /// The state of the apps.
    pub app: AppState,
    /// The state of the e-mail address.
    pub address: AddressState,
    /// When a login tries an address again that refused the last mail.
    pub mail_again_at: Option<Timestamp>,
    /// Whether an accepted invitation replaces the e-mailed code before enrollment.
    pub invitation_accepted: bool,
    /// The end of the approval to link a first app, if an administrator gave one.
    pub approved_until: Option<Timestamp>,
    /// Whether an administrator's reset lets the user link a first app again.
    pub reopened: bool,
}

impl Facts {
    /// Whether a mail with a code can be sent now.
    pub(crate) fn take_mail(&self, now: Timestamp) -> bool {
        match self.address {
            AddressState::Vouched | AddressState::Confirmed => true,
            AddressState::Refused => self.mail_again_at.is_none_or(|at| at <= now),
            AddressState::None | AddressState::Disabled => false,
        }
    }
}
