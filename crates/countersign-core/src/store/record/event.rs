//! An event as a row.

use serde::{Deserialize, Serialize};

use super::form::{FIRST, FormError, SECOND, decode_body, encode, split_form};
use crate::account::{Actor, Event, EventKind, Miss};
use crate::mail::{MailKind, MailPhase, MailReason};
use crate::seal::forms::{MethodForm, RequirementForm, method_form, method_of};
use crate::types::{AuthenticatorId, EventId, Pseudonym, TenantId, Timestamp};

const DETAIL: &str = "the column detail of an event";

/// One line of the activity log, ready to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write and read each column")]
pub struct EventRow {
    /// Its id.
    pub id: [u8; 16],
    /// The pseudonym of the account, or nothing for an act on the whole tenant.
    pub account: Option<[u8; 16]>,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What happened, in one word; for people, never read back.
    pub kind: &'static str,
    /// Who did it and all that is known of it.
    pub detail: Vec<u8>,
}

impl EventRow {
    /// The event as a row.
    ///
    /// # Errors
    ///
    /// [`FormError::Unstorable`] for [`EventKind::Unreadable`] and [`Actor::Unknown`], which only a
    /// store says; else it is a fault of this library.
    pub fn of(event: &Event) -> Result<Self, FormError> {
        let unstorable = FormError::Unstorable { what: DETAIL };
        let (kind, what) = kind_form(&event.what).ok_or(unstorable.clone())?;
        let actor = ActorForm::of(&event.actor).ok_or(unstorable)?;
        Ok(Self {
            id: *event.id.as_bytes(),
            account: event.account.map(|account| *account.as_bytes()),
            at: event.at.millis(),
            kind,
            detail: encode(DETAIL, what.since(), &(actor, what))?,
        })
    }
}

/// The event that a row makes up; `kind` is not looked at.
///
/// A store lists an event that cannot be read as [`EventKind::Unreadable`], by [`Actor::Unknown`].
///
/// # Errors
///
/// [`FormError`] if its detail cannot be read.
pub fn read_event(
    tenant: &TenantId,
    id: [u8; 16],
    account: Option<[u8; 16]>,
    at: i64,
    detail: &[u8],
) -> Result<Event, FormError> {
    // What an earlier form knew reads alike in a later one.
    let (FIRST..=SECOND, body) = split_form(DETAIL, SECOND, detail)? else {
        return Err(FormError::Damaged { what: DETAIL });
    };
    let (actor, what): (ActorForm, KindForm) = decode_body(DETAIL, body)?;
    Ok(Event {
        id: EventId::from_bytes(id),
        tenant: tenant.clone(),
        account: account.map(Pseudonym::from_bytes),
        actor: actor.actor(),
        at: Timestamp::from_millis(at),
        what: what.kind(),
    })
}

#[derive(Serialize, Deserialize)]
enum ActorForm {
    User,
    Host,
    Admin([u8; 16]),
    Operator { name: String, reason: String },
    Courier,
}

#[derive(Serialize, Deserialize)]
enum MissForm {
    Wrong,
    Replayed,
    Slow,
}

/// Variants are only ever added at the end.
#[derive(Serialize, Deserialize)]
enum KindForm {
    TenantCreated,
    PolicyChanged { before: RequirementForm, after: RequirementForm, revision: u64 },
    MailTextChanged,
    TenantSignedOut,
    ExistingUserAdded,
    UserCreated,
    Invited,
    InvitationAccepted,
    InvitationWithdrawn,
    RuleChanged { before: RequirementForm, after: RequirementForm },
    Exempted { until: i64, reason: String },
    ExemptionEnded,
    EnrollmentApproved { until: i64 },
    ApprovalWithdrawn,
    AdminGranted,
    AdminRevoked,
    CodeSent { again: bool },
    Accepted { method: MethodForm, finished: bool },
    Missed { method: MethodForm, miss: MissForm, locked_until: Option<i64>, disabled: bool },
    AppLinked { authenticator: [u8; 16], replaced: bool },
    AppRemoved { authenticator: [u8; 16] },
    Unlocked,
    Reset { reason: String },
    PasswordChanged,
    AddressChanged { in_use: bool },
    AddressConfirmed,
    AddressRefused,
    Suspended,
    Resumed,
    Removed,
    SignedOutEverywhere,
    AddressTriedAgain,
    MailNotSent { mail: MailForm, reason: Option<ReasonForm> },
    Restored,
    DamageReplaced,
    DamageErased,
    TenantDamageReplaced { required: RequirementForm },
}

