//! How a tool looks: as the portal does, under a banner that says that it is no part of one.

use axum::response::Html;
use countersign::words::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::words::Words;
use crate::design::Language;

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
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.dir()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (words.tools) }
                link rel="stylesheet" href="/style.css";
                link rel="stylesheet" href="/dev/tools.css";
                script src="/dev/tools.js" defer {}
            }
            body.dev {
                div.banner { span { (words.banner) } }
                nav.tools aria-label=(words.tools) {
                    @for (other, to, name) in [
                        (Tool::Mail, "/dev/mail", words.inbox),
                        (Tool::Phone, "/dev/phone", words.phone),
                        (Tool::Clock, "/dev/clock", words.clock),
                    ] {
                        a href=(to) aria-current=[(other == tool).then_some("true")] { (name) }
                    }
                    a href="/" { (words.portal) }
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

/// Date and time of a moment, as `2026-11-24 14:32:05Z` has them.
fn parts(written: &str) -> (&str, &str) {
    let (date, time) = written.split_once(' ').unwrap_or_default();
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
