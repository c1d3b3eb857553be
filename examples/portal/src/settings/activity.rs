//! Settings → Activity: each event, who caused it, and the values before and after.
//!
//! Events name people by pseudonyms. The pseudonym of a removed person leads to no one: their
//! lines stay, and their name is gone.

use axum::response::Response;
use countersign::account::{Actor, Event, EventKind};
use countersign::{EventId, Requirement};
use countersign_axum::Problem;
use maud::{Markup, html};
use serde::Deserialize;

use super::csv::Csv;
use super::desk::Desk;
use super::query;
use super::roll::{Roll, Row};
use crate::design::frame::{Page, Section};
use crate::design::moment::day_and_time;
use crate::design::parts::{Choice, Select, card, link_button};

const AUDIT: &str = "/settings/audit";
const CSV: &str = "/settings/audit.csv";

/// Lines of one page.
const LINES: usize = 25;
/// Lines on the page of a person.
const LATEST: usize = 5;
/// Events that are read at a time.
const PAGE: usize = 200;
/// Events that one page looks through for its lines.
const MOST_LOOKED_AT: usize = 2_000;
/// Lines of a file.
const MOST_IN_FILE: usize = 10_000;

/// The query of the log, from its address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Ask {
    person: String,
    kind: String,
    /// The event that the page comes before.
    before: String,
}

/// Lines of the log that were asked for.
struct Found {
    events: Vec<Event>,
    /// Where to go on looking, if there is more.
    next: Option<EventId>,
}

/// GET: one page of the log.
pub(super) async fn show(desk: Desk) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let ask: Ask = query::read(&desk);
    let found = look(&desk, &roll, &ask, LINES, MOST_LOOKED_AT).await?;
    let words = &desk.words().activity;
    let older = found.next.map(|next| address(AUDIT, &ask, &next.to_string()));
    let body = html! {
        (filters(&desk, &roll, &ask))
        @if found.events.is_empty() {
            div.card { p { (words.empty) @if older.is_some() { " " (words.looked_back) } } }
        } @else {
            (list(&desk, &roll, &found.events))
        }
        @if older.is_some() || !ask.before.is_empty() {
            nav.pager aria-label=(words.caption) {
                @if !ask.before.is_empty() { (link_button(&address(AUDIT, &ask, ""), words.newest)) }
                @if let Some(older) = &older { (link_button(older, words.older)) }
            }
        }
        @if !found.events.is_empty() {
            ul.links { li { a href=(address(CSV, &ask, "")) download { (words.csv) } } }
        }
    };
    let page = Page::in_section(&desk.visit, Section::Activity, words.title);
    Ok(page.wide().show(&body))
}

/// GET: the same lines for a spreadsheet, the newest ten thousand.
pub(super) async fn csv(desk: Desk) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let ask: Ask = query::read(&desk);
    let found = look(&desk, &roll, &ask, MOST_IN_FILE, usize::MAX).await?;
    let words = &desk.words().activity;
    let mut csv = Csv::new();
    csv.line([words.at, words.by, words.about, words.what, words.reason, words.number]);
    for event in &found.events {
        let by = actor(&desk, &roll, event);
        let about = subject(&desk, &roll, event);
        let what = (desk.words().told)(&event.what, desk.when());
        let reason = reason(event).unwrap_or_default();
        csv.line([&event.at.to_string(), &by, &about, &what, reason, &event.id.to_string()]);
    }
    Ok(csv.download("activity.csv"))
}

/// The latest of what happened to one person, for their page: a mail that was not sent, and why.
pub(super) async fn latest(desk: &Desk, row: &Row) -> Result<Markup, Problem> {
    let words = &desk.words().activity;
    let events = desk.admin.events_of(row.account.pseudonym, None, LATEST).await?;
    let ask = Ask { person: row.id().to_string(), ..Ask::default() };
    let rows = html! {
        ul.rows {
            @for event in &events {
                li {
                    p { ((desk.words().told)(&event.what, desk.when())) }
                    p.soft { (day_and_time(event.at, desk.visit.language)) }
                }
            }
        }
        ul.links { li { a href=(address(AUDIT, &ask, "")) { (words.title) } } }
    };
    Ok(if events.is_empty() {
        html! {}
    } else {
        card("latest", words.latest, &rows)
    })
}

