//! Settings → General: the card with the company's rule for everyone.

use axum::response::{Html, IntoResponse, Response};
use countersign::account::EventKind;
use countersign::{BeforeEnrollment, Policy, Requirement, Start};
use countersign_axum::{CsrfForm, Problem};
use maud::{Markup, html};
use serde::Deserialize;

use super::choice::{Choice, Odd, Typed, before_enrollment_name};
use super::desk::{Desk, holds_one, see};
use super::effects::{Effects, counts};
use super::places::{GENERAL, REVIEW};
use super::query;
use super::review::commit;
use super::roll::{Roll, name_of};
use super::said::{Said, Settings, notice};
use crate::design::frame::{Page, Section};
use crate::design::parts::{
    Choice as Option_, Field, Select, card, disclosure, error_summary, status,
};

const UNDO: &str = "/settings/general/undo";
const EFFECT: &str = "/settings/general/effect";

/// Events that are looked through for who saved the policy in force.
const LOOKED_AT: usize = 200;

/// GET: the card as it is saved, or with the choice from the address.
pub(super) async fn show(desk: Desk) -> Result<Response, Problem> {
    let (in_force, revision) = desk.admin.policy().await?;
    let saved = Choice::in_force(&in_force, revision);
    let typed: Typed = query::read(&desk);
    let chosen = typed.choice();
    let error = (chosen == Err(Odd::Days)).then_some(desk.words().general.days_wrong);
    let overtaken = chosen.ok().filter(|choice| choice.revision != revision);
    // With days that mean nothing, the rest of the choice is shown as it was made.
    let odd = Typed { start: String::new(), ..typed.clone() };
    let shown = chosen.or_else(|_| odd.choice()).unwrap_or(saved);
    let preview = desk.admin.preview(&shown.policy(&in_force), shown.start(desk.now())).await?;

    let words = &desk.words().general;
    let errors: Vec<_> = error.into_iter().map(|error| ("days", error)).collect();
    let days = match chosen {
        Ok(choice) => choice.days.map(|days| days.to_string()).unwrap_or_default(),
        Err(_) => typed.days.clone(),
    };
    let live = meaning(&desk, shown.required, (words.applies)(counts(&preview)));
    let body = html! {
        (error_summary(desk.visit.language, &errors))
        @if let Some(choice) = overtaken { (show_overtaken(&desk, &choice, &in_force, revision).await?) }
        (show_news(&desk, &in_force, revision).await?)
        (card("security", words.card, &html! {
            form method="post" action=(GENERAL) data-live=(EFFECT)
                data-live-fields="mfa start days before_enrollment revision" novalidate {
                (desk.hidden()?)
                input type="hidden" name="revision" value=(revision);
                (dropdown(&desk, "mfa", shown.required))
                div #live aria-live="polite" { (live) }
                @if let Some(grace) = in_force.grace().filter(|grace| desk.now() < grace.until()) {
                    @let before = desk.words().choice.name(grace.before());
                    p.soft { ((words.grace_runs)(&desk.when().near(grace.until()), before)) }
                }
                (more_options(&desk, &shown, typed.start == "grace", &days, error))
                div.actions { button.primary.capitals type="submit" { (words.save) } }
            }
        }))
    };
    let page = Page::in_section(&desk.visit, Section::General, words.title);
    Ok(page.with_error(error.is_some()).show(&body))
}

/// GET: the meaning and the effect of a choice, for the line under the dropdown.
pub(super) async fn effect(desk: Desk) -> Result<Response, Problem> {
    let Ok(choice) = query::read::<Typed>(&desk).choice() else {
        return Ok(Html("").into_response());
    };
    let (in_force, _) = desk.admin.policy().await?;
    let preview = desk.admin.preview(&choice.policy(&in_force), choice.start(desk.now())).await?;
    let applies = (desk.words().general.applies)(counts(&preview));
    Ok(Html(meaning(&desk, choice.required, applies).into_string()).into_response())
}

