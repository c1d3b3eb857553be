//! Acts that need a reason, each with a page of its own: resetting a person's authenticators, and
//! exempting them for a while.

use std::time::Duration;

use axum::extract::Path;
use axum::response::Response;
use countersign::{DAY, Timestamp};
use countersign_axum::{CsrfForm, Problem};
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::{Desk, holds_one, not_found, see};
use super::edit::slip_of;
use super::person::report;
use super::places::place_of;
use super::roll::Row;
use super::said::{Act, Said, notice};
use super::shelf::{Because, Form};
use crate::design::frame::{Page, Section};
use crate::design::parts::{Field, card, error_summary, link_button};

/// Most bytes of a reason.
const REASON: usize = 200;
/// The longest exemption that the portal offers.
const LONGEST: Duration = DAY.saturating_mul(31);

/// The fields as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    reason: String,
    until: String,
}

/// Which of the two pages it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Reset,
    Exempt,
}

/// GET: the things that a reset removes, and the rule that stays.
pub(super) async fn show_reset(desk: Desk, id: Path<String>) -> Result<Response, Problem> {
    show(&desk, &id, Which::Reset).await
}

/// GET: until when, and why.
pub(super) async fn show_exempt(desk: Desk, id: Path<String>) -> Result<Response, Problem> {
    show(&desk, &id, Which::Exempt).await
}

/// POST: removes every authenticator of a person.
pub(super) async fn reset(
    desk: Desk,
    id: Path<String>,
    form: CsrfForm<Typed>,
) -> Result<Response, Problem> {
    act(desk, &id, form.fields, Which::Reset).await
}

/// POST: exempts a person from the company setting.
pub(super) async fn exempt(
    desk: Desk,
    id: Path<String>,
    form: CsrfForm<Typed>,
) -> Result<Response, Problem> {
    act(desk, &id, form.fields, Which::Exempt).await
}

async fn act(mut desk: Desk, id: &str, typed: Typed, which: Which) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let row = roll.find(id).ok_or_else(not_found)?;
    let key = &row.person.key;
    if desk.is_oneself(key) {
        Said::leave_about(Act::NotOnOneself, key, &desk.visit.browser);
        return see(&place_of(row));
    }
    let slip = slip_of(&desk)?;
    let here = format!("{}/{}?draft={slip}", place_of(row), which.name());
    let keep = |because| {
        let fields = vec![("reason", typed.reason.clone()), ("until", typed.until.clone())];
        desk.shelf.keep(&desk.member.key, &slip, Form { fields, because }, desk.now());
    };
    if !errors(&desk, &typed, which).is_empty() {
        keep(Because::Wrong(None));
        return see(&here);
    }
    if let Some(away) = desk.step_up(&here)? {
        keep(Because::Unconfirmed);
        return Ok(away);
    }
    let user = row.id().clone();
    let reason = typed.reason.trim().to_owned();
    let done = match which {
        Which::Reset => desk.admin.reset(user, reason).await.map(|()| Act::Reset),
        Which::Exempt => {
            let until = end_of(&typed.until, desk.now()).ok_or_else(not_found)?;
            desk.admin.exempt(user, until, reason).await.map(|()| Act::Exempted)
        }
    };
    report(&desk, key, done)?;
    desk.shelf.forget(&desk.member.key, &slip);
    see(&place_of(row))
}

async fn show(desk: &Desk, id: &str, which: Which) -> Result<Response, Problem> {
    let roll = desk.roll().await?;
    let row = roll.find(id).ok_or_else(not_found)?;
    if desk.is_oneself(&row.person.key) {
        return see(&place_of(row));
    }
    let slip = slip_of(desk)?;
    let kept = desk.shelf.find(&desk.member.key, &slip, desk.now());
    let field = |name| kept.as_ref().map(|kept| kept.field(name)).unwrap_or_default().to_owned();
    let typed = Typed { reason: field("reason"), until: field("until") };
    let errors = match kept.as_ref().map(|kept| kept.because) {
        Some(Because::Wrong(_)) => errors(desk, &typed, which),
        Some(Because::Unconfirmed | Because::Overtaken) | None => Vec::new(),
    };
    let words = desk.words();
    let error = |name| errors.iter().find(|(field, _)| *field == name).map(|(_, error)| *error);
    let (title, label, hint, button) = match which {
        Which::Reset => {
            let words = &words.reset;
            let title = (words.title)(&row.person.name());
            (title, words.reason, words.reason_hint, words.confirm)
        }
        Which::Exempt => {
            let name = row.person.name();
            let title = (words.edit.exempt_title)(&name);
            let hint = words.edit.exempt_reason_hint;
            (title, words.edit.exempt_reason, hint, words.edit.exempt)
        }
    };
    let able = holds_one(&desk.own_account().await?);
    let language = desk.visit.language;
    let body = html! {
        (error_summary(language, &errors))
        @if kept.is_some_and(|kept| kept.because == Because::Unconfirmed) {
            (notice(words.edit.kept))
        }
        (explanation(desk, row, which))
        @if able {
            form.card method="post"
                action={ (place_of(row)) "/" (which.name()) "?draft=" (slip) } novalidate {
                (desk.hidden()?)
                @if which == Which::Exempt {
                    (Field::date("until", words.edit.exempt_until).value(&typed.until)
                        .error(error("until")).show(language))
                }
                (Field::text("reason", label).value(&typed.reason).hint(hint)
                    .error(error("reason")).show(language))
                div.actions {
                    button.danger type="submit" { (button) }
                    (link_button(&place_of(row), words.edit.cancel))
                }
            }
        } @else {
            div.summary role="group" {
                p { (words.edit.need_own) " "
                    a href="/account/security" { (words.review.to_account) } }
            }
            div.actions { (link_button(&place_of(row), words.review.back)) }
        }
    };
    let page = Page::in_section(&desk.visit, Section::Users, &title);
    Ok(page.with_error(!errors.is_empty()).show(&body))
}