/// Variants are only ever added at the end.
#[derive(Serialize, Deserialize)]
enum MailForm {
    LoginCode,
    Invitation,
    AppLinked,
    AppReplaced,
    AppRemoved,
    MfaReset,
    Locked,
    AddressChanged,
}

#[derive(Serialize, Deserialize)]
struct ReasonForm {
    phase: PhaseForm,
    reply: Option<u16>,
    status: Option<[u16; 3]>,
}

/// Variants are only ever added at the end.
#[derive(Serialize, Deserialize)]
enum PhaseForm {
    Unknown,
    Connection,
    Login,
    Sender,
    Recipient,
    Content,
}

impl From<MailKind> for MailForm {
    fn from(mail: MailKind) -> Self {
        match mail {
            MailKind::LoginCode => Self::LoginCode,
            MailKind::Invitation => Self::Invitation,
            MailKind::AppLinked => Self::AppLinked,
            MailKind::AppReplaced => Self::AppReplaced,
            MailKind::AppRemoved => Self::AppRemoved,
            MailKind::MfaReset => Self::MfaReset,
            MailKind::Locked => Self::Locked,
            MailKind::AddressChanged => Self::AddressChanged,
        }
    }
}

impl From<MailForm> for MailKind {
    fn from(form: MailForm) -> Self {
        match form {
            MailForm::LoginCode => Self::LoginCode,
            MailForm::Invitation => Self::Invitation,
            MailForm::AppLinked => Self::AppLinked,
            MailForm::AppReplaced => Self::AppReplaced,
            MailForm::AppRemoved => Self::AppRemoved,
            MailForm::MfaReset => Self::MfaReset,
            MailForm::Locked => Self::Locked,
            MailForm::AddressChanged => Self::AddressChanged,
        }
    }
}

impl From<MailReason> for ReasonForm {
    fn from(reason: MailReason) -> Self {
        let phase = match reason.phase() {
            MailPhase::Unknown => PhaseForm::Unknown,
            MailPhase::Connection => PhaseForm::Connection,
            MailPhase::Login => PhaseForm::Login,
            MailPhase::Sender => PhaseForm::Sender,
            MailPhase::Recipient => PhaseForm::Recipient,
            MailPhase::Content => PhaseForm::Content,
        };
        Self { phase, reply: reason.reply(), status: reason.status_numbers() }
    }
}

impl From<ReasonForm> for MailReason {
    fn from(form: ReasonForm) -> Self {
        let reason = Self::at(match form.phase {
            PhaseForm::Unknown => MailPhase::Unknown,
            PhaseForm::Connection => MailPhase::Connection,
            PhaseForm::Login => MailPhase::Login,
            PhaseForm::Sender => MailPhase::Sender,
            PhaseForm::Recipient => MailPhase::Recipient,
            PhaseForm::Content => MailPhase::Content,
        });
        let reason = form.reply.map_or(reason, |reply| reason.with_reply(reply));
        let status = form.status;
        status.map_or(reason, |[class, subject, detail]| reason.with_status(class, subject, detail))
    }
}

impl ActorForm {
    fn of(actor: &Actor) -> Option<Self> {
        Some(match actor {
            Actor::User => Self::User,
            Actor::Host => Self::Host,
            Actor::Admin(pseudonym) => Self::Admin(*pseudonym.as_bytes()),
            Actor::Operator { name, reason } => {
                Self::Operator { name: name.clone(), reason: reason.clone() }
            }
            Actor::Courier => Self::Courier,
            Actor::Unknown => return None,
        })
    }

    fn actor(self) -> Actor {
        match self {
            Self::User => Actor::User,
            Self::Host => Actor::Host,
            Self::Admin(pseudonym) => Actor::Admin(Pseudonym::from_bytes(pseudonym)),
            Self::Operator { name, reason } => Actor::Operator { name, reason },
            Self::Courier => Actor::Courier,
        }
    }
}

