//! One's own part of the activity log, in words.

use countersign::Method;
use countersign::account::{Actor, Event, EventKind};
use maud::{Markup, html};

use super::words::Words;
use crate::design::moment::day_and_time;
use crate::design::parts::table;
use crate::language::Language;

pub(super) fn list(events: &[Event], words: &'static Words, language: Language) -> Markup {
    if events.is_empty() {
        return html! { p { (words.nothing_lately) } };
    }
    let row = |event: &Event| {
        vec![
            html! { (event_name(&event.what, words)) },
            html! { (day_and_time(event.at, language)) },
            html! { (actor_name(&event.actor, words)) },
        ]
    };
    let rows: Vec<_> = events.iter().map(row).collect();
    table(words.lately_caption, &[words.what, words.when, words.who], &rows)
}

fn actor_name(actor: &Actor, words: &'static Words) -> &'static str {
    match actor {
        Actor::User => words.you,
        Actor::Admin(_) => words.an_administrator,
        Actor::Operator { .. } => words.an_operator,
        Actor::Host | Actor::Courier | Actor::Unknown => words.the_portal,
    }
}

fn event_name(kind: &EventKind, words: &'static Words) -> &'static str {
    match kind {
        EventKind::ExistingUserAdded | EventKind::UserCreated => words.account_made,
        EventKind::Invited => words.invited,
        EventKind::InvitationAccepted => words.invitation_accepted,
        EventKind::InvitationWithdrawn => words.invitation_withdrawn,
        EventKind::RuleChanged { .. } => words.rule_changed,
        EventKind::Exempted { .. } => words.exempted,
        EventKind::ExemptionEnded => words.exemption_ended,
        EventKind::EnrollmentApproved { .. } => words.app_approved,
        EventKind::ApprovalWithdrawn => words.approval_withdrawn,
        EventKind::AdminGranted => words.admin_granted,
        EventKind::AdminRevoked => words.admin_revoked,
        EventKind::CodeSent { again: false } => words.code_sent,
        EventKind::CodeSent { again: true } => words.code_sent_again,
        EventKind::Accepted { method: Method::Email, .. } => words.passed_by_mail,
        EventKind::Accepted { .. } => words.passed_by_app,
        EventKind::Missed { locked_until: Some(_), .. } => words.missed_and_locked,
        EventKind::Missed { .. } => words.missed,
        EventKind::AppLinked { replaced: false, .. } => words.event_app_linked,
        EventKind::AppLinked { replaced: true, .. } => words.event_app_replaced,
        EventKind::AppRemoved { .. } => words.event_app_removed,
        EventKind::Unlocked => words.unlocked,
        EventKind::Reset { .. } | EventKind::DamageReplaced => words.reset,
        EventKind::PasswordChanged => words.password_changed,
        EventKind::AddressChanged { .. } => words.address_changed,
        EventKind::AddressConfirmed => words.event_address_confirmed,
        EventKind::AddressRefused => words.address_refused,
        EventKind::AddressTriedAgain => words.address_tried_again,
        EventKind::MailNotSent { .. } => words.mail_not_sent,
        EventKind::Suspended => words.suspended,
        EventKind::Resumed => words.resumed,
        EventKind::SignedOutEverywhere => words.signed_out,
        EventKind::TenantCreated
        | EventKind::PolicyChanged { .. }
        | EventKind::MailTextChanged
        | EventKind::TenantSignedOut
        | EventKind::Restored
        | EventKind::Removed
        | EventKind::DamageErased
        | EventKind::TenantDamageReplaced { .. }
        | EventKind::Unreadable => words.something,
    }
}
