//! What happened, in an auditor's words: one event for each committed outcome.
//!
//! An event names an account by its pseudonym and holds no address, no code, no secret and no free
//! text except the reason an admin gave. Answers that write nothing make no event.

use crate::mail::{MailKind, MailReason};
use crate::policy::Requirement;
use crate::types::{AuthenticatorId, EventId, Method, Pseudonym, TenantId, Timestamp};

/// The one who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a page has a word for each")]
pub enum Actor {
    /// The user whose account it is.
    User,
    /// The host application.
    Host,
    /// An administrator of the tenant.
    Admin(Pseudonym),
    /// An operator at a command line, with the name and the reason that they gave.
    Operator {
        /// The name that they gave.
        name: String,
        /// The reason that they gave.
        reason: String,
    },
    /// The courier, after a mail server's answer.
    Courier,
    /// Nobody knows: the event cannot be read.
    Unknown,
}

/// One line of the activity log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The tenant it happened in.
    pub tenant: TenantId,
    /// The pseudonym of the account; `None` for an act on the whole tenant.
    pub account: Option<Pseudonym>,
    /// The one who acted.
    pub actor: Actor,
    /// When, by the store's clock.
    pub at: Timestamp,
    /// What.
    pub what: EventKind,
}

impl Event {
    /// One line of a log: for stores that read it back, and for their tests.
    #[must_use]
    pub fn new(
        id: EventId,
        tenant: TenantId,
        account: Option<Pseudonym>,
        actor: Actor,
        at: Timestamp,
        what: EventKind,
    ) -> Self {
        Self { id, tenant, account, actor, at, what }
    }
}

/// Why an answer was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "why an answer did not count, and a page says each in words"
)]
pub enum Miss {
    /// It is another code.
    Wrong,
    /// The code is right and was used before.
    Replayed,
    /// The code is right for a time shortly before now.
    Slow,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a page has a line for each")]
pub enum EventKind {
    /// A tenant was created.
    TenantCreated,
    /// The tenant's policy changed.
    PolicyChanged {
        /// The requirement before.
        before: Requirement,
        /// The requirement now.
        after: Requirement,
        /// The revision that now holds.
        revision: u64,
    },
    /// The tenant changed a mail text.
    MailTextChanged,
    /// Everything open in the tenant ended.
    TenantSignedOut,
    /// The database was restored from a backup: everything open ended, and nothing is known of what
    /// happened after the event before this one.
    Restored,
    /// The host added a user whom it had already.
    ExistingUserAdded,
    /// An admin created a user.
    UserCreated,
    /// An invitation was sent.
    Invited,
    /// The invitation was accepted.
    InvitationAccepted,
    /// The invitation was withdrawn.
    InvitationWithdrawn,
    /// The user's rule changed.
    RuleChanged {
        /// The rule before.
        before: Requirement,
        /// The rule now.
        after: Requirement,
    },
    /// An exemption was granted.
    Exempted {
        /// Its end.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// An exemption was taken back.
    ExemptionEnded,
    /// An administrator approved the linking of a first app.
    EnrollmentApproved {
        /// Its end.
        until: Timestamp,
    },
    /// An approval was withdrawn before it was used.
    ApprovalWithdrawn,
    /// The user became an administrator.
    AdminGranted,
    /// The user is no longer an administrator.
    AdminRevoked,
    /// A code was queued for the user's address.
    CodeSent {
        /// Whether it is the same code once more.
        again: bool,
    },
    /// A right answer.
    Accepted {
        /// By which method.
        method: Method,
        /// Whether more is needed before the login is finished.
        finished: bool,
    },
    /// A wrong answer.
    Missed {
        /// By which method.
        method: Method,
        /// In what way.
        miss: Miss,
        /// When the soft lock that it caused ends, if it caused one.
        locked_until: Option<Timestamp>,
        /// Whether it switched the authenticator off.
        disabled: bool,
    },
    /// An app was linked.
    AppLinked {
        /// Which.
        authenticator: AuthenticatorId,
        /// Whether it took the place of the others.
        replaced: bool,
    },
    /// An app was removed by its owner.
    AppRemoved {
        /// Which.
        authenticator: AuthenticatorId,
    },
    /// An admin ended the soft lock.
    Unlocked,
    /// Every authenticator was removed.
    Reset {
        /// Why.
        reason: String,
    },
    /// The host reported a new password.
    PasswordChanged,
    /// A new address was set or proposed.
    AddressChanged {
        /// Whether it is used already.
        in_use: bool,
    },
    /// The proposed address was confirmed.
    AddressConfirmed,
    /// A mail server refused a mail to the address.
    AddressRefused,
    /// The host switched the user off.
    Suspended,
    /// The host switched the user on again.
    Resumed,
    /// The host removed the user; the account is erased.
    Removed,
    /// Everything open of the user ended.
    SignedOutEverywhere,
    /// An administrator had an address tried again that refused a mail.
    AddressTriedAgain,
    /// A mail to the user was given up: its last try failed, or it ended before there was one.
    MailNotSent {
        /// What kind of mail.
        mail: MailKind,
        /// Why the last try failed; nothing if the mail ended while it waited for its turn.
        reason: Option<MailReason>,
    },
    /// The account could not be read, and an operator put a new one in its place, switched off and
    /// without any authenticator. Its earlier events are under another pseudonym.
    DamageReplaced,
    /// An account that could not be read was erased. Nobody knows its pseudonym any more.
    DamageErased,
    /// The record of the tenant could not be read, and an operator put a new one in its place, with
    /// this policy. Everything open in the tenant ended.
    TenantDamageReplaced {
        /// What the policy asks of everybody.
        required: Requirement,
    },
    /// The event is there and cannot be read. A store says so; nothing writes it.
    Unreadable,
}