/// Reads on until there are enough lines, or enough was looked through.
async fn look(
    desk: &Desk,
    roll: &Roll,
    ask: &Ask,
    lines: usize,
    most: usize,
) -> Result<Found, Problem> {
    let mut before: Option<EventId> = ask.before.parse().ok();
    let mut events = Vec::new();
    let mut looked_at = 0;
    loop {
        let page = desk.admin.events(before, PAGE).await?;
        let more = page.len() == PAGE;
        for event in page {
            if events.len() == lines {
                return Ok(Found { events, next: before });
            }
            before = Some(event.id);
            looked_at += 1;
            if matches_query(&event, roll, ask) {
                events.push(event);
            }
        }
        if !more {
            return Ok(Found { events, next: None });
        }
        if looked_at >= most {
            return Ok(Found { events, next: before });
        }
    }
}

fn matches_query(event: &Event, roll: &Roll, ask: &Ask) -> bool {
    let person = match roll.find(&ask.person) {
        Some(row) => {
            let theirs = row.account.pseudonym;
            event.account == Some(theirs) || matches!(event.actor, Actor::Admin(by) if by == theirs)
        }
        None => ask.person.is_empty(),
    };
    person && (ask.kind.is_empty() || kind(&event.what) == ask.kind)
}

/// Which of the filters an event belongs to.
fn kind(what: &EventKind) -> &'static str {
    match what {
        EventKind::CodeSent { .. }
        | EventKind::Accepted { .. }
        | EventKind::Missed { .. }
        | EventKind::PasswordChanged
        | EventKind::SignedOutEverywhere => "logins",
        EventKind::AppLinked { .. }
        | EventKind::AppRemoved { .. }
        | EventKind::AddressChanged { .. }
        | EventKind::AddressConfirmed
        | EventKind::AddressRefused
        | EventKind::AddressTriedAgain
        | EventKind::MailNotSent { .. } => "authenticators",
        EventKind::TenantCreated
        | EventKind::PolicyChanged { .. }
        | EventKind::MailTextChanged
        | EventKind::TenantSignedOut
        | EventKind::Restored
        | EventKind::TenantDamageReplaced { .. }
        | EventKind::Unreadable => "settings",
        EventKind::ExistingUserAdded
        | EventKind::UserCreated
        | EventKind::Invited
        | EventKind::InvitationAccepted
        | EventKind::InvitationWithdrawn
        | EventKind::RuleChanged { .. }
        | EventKind::Exempted { .. }
        | EventKind::ExemptionEnded
        | EventKind::EnrollmentApproved { .. }
        | EventKind::ApprovalWithdrawn
        | EventKind::AdminGranted
        | EventKind::AdminRevoked
        | EventKind::Unlocked
        | EventKind::Reset { .. }
        | EventKind::DamageReplaced
        | EventKind::DamageErased
        | EventKind::Suspended
        | EventKind::Resumed
        | EventKind::Removed => "people",
    }
}

fn filters(desk: &Desk, roll: &Roll, ask: &Ask) -> Markup {
    let words = &desk.words().activity;
    let names: Vec<(String, String)> =
        roll.rows().iter().map(|row| (row.id().to_string(), row.person.name())).collect();
    let people = names.iter().map(|(id, name)| Choice { value: id, words: name });
    let people: Vec<_> =
        [Choice { value: "", words: words.anybody }].into_iter().chain(people).collect();
    let kinds = [
        Choice { value: "", words: words.any },
        Choice { value: "logins", words: words.logins },
        Choice { value: "authenticators", words: words.authenticators },
        Choice { value: "people", words: words.people },
        Choice { value: "settings", words: words.settings },
    ];
    html! {
        form.filters method="get" action=(AUDIT) role="search" {
            (Select { name: "person", label: words.person, choices: &people, chosen: &ask.person,
                hint: None, error: None }.show())
            (Select { name: "kind", label: words.kind, choices: &kinds, chosen: &ask.kind,
                hint: None, error: None }.show())
            div.actions {
                button.quiet type="submit" { (words.filter) }
                @if !ask.person.is_empty() || !ask.kind.is_empty() {
                    a href=(AUDIT) { (words.clear) }
                }
            }
        }
    }
}

