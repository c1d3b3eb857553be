//! Invitations, as values: a link that was looked at, what accepting it ends in, and why one can no
//! longer be accepted.

use crate::types::{AccountKey, EmailAddress, InvitationId, Locale, Timestamp, in_language};

/// The state of an invitation link.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the page shows one thing or the other"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Invitation {
    /// It can be accepted.
    Open {
        /// The account of the invited user.
        key: AccountKey,
        /// The tenant's name.
        tenant_name: String,
        /// Where the invitation was sent.
        address: EmailAddress,
        /// When it ends.
        ends: Timestamp,
    },
    /// It was accepted, withdrawn or replaced, it has run out, or it is not an invitation.
    Ended,
}

/// Why an invitation can no longer be accepted, for the page that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum InvitationEnd {
    /// It is not an invitation, or the account was removed.
    Unknown,
    /// It was accepted.
    Accepted,
    /// Its time is over.
    RanOut,
    /// It was withdrawn, or another took its place.
    Withdrawn,
}

impl InvitationEnd {
    /// A stable code for programs, such as `invitation.ran_out`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "invitation.unknown",
            Self::Accepted => "invitation.accepted",
            Self::RanOut => "invitation.ran_out",
            Self::Withdrawn => "invitation.withdrawn",
        }
    }

    /// The sentence for the person who opened the link.
    ///
    /// ```
    /// use countersign_core::Locale;
    /// use countersign_core::login::InvitationEnd;
    ///
    /// let message = InvitationEnd::Accepted.message(&Locale::english());
    /// assert_eq!(message, "You have already accepted this invitation. Log in.");
    /// ```
    #[must_use]
    pub fn message(&self, locale: &Locale) -> String {
        let texts = match self {
            Self::Unknown => [
                "This is not the whole link. Open it from the mail again, or copy all of it.",
                "Das ist nicht der ganze Link. Öffnen Sie ihn noch einmal aus der Mail, oder \
                 kopieren Sie ihn ganz.",
                "هذا ليس الرابط كاملاً. افتحه من الرسالة مرة أخرى، أو انسخه كله.",
            ],
            Self::Accepted => [
                "You have already accepted this invitation. Log in.",
                "Sie haben diese Einladung schon angenommen. Melden Sie sich an.",
                "قبلت هذه الدعوة من قبل. سجل الدخول.",
            ],
            Self::RanOut => [
                "This invitation has expired. Ask your administrator for a new one.",
                "Diese Einladung ist abgelaufen. Bitten Sie Ihre Administration um eine neue.",
                "انتهت صلاحية هذه الدعوة. اطلب دعوة جديدة من المسؤول.",
            ],
            Self::Withdrawn => [
                "This invitation was withdrawn, or a newer mail replaced it. Look for a newer mail, \
                 or ask your administrator.",
                "Diese Einladung wurde zurückgenommen, oder eine neuere Mail ersetzt sie. Suchen \
                 Sie die neuere Mail, oder fragen Sie Ihre Administration.",
                "سُحبت هذه الدعوة، أو حلت محلها رسالة أحدث. ابحث عن الرسالة الأحدث، أو اسأل المسؤول.",
            ],
        };
        in_language(locale, texts).to_owned()
    }
}

/// An invitation that can no longer be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "why, and whose")]
pub struct EndedInvitation {
    /// Why.
    pub end: InvitationEnd,
    /// Who was invited; `None` where the link does not tell, or the account is gone.
    pub key: Option<AccountKey>,
}

/// The outcome of accepting an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "only an accepted invitation lets the person choose a password"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Accepted {
    /// The link is used up and the address is confirmed. This does not log the user in.
    By(AccountKey),
    /// It could not be accepted any more.
    Ended,
}

/// The claims in an invitation's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvitationClaims {
    pub(crate) key: AccountKey,
    pub(crate) id: InvitationId,
    pub(crate) ends: Timestamp,
}
