//! The way in: the password, the second step, an invitation, and help.
//!
//! The second step is the gate's; what is here of it is how its pages look.

mod catalogue;
mod code;
mod help;
mod invitation;
mod link;
pub(crate) mod masked;
mod password;
mod said;
mod steps;
mod stopped;
mod words;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use countersign_axum::{CsrfForm, Gate, Problem, RedirectPath, SameSite};
use serde::Deserialize;

use crate::language::{LANGUAGE_COOKIE, Language};
use crate::state::Portal;

pub(crate) use steps::PortalPages;

/// `/`, `/login`, `/invite/…`, `/help`, `/language`
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
        .route("/", get(front_door))
        .route("/login", get(password::show).post(password::take))
        .route("/invite/{token}", get(invitation::show).post(invitation::accept))
        .route("/help", get(help::show))
        .route("/language", post(choose_language))
        .fallback(missing)
        .method_not_allowed_fallback(missing)
}

/// Sends a person who is logged in home; the gate sends everyone else to the login.
async fn front_door(gate: Gate) -> Response {
    gate.home().see_other()
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    language: String,
    #[serde(default)]
    next: String,
}

async fn choose_language(gate: Gate, form: CsrfForm<Chosen>) -> Response {
    if let Some(language) = Language::from_tag(&form.fields.language) {
        form.browser.set_cookie(LANGUAGE_COOKIE, language.tag(), None, SameSite::Lax);
    }
    let next = RedirectPath::new(&form.fields.next);
    next.as_ref().unwrap_or_else(|| gate.home()).see_other()
}

async fn missing() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "page.missing", "This page is not here.")
}
