//! Create user, and edit one: the form of the source document's dialog. With script it opens over
//! the list; without, it is a page.

use axum::extract::Path;
use axum::response::Response;
use countersign::policy::{Facts, Layer, Resolution, resolve};
use countersign::{
    AccountKey, Denial, EmailAddress, Error, ErrorKind, NewUser, Policy, Requirement,
};
use countersign_axum::{CsrfForm, Problem};
use maud::{Markup, html};

use super::desk::{Desk, not_found, see};
use super::fields::{Fields, Setting};
use super::places::{NEW, USERS, place_of};
use super::roll::Row;
use super::said::{self, Act, Said};
use super::shelf::{Because, Form, Refused, Shelf};
use super::{activity, person, query};
use crate::design::frame::{Page, Section};
use crate::design::parts::{Choice, Field, Select, error_summary};
use crate::design::visit::{run_to_end, to_problem};
use crate::people::{People, Written};

/// GET: an empty form, or one that waits.
pub(super) async fn show_new(desk: Desk) -> Result<Response, Problem> {
    page(&desk, None).await
}

/// GET: the form of one person, and the other acts for them.
pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let row = roll.find(&id).ok_or_else(not_found)?;
    let said = said::show_about_person(&desk, &roll);
    page(&desk, Some((row, said))).await
}

/// GET: the effect of a choice in the form, for the sentence under it.
pub(super) async fn effect(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    use axum::response::{Html, IntoResponse};
    let roll = desk.roll().await?;
    let fields: Fields = query::read(&desk);
    let (policy, _) = desk.admin.policy().await?;
    let facts = roll.find(&id).map(|row| row.account.facts.clone()).unwrap_or_default();
    let sentence = sentence(&desk, &policy, &facts, fields.setting());
    Ok(Html(html! { p { (sentence) } }.into_string()).into_response())
}

/// POST: creates a person, who gets an invitation.
pub(super) async fn create(desk: Desk, form: CsrfForm<Fields>) -> Result<Response, Problem> {
    run_to_end(create_whole(desk, form.fields)).await
}

async fn create_whole(mut desk: Desk, fields: Fields) -> Result<Response, Problem> {
    let slip = slip_of(&desk)?;
    let back = format!("{NEW}?draft={slip}");
    if !fields.errors(desk.words()).is_empty() {
        return wait(&desk, &slip, &fields, Because::Wrong(None), &back);
    }
    if let Some(away) = desk.step_up(&back)? {
        keep(&desk, &slip, &fields, Because::Unconfirmed);
        return Ok(away);
    }
    let Some(details) = fields.details(None) else {
        return wait(&desk, &slip, &fields, Because::Wrong(None), &back);
    };
    let id = People::new_id().map_err(to_problem)?;
    let key = AccountKey::of(desk.company().clone(), id.clone());
    let written = desk.portal.people().add(&key, &details, desk.now()).await.map_err(to_problem)?;
    if written == Written::AddressTaken {
        let taken = Because::Wrong(Some(Refused::AddressTaken));
        return wait(&desk, &slip, &fields, taken, &back);
    }
    let new_user = NewUser::at(details.email).with_rule(fields.setting().rule());
    let new_user = if fields.is_admin() { new_user.admin() } else { new_user };
    if let Err(error) = desk.admin.invite_user(id, new_user).await {
        // Half a person helps no one.
        desk.portal.people().remove(&key).await.map_err(to_problem)?;
        return show_refusal(&desk, &slip, &fields, error, &back);
    }
    desk.shelf.forget(&desk.member.key, &slip);
    Said::leave_about(Act::Invited, &key, &desk.visit.browser);
    see(USERS)
}

/// POST: saves the changes. An existing person gets no mail about them.
pub(super) async fn save(
    desk: Desk,
    Path(id): Path<String>,
    form: CsrfForm<Fields>,
) -> Result<Response, Problem> {
    run_to_end(save_whole(desk, id, form.fields)).await
}

