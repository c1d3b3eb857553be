//! The other ways, the stopped pages and the error pages. Each says what happened and has a way on.

use axum::http::StatusCode;
use countersign::{Locked, Method, User};
use countersign_axum::{AnotherWayPage, Problem, Stopped, StoppedPage};
use maud::{Markup, html};

use super::masked::masked_of;
use super::said::refusal_sentence;
use super::words::Words;
use crate::design::moment::{date, soonest};
use crate::design::parts::{error_summary, hidden, link_button};
use crate::design::when::When;
use crate::language::Language;

/// The other ways that this person has, with their known details.
pub(super) fn list_ways(page: &AnotherWayPage<'_>, person: Option<&User>, when: When) -> Markup {
    let language = when.language;
    let words = Words::of(language);
    let error = super::said::error(page.flash.as_ref(), super::said::From::Mail, when);
    let summary: Vec<_> = error.iter().map(|sentence| ("ways", sentence.as_str())).collect();
    html! {
        (error_summary(language, &summary))
        @if page.challenge.others.is_empty() { p #ways { (words.no_other_way) } }
        @else { (ways(page, person, language)) }
        h2 { (words.none_of_these) }
        p { (words.ask_admin) }
        ul.links {
            li { a href=(page.back) { (words.back) } }
            li { a href=(page.leave) { (words.start_over) } }
        }
    }
}

/// The ways there are, each with its button.
fn ways(page: &AnotherWayPage<'_>, person: Option<&User>, language: Language) -> Markup {
    let words = Words::of(language);
    html! {
        ul.rows #ways {
            @for method in &page.challenge.others {
                li {
                    div {
                        p { strong { (if *method == Method::Email { words.way_mail } else { words.way_app }) } }
                        p.hint { (way_more(*method, person, language)) }
                    }
                    form method="post" action=(page.form.action) {
                        (hidden(&page.form.csrf))
                        button.quiet type="submit" name="method" value=(AnotherWayPage::value_of(*method)) {
                            (if *method == Method::Email { words.send_by_mail } else { words.use_app })
                        }
                    }
                }
            }
        }
    }
}

/// Where a code goes, or since when an app is linked, as far as that is known.
fn way_more(method: Method, person: Option<&User>, language: Language) -> Markup {
    let words = Words::of(language);
    let address = person.and_then(|person| person.address.as_ref());
    let linked = person.and_then(|person| person.apps.iter().map(|app| app.linked).max());
    match (method, address, linked) {
        (Method::Email, Some(to), _) => (words.way_mail_to)(&masked_of(to, language)),
        (Method::Email, None, _) => html! { (words.way_mail_more) },
        (_, _, Some(at)) => (words.way_app_since)(&date(at, language)),
        (_, _, None) => html! { (words.way_app_more) },
    }
}

/// Heading and body of a login that cannot go on.
pub(super) fn describe_stop(page: &StoppedPage<'_>, when: When) -> (&'static str, Markup) {
    let words = Words::of(when.language);
    let (title, body) = reason(page.why, when);
    let locked = matches!(page.why, Stopped::Locked(_));
    let body = html! {
        p { (body) }
        @if locked { p { (words.locked_help) } }
        div.actions {
            @match page.back.as_deref() {
                Some(back) => (link_button(back, words.try_again)),
                None => (link_button(&page.leave, words.again)),
            }
        }
        ul.links {
            @if let Some(other) = page.another_way { li { a href=(other) { (words.another_way) } } }
            @if page.back.is_some() { li { a href=(page.leave) { (words.start_over) } } }
        }
    };
    (title, body)
}

/// Heading and sentence of the library. The end of a lock is marked up, for machines.
fn reason(why: Stopped, when: When) -> (&'static str, Markup) {
    let locale = when.language.locale();
    let sentence = match why {
        Stopped::Locked(Locked { until: Some(until), .. }) => {
            let until = when.near_on_page(soonest(until));
            (Words::of(when.language).locked_until)(&until)
        }
        Stopped::Refused(refusal) => html! { (refusal_sentence(refusal, when)) },
        Stopped::Locked(_) | Stopped::Stale(_) => html! { (why.message(&locale, when.now)) },
    };
    (why.title(&locale), sentence)
}

/// Heading and body of a request that was not carried out.
pub(super) fn describe_problem(problem: &Problem, language: Language) -> (&'static str, Markup) {
    let words = Words::of(language);
    let (title, sentence) = match (problem.status(), problem.code()) {
        (_, "login.method_missing") => (words.needs_app, words.needs_app_more),
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => {
            (words.missing, words.missing_more)
        }
        (StatusCode::TOO_MANY_REQUESTS, _) => (words.slow_down, words.slow_down_more),
        (StatusCode::FORBIDDEN, _) => (words.foreign, words.foreign_more),
        (StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, _) => {
            (words.too_large, words.too_large_more)
        }
        (status, _) if status.is_client_error() => (words.odd, words.odd_more),
        _ => (words.trouble, words.trouble_more),
    };
    let body = html! {
        p { (sentence) }
        @if let Some(reference) = problem.reference() {
            p { ((words.reference)(&html! { code dir="ltr" { (reference) } })) }
        }
        div.actions { (link_button("/home", words.go_home)) }
    };
    (title, body)
}
