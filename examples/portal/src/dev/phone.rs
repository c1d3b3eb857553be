//! `/dev/phone`: a phone to scan with, to read codes from, to set wrong and to lose.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Multipart, Query, State};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use countersign_testkit::Shown;
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{Tongue, Tool, page};
use super::picture::read_png;
use super::words::Words;
use crate::tools::Tools;
use crate::tools::phones::{MOST_OFF, Phone, Which};

/// Largest picture that is taken.
const LARGEST_PICTURE: usize = 8 * 1024 * 1024;

pub(super) fn routes() -> Router<Tools> {
    let picture = post(picture).layer(DefaultBodyLimit::max(LARGEST_PICTURE));
    Router::new()
        .route("/dev/phone", get(show))
        .route("/dev/phone/page", post(look))
        .route("/dev/phone/link", post(open))
        .route("/dev/phone/picture", picture)
        .route("/dev/phone/clock", post(set_clock))
        .route("/dev/phone/entry/delete", post(delete_entry))
        .route("/dev/phone/app/delete", post(delete_app))
}

/// The result of the last act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Scanned,
    NothingThere,
    NoPicture,
    NoPage,
    EntryGone,
    AppGone,
    ClockSet,
}

impl Said {
    const ALL: [Self; 7] = [
        Self::Scanned,
        Self::NothingThere,
        Self::NoPicture,
        Self::NoPage,
        Self::EntryGone,
        Self::AppGone,
        Self::ClockSet,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Scanned => "scanned",
            Self::NothingThere => "nothing-there",
            Self::NoPicture => "no-picture",
            Self::NoPage => "no-page",
            Self::EntryGone => "entry-gone",
            Self::AppGone => "app-gone",
            Self::ClockSet => "clock-set",
        }
    }

    fn sentence(self, words: &Words) -> &'static str {
        match self {
            Self::Scanned => words.scanned,
            Self::NothingThere => words.nothing_there,
            Self::NoPicture => words.no_picture,
            Self::NoPage => words.no_page,
            Self::EntryGone => words.entry_gone,
            Self::AppGone => words.app_gone,
            Self::ClockSet => words.clock_set,
        }
    }

    fn is_good(self) -> bool {
        !matches!(self, Self::NothingThere | Self::NoPicture | Self::NoPage)
    }
}

#[derive(Deserialize)]
struct Asked {
    phone: Option<String>,
    said: Option<String>,
}

impl Asked {
    fn which(&self) -> Which {
        which(self.phone.as_deref())
    }
}

fn which(number: Option<&str>) -> Which {
    Which::numbered(number.and_then(|number| number.parse().ok()))
}

/// Sends the browser back to the phone, with the result.
fn back(which: Which, said: Said) -> Redirect {
    Redirect::to(&format!("/dev/phone?phone={}&said={}", which.number(), said.name()))
}

async fn show(
    State(tools): State<Tools>,
    Tongue(language): Tongue,
    Query(asked): Query<Asked>,
) -> Html<String> {
    let words = Words::of(language);
    let which = asked.which();
    let phone = tools.phones.with(which, |phone| phone.clone());
    let said = Said::ALL.into_iter().find(|said| Some(said.name()) == asked.said.as_deref());
    page(
        language,
        Tool::Phone,
        words.phone,
        html! {
            p.soft { (words.phone_lead) }
            nav.tabs aria-label=(words.phone) {
                @for other in Which::ALL {
                    a href={ "/dev/phone?phone=" (other.number()) }
                        aria-current=[(other == which).then_some("page")] {
                        (words.phone_n) " " (other.number())
                    }
                }
            }
            @if let Some(said) = said {
                p role="status" class=(if said.is_good() { "status" } else { "notice" }) {
                    (said.sentence(words))
                }
            }
            div.bench {
                (screen(which, &phone.screen(tools.clock.now()), words))
                div.acts {
                    (scan_forms(which, words))
                    (clock(which, phone.ahead(), words))
                    (loss_form(which, words))
                }
            }
        },
    )
}

/// The phone itself, drawn.
fn screen(which: Which, shown: &[Shown], words: &Words) -> Markup {
    html! {
        section.phone aria-label={ (words.phone_n) " " (which.number()) } {
            @if shown.is_empty() {
                p.empty.soft { (words.phone_empty) }
            } @else {
                ul {
                    @for (at, entry) in shown.iter().enumerate() {
                        li { (app_entry(which, at, entry, words)) }
                    }
                }
            }
            ul.links { li { a href={ "/dev/phone?phone=" (which.number()) } { (words.refresh) } } }
        }
    }
}

fn app_entry(which: Which, at: usize, entry: &Shown, words: &Words) -> Markup {
    // A code is shown to its last second, so the last of them counts as a whole one.
    let left = entry.left.as_secs() + u64::from(entry.left.subsec_nanos() > 0);
    let (before, after) = words.left;
    let (first, second) = entry.code.split_at_checked(entry.code.len() / 2).unwrap_or_default();
    html! {
        p.issuer { bdi { (entry.issuer) } }
        p.account.soft { bdi { (entry.label) } }
        p #{ "code-" (at) } .code dir="ltr" { (first) span.gap { (second) } }
        p.left data-left=(left) {
            (ring(left, entry.period.as_secs()))
            span { (before) span.number { (left) } (after) }
        }
        div.row {
            button.quiet type="button" hidden data-copy={ "code-" (at) } data-said={ "copied-" (at) }
                data-done=(words.copied) aria-label={ (words.copy_code) " " (entry.issuer) " " (entry.label) } {
                (words.copy_code)
            }
            form method="post" action="/dev/phone/entry/delete" {
                input type="hidden" name="phone" value=(which.number());
                input type="hidden" name="issuer" value=(entry.issuer);
                input type="hidden" name="label" value=(entry.label);
                button.plain type="submit" aria-label={ (words.delete_entry) " " (entry.issuer) " " (entry.label) } {
                    (words.delete_entry)
                }
            }
            span #{ "copied-" (at) } role="status" {}
        }
    }
}

