//! Changing where one's codes go: confirm it is you, name the new address, enter the code sent there.
//!
//! The old address is asked before (with the strongest method one has), the new one after, and both
//! are told. The address one logs in with is another matter and stays.

use axum::extract::State;
use axum::response::Response;
use countersign::{EmailAddress, Purpose};
use countersign_axum::{CsrfForm, Gate, LoggedIn, Problem, RedirectPath, SameSite};
use maud::html;
use serde::Deserialize;

use super::security::HERE;
use super::words::Words;
use crate::design::frame::{Page, Section};
use crate::design::parts::{Field, error_summary, hidden};
use crate::design::visit::{Inside, to_problem};
use crate::design::when::When;
use crate::state::Portal;

const FORM: &str = "/account/security/email";
/// The cookie that says that the address was none.
const WRONG: &str = "address-wrong";

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    email: String,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    gate: Gate,
    inside: Inside,
) -> Result<Response, Problem> {
    let Inside { visit, who, .. } = &inside;
    let browser = &visit.browser;
    let words = Words::of(visit.language);
    let Some(proof) = gate.find_step_up(browser, who, &Purpose::ChangeAddress).await? else {
        return Ok(browser.step_up(&Purpose::ChangeAddress, &target(FORM)?)?.see_other());
    };
    let person = portal.people().find(who.key()).await.map_err(to_problem)?;
    let login = person.map(|person| person.email.to_string()).unwrap_or_default();
    let wrong = browser.cookie(WRONG).map(|_| words.no_such_address);
    browser.drop_cookie(WRONG);
    let summary: Vec<_> = wrong.iter().map(|sentence| ("email", *sentence)).collect();
    let field = Field::email("email", words.new_address).error(wrong).focused(wrong.is_none());
    let form = browser.csrf_fields()?;
    let when = When { language: visit.language, now: portal.clock().now() };
    let body = html! {
        (error_summary(visit.language, &summary))
        p { (words.address_steps) }
        p.hint { ((words.login_stays)(&html! { bdi dir="ltr" { (login) } })) }
        form method="post" action=(FORM) novalidate {
            (hidden(&form))
            (field.show(visit.language))
            button.primary type="submit" { (words.send_code_there) }
        }
        p.hint { ((words.confirmed_until)(&when.near_on_page(proof.ends()))) }
        ul.links { li { a href=(HERE) { (words.cancel) } } }
    };
    Ok(Page::in_section(visit, Section::Account, words.change_address)
        .with_error(wrong.is_some())
        .show(&body))
}

pub(super) async fn take(
    gate: Gate,
    who: LoggedIn,
    form: CsrfForm<Named>,
) -> Result<Response, Problem> {
    let browser = &form.browser;
    let Some(proof) = gate.find_step_up(browser, &who, &Purpose::ChangeAddress).await? else {
        return Ok(browser.step_up(&Purpose::ChangeAddress, &target(FORM)?)?.see_other());
    };
    let Ok(new) = EmailAddress::new(form.fields.email.trim()) else {
        browser.set_cookie(WRONG, "address", None, SameSite::Lax);
        return Ok(target(FORM)?.see_other());
    };
    let act = gate.mfa().propose_address(proof, new).await?;
    gate.carry_over(browser, who, act).await?;
    Ok(browser.step_up(&Purpose::ConfirmAddress, &target(HERE)?)?.see_other())
}

fn target(place: &str) -> Result<RedirectPath, Problem> {
    RedirectPath::new(place).ok_or_else(|| Problem::internal(&std::fmt::Error))
}
