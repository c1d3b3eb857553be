//! The page behind the link of an invitation.
//!
//! Looking at it changes nothing, so scanners of mail do no harm. The POST spends the link, confirms
//! the address and keeps the password, and then logs in like any other password.

use axum::extract::{Path, State};
use axum::response::Response;
use countersign::login::{Accepted, EndedInvitation, Invitation, InvitationEnd};
use countersign::policy::Access;
use countersign::{AccountKey, FirstFactor};
use countersign_axum::{CsrfFields, CsrfForm, Gate, Problem, RedirectPath, SameSite};
use maud::{Markup, html};
use serde::Deserialize;

use super::words::Words;
use crate::design::frame::Page;
use crate::design::parts::{Field, error_summary, hidden, link_button, quiet_button};
use crate::design::visit::{Visit, run_to_end, to_problem};
use crate::passwords::{self, FEWEST, Unfit};
use crate::state::Portal;
use crate::trouble::Trouble;

/// The cookie with the error of the password.
const UNFIT: &str = "invitation-unfit";

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    password: String,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    Path(token): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let words = Words::of(visit.language);
    let (key, company, address) = match portal.mfa().invitation(&token).await? {
        Invitation::Open { key, tenant_name, address, .. } => (key, tenant_name, address),
        Invitation::Ended => return show_ended(&portal, &visit, &token).await,
    };
    let title = (words.welcome)(&company);
    let page = Page::new(&visit, &title);
    if let Some(member) = visit.member.as_ref().filter(|member| member.key != key) {
        let invited = portal.people().find(&key).await.map_err(to_problem)?;
        let invited = invited.map_or_else(|| address.to_string(), |person| person.name());
        let body = show_other_account(&member.name, &invited, &visit.browser.csrf_fields()?, words);
        return Ok(page.show(&body));
    }
    let unfit = visit.browser.cookie(UNFIT).and_then(|text| unfit_of(&text));
    visit.browser.drop_cookie(UNFIT);
    let body = show_open(&visit, &token, address.as_str(), unfit, words)?;
    Ok(page.of_company(&company).with_error(unfit.is_some()).show(&body))
}

pub(super) async fn accept(
    gate: Gate,
    State(portal): State<Portal>,
    Path(token): Path<String>,
    form: CsrfForm<Chosen>,
) -> Result<Response, Problem> {
    let browser = &form.browser;
    let here = RedirectPath::new(&format!("/invite/{token}"));
    let again = || here.as_ref().unwrap_or_else(|| gate.login_page()).see_other();
    if let Err(unfit) = passwords::check_new(&form.fields.password) {
        browser.set_cookie(UNFIT, name_of(unfit), None, SameSite::Lax);
        return Ok(again());
    }
    // Someone who is logged in as another person is told so by the page.
    let who = gate.who(browser).await?;
    let invited = match portal.mfa().invitation(&token).await? {
        Invitation::Open { key, .. } => key,
        Invitation::Ended => return Ok(again()),
    };
    if who.is_some_and(|who| *who.key() != invited) {
        return Ok(again());
    }
    let digest = portal.passwords().digest(&form.fields.password).await.map_err(to_problem)?;
    // A link that is spent without its password being kept shuts the person out for good.
    match run_to_end(spend(portal.clone(), token, digest)).await? {
        Accepted::By(key) => gate.begin(browser, &key, FirstFactor::Password).await,
        Accepted::Ended => Ok(again()),
    }
}

/// Spends the link and keeps the digest of the password that was chosen with it.
async fn spend(portal: Portal, token: String, digest: String) -> Result<Accepted, Problem> {
    let accepted = portal.mfa().accept_invitation(&token).await?;
    if let Accepted::By(key) = &accepted {
        portal.people().set_password(key, &digest).await.map_err(to_problem)?;
    }
    Ok(accepted)
}

fn show_open(
    visit: &Visit,
    token: &str,
    address: &str,
    unfit: Option<Unfit>,
    words: &Words,
) -> Result<Markup, Problem> {
    let error = unfit.map(|unfit| match unfit {
        Unfit::Empty => words.choose_password.to_owned(),
        Unfit::TooShort => (words.too_short)(FEWEST),
        Unfit::TooLong => words.password_too_long.to_owned(),
    });
    let summary: Vec<_> = error.iter().map(|sentence| ("password", sentence.as_str())).collect();
    let rule = (words.password_rule)(FEWEST);
    let field = Field::password("password", words.new_password, "new-password")
        .hint(&rule)
        .error(error.as_deref());
    let hidden_fields = visit.browser.csrf_fields()?;
    Ok(html! {
        (error_summary(visit.language, &summary))
        p { ((words.invited_as)(&html! { strong { bdi dir="ltr" { (address) } } })) }
        form method="post" action={ "/invite/" (token) } {
            (hidden(&hidden_fields))
            // So that a password manager knows what it keeps.
            input type="hidden" name="email" value=(address) autocomplete="username";
            (field.show(visit.language))
            button.primary type="submit" data-working=(words.checking) { (words.go_on) }
        }
    })
}

fn show_other_account(name: &str, invited: &str, form: &CsrfFields, words: &Words) -> Markup {
    html! {
        p { ((words.somebody_else)(name, invited)) }
        form method="post" action="/logout" {
            (hidden(form))
            (quiet_button(words.log_out))
        }
    }
}

async fn show_ended(portal: &Portal, visit: &Visit, token: &str) -> Result<Response, Problem> {
    let words = Words::of(visit.language);
    let EndedInvitation { end, key: whose } = portal.mfa().invitation_end(token).await?;
    let admin = match &whose {
        Some(key) => administrator(portal, key).await.map_err(to_problem)?,
        None => None,
    };
    let admin = admin.unwrap_or_else(|| words.your_administrator.to_owned());
    let sentence = match end {
        InvitationEnd::Accepted => words.invitation_used.to_owned(),
        InvitationEnd::RanOut => (words.invitation_ran_out)(&admin),
        InvitationEnd::Withdrawn => (words.invitation_withdrawn)(&admin),
        InvitationEnd::Unknown => words.invitation_unknown.to_owned(),
    };
    let body = html! {
        p { (sentence) }
        div.actions { (link_button("/login", words.log_in)) }
    };
    Ok(Page::new(visit, words.invitation_over).show(&body))
}

/// The name of an administrator to ask, for a person who holds a real link.
async fn administrator(portal: &Portal, key: &AccountKey) -> Result<Option<String>, Trouble> {
    let operator = portal.mfa().operator(key.tenant().clone(), "the portal", "whom to ask")?;
    for person in portal.people().of(key.tenant()).await? {
        let known = operator.user(person.key.user().clone()).await?;
        if known.is_some_and(|known| known.facts.access == Access::Admin) {
            return Ok(Some(person.name()));
        }
    }
    Ok(None)
}

fn name_of(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::Empty => "empty",
        Unfit::TooShort => "short",
        Unfit::TooLong => "long",
    }
}

fn unfit_of(name: &str) -> Option<Unfit> {
    [Unfit::Empty, Unfit::TooShort, Unfit::TooLong].into_iter().find(|u| name_of(*u) == name)
}
