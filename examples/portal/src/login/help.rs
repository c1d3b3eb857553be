//! Help, on one page, from the same place of every other.

use axum::response::Response;
use maud::html;

use super::words::Words;
use crate::design::frame::Page;
use crate::design::parts::link_button;
use crate::design::visit::Visit;

pub(super) async fn show(visit: Visit) -> Response {
    let words = Words::of(visit.language);
    let body = html! {
        @for (question, answer) in words.help_parts {
            h2 { (question) }
            p { (answer) }
        }
        div.actions {
            @match visit.member {
                Some(_) => (link_button("/home", words.go_home)),
                None => (link_button("/login", words.log_in)),
            }
        }
    };
    Page::new(&visit, words.help).show(&body)
}
