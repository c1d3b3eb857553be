//! Settings → User Management: everyone, the requirement for them, its reason, and their state.

use axum::response::Response;
use countersign::Requirement;
use countersign_axum::Problem;
use maud::{Markup, html};

use super::csv::Csv;
use super::desk::Desk;
use super::places::{NEW, USERS, place_of};
use super::roll::{Ask, Column, Part, Roll, Row, name_of};
use super::{query, said};
use crate::design::frame::{Page, Section};
use crate::design::moment::day_and_time;
use crate::design::parts::{Choice, Field, Select, badge, link_button};

const CSV: &str = "/settings/users.csv";

/// GET: one page of the list.
pub(super) async fn show(desk: Desk) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let ask: Ask = query::read(&desk);
    let words = &desk.words().users;
    let asked = roll.select(&ask);
    let part = Part::of(&asked, &ask);
    let said = said::show_about_person(&desk, &roll);
    let body = html! {
        (said)
        div.actions.first {
            a.primary.button href=(NEW) data-dialog data-discard=(desk.words().edit.discard) {
                (words.create)
            }
            (readiness(&desk, &roll, &ask))
        }
        @if let Some(names) = roll.damaged() {
            div.card role="alert" { p { ((words.damaged)(&names)) } }
        }
        (filters(&desk, &ask))
        @if part.rows.is_empty() {
            div.card {
                @if ask.filters() {
                    p { (words.no_match) " " a href=(USERS) { (words.clear) } }
                } @else {
                    p { (words.empty) }
                }
            }
        } @else {
            (list(&desk, &ask, &part))
            (pager(&desk, &ask, &part))
            ul.links { li { a href={ (CSV) (query_with(&ask, &[])) } download { (words.csv) } } }
        }
    };
    let page = Page::in_section(&desk.visit, Section::Users, words.title);
    Ok(page.wide().show(&body))
}

/// GET: the whole of the same list, for a spreadsheet.
pub(super) async fn csv(desk: Desk) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let ask: Ask = query::read(&desk);
    let words = desk.words();
    let when = desk.when();
    let users = &words.users;
    let mut csv = Csv::new();
    csv.line([
        users.name,
        users.email,
        users.role,
        words.choice.label,
        users.why,
        users.state,
        users.last_login,
    ]);
    for row in roll.select(&ask) {
        let why = (words.choice.why)(&row.account.resolution, when);
        let access = (users.access)(row.state, when);
        let last = row.person.last_login.map(|at| at.to_string()).unwrap_or_default();
        csv.line([
            row.person.name().as_str(),
            row.person.email.as_str(),
            role(&desk, &row),
            words.choice.name(row.account.resolution.required),
            &why,
            &access,
            &last,
        ]);
    }
    Ok(csv.download("people.csv"))
}

/// "3 of 5 people are ready.", with the way to the others.
fn readiness(desk: &Desk, roll: &Roll, ask: &Ask) -> Markup {
    let words = &desk.words().users;
    let ready = roll.ready();
    let all = roll.rows().len();
    html! {
        p.count {
            ((words.ready)(ready, all))
            @if ask.state == "not-ready" {
                " " a href=(USERS) { (words.everybody) }
            } @else if ready < all {
                " " a href={ (USERS) "?state=not-ready" } { (words.the_rest) }
            }
        }
    }
}

fn filters(desk: &Desk, ask: &Ask) -> Markup {
    let words = &desk.words().users;
    let names = &desk.words().choice;
    let any = Choice { value: "", words: words.any };
    let asked = [Requirement::None, Requirement::Email, Requirement::App];
    let asked = asked.map(|asked| Choice { value: name_of(asked), words: names.name(asked) });
    let mfa: Vec<_> = [any].into_iter().chain(asked).collect();
    let states = [
        any,
        Choice { value: "ready", words: words.state_ready },
        Choice { value: "not-ready", words: words.state_not_ready },
        Choice { value: "invited", words: words.state_invited },
        Choice { value: "locked", words: words.state_locked },
        Choice { value: "stopped", words: words.state_stopped },
    ];
    let roles = [
        any,
        Choice { value: "admin", words: words.admin },
        Choice { value: "user", words: words.member },
    ];
    let select = |name, label, choices: &[Choice<'_>], chosen| {
        Select { name, label, choices, chosen, hint: None, error: None }.show()
    };
    html! {
        form.filters #filters method="get" action=(USERS) role="search" {
            (Field::text("search", words.search).value(&ask.search).show(desk.visit.language))
            (select("asks", names.label, &mfa, &ask.asks))
            (select("state", words.state, &states, &ask.state))
            (select("acts_as", words.role, &roles, &ask.acts_as))
            div.actions {
                button.quiet type="submit" name="sort" value=(ask.sort) { (words.filter) }
                @if ask.filters() { a href=(USERS) { (words.clear) } }
            }
        }
    }
}

