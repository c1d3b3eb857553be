//! The login page: address and password, for one company.

use axum::http::StatusCode;
use axum::response::Response;
use countersign::{FirstFactor, TenantId};
use countersign_axum::{Browser, CsrfFields, CsrfForm, Flash, Gate, Problem, RedirectPath};
use maud::{Markup, html};
use serde::Deserialize;

use super::words::Words;
use crate::demo;
use crate::design::frame::Page;
use crate::design::moment::soonest;
use crate::design::parts::{Field, disclosure, error_summary, hidden, status};
use crate::design::visit::{Visit, to_problem};
use crate::design::when::When;
use crate::passwords::Checked;
use crate::people::Company;
use crate::state::Portal;
use crate::typed::{self, Wrong};

/// The content of the login page.
struct View<'a> {
    company: Option<&'a Company>,
    others: Vec<&'a Company>,
    action: RedirectPath,
    login: &'a RedirectPath,
    hidden: CsrfFields,
    email: String,
    wrong: Option<Wrong>,
    logged_out: bool,
    /// A person who is logged in to another company.
    elsewhere: Option<(&'a str, &'a str)>,
    next: Option<RedirectPath>,
    demo: bool,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

pub(super) async fn show(
    gate: Gate,
    portal: axum::extract::State<Portal>,
    visit: Visit,
) -> Result<Response, Problem> {
    let browser = &visit.browser;
    let companies = portal.people().companies().await.map_err(to_problem)?;
    let asked = named(browser);
    let company = pick(&companies, asked.as_deref(), typed::company(browser).as_deref());
    // Whoever is in goes home, unless it is another company that they want to be in.
    if let Some(member) = &visit.member {
        let same = |company: &Company| company.id == *member.key.tenant();
        if asked.is_none() || company.is_none_or(same) {
            let next = browser.next();
            return Ok(next.as_ref().unwrap_or_else(|| gate.home()).see_other());
        }
    }
    let next = browser.next();
    let view = View {
        company,
        others: companies.iter().filter(|other| Some(*other) != company).collect(),
        action: place(gate.login_page(), company, next.as_ref()),
        login: gate.login_page(),
        hidden: browser.csrf_fields()?,
        email: typed::email(browser).unwrap_or_default(),
        wrong: Wrong::take(browser),
        logged_out: browser.take_flash() == Some(Flash::LoggedOut),
        elsewhere: visit.member.as_ref().map(|m| (m.name.as_str(), m.company.as_str())),
        next,
        demo: portal.tools().is_some(),
    };
    let words = Words::of(visit.language);
    let title = match company {
        Some(company) => (words.log_in_to)(&company.name),
        None => words.log_in.to_owned(),
    };
    let when = When { language: visit.language, now: portal.clock().now() };
    let body = page(&view, words, &visit, when);
    // The heading names the company, and the title of the window has it only once.
    let mut page = Page::new(&visit, &title).with_error(view.wrong.is_some()).show(&body);
    if let Some(Wrong::TooMany(_)) = view.wrong {
        // Programs that try passwords do not read sentences.
        *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    }
    Ok(page)
}

pub(super) async fn take(
    gate: Gate,
    portal: axum::extract::State<Portal>,
    form: CsrfForm<Typed>,
) -> Result<Response, Problem> {
    let browser = &form.browser;
    let companies = portal.people().companies().await.map_err(to_problem)?;
    let asked = named(browser);
    let company = pick(&companies, asked.as_deref(), typed::company(browser).as_deref());
    let back = |wrong: Wrong| {
        wrong.leave(browser);
        place(gate.login_page(), company, browser.next().as_ref()).see_other()
    };
    let email = form.fields.email.trim();
    let password = form.fields.password.as_str();
    typed::keep_email(browser, email);
    match (email.is_empty(), password.is_empty()) {
        (true, true) => return Ok(back(Wrong::Nothing)),
        (true, false) => return Ok(back(Wrong::NoEmail)),
        (false, true) => return Ok(back(Wrong::NoPassword)),
        (false, false) => {}
    }
    let Some(company) = company else { return Ok(back(Wrong::NoMatch)) };
    let checked = portal.passwords().check(&company.id, email, password).await;
    match checked.map_err(to_problem)? {
        Checked::Right(key) => {
            typed::keep_company(browser, company.id.as_str());
            gate.begin(browser, &key, FirstFactor::Password).await
        }
        Checked::Wrong => Ok(back(Wrong::NoMatch)),
        Checked::TooMany { until } => Ok(back(Wrong::TooMany(until))),
    }
}