fn list(desk: &Desk, roll: &Roll, events: &[Event]) -> Markup {
    let words = &desk.words().activity;
    html! {
        div.table tabindex="0" role="region" aria-label=(words.caption) {
            table {
                caption { (words.caption) }
                thead { tr {
                    @for head in [words.at, words.by, words.about, words.what] {
                        th scope="col" { (head) }
                    }
                } }
                tbody { @for event in events {
                    tr {
                        td data-head=(words.at) { (day_and_time(event.at, desk.visit.language)) }
                        td data-head=(words.by) { bdi.name { (actor(desk, roll, event)) } }
                        td data-head=(words.about) { bdi.name { (subject(desk, roll, event)) } }
                        td data-head=(words.what) { (detail(desk, event)) }
                    }
                } }
            }
        }
    }
}

/// The event, and on demand the values before and after, the reason and the exact time.
fn detail(desk: &Desk, event: &Event) -> Markup {
    let words = &desk.words().activity;
    let names = &desk.words().choice;
    let values = match &event.what {
        EventKind::PolicyChanged { before, after, .. } => Some((*before, *after)),
        EventKind::RuleChanged { before, after } => Some((*before, *after)),
        _ => None,
    };
    let own = matches!(event.what, EventKind::RuleChanged { .. });
    let name = |asked: Requirement| match asked {
        Requirement::None if own => desk.words().told_company_setting,
        asked => names.name(asked),
    };
    html! {
        p { ((desk.words().told)(&event.what, desk.when())) }
        @if let Some(reason) = reason(event) { p.soft { (words.reason) ": " bdi { (reason) } } }
        details.more.tight {
            summary { (words.details) }
            dl.facts.inner {
                @if let Some((before, after)) = values {
                    dt { (words.before) } dd { (name(before)) }
                    dt { (words.after) } dd { (name(after)) }
                }
                dt { (words.exactly) } dd { bdi dir="ltr" { (event.at) } }
                dt { (words.number) } dd { bdi.number dir="ltr" { (event.id) } }
            }
        }
    }
}

/// Who did it.
pub(super) fn actor(desk: &Desk, roll: &Roll, event: &Event) -> String {
    let words = &desk.words().activity;
    let called = |pseudonym| match roll.find_pseudonym(pseudonym) {
        Some(row) => row.person.name(),
        None => words.former.to_owned(),
    };
    match &event.actor {
        Actor::User => subject(desk, roll, event),
        Actor::Admin(pseudonym) => called(*pseudonym),
        Actor::Operator { name, .. } => (words.operator)(name),
        Actor::Courier => words.mail_server.to_owned(),
        Actor::Host => words.portal.to_owned(),
        Actor::Unknown => words.nobody_knows.to_owned(),
    }
}

/// The person that the event is about.
fn subject(desk: &Desk, roll: &Roll, event: &Event) -> String {
    let words = &desk.words().activity;
    match event.account {
        None => words.company.to_owned(),
        Some(pseudonym) => match roll.find_pseudonym(pseudonym) {
            Some(row) => row.person.name(),
            None => words.former.to_owned(),
        },
    }
}

/// The reason, if one was given.
fn reason(event: &Event) -> Option<&str> {
    match (&event.what, &event.actor) {
        (EventKind::Reset { reason } | EventKind::Exempted { reason, .. }, _) => Some(reason),
        (_, Actor::Operator { reason, .. }) => Some(reason),
        _ => None,
    }
}

fn address(place: &str, ask: &Ask, before: &str) -> String {
    let pairs = [("person", ask.person.as_str()), ("kind", &ask.kind), ("before", before)];
    format!("{place}{}", query::write(pairs))
}
