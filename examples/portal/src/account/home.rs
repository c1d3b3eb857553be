//! Home: how one got in, and the way to one's other company.

use axum::extract::State;
use axum::response::Response;
use countersign::{Method, Purpose, TenantId, Timestamp};
use countersign_axum::{Flash, Gate, Problem};
use maud::{Markup, html};

use super::words::Words;
use crate::design::frame::{Page, Section};
use crate::design::moment::{day_and_time, duration};
use crate::design::parts::{card, link_button, status};
use crate::design::visit::{Inside, to_problem};
use crate::language::Language;
use crate::state::Portal;

pub(super) async fn show(
    gate: Gate,
    State(portal): State<Portal>,
    inside: Inside,
) -> Result<Response, Problem> {
    let Inside { visit, who, member } = &inside;
    let words = Words::of(visit.language);
    let now = portal.clock().now();
    let enroll_by = portal.sessions().enroll_by(&visit.browser).await.map_err(to_problem)?;
    let companies = portal.people().companies().await.map_err(to_problem)?;
    // Each company decides for itself how one logs in, so the way to another is its login page.
    let others = companies.iter().filter(|other| other.id != *member.key.tenant());
    let login = |id: &TenantId| gate.login_page().with_query("company", id.as_str());
    let others: Vec<_> = others.filter_map(|other| Some((other, login(&other.id)?))).collect();
    let strengthen = visit.browser.step_up(&Purpose::Strengthen, gate.home())?;
    let body = html! {
        @if visit.browser.take_flash() == Some(Flash::AppLinked) {
            (status(&html! { p { (words.app_linked) } }))
        }
        @if let Some(by) = enroll_by { (enroll_soon(by, words, visit.language)) }
        @else if who.weaker_than().is_some() {
            div.notice {
                p { (words.stronger_next_time) }
                div.actions { (link_button(strengthen.as_str(), words.do_it_now)) }
            }
        }
        (card("how", words.how_title, &html! {
            p { ((words.logged_in_with)(&list_used_methods(who.proof().passed(), words))) }
            p.hint {
                ((words.ago)(&duration(now.since(who.proof().issued()), visit.language)))
            }
            div.actions { (link_button("/account/security", words.title)) }
        }))
        @if !others.is_empty() && portal.tools().is_some() {
            (card("companies", words.other_companies, &html! {
                p { (words.other_companies_more) }
                ul.links {
                    @for (other, login) in others {
                        li { a href=(login) { ((words.log_in_to)(&other.name)) } }
                    }
                }
            }))
        }
    };
    let title = (words.hello)(&member.name);
    Ok(Page::in_section(visit, Section::Home, &title).show(&body))
}

/// The password and the methods, in the order they were passed.
fn list_used_methods(passed: &[countersign::login::UsedMethod], words: &Words) -> String {
    let method = |method: Method| match method {
        Method::Email => words.by_mail,
        Method::App => words.by_app,
    };
    let all = passed.iter().map(|used| method(used.method));
    std::iter::once(words.by_password).chain(all).collect::<Vec<_>>().join(words.comma)
}

fn enroll_soon(by: Timestamp, words: &Words, language: Language) -> Markup {
    html! {
        div.notice {
            p { ((words.enroll_by)(&day_and_time(by, language))) }
            p { a href="/account/security" { (words.link_now) } }
        }
    }
}
