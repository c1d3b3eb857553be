//! How a tool looks: as the portal does, under a banner that says that it is no part of one.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::response::Html;
use countersign::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::words::Words;
use crate::design::assets::addresses;
use crate::language::{LANGUAGE_COOKIE, Language};

/// The language of a visitor to a tool: the one chosen in the portal, or that of the browser.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tongue(pub(super) Language);

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let cookies = parts.headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok());
        let pairs = cookies.unwrap_or_default().split(';').filter_map(|pair| pair.split_once('='));
        let mut chosen = pairs.filter(|(name, _)| name.trim() == LANGUAGE_COOKIE);
        let chosen = chosen.find_map(|(_, tag)| Language::from_tag(tag.trim()));
        Ok(Self(chosen.or_else(|| Language::from_headers(&parts.headers)).unwrap_or_default()))
    }
}

/// Which tool a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    Mail,
    Phone,
    Clock,
}

/// A page of a tool.
pub(super) fn page(language: Language, tool: Tool, title: &str, body: Markup) -> Html<String> {
    let words = Words::of(language);
    let [style, script, icon] = addresses();
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (words.tools) }
                link rel="icon" href=(icon) type="image/svg+xml";
                link rel="stylesheet" href=(style);
                link rel="stylesheet" href="/dev/tools.css";
                script src=(script) defer {}
                script src="/dev/tools.js" defer {}
            }
            body.dev {
                header {
                    div.banner { span { (words.banner) } }
                    nav.toolbar aria-label=(words.tools) {
                        @for (other, to, name) in [
                            (Tool::Mail, "/dev/mail", words.inbox),
                            (Tool::Phone, "/dev/phone", words.phone),
                            (Tool::Clock, "/dev/clock", words.clock),
                        ] {
                            a href=(to) aria-current=[(other == tool).then_some("true")] { (name) }
                        }
                        a href="/login" { (words.portal) }
                    }
                }
                main {
                    h1 { bdi { (title) } }
                    (body)
                }
            }
        }
    };
    Html(page.into_string())
}

/// A moment of a day that is plain, to the second: `14:32:05 UTC`.
pub(super) fn time(at: Timestamp) -> Markup {
    let written = at.to_string();
    let (_, time) = parts(&written);
    html! { time datetime=(written) { bdi dir="ltr" { (time) " UTC" } } }
}

/// A moment with its day.
pub(super) fn date_and_time(at: Timestamp) -> Markup {
    let written = at.to_string();
    let (date, time) = parts(&written);
    html! { time datetime=(written) { bdi dir="ltr" { (date) " " (time) " UTC" } } }
}

/// Date and time of a moment, as `2026-11-24T14:32:05Z` has them.
fn parts(written: &str) -> (&str, &str) {
    let (date, time) = written.split_once('T').unwrap_or_default();
    (date, time.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_to_the_second() {
        let at = Timestamp::from_millis(1_795_530_725_999);
        assert!(time(at).into_string().contains(">14:32:05 UTC<"));
        assert!(date_and_time(at).into_string().contains(">2026-11-24 14:32:05 UTC<"));
    }
}