/// The rest of the period, as a piece of a circle. The seconds stand beside it as text.
fn ring(left: u64, period: u64) -> Markup {
    html! {
        svg.ring width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" {
            circle.all cx="12" cy="12" r="9" fill="none" stroke-width="4" {}
            circle.rest cx="12" cy="12" r="9" fill="none" stroke-width="4" pathLength=(period)
                stroke-dasharray={ (left) " " (period) } transform="rotate(-90 12 12)" {}
        }
    }
}

fn scan_forms(which: Which, words: &Words) -> Markup {
    let phone = html! { input type="hidden" name="phone" value=(which.number()); };
    html! {
        section.card {
            h2 { (words.scan) }
            form method="post" action="/dev/phone/page" {
                (phone)
                button.primary type="submit" aria-describedby="page-hint" { (words.scan_page) }
                p.hint #page-hint { (words.scan_page_hint) }
            }
            form method="post" action="/dev/phone/link" novalidate {
                (phone)
                label for="link" { (words.scan_link) }
                p.hint #link-hint { (words.scan_link_hint) }
                div.row {
                    input #link type="text" name="link" dir="ltr" required autocomplete="off"
                        spellcheck="false" aria-describedby="link-hint";
                    button.quiet type="submit" { (words.open) }
                }
            }
            form method="post" action={ "/dev/phone/picture?phone=" (which.number()) }
                enctype="multipart/form-data" {
                label for="picture" { (words.scan_picture) }
                p.hint #picture-hint { (words.scan_picture_hint) }
                div.row {
                    input #picture type="file" name="picture" accept="image/png" required
                        aria-describedby="picture-hint";
                    button.quiet type="submit" { (words.look) }
                }
            }
        }
    }
}

fn clock(which: Which, ahead: i32, words: &Words) -> Markup {
    let around = |(before, after): (&str, &str)| format!("{before}{}{after}", ahead.unsigned_abs());
    let is = match ahead {
        0 => words.clock_right.to_owned(),
        1.. => around(words.clock_fast),
        _ => around(words.clock_slow),
    };
    html! {
        form.card method="post" action="/dev/phone/clock" {
            h2 { label for="ahead" { (words.phone_clock) } }
            p { (is) }
            input type="hidden" name="phone" value=(which.number());
            input #ahead type="range" name="ahead" min=(-MOST_OFF) max=(MOST_OFF) step="10" value=(ahead)
                aria-describedby="ahead-hint";
            p.hint #ahead-hint { (words.clock_hint) }
            button.quiet type="submit" { (words.set) }
        }
    }
}

fn loss_form(which: Which, words: &Words) -> Markup {
    html! {
        form.card method="post" action="/dev/phone/app/delete" {
            h2 { (words.lose) }
            p.hint { (words.lose_hint) }
            input type="hidden" name="phone" value=(which.number());
            button.quiet type="submit" { (words.delete_app) }
        }
    }
}

#[derive(Deserialize)]
struct Chosen {
    phone: String,
}

async fn look(State(tools): State<Tools>, Form(form): Form<Chosen>) -> Redirect {
    let which = which(Some(&form.phone));
    let Some(link) = tools.seen.link() else { return back(which, Said::NoPage) };
    back(which, scan(&tools, which, |phone| phone.open(link.expose()).is_ok()))
}

#[derive(Deserialize)]
struct Pasted {
    phone: String,
    link: String,
}

async fn open(State(tools): State<Tools>, Form(form): Form<Pasted>) -> Redirect {
    let which = which(Some(&form.phone));
    back(which, scan(&tools, which, |phone| phone.open(&form.link).is_ok()))
}

async fn picture(
    State(tools): State<Tools>,
    Query(asked): Query<Asked>,
    mut form: Multipart,
) -> Redirect {
    let which = asked.which();
    let bytes = match form.next_field().await {
        Ok(Some(field)) => field.bytes().await.ok(),
        _ => None,
    };
    let Some(seen) = bytes.as_deref().and_then(read_png) else {
        return back(which, Said::NoPicture);
    };
    back(which, scan(&tools, which, |phone| phone.look_at(seen.width, &seen.luma).is_ok()))
}

fn scan(tools: &Tools, which: Which, scanned: impl FnOnce(&mut Phone) -> bool) -> Said {
    match tools.phones.with(which, scanned) {
        true => Said::Scanned,
        false => Said::NothingThere,
    }
}

#[derive(Deserialize)]
struct Wrong {
    phone: String,
    ahead: i32,
}

async fn set_clock(State(tools): State<Tools>, Form(form): Form<Wrong>) -> Redirect {
    let which = which(Some(&form.phone));
    tools.phones.with(which, |phone| phone.set_ahead(form.ahead));
    back(which, Said::ClockSet)
}

#[derive(Deserialize)]
struct Entry {
    phone: String,
    issuer: String,
    label: String,
}

async fn delete_entry(State(tools): State<Tools>, Form(form): Form<Entry>) -> Redirect {
    let which = which(Some(&form.phone));
    tools.phones.with(which, |phone| phone.delete_entry(&form.issuer, &form.label));
    back(which, Said::EntryGone)
}

async fn delete_app(State(tools): State<Tools>, Form(form): Form<Chosen>) -> Redirect {
    let which = which(Some(&form.phone));
    tools.phones.with(which, Phone::delete_app);
    back(which, Said::AppGone)
}
