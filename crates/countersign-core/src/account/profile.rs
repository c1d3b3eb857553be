//! What people change: who may log in, by what, and where codes go. It is stored as one document.

use std::collections::BTreeSet;
use std::time::Duration;

use super::bucket::{Bucket, Measure};
use crate::mail::{MailPhase, MailReason};
use crate::policy::{Access, AddressState, EnrolledMethods, Requirement};
use crate::types::{
    AuthenticatorId, EmailAddress, Generation, HOUR, InvitationId, Locale, MINUTE, Pseudonym, Role,
    Timestamp,
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

impl Profile {
    /// The ids of the linked apps.
    pub(super) fn app_ids(&self) -> impl Iterator<Item = AuthenticatorId> {
        self.apps.iter().map(|app| app.id)
    }
}

/// Where codes go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) current: Option<EmailAddress>,
    pub(super) confirmed: bool,
    /// The mail that it refused, if nothing was delivered since.
    pub(super) refused: Option<Refusals>,
    /// A hundred wrong codes switched it off.
    pub(super) disabled: bool,
    /// A new address that is used once it is confirmed.
    pub(super) proposed: Option<EmailAddress>,
}

/// How often in a row an administrator can have an address tried at once: three times a day.
pub(super) const TRIES: Measure = Measure { size: 3, every: HOUR.saturating_mul(8) };
/// How many invitations an account gets in a row: five, and then one an hour.
pub(super) const INVITATIONS: Measure = Measure { size: 5, every: HOUR };
/// How long after each refusal in a row a login tries again; the last of these from then on.
const PAUSES: [Duration; 4] =
    [MINUTE.saturating_mul(15), HOUR, HOUR.saturating_mul(4), HOUR.saturating_mul(24)];

/// The mail that an address refused, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusals {
    /// When.
    pub(crate) at: Timestamp,
    /// Refusals in a row.
    pub(crate) times: u32,
    /// When a login tries again.
    pub(crate) again_at: Timestamp,
    /// Where in the conversation, and the numbers that the server gave.
    pub(crate) why: MailReason,
    /// What is left of an administrator's tries.
    pub(crate) tries: Bucket,
}

impl Refusals {
    /// What is left of a refusal that was only written down as one: a login tries again.
    pub(super) fn unknown() -> Self {
        let never = Timestamp::from_millis(0);
        let why = MailReason::at(MailPhase::Unknown);
        Self { at: never, times: 0, again_at: never, why, tries: Bucket::default() }
    }

    /// One more refusal. Mails that were on their way together count once.
    pub(super) fn after(before: Option<&Self>, why: MailReason, now: Timestamp) -> Self {
        let on_its_way = before.filter(|before| now < before.again_at);
        let earlier = before.map_or(0, |before| before.times);
        let times = if on_its_way.is_some() { earlier } else { earlier.saturating_add(1) };
        let pause = PAUSES.iter().take(usize::try_from(times).unwrap_or(usize::MAX)).next_back();
        let again_at = now.plus(pause.copied().unwrap_or_default());
        Self {
            at: now,
            times,
            again_at,
            why,
            tries: before.map_or_else(Bucket::default, |b| b.tries),
        }
    }
}

impl Address {
    pub(super) fn vouched(address: Option<EmailAddress>) -> Self {
        Self { current: address, ..Self::default() }
    }

    pub(super) fn state(&self) -> AddressState {
        match self {
            Self { current: None, .. } => AddressState::None,
            Self { disabled: true, .. } => AddressState::Disabled,
            Self { refused: Some(_), .. } => AddressState::Refused,
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
