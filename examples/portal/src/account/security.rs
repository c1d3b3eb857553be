//! Account security: the company's rule and its reason, the apps, and recent activity.

use axum::extract::State;
use axum::response::Response;
use countersign::account::LinkedApp;
use countersign::policy::{AddressState, EnrollBy, Layer, Resolution};
use countersign::{Purpose, Requirement, User};
use countersign_axum::{Browser, Flash, Problem, RedirectPath};
use maud::{Markup, html};

use super::events;
use super::words::Words;
use crate::design::frame::{Page, Section};
use crate::design::moment::date;
use crate::design::parts::{Tone, badge, card, link_button, status};
use crate::design::visit::Inside;
use crate::language::Language;
use crate::login::masked::masked_of;
use crate::state::Portal;

/// Where every act of this page comes back to.
pub(super) const HERE: &str = "/account/security";
/// Most lines of recent activity.
const MOST_LINES: usize = 10;

pub(super) async fn show(
    State(portal): State<Portal>,
    inside: Inside,
) -> Result<Response, Problem> {
    let Inside { visit, who, .. } = &inside;
    let words = Words::of(visit.language);
    let Some(me) = portal.mfa().me(who.proof()).await? else {
        return Err(Problem::new(axum::http::StatusCode::NOT_FOUND, "person.gone", "Gone."));
    };
    let lately = portal.mfa().my_events(who.proof(), MOST_LINES).await?;
    let said = visit.browser.take_flash();
    let language = visit.language;
    let body = html! {
        (news(said.as_ref(), words))
        (card("asked", words.asked_title, &requirement_with_reason(&me.resolution, words, language)))
        (card("apps", words.apps_title, &apps(&me, &visit.browser, words, language)?))
        (card("email", words.email_title, &email(&me, &visit.browser, words, language)?))
        h2 { (words.lately_title) }
        (events::list(&lately, words, language))
    };
    Ok(Page::in_section(visit, Section::Account, words.title).show(&body))
}

fn news(said: Option<&Flash>, words: &Words) -> Markup {
    let sentence = match said {
        Some(Flash::AppLinked) => words.app_linked,
        Some(Flash::AppReplaced) => words.app_replaced,
        Some(Flash::AppRemoved) => words.app_removed,
        Some(Flash::AddressConfirmed) => words.address_confirmed,
        _ => return html! {},
    };
    status(&html! { p { (sentence) } })
}

/// The requirement for this person, and its reason.
fn requirement_with_reason(
    resolution: &Resolution,
    words: &'static Words,
    language: Language,
) -> Markup {
    html! {
        p {
            strong { (requirement(resolution.required, words)) }
            ", " (reason(resolution, words))
        }
        @if let Some(EnrollBy { until, required }) = resolution.enroll_by {
            p { ((words.from_then)(&date(until, language), requirement(required, words))) }
        }
        @if let Some(until) = resolution.exempt_until {
            p { ((words.exempt_until)(&date(until, language))) }
        }
    }
}

fn reason(resolution: &Resolution, words: &'static Words) -> &'static str {
    match resolution.decided_by {
        Some(Layer::Tenant) => words.because_company,
        Some(Layer::Role) => words.because_role,
        Some(Layer::User) => words.because_user,
        Some(Layer::Own) => words.because_own,
        Some(_) => words.because_floor,
        None => words.because_nobody,
    }
}

fn requirement(required: Requirement, words: &'static Words) -> &'static str {
    match required {
        Requirement::None => words.no_mfa,
        Requirement::Email => words.email_mfa,
        Requirement::App => words.app_mfa,
    }
}

fn apps(
    me: &User,
    browser: &Browser,
    words: &Words,
    language: Language,
) -> Result<Markup, Problem> {
    let link = step_up(browser, &Purpose::LinkApp)?;
    let replace = step_up(browser, &Purpose::ReplaceApp)?;
    // The last one that the company needs is replaced, and not removed.
    let needed = me.apps.len() == 1 && needs_app(me);
    let mut rows = Vec::new();
    for app in &me.apps {
        let remove = step_up(browser, &Purpose::RemoveApp(app.id))?;
        rows.push(row(app, (!needed).then_some(&remove), words, language));
    }
    Ok(html! {
        @if rows.is_empty() { p { (words.no_app) } }
        ul.rows { @for row in rows { (row) } }
        @if needed { p.hint { (words.last_needed) } }
        div.actions {
            @if me.apps.is_empty() {
                (link_button(link.as_str(), words.link_app))
            } @else {
                (link_button(replace.as_str(), words.replace_app))
                (link_button(link.as_str(), words.link_another))
            }
        }
    })
}

/// Whether a rule of the company, and not only the person's own choice, requires an app.
fn needs_app(me: &User) -> bool {
    let layers = me.resolution.layers.iter();
    let mut others = layers.filter(|said| said.layer != Layer::Own && said.counts);
    others.any(|said| said.asks == Requirement::App)
}

fn row(
    app: &LinkedApp,
    remove: Option<&RedirectPath>,
    words: &Words,
    language: Language,
) -> Markup {
    html! {
        li {
            div {
                p {
                    strong { (words.an_app) } " "
                    @if app.disabled { (badge(Tone::Bad, words.switched_off)) }
                    @else { (badge(Tone::Good, words.ready)) }
                }
                p.hint { ((words.linked_on)(&date(app.linked, language))) }
            }
            @if let Some(remove) = remove {
                a.quiet.button href=(remove.as_str()) { (words.remove) }
            }
        }
    }
}

fn email(
    me: &User,
    browser: &Browser,
    words: &Words,
    language: Language,
) -> Result<Markup, Problem> {
    let confirm = step_up(browser, &Purpose::ConfirmAddress)?;
    let (tone, state) = match me.facts.address {
        AddressState::Confirmed => (Tone::Good, words.confirmed),
        AddressState::Refused => (Tone::Bad, words.refused),
        AddressState::Disabled => (Tone::Bad, words.switched_off),
        AddressState::None | AddressState::Vouched => (Tone::Plain, words.not_confirmed),
    };
    Ok(html! {
        @match &me.address {
            Some(address) => {
                p { (masked_of(address, language)) " " (badge(tone, state)) }
            }
            None => { p { (words.no_address) } }
        }
        @if let Some(proposed) = &me.proposed_address {
            div.notice {
                p { ((words.proposed)(&masked_of(proposed, language))) }
                p { a href=(confirm.as_str()) { (words.enter_code) } }
            }
        }
        div.actions { (link_button("/account/security/email", words.change_address)) }
    })
}

/// The address that asks to confirm, does it, and comes back here.
fn step_up(browser: &Browser, purpose: &Purpose) -> Result<RedirectPath, Problem> {
    match RedirectPath::new(HERE) {
        Some(here) => browser.step_up(purpose, &here),
        None => Err(Problem::internal(&std::fmt::Error)),
    }
}