/// The company that the address names.
fn named(browser: &Browser) -> Option<String> {
    browser.query("company")
}

fn pick<'a>(
    companies: &'a [Company],
    asked: Option<&str>,
    before: Option<&str>,
) -> Option<&'a Company> {
    let with = |id: &str| companies.iter().find(|company| company.id.as_str() == id);
    asked.and_then(with).or_else(|| before.and_then(with)).or_else(|| companies.first())
}

/// The login page of a company, on the way to somewhere.
fn place(
    login: &RedirectPath,
    company: Option<&Company>,
    next: Option<&RedirectPath>,
) -> RedirectPath {
    let values = [
        company.map(|company| ("company", company.id.as_str())),
        next.map(|next| ("next", next.as_str())),
    ];
    let named = values.into_iter().flatten();
    named.fold(login.clone(), |place, (name, value)| place.with_query(name, value).unwrap_or(place))
}

fn page(view: &View<'_>, words: &Words, visit: &Visit, when: When) -> Markup {
    let errors = errors(view.wrong, words, when);
    let of = |field: &str| {
        let mut found = errors.iter().filter(|(name, _)| *name == field);
        found.next().map(|(_, sentence)| sentence.as_str())
    };
    let summary: Vec<(&str, &str)> = errors.iter().map(|(name, s)| (*name, s.as_str())).collect();
    let calm = errors.is_empty();
    let email = Field::email("email", words.email)
        .autocomplete("username")
        .value(&view.email)
        .error(of("email"))
        .focused(calm && view.email.is_empty());
    let password = Field::password("password", words.password, "current-password")
        .error(of("password"))
        .focused(calm && !view.email.is_empty());
    html! {
        (error_summary(visit.language, &summary))
        @if view.logged_out && calm { (status(&html! { p { (words.logged_out) } })) }
        @if let Some((name, company)) = view.elsewhere {
            div.notice { p { ((words.ends_other)(name, company)) } }
        }
        form method="post" action=(view.action) novalidate {
            (hidden(&view.hidden))
            (email.show(visit.language))
            (password.show(visit.language))
            button.primary type="submit" data-working=(words.checking) { (words.login) }
        }
        @if !view.others.is_empty() {
            (disclosure(words.other_companies, &html! {
                ul.links {
                    @for other in &view.others {
                        li { a href=(place(view.login, Some(other), view.next.as_ref())) {
                            ((words.log_in_to)(&other.name))
                        } }
                    }
                }
            }))
        }
        @if let Some(company) = view.company.filter(|_| view.demo) {
            (demo_accounts(&company.id, words))
        }
    }
}

fn errors(wrong: Option<Wrong>, words: &Words, when: When) -> Vec<(&'static str, String)> {
    let email = |sentence: &str| ("email", sentence.to_owned());
    let password = |sentence: &str| ("password", sentence.to_owned());
    match wrong {
        None => Vec::new(),
        Some(Wrong::NoMatch) => vec![password(words.no_match)],
        Some(Wrong::NoEmail) => vec![email(words.enter_email)],
        Some(Wrong::NoPassword) => vec![password(words.enter_password)],
        Some(Wrong::Nothing) => vec![email(words.enter_email), password(words.enter_password)],
        Some(Wrong::TooMany(until)) => {
            vec![("password", (words.too_many_tries)(&when.near(soonest(until))))]
        }
    }
}

fn demo_accounts(company: &TenantId, words: &Words) -> Markup {
    let password = html! { code dir="ltr" { (demo::PASSWORD) } };
    disclosure(
        words.demo_accounts,
        &html! {
            ul {
                @for (name, email) in demo::accounts(company) {
                    li { (name) ", " bdi dir="ltr" { (email) } }
                }
            }
            p { ((words.demo_password)(&password)) }
        },
    )
}