/// The word for people, and the form; none for what is not written.
fn kind_form(kind: &EventKind) -> Option<(&'static str, KindForm)> {
    use KindForm as Form;
    Some(match kind {
        EventKind::TenantCreated => ("tenant-created", Form::TenantCreated),
        EventKind::PolicyChanged { before, after, revision } => {
            let before = (*before).into();
            let after = (*after).into();
            let revision = *revision;
            ("policy-changed", Form::PolicyChanged { before, after, revision })
        }
        EventKind::MailTextChanged => ("mail-text-changed", Form::MailTextChanged),
        EventKind::TenantSignedOut => ("tenant-signed-out", Form::TenantSignedOut),
        EventKind::Restored => ("restored", Form::Restored),
        EventKind::ExistingUserAdded => ("existing-user-added", Form::ExistingUserAdded),
        EventKind::UserCreated => ("user-created", Form::UserCreated),
        EventKind::Invited => ("invited", Form::Invited),
        EventKind::InvitationAccepted => ("invitation-accepted", Form::InvitationAccepted),
        EventKind::InvitationWithdrawn => ("invitation-withdrawn", Form::InvitationWithdrawn),
        EventKind::RuleChanged { before, after } => {
            let before = (*before).into();
            let after = (*after).into();
            ("rule-changed", Form::RuleChanged { before, after })
        }
        EventKind::Exempted { until, reason } => {
            ("exempted", Form::Exempted { until: until.millis(), reason: reason.clone() })
        }
        EventKind::ExemptionEnded => ("exemption-ended", Form::ExemptionEnded),
        EventKind::EnrollmentApproved { until } => {
            ("enrollment-approved", Form::EnrollmentApproved { until: until.millis() })
        }
        EventKind::ApprovalWithdrawn => ("approval-withdrawn", Form::ApprovalWithdrawn),
        EventKind::AdminGranted => ("admin-granted", Form::AdminGranted),
        EventKind::AdminRevoked => ("admin-revoked", Form::AdminRevoked),
        EventKind::CodeSent { again } => ("code-sent", Form::CodeSent { again: *again }),
        EventKind::Accepted { method, finished } => {
            ("accepted", Form::Accepted { method: method_form(*method), finished: *finished })
        }
        EventKind::Missed { method, miss, locked_until, disabled } => {
            let miss = match miss {
                Miss::Wrong => MissForm::Wrong,
                Miss::Replayed => MissForm::Replayed,
                Miss::Slow => MissForm::Slow,
            };
            let method = method_form(*method);
            let locked_until = locked_until.map(Timestamp::millis);
            ("missed", Form::Missed { method, miss, locked_until, disabled: *disabled })
        }
        EventKind::AppLinked { authenticator, replaced } => {
            let authenticator = *authenticator.as_bytes();
            ("app-linked", Form::AppLinked { authenticator, replaced: *replaced })
        }
        EventKind::AppRemoved { authenticator } => {
            ("app-removed", Form::AppRemoved { authenticator: *authenticator.as_bytes() })
        }
        EventKind::Unlocked => ("unlocked", Form::Unlocked),
        EventKind::Reset { reason } => ("reset", Form::Reset { reason: reason.clone() }),
        EventKind::PasswordChanged => ("password-changed", Form::PasswordChanged),
        EventKind::AddressChanged { in_use } => {
            ("address-changed", Form::AddressChanged { in_use: *in_use })
        }
        EventKind::AddressConfirmed => ("address-confirmed", Form::AddressConfirmed),
        EventKind::AddressRefused => ("address-refused", Form::AddressRefused),
        EventKind::Suspended => ("suspended", Form::Suspended),
        EventKind::Resumed => ("resumed", Form::Resumed),
        EventKind::Removed => ("removed", Form::Removed),
        EventKind::SignedOutEverywhere => ("signed-out-everywhere", Form::SignedOutEverywhere),
        EventKind::AddressTriedAgain => ("address-tried-again", Form::AddressTriedAgain),
        EventKind::MailNotSent { mail, reason } => {
            let reason = reason.map(ReasonForm::from);
            ("mail-not-sent", Form::MailNotSent { mail: (*mail).into(), reason })
        }
        EventKind::DamageReplaced => ("damage-replaced", Form::DamageReplaced),
        EventKind::DamageErased => ("damage-erased", Form::DamageErased),
        EventKind::TenantDamageReplaced { required } => {
            let required = (*required).into();
            ("tenant-damage-replaced", Form::TenantDamageReplaced { required })
        }
        EventKind::Unreadable => return None,
    })
}