/// POST: saves a choice that locks no one out; every other goes to the review first.
pub(super) async fn save(mut desk: Desk, form: CsrfForm<Typed>) -> Result<Response, Problem> {
    let typed = form.fields;
    let choice = match typed.choice() {
        Ok(choice) => choice,
        Err(Odd::Foreign) => return see(GENERAL),
        Err(Odd::Days) => {
            // Back to the form with what was typed, as far as an address holds it.
            let strip = |text: &str| -> String {
                text.chars().filter(char::is_ascii_alphanumeric).take(8).collect()
            };
            let mfa = strip(&typed.mfa);
            let before_enrollment = strip(&typed.before_enrollment);
            let days = strip(&typed.days);
            return see(&format!(
                "{GENERAL}?mfa={mfa}&before_enrollment={before_enrollment}&start=grace&days={days}"
            ));
        }
    };
    let (in_force, revision) = desk.admin.policy().await?;
    if choice.revision != revision {
        return see(&format!("{GENERAL}?{}", choice.query()));
    }
    let same = choice.policy(&in_force).following(&in_force, None) == in_force;
    if same && !choice.out {
        Said::Settings(Settings::SameAsBefore).leave(&desk.visit.browser);
        return see(GENERAL);
    }
    let effects = Effects::of(&desk, &choice, &in_force).await?;
    if effects.need_a_look() || choice.out || desk.admin.asks_again().is_some() {
        return see(&format!("{REVIEW}?{}", choice.query()));
    }
    commit(&mut desk, &choice, &in_force).await
}

/// GET: sends a browser back that follows the address of a button.
pub(super) async fn send_back(_desk: Desk) -> Result<Response, Problem> {
    see(GENERAL)
}

#[derive(Deserialize)]
pub(super) struct UndoForm {
    #[serde(default)]
    revision: u64,
}

/// POST: puts the policy back that the last save replaced.
pub(super) async fn undo(mut desk: Desk, form: CsrfForm<UndoForm>) -> Result<Response, Problem> {
    let revision = form.fields.revision;
    if let Some(away) = desk.step_up(GENERAL)? {
        return Ok(away);
    }
    let say = |what| Said::Settings(what).leave(&desk.visit.browser);
    let undo = desk.shelf.undo(&desk.member.key, revision, desk.now());
    match undo {
        None => say(Settings::UndoOver),
        Some(_) if !holds_one(&desk.own_account().await?) => say(Settings::NeedOwn),
        Some(undo) => {
            use countersign::Saved;
            match desk.admin.set_policy(undo.before, revision, Start::Now).await? {
                Saved::Saved { .. } => say(Settings::Undone),
                Saved::Changed { .. } => say(Settings::UndoOver),
            }
        }
    }
    see(GENERAL)
}

/// The dropdown of the source document, for a company and for a person.
fn dropdown(desk: &Desk, name: &str, chosen: Requirement) -> Markup {
    let words = &desk.words().choice;
    let all = [Requirement::None, Requirement::Email, Requirement::App];
    let choices = all.map(|asked| Option_ { value: name_of(asked), words: words.option(asked) });
    let chosen = name_of(chosen);
    Select { name, label: words.label, choices: &choices, chosen, hint: None, error: None }.show()
}

/// The meaning of the choice, and the people it concerns.
fn meaning(desk: &Desk, required: Requirement, applies: String) -> Markup {
    html! {
        p { (desk.words().general.means(required)) }
        p.soft { (applies) }
    }
}