async fn save_whole(mut desk: Desk, id: String, mut fields: Fields) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let row = roll.find(&id).ok_or_else(not_found)?;
    if desk.is_oneself(&row.person.key) {
        // One's own address changes on one's own page, where a code confirms it.
        fields.email = row.person.email.as_str().to_owned();
    }
    let slip = slip_of(&desk)?;
    let back = format!("{}?draft={slip}", place_of(row));
    if !fields.errors(desk.words()).is_empty() {
        return wait(&desk, &slip, &fields, Because::Wrong(None), &back);
    }
    if fields.was != Fields::of(row).was {
        return wait(&desk, &slip, &fields, Because::Overtaken, &back);
    }
    if let Some(away) = desk.step_up(&back)? {
        keep(&desk, &slip, &fields, Because::Unconfirmed);
        return Ok(away);
    }
    let Some(details) = fields.details(row.person.language) else {
        return wait(&desk, &slip, &fields, Because::Wrong(None), &back);
    };
    let people = desk.portal.people().clone();
    let written = people.change(&row.person.key, &details).await.map_err(to_problem)?;
    if written == Written::AddressTaken {
        let taken = Because::Wrong(Some(Refused::AddressTaken));
        return wait(&desk, &slip, &fields, taken, &back);
    }
    let email = details.email;
    match change(&mut desk, row, &fields, email.clone()).await {
        Ok(act) => {
            desk.shelf.forget(&desk.member.key, &slip);
            Said::leave_about(act, &row.person.key, &desk.visit.browser);
            see(USERS)
        }
        Err(error) => {
            // The names go back to what they were, and the address to where codes go.
            let mut before = Fields::of(row);
            let account = desk.admin.user(row.id().clone()).await?;
            if account.is_some_and(|account| account.address.as_ref() == Some(&email)) {
                before.email = email.as_str().to_owned();
            }
            if let Some(before) = before.details(row.person.language) {
                let _ = people.change(&row.person.key, &before).await.map_err(to_problem)?;
            }
            show_refusal(&desk, &slip, &fields, error, &back)
        }
    }
}

/// Carries out the acts that bring the account in line with the form, the most demanding first.
async fn change(
    desk: &mut Desk,
    row: &Row,
    fields: &Fields,
    email: EmailAddress,
) -> Result<Act, Error> {
    let id = row.id().clone();
    let account = &row.account;
    if account.facts.rule != fields.setting().rule() {
        desk.admin.set_rule(id.clone(), fields.setting().rule()).await?;
    }
    match (row.is_admin(), fields.is_admin()) {
        (false, true) => desk.admin.grant_admin(id.clone()).await?,
        (true, false) => desk.admin.revoke_admin(id.clone()).await?,
        (true, true) | (false, false) => {}
    }
    // Where someone has their codes go is theirs to say, until their address here changes.
    if account.address.as_ref() == Some(&email) || row.person.email == email {
        return Ok(Act::Saved);
    }
    desk.admin.change_address(id.clone(), email).await?;
    if account.invitation_ends.is_none() {
        return Ok(Act::Saved);
    }
    // The link went to an address that is no longer theirs.
    match desk.admin.invite_again(id).await {
        Err(error) if error.code() == "account.invited_often" => Ok(Act::InvitedOften),
        sent => sent.map(|()| Act::Invited),
    }
}

async fn page(desk: &Desk, who: Option<(&Row, Markup)>) -> Result<Response, Problem> {
    let words = &desk.words().edit;
    let (row, said) = match who {
        Some((row, said)) => (Some(row), said),
        None => (None, html! {}),
    };
    let place = row.map_or_else(|| NEW.to_owned(), place_of);
    let slip = slip_of(desk)?;
    let kept = desk.shelf.find(&desk.member.key, &slip, desk.now());
    let saved = row.map(Fields::of);
    let mut fields = match &kept {
        Some(kept) => Fields::from_form(kept),
        None => saved.clone().unwrap_or_default(),
    };
    let errors = match kept.as_ref().map(|kept| kept.because) {
        Some(Because::Wrong(refused)) => list_errors(desk, &fields, refused),
        Some(Because::Unconfirmed | Because::Overtaken) | None => Vec::new(),
    };
    let overtaken = kept.as_ref().is_some_and(|kept| kept.because == Because::Overtaken);
    let title = match row {
        Some(row) => (desk.words().users.edit_of)(&row.person.name()),
        None => words.create.to_owned(),
    };
    // Saving again is saving over what is shown now.
    fields.was = saved.as_ref().map(|saved| saved.was.clone()).unwrap_or_default();
    let (policy, _) = desk.admin.policy().await?;
    let latest = match row {
        Some(row) => activity::latest(desk, row).await?,
        None => html! {},
    };
    let body = html! {
        (error_summary(desk.visit.language, &errors))
        @if kept.as_ref().is_some_and(|kept| kept.because == Because::Unconfirmed) {
            (said::notice(words.kept))
        }
        (said)
        @if overtaken && let Some(saved) = &saved { (show_both_versions(desk, &fields, saved)) }
        div #sheet data-title=(title) {
            form.card #person method="post" action={ (place) "?draft=" (slip) }
                data-live={ (place) "/effect" } data-live-fields="mfa" novalidate {
                (desk.hidden()?)
                input type="hidden" name="was" value=(fields.was);
                (inputs(desk, row, &fields, &errors))
                (setting(desk, row, &policy, &fields, &errors))
                p.hint {
                    @match row {
                        None => (words.gets_invitation),
                        Some(row) => ((words.gets_no_mail)(&row.person.first_name)),
                    }
                }
                div.actions {
                    button.primary.capitals type="submit" { (words.save) }
                    a.quiet.button href=(USERS) data-close { (words.cancel) }
                }
            }
            @if let Some(row) = row { (person::other_acts(desk, row, &policy)?) (latest) }
        }
    };
    let page = Page::in_section(&desk.visit, Section::Users, &title);
    Ok(page.with_error(!errors.is_empty()).show(&body))
}

