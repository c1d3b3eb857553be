//! What a mail is about: its kind, and the facts of that kind.
//!
//! Codes and links are secret text, and `Debug` shows the kind alone, so a message can be named in
//! a log without telling anything.

use std::fmt;
use std::str::FromStr;

use crate::types::{InvalidValue, SecretText, Timestamp};

/// What kind of mail it is.
///
/// ```
/// use countersign_core::mail::MailKind;
///
/// let kind: MailKind = "login-code".parse()?;
/// assert_eq!(kind, MailKind::LoginCode);
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MailKind {
    /// A security code for one login.
    LoginCode,
    /// An invitation for a new user.
    Invitation,
    /// A first authenticator app was added.
    AppLinked,
    /// An authenticator app took the place of another.
    AppReplaced,
    /// An authenticator app was removed.
    AppRemoved,
    /// An administrator reset what the user had set up.
    MfaReset,
    /// Too many wrong codes were entered.
    Locked,
    /// The address that security codes go to was changed.
    AddressChanged,
}

impl MailKind {
    /// Every kind, in order.
    pub const ALL: &'static [Self] = &[
        Self::LoginCode,
        Self::Invitation,
        Self::AppLinked,
        Self::AppReplaced,
        Self::AppRemoved,
        Self::MfaReset,
        Self::Locked,
        Self::AddressChanged,
    ];

    /// The name of the kind in files, settings and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoginCode => "login-code",
            Self::Invitation => "invitation",
            Self::AppLinked => "app-linked",
            Self::AppReplaced => "app-replaced",
            Self::AppRemoved => "app-removed",
            Self::MfaReset => "mfa-reset",
            Self::Locked => "locked",
            Self::AddressChanged => "address-changed",
        }
    }
}

impl fmt::Display for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MailKind {
    type Err = InvalidValue;

    fn from_str(name: &str) -> Result<Self, InvalidValue> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name).ok_or_else(|| {
            InvalidValue::new("a mail kind", "it is not known", "give one such as \"login-code\"")
        })
    }
}

/// The facts that one mail tells.
///
/// Texts in it may come from anybody; they are made harmless when the mail is rendered.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// A security code for one login.
    LoginCode {
        /// The code, digits only.
        code: SecretText,
        /// When it was asked for.
        at: Timestamp,
        /// The moment from which it no longer works.
        until: Timestamp,
        /// The browser that asked for it.
        client: Option<String>,
        /// Tells the mails of one login apart, where there is more than one.
        reference: Option<String>,
    },
    /// An invitation for a new user.
    Invitation {
        /// The link that accepts it.
        link: SecretText,
        /// The moment from which it no longer works.
        until: Timestamp,
        /// Who invites.
        invited_by: Option<String>,
    },
    /// A first authenticator app was added.
    AppLinked {
        /// When.
        at: Timestamp,
        /// From which browser.
        client: Option<String>,
    },
    /// An authenticator app took the place of another.
    AppReplaced {
        /// When.
        at: Timestamp,
        /// From which browser.
        client: Option<String>,
    },
    /// An authenticator app was removed.
    AppRemoved {
        /// When.
        at: Timestamp,
        /// From which browser.
        client: Option<String>,
    },
    /// An administrator reset what the user had set up.
    MfaReset {
        /// When.
        at: Timestamp,
        /// Who did it.
        by: String,
        /// What the administrator wrote about it, where the tenant shows that.
        reason: Option<String>,
    },
    /// Too many wrong codes were entered.
    Locked {
        /// When.
        at: Timestamp,
        /// The moment from which codes are checked again.
        until: Timestamp,
    },
    /// The address that security codes go to was changed.
    AddressChanged {
        /// When.
        at: Timestamp,
        /// The address before, masked.
        old: Option<String>,
        /// The address from now on, masked.
        new: String,
    },
}

impl Message {
    /// What kind of mail tells this.
    #[must_use]
    pub fn kind(&self) -> MailKind {
        match self {
            Self::LoginCode { .. } => MailKind::LoginCode,
            Self::Invitation { .. } => MailKind::Invitation,
            Self::AppLinked { .. } => MailKind::AppLinked,
            Self::AppReplaced { .. } => MailKind::AppReplaced,
            Self::AppRemoved { .. } => MailKind::AppRemoved,
            Self::MfaReset { .. } => MailKind::MfaReset,
            Self::Locked { .. } => MailKind::Locked,
            Self::AddressChanged { .. } => MailKind::AddressChanged,
        }
    }
}

impl fmt::Debug for Message {
    /// The kind alone: the rest is secret or personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, ..)", self.kind())
    }
}