fn more_options(
    desk: &Desk,
    choice: &Choice,
    with_grace: bool,
    days: &str,
    error: Option<&str>,
) -> Markup {
    let words = &desk.words().general;
    let start = [
        Option_ { value: "now", words: words.start_now },
        Option_ { value: "grace", words: words.start_with_grace },
    ];
    let conditions =
        [BeforeEnrollment::Nothing, BeforeEnrollment::EmailCode, BeforeEnrollment::Approval];
    let conditions = conditions.map(|before| Option_ {
        value: before_enrollment_name(before),
        words: words.before_enrollment_name(before),
    });
    let body = html! {
        (Select {
            name: "start", label: words.start, choices: &start,
            chosen: if with_grace { "grace" } else { "now" }, hint: None, error: None,
        }.show())
        (Field::number("days", words.days).value(days).hint(words.days_hint).error(error)
            .show(desk.visit.language))
        (Select {
            name: "before_enrollment", label: words.before_enrollment,
            choices: &conditions,
            chosen: before_enrollment_name(choice.before_enrollment),
            hint: Some(words.before_enrollment_hint), error: None,
        }.show())
        div.tick {
            input #out type="checkbox" name="out" value="yes" checked[choice.out]
                aria-describedby="out-hint";
            div {
                label for="out" { (words.everybody_out) }
                p.hint #out-hint { (words.everybody_out_hint) }
            }
        }
    };
    match error {
        // No one has to look for the field that is wrong.
        Some(_) => html! { (body) },
        None => disclosure(words.more, &body),
    }
}

/// Both values, when someone else saved first.
async fn show_overtaken(
    desk: &Desk,
    choice: &Choice,
    in_force: &Policy,
    revision: u64,
) -> Result<Markup, Problem> {
    let words = &desk.words().general;
    let names = &desk.words().choice;
    let what = names.name(in_force.required());
    let events = desk.admin.events(None, LOOKED_AT).await?;
    let saved = events.into_iter().find(|event| {
        matches!(event.what, EventKind::PolicyChanged { revision: saved, .. } if saved == revision)
    });
    let sentence = match saved {
        Some(event) => {
            let roll: Roll = desk.roll().await?;
            let who = super::activity::actor(desk, &roll, &event);
            (words.changed_by)(&who, &desk.when().near(event.at), what)
        }
        None => (words.changed)(what),
    };
    Ok(html! {
        div.notice role="status" {
            p { (sentence) }
            dl.facts {
                dt { (words.yours) } dd { (names.name(choice.required)) }
                dt { (words.theirs) } dd { (what) }
            }
        }
    })
}

/// The result of the request before this one, and the way to undo it.
async fn show_news(desk: &Desk, in_force: &Policy, revision: u64) -> Result<Markup, Problem> {
    let words = &desk.words().general;
    let what = desk.words().choice.name(in_force.required());
    let said = match Said::take(&desk.visit.browser) {
        Some(Said::Settings(said)) => Some(said),
        Some(Said::Person(..)) | None => None,
    };
    let undo = desk.shelf.undo(&desk.member.key, revision, desk.now());
    // Going back asks for less, which no one does who has no second step.
    let undo = match undo {
        Some(undo) if holds_one(&desk.own_account().await?) => Some(undo),
        Some(_) | None => None,
    };
    let way_back = html! {
        @if let Some(undo) = &undo {
            form.undo method="post" action=(UNDO) {
                (desk.hidden()?)
                input type="hidden" name="revision" value=(revision);
                span { ((words.undo_until)(&desk.when().near(undo.until))) }
                button.quiet type="submit" { (words.undo) }
            }
        }
    };
    Ok(match said {
        Some(Settings::Saved) => {
            let people = desk.admin.preview(in_force, Start::Now).await?.users;
            status(&html! { p { ((words.saved)(what, people)) } (way_back) })
        }
        Some(Settings::SameAsBefore) => notice(words.same_as_before),
        Some(Settings::Undone) => status(&html! { p { ((words.undone)(what)) } }),
        Some(Settings::UndoOver) => notice(words.undo_over),
        Some(Settings::NeedOwn) => notice(desk.words().edit.need_own),
        None if undo.is_some() => html! { div.notice { (way_back) } },
        None => html! {},
    })
}