fn inputs(desk: &Desk, row: Option<&Row>, fields: &Fields, errors: &[(&str, &str)]) -> Markup {
    let words = &desk.words().edit;
    let language = desk.visit.language;
    let error = |name| errors.iter().find(|(field, _)| *field == name).map(|(_, error)| *error);
    let mine = row.is_some_and(|row| desk.is_oneself(&row.person.key));
    let roles = [
        Choice { value: "user", words: desk.words().users.member },
        Choice { value: "admin", words: desk.words().users.admin },
    ];
    let email = Field::email("email", words.email).autocomplete("off").value(&fields.email);
    let email = if row.is_some() { email.hint(words.gets_mail_about_address) } else { email };
    html! {
        (Field::text("first_name", words.first_name).autocomplete("off")
            .value(&fields.first_name).error(error("first_name")).show(language))
        (Field::text("last_name", words.last_name).autocomplete("off")
            .value(&fields.last_name).error(error("last_name")).show(language))
        @if mine {
            div.field {
                p.label { (words.email) }
                p { bdi dir="ltr" { (fields.email) } }
                p.hint { (words.reset_self) }
            }
        } @else {
            (email.error(error("email")).show(language))
        }
        (Select {
            name: "role", label: desk.words().users.role, choices: &roles,
            chosen: if fields.is_admin() { "admin" } else { "user" },
            hint: None, error: error("role"),
        }.show())
    }
}

/// The dropdown of the source document, and the effect of its choice.
fn setting(
    desk: &Desk,
    row: Option<&Row>,
    policy: &Policy,
    fields: &Fields,
    errors: &[(&str, &str)],
) -> Markup {
    let names = &desk.words().choice;
    let facts = row.map(|row| row.account.facts.clone()).unwrap_or_default();
    let company = names.name(resolve_with_rule(desk, policy, &facts, Requirement::None).required);
    let company = (desk.words().edit.company_setting)(company);
    let choices = [
        Choice { value: "company", words: &company },
        Choice { value: "email", words: names.email },
        Choice { value: "app", words: names.app_recommended },
        Choice { value: "none", words: names.none },
    ];
    let error = errors.iter().find(|(field, _)| *field == "mfa").map(|(_, error)| *error);
    html! {
        (Select {
            name: "mfa", label: names.label, choices: &choices,
            chosen: fields.setting().name(), hint: None, error,
        }.show())
        div #live aria-live="polite" {
            p { (sentence(desk, policy, &facts, fields.setting())) }
        }
    }
}

/// The requirement that would apply to a person with this rule.
fn resolve_with_rule(desk: &Desk, policy: &Policy, facts: &Facts, rule: Requirement) -> Resolution {
    let mut facts = facts.clone();
    facts.rule = rule;
    let minimum = desk.portal.mfa().limits().minimum;
    resolve(minimum, policy, &facts, &Default::default(), desk.now())
}

