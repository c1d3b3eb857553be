//! Invitations, as values: a link that was looked at, what accepting it ends in, and why one can no
//! longer be accepted.

use crate::types::{AccountKey, EmailAddress, InvitationId, Timestamp};

/// An invitation link, looked at and not yet used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the page shows one thing or the other"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Invitation {
    /// It can be accepted.
    Open {
        /// Who is invited.
        key: AccountKey,
        /// The tenant's name.
        company: String,
        /// Where the invitation was sent.
        address: EmailAddress,
        /// When it ends.
        ends: Timestamp,
    },
    /// It was accepted, withdrawn or replaced, or its time is over, or it never was one.
    Ended,
}

/// Why an invitation can no longer be accepted, for the page that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum InvitationEnd {
    /// It never was one, or whom it was for is gone.
    Unknown,
    /// It was accepted.
    Accepted,
    /// Its time is over.
    RanOut,
    /// It was withdrawn, or another took its place.
    Withdrawn,
}

/// What accepting an invitation ends in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "only an accepted invitation lets the person choose a password"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Accepted {
    /// The link is spent and the address confirmed. This is no login: begin one.
    By(AccountKey),
    /// It could not be accepted any more.
    Ended,
}

/// What an invitation's token carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvitationClaims {
    pub(crate) key: AccountKey,
    pub(crate) id: InvitationId,
    pub(crate) ends: Timestamp,
}
