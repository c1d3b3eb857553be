//! `/dev/clock`: moves the whole portal forward, so that ten minutes of lockout take a second.

use std::time::Duration;

use axum::Router;
use axum::extract::{Form, State};
use axum::response::{Html, Redirect};
use axum::routing::get;
use countersign::{Clock as _, DAY, MINUTE, SystemClock};
use maud::html;
use serde::Deserialize;

use super::layout::{Tongue, Tool, date_and_time, page};
use super::words::Words;
use crate::tools::Tools;

pub(super) fn routes() -> Router<Tools> {
    Router::new().route("/dev/clock", get(show).post(turn))
}

/// A step of the clock, as its form names it.
const STEPS: [(&str, Duration); 3] =
    [("30s", Duration::from_secs(30)), ("10m", MINUTE.saturating_mul(10)), ("1d", DAY)];

async fn show(State(tools): State<Tools>, Tongue(language): Tongue) -> Html<String> {
    let words = Words::of(language);
    let now = tools.clock.now();
    let real = SystemClock.now();
    let (before, after) = words.is_ahead;
    let labels = [words.thirty_seconds, words.ten_minutes, words.one_day];
    page(
        language,
        Tool::Clock,
        words.clock,
        html! {
            p.soft { (words.clock_lead) }
            dl.facts.times {
                dt { (words.portal_time) } dd.big { (date_and_time(now)) }
                dt { (words.real_time) } dd { (date_and_time(real)) }
            }
            p role="status" {
                @match tools.clock.ahead().as_secs() {
                    0 => (words.is_real),
                    seconds => { (before) bdi { (in_units(seconds, words)) } (after) }
                }
            }
            form.row method="post" action="/dev/clock" {
                @for ((name, _), label) in STEPS.into_iter().zip(labels) {
                    button.quiet type="submit" name="by" value=(name) { bdi { (label) } }
                }
                button.quiet type="submit" name="by" value="real" { (words.back_to_real) }
            }
        },
    )
}

/// A time by which the portal is ahead, without the units that are nothing.
fn in_units(seconds: u64, words: &Words) -> String {
    let amounts = [seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60];
    let told = amounts.into_iter().zip(words.units).filter(|(amount, _)| *amount > 0);
    told.map(|(amount, unit)| format!("{amount} {unit}")).collect::<Vec<_>>().join(" ")
}

#[derive(Deserialize)]
struct Turn {
    by: String,
}

async fn turn(State(tools): State<Tools>, Form(form): Form<Turn>) -> Redirect {
    if form.by == "real" {
        tools.clock.back_to_real();
    } else if let Some((_, by)) = STEPS.into_iter().find(|(name, _)| *name == form.by) {
        tools.clock.advance(by);
    }
    Redirect::to("/dev/clock")
}