fn list(desk: &Desk, ask: &Ask, part: &Part<'_>) -> Markup {
    let words = &desk.words().users;
    let names = &desk.words().choice;
    let columns = [
        (Some(Column::Name), words.name),
        (Some(Column::Email), words.email),
        (Some(Column::Role), words.role),
        (Some(Column::Required), names.label),
        (None, words.why),
        (Some(Column::State), words.state),
        (Some(Column::LastLogin), words.last_login),
    ];
    html! {
        div.table.sorts tabindex="0" role="region" aria-label=(words.caption) {
            table {
                caption { (words.caption) }
                thead { tr {
                    @for (column, head) in columns { (heading(desk, ask, column, head)) }
                    th scope="col" { span.spoken { (words.actions) } }
                } }
                tbody { @for row in part.rows { (line(desk, row)) } }
            }
        }
    }
}

/// A heading; pressed, it sorts, and pressed again the other way round.
fn heading(desk: &Desk, ask: &Ask, column: Option<Column>, head: &str) -> Markup {
    let Some(column) = column else { return html! { th scope="col" { (head) } } };
    let (sorted, turned) = ask.order();
    let is_sorted = sorted == column;
    let direction = if turned { "descending" } else { "ascending" };
    let turn = if is_sorted && !turned { "-" } else { "" };
    html! {
        th scope="col" aria-sort=[is_sorted.then_some(direction)] {
            button.plain.sort type="submit" form="filters" name="sort"
                value={ (turn) (column.name()) }
                aria-label=((desk.words().users.sort_by)(head)) {
                (head)
                @if is_sorted { span.arrow.down[turned] aria-hidden="true" {} }
            }
        }
    }
}

fn line(desk: &Desk, row: &Row) -> Markup {
    let words = desk.words();
    let when = desk.when();
    let users = &words.users;
    let name = row.person.name();
    let place = place_of(row);
    html! {
        tr {
            th scope="row" data-head=(users.name) { bdi { (name) } }
            td.address data-head=(users.email) { (address(row.person.email.as_str())) }
            td data-head=(users.role) { (role(desk, row)) }
            td data-head=(words.choice.label) {
                (words.choice.name(row.account.resolution.required))
            }
            td data-head=(users.why) { ((words.choice.why)(&row.account.resolution, when)) }
            td data-head=(users.state) {
                (badge(row.state.tone(), &(users.access)(row.state, when)))
            }
            td data-head=(users.last_login) {
                @match row.person.last_login {
                    Some(at) => (day_and_time(at, desk.visit.language)),
                    None => (users.never),
                }
            }
            td {
                a.quiet.button.pencil href=(place) data-dialog data-discard=(words.edit.discard)
                    aria-label=((users.edit_of)(&name)) title=(users.edit) { (pencil()) }
            }
        }
    }
}

/// The pencil of an edit button, whose name is in words.
fn pencil() -> Markup {
    html! {
        svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" {
            path d="M3 17l1-4L13.5 3.5a1.4 1.4 0 0 1 2 0l1 1a1.4 1.4 0 0 1 0 2L7 16z M12 5l3 3"
                fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" {}
        }
    }
}

/// An address, which may be broken where its parts meet.
fn address(address: &str) -> Markup {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    html! { bdi dir="ltr" { (local) "@" wbr; (domain) } }
}

fn pager(desk: &Desk, ask: &Ask, part: &Part<'_>) -> Markup {
    let words = &desk.words().users;
    let from = part.skipped + 1;
    let to = part.skipped + part.rows.len();
    html! {
        @if part.next().is_some() || part.previous().is_some() {
            nav.pager aria-label=(words.caption) {
                @if let Some(before) = part.previous() {
                    (link_button(&format!("{USERS}{}", query_with(ask, &[("before", before.as_str())])),
                        words.previous))
                }
                span { ((words.shown)(from, to, part.all)) }
                @if let Some(after) = part.next() {
                    (link_button(&format!("{USERS}{}", query_with(ask, &[("after", after.as_str())])),
                        words.next))
                }
            }
        }
    }
}

pub(super) fn role(desk: &Desk, row: &Row) -> &'static str {
    match row.is_admin() {
        true => desk.words().users.admin,
        false => desk.words().users.member,
    }
}

/// The query of this list, with other values for some of its names.
fn query_with(ask: &Ask, elsewhere: &[(&str, &str)]) -> String {
    let kept = [
        ("search", ask.search.as_str()),
        ("asks", &ask.asks),
        ("state", &ask.state),
        ("acts_as", &ask.acts_as),
        ("sort", &ask.sort),
    ];
    query::write(kept.into_iter().chain(elsewhere.iter().copied()))
}