impl KindForm {
    /// The form that brought this kind, and that its events are written in.
    fn since(&self) -> u8 {
        match self {
            Self::AddressTriedAgain
            | Self::MailNotSent { .. }
            | Self::Restored
            | Self::DamageReplaced
            | Self::DamageErased
            | Self::TenantDamageReplaced { .. } => SECOND,
            _ => FIRST,
        }
    }

    fn kind(self) -> EventKind {
        match self {
            Self::TenantCreated => EventKind::TenantCreated,
            Self::PolicyChanged { before, after, revision } => {
                EventKind::PolicyChanged { before: before.into(), after: after.into(), revision }
            }
            Self::MailTextChanged => EventKind::MailTextChanged,
            Self::TenantSignedOut => EventKind::TenantSignedOut,
            Self::Restored => EventKind::Restored,
            Self::ExistingUserAdded => EventKind::ExistingUserAdded,
            Self::UserCreated => EventKind::UserCreated,
            Self::Invited => EventKind::Invited,
            Self::InvitationAccepted => EventKind::InvitationAccepted,
            Self::InvitationWithdrawn => EventKind::InvitationWithdrawn,
            Self::RuleChanged { before, after } => {
                EventKind::RuleChanged { before: before.into(), after: after.into() }
            }
            Self::Exempted { until, reason } => {
                EventKind::Exempted { until: Timestamp::from_millis(until), reason }
            }
            Self::ExemptionEnded => EventKind::ExemptionEnded,
            Self::EnrollmentApproved { until } => {
                EventKind::EnrollmentApproved { until: Timestamp::from_millis(until) }
            }
            Self::ApprovalWithdrawn => EventKind::ApprovalWithdrawn,
            Self::AdminGranted => EventKind::AdminGranted,
            Self::AdminRevoked => EventKind::AdminRevoked,
            Self::CodeSent { again } => EventKind::CodeSent { again },
            Self::Accepted { method, finished } => {
                EventKind::Accepted { method: method_of(method), finished }
            }
            Self::Missed { method, miss, locked_until, disabled } => EventKind::Missed {
                method: method_of(method),
                miss: match miss {
                    MissForm::Wrong => Miss::Wrong,
                    MissForm::Replayed => Miss::Replayed,
                    MissForm::Slow => Miss::Slow,
                },
                locked_until: locked_until.map(Timestamp::from_millis),
                disabled,
            },
            Self::AppLinked { authenticator, replaced } => EventKind::AppLinked {
                authenticator: AuthenticatorId::from_bytes(authenticator),
                replaced,
            },
            Self::AppRemoved { authenticator } => {
                EventKind::AppRemoved { authenticator: AuthenticatorId::from_bytes(authenticator) }
            }
            Self::Unlocked => EventKind::Unlocked,
            Self::Reset { reason } => EventKind::Reset { reason },
            Self::PasswordChanged => EventKind::PasswordChanged,
            Self::AddressChanged { in_use } => EventKind::AddressChanged { in_use },
            Self::AddressConfirmed => EventKind::AddressConfirmed,
            Self::AddressRefused => EventKind::AddressRefused,
            Self::Suspended => EventKind::Suspended,
            Self::Resumed => EventKind::Resumed,
            Self::Removed => EventKind::Removed,
            Self::SignedOutEverywhere => EventKind::SignedOutEverywhere,
            Self::AddressTriedAgain => EventKind::AddressTriedAgain,
            Self::MailNotSent { mail, reason } => {
                EventKind::MailNotSent { mail: mail.into(), reason: reason.map(Into::into) }
            }
            Self::DamageReplaced => EventKind::DamageReplaced,
            Self::DamageErased => EventKind::DamageErased,
            Self::TenantDamageReplaced { required } => {
                EventKind::TenantDamageReplaced { required: required.into() }
            }
        }
    }
}