fn explanation(desk: &Desk, row: &Row, which: Which) -> Markup {
    let words = desk.words();
    match which {
        Which::Exempt => html! { p { (words.edit.exempt_means) } },
        Which::Reset => {
            let asked = words.choice.name(row.account.resolution.required);
            card(
                "goes",
                words.reset.goes,
                &html! {
                    ul {
                        li { ((words.reset.apps)(row.account.apps.len())) }
                        li { (words.reset.sessions) }
                    }
                    p { ((words.reset.stays)(asked)) }
                    p { (words.reset.mail) }
                },
            )
        }
    }
}

impl Which {
    fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Exempt => "exempt",
        }
    }
}

fn errors(desk: &Desk, typed: &Typed, which: Which) -> Vec<(&'static str, &'static str)> {
    let words = &desk.words().edit;
    let mut errors = Vec::new();
    if which == Which::Exempt && end_of(&typed.until, desk.now()).is_none() {
        errors.push(("until", words.need_date));
    }
    let reason = typed.reason.trim();
    if reason.is_empty() || reason.len() > REASON || reason.chars().any(char::is_control) {
        errors.push(("reason", words.need_reason));
    }
    errors
}

/// The end of this day, `2026-12-31`, if it is a day from tomorrow on and 30 days ahead at most.
fn end_of(day: &str, now: Timestamp) -> Option<Timestamp> {
    let end = start_of(day)?.plus(DAY);
    (end > now.plus(DAY) && end <= now.plus(LONGEST)).then_some(end)
}

/// When a day begins, in UTC.
fn start_of(day: &str) -> Option<Timestamp> {
    let mut parts = day.trim().splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let year = parts.next()??;
    let month = parts.next()??;
    let day = parts.next()??;
    let fits =
        (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fits {
        return None;
    }
    // Years begin in March here, so that the day that comes and goes is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468;
    let found = Timestamp::from_seconds(days * 86_400);
    // The 31st of a month with 30 days is no day.
    let written = found.to_string();
    let same = written.get(8..10).and_then(|day| day.parse().ok()) == Some(day);
    same.then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_when_the_calendar_says() {
        for (day, begins) in [
            ("1970-01-01", Some("1970-01-01T00:00:00Z")),
            ("2026-11-24", Some("2026-11-24T00:00:00Z")),
            ("2028-02-29", Some("2028-02-29T00:00:00Z")),
            ("2026-02-29", None),
            ("2026-04-31", None),
            ("2026-12-31", Some("2026-12-31T00:00:00Z")),
            ("2026-13-01", None),
            ("2026-00-10", None),
            ("26-1-1", None),
            ("tomorrow", None),
            ("", None),
            ("2026-11", None),
            ("99999999999999999999-01-01", None),
            ("9223372036854775807-01-01", None),
            ("2026-9223372036854775807-01", None),
            ("2026-01--9223372036854775808", None),
        ] {
            assert_eq!(start_of(day).map(|at| at.to_string()).as_deref(), begins, "{day}");
        }
    }

    #[test]
    fn an_exemption_ends_with_a_day_from_tomorrow_to_thirty_days_ahead() {
        let now = Timestamp::from_seconds(1_795_530_720); // 24 November 2026, 14:32
        for (day, fits) in [
            ("2026-11-23", false),
            ("2026-11-24", false),
            ("2026-11-25", true),
            ("2026-12-24", true),
            ("2026-12-25", false),
        ] {
            assert_eq!(end_of(day, now).is_some(), fits, "{day}");
        }
        let end = end_of("2026-11-25", now).unwrap();
        assert_eq!(end.to_string(), "2026-11-26T00:00:00Z");
    }
}
