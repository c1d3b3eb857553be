//! Other acts of an administrator for one person: invitation, lock, exemption, approval, reset.

use std::time::Duration;

use axum::extract::Path;
use axum::response::Response;
use countersign::{
    AccountKey, BeforeEnrollment, DAY, Denial, Error, ErrorKind, MINUTE, NextLogin, Policy,
    Timestamp,
};
use countersign_axum::{CsrfForm, Problem};
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::{Desk, not_found, see};
use super::places::place_of;
use super::roll::{Row, State};
use super::said::{Act, Said};
use crate::design::parts::{card, link_button};

/// How soon an invitation can be sent again.
const AGAIN_AFTER: Duration = MINUTE;
/// How long an approval lasts.
const APPROVAL: Duration = DAY;

/// Everything on the page of a person but the form itself.
pub(super) fn other_acts(desk: &Desk, row: &Row, policy: &Policy) -> Result<Markup, Problem> {
    Ok(html! {
        @if row.account.invitation_ends.is_some() { (invitation(desk, row)?) }
        (in_the_way(desk, row)?)
        (danger(desk, row, policy)?)
    })
}

fn invitation(desk: &Desk, row: &Row) -> Result<Markup, Problem> {
    let words = &desk.words().edit;
    let when = desk.when();
    let place = place_of(row);
    let access = match row.state {
        State::Refused { .. } => words.invitation_refused.to_owned(),
        State::Invited { until } => (words.invited_until)(&when.near(until)),
        State::InvitationOver { at } => (words.invitation_ran_out)(&when.near(at)),
        State::ReadyByPassword
        | State::ReadyByMail
        | State::ReadyByApp
        | State::NotLinked { .. }
        | State::NeedsApproval
        | State::NoAddress
        | State::Locked { .. }
        | State::SwitchedOff
        | State::Suspended => String::new(),
    };
    let again_at = again_at(desk, row).filter(|at| desk.now() < *at);
    Ok(card(
        "invitation",
        words.invitation,
        &html! {
            p { (access) }
            div.actions {
                @match again_at {
                    Some(at) => p.soft { ((words.again_at)(&when.near(at))) },
                    None => (desk.one_button(&format!("{place}/invite"), words.send_again)?),
                }
                (desk.one_button(&format!("{place}/withdraw"), words.withdraw)?)
                (copy_link(desk, row))
            }
        },
    ))
}

/// The link itself, which only the demo shows: it was in a mail to someone else.
fn copy_link(desk: &Desk, row: &Row) -> Markup {
    let words = &desk.words().edit;
    let link = desk.portal.tools().and_then(|tools| tools.invitation_to(&row.person.email));
    html! {
        @if let Some(link) = link {
            span #invitation-link hidden { (link) }
            button.quiet type="button" hidden data-copy="invitation-link" data-said="copied"
                data-done=(words.copied) { (words.copy_link) }
            span #copied role="status" {}
        }
    }
}

/// When the invitation may be sent again.
fn again_at(desk: &Desk, row: &Row) -> Option<Timestamp> {
    let life = desk.portal.mfa().limits().invitation_life;
    row.account.invitation_ends.map(|ends| ends.minus(life).plus(AGAIN_AFTER))
}

/// What keeps this person from logging in for a while, and how to end it at once.
fn in_the_way(desk: &Desk, row: &Row) -> Result<Markup, Problem> {
    let words = &desk.words().edit;
    let when = desk.when();
    let place = place_of(row);
    let act = |name: &str, words: &str| desk.one_button(&format!("{place}/{name}"), words);
    let locked = row.state.locked_until();
    let refused = &row.account.refused_mail;
    if locked.is_none() && refused.is_none() {
        return Ok(html! {});
    }
    let rows = html! {
        ul.rows {
            @if let Some(until) = locked {
                li { p { ((words.unlock_means)(&when.near(until))) } (act("unlock", words.unlock)?) }
            }
            @if let Some(refused) = refused {
                li { p { ((words.refused_means)(&when.near(refused.at), &when.near(refused.again_at)))
                    @if refused.why.reply().is_some() {
                        " " (words.refused_why) " " bdi.number dir="ltr" { (refused.why) }
                    } }
                    (act("try-address", words.try_address)?) }
            }
        }
    };
    Ok(card("in-the-way", words.in_the_way, &rows))
}

