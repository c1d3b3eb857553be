//! A letter: what waits in the outbox. It holds no code, no token and no text.
//!
//! The courier derives those when it sends, so a copy of the database holds nothing to log in with.

use super::message::MailKind;
use crate::types::{
    AccountKey, ChallengeId, EmailAddress, InvitationId, LetterId, Locale, Timestamp,
};

/// One mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Letter {
    /// Its id; every attempt to send it carries the same.
    pub id: LetterId,
    /// Whose account it is about.
    pub key: AccountKey,
    /// Where it goes.
    pub to: EmailAddress,
    /// The user's language, if the host told it.
    pub locale: Option<Locale>,
    /// Its subject.
    pub subject: LetterKind,
    /// When it was queued.
    pub queued: Timestamp,
    /// When it is no longer worth sending.
    pub ends: Timestamp,
}

impl Letter {
    /// A letter: for stores that read it back, and for their tests.
    #[must_use]
    pub fn new(
        id: LetterId,
        key: AccountKey,
        to: EmailAddress,
        locale: Option<Locale>,
        subject: LetterKind,
        queued: Timestamp,
        ends: Timestamp,
    ) -> Self {
        Self { id, key, to, locale, subject, queued, ends }
    }

    /// Which letters it waits behind.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.subject.lane()
    }
}

/// Letters that are sent in one order: those of the first lane go before those of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a store has a place for each")]
pub enum Lane {
    /// Login codes, which somebody waits for.
    Codes,
    /// Notices of an authenticator or an address that was changed.
    Notices,
    /// Invitations, and notices of a lock: what strangers and administrators can cause many of.
    Others,
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LetterKind {
    /// The code of a challenge.
    LoginCode {
        /// The challenge; its code is derived.
        challenge: ChallengeId,
        /// The browser that asked, in the host's words.
        client: Option<String>,
    },
    /// An invitation; its link is sealed when it is sent.
    Invitation {
        /// Which.
        invitation: InvitationId,
    },
    /// An authenticator app was linked.
    AppLinked {
        /// From which browser.
        client: Option<String>,
    },
    /// An authenticator app took the place of the others.
    AppReplaced {
        /// From which browser.
        client: Option<String>,
    },
    /// An authenticator app was removed.
    AppRemoved,
    /// An administrator removed every authenticator.
    MfaReset {
        /// Who, as the mail may say it.
        by: String,
        /// Why.
        reason: String,
    },
    /// Too many wrong codes.
    Locked {
        /// When the lock ends.
        until: Timestamp,
    },
    /// The address for codes was changed or is about to be.
    AddressChanged {
        /// The old address, masked.
        old: Option<String>,
        /// The new address, masked.
        new: String,
    },
}

impl LetterKind {
    /// The mail that it becomes.
    #[must_use]
    pub fn mail_kind(&self) -> MailKind {
        match self {
            Self::LoginCode { .. } => MailKind::LoginCode,
            Self::Invitation { .. } => MailKind::Invitation,
            Self::AppLinked { .. } => MailKind::AppLinked,
            Self::AppReplaced { .. } => MailKind::AppReplaced,
            Self::AppRemoved => MailKind::AppRemoved,
            Self::MfaReset { .. } => MailKind::MfaReset,
            Self::Locked { .. } => MailKind::Locked,
            Self::AddressChanged { .. } => MailKind::AddressChanged,
        }
    }

    /// Which letters it waits behind.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self {
            Self::LoginCode { .. } => Lane::Codes,
            Self::AppLinked { .. }
            | Self::AppReplaced { .. }
            | Self::AppRemoved
            | Self::MfaReset { .. }
            | Self::AddressChanged { .. } => Lane::Notices,
            Self::Invitation { .. } | Self::Locked { .. } => Lane::Others,
        }
    }
}
