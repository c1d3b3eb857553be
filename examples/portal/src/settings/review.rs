//! The step before a choice is saved that locks someone out, lowers a requirement, or concerns the
//! one who saves. The choice stands in the address, so a step-up on the way loses nothing.

use axum::response::Response;
use countersign::{Effect, NextLogin, Policy, Saved};
use countersign_axum::{CsrfForm, Problem};
use maud::{Markup, html};
use serde::Deserialize;

use super::choice::{Choice, Typed};
use super::desk::{Desk, see};
use super::effects::{Blocked, Effects};
use super::places::{GENERAL, REVIEW};
use super::query;
use super::roll::Roll;
use super::said::{Said, Settings};
use super::shelf::{UNDO_LIFE, Undo};
use crate::design::frame::{Page, Section};
use crate::design::parts::{Tone, badge, link_button, table};
use crate::design::visit::run_to_end;

/// Most rows of the table; the counts are of everyone.
const MOST_ROWS: usize = 200;
const ACCOUNT: &str = "/account/security";

/// GET: before and after, and who is concerned how.
pub(super) async fn show(desk: Desk) -> Result<Response, Problem> {
    let (in_force, revision) = desk.admin.policy().await?;
    let choice = match query::read::<Typed>(&desk).choice() {
        Ok(choice) if choice.revision == revision => choice,
        Ok(choice) => return see(&format!("{GENERAL}?{}", choice.query())),
        Err(_) => return see(GENERAL),
    };
    let effects = Effects::of(&desk, &choice, &in_force).await?;
    let roll = desk.roll().await?;
    let words = &desk.words().review;
    let blocked = effects.find_block();
    let body = html! {
        (before_and_after(&desk, &choice, &in_force))
        p { (desk.words().general.means(choice.required)) }
        p { ((desk.words().general.applies)(effects.counts())) }
        @if effects.lowers {
            div.notice {
                p {
                    @match effects.preview.asked_for_less {
                        0 => (words.weaker_for_nobody),
                        people => ((words.weaker)(people)),
                    }
                }
            }
        }
        @if choice.out { div.notice { p { (words.out_too) } } }
        @if effects.change_me() && effects.ask_me() && blocked.is_none() {
            div.notice { p { (words.one_of_them) } }
        }
        (people(&desk, &roll, &effects))
        @if let Some(blocked) = blocked { (way_out(&desk, blocked)) }
        div.actions {
            form method="post" action={ (REVIEW) "?" (choice.query()) } {
                (desk.hidden()?)
                button.primary type="submit" disabled[blocked.is_some()] { (words.save) }
            }
            (link_button(GENERAL, words.back))
        }
    };
    let page = Page::in_section(&desk.visit, Section::General, words.title);
    Ok(page.wide().show(&body))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// POST: saves the reviewed choice.
pub(super) async fn save(desk: Desk, _form: CsrfForm<Nothing>) -> Result<Response, Problem> {
    run_to_end(save_whole(desk)).await
}

async fn save_whole(mut desk: Desk) -> Result<Response, Problem> {
    let Ok(choice) = query::read::<Typed>(&desk).choice() else { return see(GENERAL) };
    let here = format!("{REVIEW}?{}", choice.query());
    if let Some(away) = desk.step_up(&here)? {
        return Ok(away);
    }
    let (in_force, _) = desk.admin.policy().await?;
    // Someone may have been removed, or refused mail, since the page was shown.
    if Effects::of(&desk, &choice, &in_force).await?.find_block().is_some() {
        return see(&here);
    }
    commit(&mut desk, &choice, &in_force).await
}

/// Saves a choice, as long as the policy is still the one that was looked at.
pub(super) async fn commit(
    desk: &mut Desk,
    choice: &Choice,
    in_force: &Policy,
) -> Result<Response, Problem> {
    let policy = choice.policy(in_force);
    let now = desk.now();
    let saved = desk.admin.set_policy(policy, choice.revision, choice.start(now)).await?;
    let Saved::Saved { revision } = saved else {
        return see(&format!("{GENERAL}?{}", choice.query()));
    };
    if revision != choice.revision {
        let by = desk.member.key.clone();
        let before = in_force.clone();
        let undo = Undo { by, revision, before, until: now.plus(UNDO_LIFE) };
        desk.shelf.offer_undo(desk.company(), undo);
    }
    if choice.out {
        desk.admin.sign_everybody_out().await?;
    }
    Said::Settings(Settings::Saved).leave(&desk.visit.browser);
    see(GENERAL)
}

fn before_and_after(desk: &Desk, choice: &Choice, in_force: &Policy) -> Markup {
    let words = &desk.words().review;
    let names = &desk.words().choice;
    let name = |before| desk.words().general.before_enrollment_name(before);
    let mut rows = vec![vec![
        html! { (names.label) },
        html! { (names.name(in_force.required())) },
        html! { (names.name(choice.required)) },
    ]];
    if in_force.before_enrollment() != choice.before_enrollment {
        let before = name(in_force.before_enrollment());
        let after = name(choice.before_enrollment);
        rows.push(vec![html! { (words.before_enrollment) }, html! { (before) }, html! { (after) }]);
    }
    if let Some(until) = choice.grace(desk.now()) {
        let from = desk.when().near(until);
        let after = html! { ((words.grace_until)(&from)) };
        rows.push(vec![html! { (words.grace) }, html! { (words.at_once) }, after]);
    }
    table(words.before_and_after, &[words.setting, words.now, words.then], &rows)
}

/// Everyone, those first who need something.
fn people(desk: &Desk, roll: &Roll, effects: &Effects) -> Markup {
    let words = &desk.words().review;
    let mut rows: Vec<_> = effects
        .people
        .iter()
        .filter_map(|(id, effect)| Some((roll.find(id.as_str())?, effect)))
        .collect();
    rows.sort_by_key(|(row, effect)| (urgency(effect), row.person.name().to_lowercase()));
    let all = rows.len();
    rows.truncate(MOST_ROWS);
    let shown = rows.len();
    let rows: Vec<Vec<Markup>> = rows
        .into_iter()
        .map(|(row, effect)| {
            let me = effects.is_me(row.id());
            vec![
                html! { bdi { (row.person.name()) } @if me { " (" (words.you) ")" } },
                html! { bdi dir="ltr" { (row.person.email.as_str()) } },
                what_happens(desk, effect),
            ]
        })
        .collect();
    let caption = (words.caption)(effects.preview.users);
    html! {
        (table(&caption, &[words.who, desk.words().users.email, words.what], &rows))
        @if shown < all {
            p.soft { ((words.not_all)(shown as u64, all as u64)) }
        }
    }
}

fn what_happens(desk: &Desk, effect: &Effect) -> Markup {
    let words = &desk.words().review;
    let (tone, sentence) = match effect.login {
        NextLogin::NothingMore => (Tone::Plain, words.ready_password),
        NextLogin::AppCode => (Tone::Good, words.ready),
        NextLogin::MailedCode => (Tone::Good, words.by_mail),
        NextLogin::LinksApp => (Tone::Wary, words.links),
        NextLogin::NeedsApproval => (Tone::Bad, words.needs_approval),
        NextLogin::Stopped => (Tone::Bad, words.stopped),
    };
    html! {
        (badge(tone, sentence))
        @if let Some(enroll_by) = effect.after.enroll_by {
            p.soft { ((words.in_grace)(&desk.when().near(enroll_by.until))) }
        }
        @if effect.looser_rule {
            @let own = effect.after.layers.iter().find(|said| {
                said.layer == countersign::policy::Layer::User
            });
            @let own = own.map(|said| desk.words().choice.name(said.asks)).unwrap_or_default();
            p.soft { ((words.looser)(own)) }
        }
    }
}

fn urgency(effect: &Effect) -> u8 {
    match effect.login {
        NextLogin::Stopped => 0,
        NextLogin::NeedsApproval => 1,
        NextLogin::LinksApp => 2,
        NextLogin::MailedCode => 3,
        NextLogin::NothingMore | NextLogin::AppCode => 4,
    }
}

/// The reason why the button is off, and the thing to do first.
fn way_out(desk: &Desk, blocked: Blocked) -> Markup {
    let words = &desk.words().review;
    let sentence = match blocked {
        Blocked::AllAdmins => words.strands_admins,
        Blocked::Oneself => words.strands_you,
        Blocked::NeedsOwn => words.need_own,
    };
    html! {
        div.summary role="group" {
            p { (sentence) " " a href=(ACCOUNT) { (words.to_account) } }
        }
    }
}