fn danger(desk: &Desk, row: &Row, policy: &Policy) -> Result<Markup, Problem> {
    let words = &desk.words().edit;
    let when = desk.when();
    let place = place_of(row);
    let mine = desk.is_oneself(&row.person.key);
    let facts = &row.account.facts;
    let exempt = facts.exempt_until.filter(|until| desk.now() < *until);
    let approved = facts.approved_until.filter(|until| desk.now() < *until);
    let asks_approval = policy.before_enrollment() == BeforeEnrollment::Approval
        || row.account.login == NextLogin::NeedsApproval;
    let act = |name: &str, words: &str| desk.one_button(&format!("{place}/{name}"), words);
    let page = |name: &str, words: &str| link_button(&format!("{place}/{name}"), words);
    Ok(card(
        "danger",
        words.danger,
        &html! {
            ul.rows {
                @if let Some(until) = approved {
                    li { p { ((words.is_approved)(&when.near(until))) }
                        (act("withdraw-approval", words.withdraw_approval)?) }
                } @else if asks_approval && !mine {
                    li { p { (words.approval_means) } (act("approve", words.approve)?) }
                }
                @if let Some(until) = exempt {
                    li { p { ((words.is_exempt)(&when.near(until))) }
                        (act("end-exemption", words.end_exemption)?) }
                } @else if !mine {
                    li { p { (words.exempt_means) } (page("exempt", words.exempt)) }
                }
                li {
                    @if mine { p { (words.reset_self) } (link_button("/account/security", words.account)) }
                    @else { p { ((words.reset_means)(&row.person.first_name)) }
                        (page("reset", words.reset)) }
                }
            }
        },
    ))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// POST: an act that is one button.
pub(super) async fn act(
    mut desk: Desk,
    Path((id, name)): Path<(String, String)>,
    _form: CsrfForm<Nothing>,
) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let row = roll.find(&id).ok_or_else(not_found)?;
    let place = place_of(row);
    if let Some(away) = desk.step_up(&place)? {
        Said::leave_about(Act::PressAgain, &row.person.key, &desk.visit.browser);
        return Ok(away);
    }
    let now = desk.now();
    let user = row.id().clone();
    let admin = &mut desk.admin;
    let done = match name.as_str() {
        "unlock" => admin.unlock(user).await.map(|()| Act::Unlocked),
        "try-address" => admin.try_address_again(user).await.map(|()| Act::AddressTried),
        "end-exemption" => admin.end_exemption(user).await.map(|()| Act::ExemptionEnded),
        "approve" => admin
            .approve_enrollment(user, now.plus(APPROVAL))
            .await
            .map(|()| Act::EnrollmentApproved),
        "withdraw-approval" => admin.withdraw_approval(user).await.map(|()| Act::ApprovalWithdrawn),
        "withdraw" => admin.withdraw_invitation(user).await.map(|()| Act::Withdrawn),
        "invite" if row.account.invitation_ends.is_none() => return Err(not_found()),
        "invite" if again_at(&desk, row).is_some_and(|at| now < at) => Ok(Act::TooSoon),
        "invite" => desk.admin.invite_again(user).await.map(|()| Act::Invited),
        _ => return Err(not_found()),
    };
    report(&desk, &row.person.key, done)?;
    see(&place)
}

/// GET: sends a browser back that comes from a step-up or follows the address of a button.
pub(super) async fn send_back(
    desk: Desk,
    Path((id, _)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let row = roll.find(&id).ok_or_else(not_found)?;
    see(&place_of(row))
}

/// Says how an act ended, unless it ended in trouble.
pub(super) fn report(
    desk: &Desk,
    key: &AccountKey,
    done: Result<Act, Error>,
) -> Result<(), Problem> {
    let act = match done {
        Ok(act) => act,
        Err(error) => act_refused(&error).ok_or(error)?,
    };
    Said::leave_about(act, key, &desk.visit.browser);
    Ok(())
}

/// What the page of the person says about a denial. Any other trouble has a page of its own.
fn act_refused(error: &Error) -> Option<Act> {
    if error.code() == "account.tried_often" {
        return Some(Act::TriedOften);
    }
    if error.code() == "account.invited_often" {
        return Some(Act::InvitedOften);
    }
    let ErrorKind::Denied(denial) = error.kind() else { return None };
    match denial {
        Denial::NoAuthenticator => Some(Act::NeedOwn),
        Denial::OnOneself => Some(Act::NotOnOneself),
        Denial::ProofEnded
        | Denial::WrongPurpose
        | Denial::NotAdmin
        | Denial::NotFresh { .. }
        | Denial::LastOne => None,
    }
}
