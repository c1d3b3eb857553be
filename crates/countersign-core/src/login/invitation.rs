//! Invitations, as values: a link that was looked at, what accepting it ends in, and why one can no
//! longer be accepted.

use crate::types::{AccountKey, EmailAddress, InvitationId, Timestamp};

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
        company: String,
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