/// The sentence under the dropdown: the effect of a choice, and the layer that decides it.
fn sentence(desk: &Desk, policy: &Policy, facts: &Facts, setting: Setting) -> String {
    let words = &desk.words().edit;
    let names = &desk.words().choice;
    let result = resolve_with_rule(desk, policy, facts, setting.rule());
    let what = names.name(result.required);
    match (setting, result.decided_by) {
        (Setting::NoMfa, _) => (words.none_is_company)(what),
        (_, Some(Layer::Own)) => words.own_choice_wins.to_owned(),
        (Setting::Email, Some(Layer::Tenant | Layer::Role | Layer::Minimum))
            if result.required > Requirement::Email =>
        {
            (words.company_wins)(what)
        }
        (_, None) => words.password_alone.to_owned(),
        (Setting::Company | Setting::Email | Setting::App, Some(_)) => (words.result)(what),
    }
}

/// Both versions, where someone else saved in between.
fn show_both_versions(desk: &Desk, yours: &Fields, theirs: &Fields) -> Markup {
    let words = &desk.words().edit;
    let users = &desk.words().users;
    let role = |fields: &Fields| if fields.is_admin() { users.admin } else { users.member };
    let setting = |fields: &Fields| match fields.setting() {
        Setting::Company | Setting::NoMfa => desk.words().told_company_setting,
        other => desk.words().choice.name(other.rule()),
    };
    let rows = [
        (words.first_name, yours.first_name.as_str(), theirs.first_name.as_str()),
        (words.last_name, &yours.last_name, &theirs.last_name),
        (words.email, &yours.email, &theirs.email),
        (users.role, role(yours), role(theirs)),
        (desk.words().choice.label, setting(yours), setting(theirs)),
    ];
    let rows: Vec<Vec<Markup>> = rows
        .into_iter()
        .filter(|(_, yours, theirs)| yours != theirs)
        .map(|(field, yours, theirs)| {
            vec![html! { (field) }, html! { bdi { (yours) } }, html! { bdi { (theirs) } }]
        })
        .collect();
    html! {
        (said::notice(words.stale))
        (crate::design::parts::table(words.stale_caption, &[words.field, words.yours, words.theirs], &rows))
    }
}

/// The errors, field by field.
fn list_errors(
    desk: &Desk,
    fields: &Fields,
    refused: Option<Refused>,
) -> Vec<(&'static str, &'static str)> {
    let words = &desk.words().edit;
    let mut errors = fields.errors(desk.words());
    errors.extend(refused.map(|refused| match refused {
        Refused::AddressTaken => ("email", words.taken),
        Refused::NeedOwn => ("mfa", words.need_own),
        Refused::OnOneself => ("mfa", words.not_on_oneself),
        Refused::LastAdmin => ("role", words.last_admin),
    }));
    errors
}

/// The slip of the form in this request's address, or a new one.
pub(super) fn slip_of(desk: &Desk) -> Result<String, Problem> {
    let fits = |slip: &String| slip.len() == 16 && slip.bytes().all(|b| b.is_ascii_hexdigit());
    match desk.visit.browser.query("draft").filter(fits) {
        Some(slip) => Ok(slip),
        None => Ok(Shelf::slip()?),
    }
}

fn keep(desk: &Desk, slip: &str, fields: &Fields, because: Because) {
    let form = Form { fields: fields.to_form(), because };
    desk.shelf.keep(&desk.member.key, slip, form, desk.now());
}

/// Puts the form aside and shows it again.
fn wait(
    desk: &Desk,
    slip: &str,
    fields: &Fields,
    because: Because,
    back: &str,
) -> Result<Response, Problem> {
    keep(desk, slip, fields, because);
    see(back)
}

/// The form again with why it was refused, or the trouble that has nothing to do with the form.
fn show_refusal(
    desk: &Desk,
    slip: &str,
    fields: &Fields,
    error: Error,
    back: &str,
) -> Result<Response, Problem> {
    let ErrorKind::Denied(denial) = error.kind() else { return Err(error.into()) };
    let why = match denial {
        Denial::NoAuthenticator => Refused::NeedOwn,
        Denial::OnOneself => Refused::OnOneself,
        Denial::LastOne => Refused::LastAdmin,
        Denial::NotFresh { .. } => {
            keep(desk, slip, fields, Because::Unconfirmed);
            return Err(error.into());
        }
        Denial::ProofEnded | Denial::WrongPurpose | Denial::NotAdmin => return Err(error.into()),
    };
    wait(desk, slip, fields, Because::Wrong(Some(why)), back)
}
