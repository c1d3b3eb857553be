//! The newcomer's tools: an inbox, two phones and a clock, so that no one needs a mail server, a
//! phone or patience to walk through the whole portal.
//!
//! They show every code, so they are no part of a portal: they exist in the demo alone, which listens
//! on this machine alone, and each page says so on a striped banner. Without them (`--no-demo`) none
//! of these addresses exists and no page is looked at.

mod clock;
mod guard;
mod layout;
mod mail;
mod phone;
mod picture;
mod words;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::tools::Tools;
use crate::tools::seen::look;

/// The portal with the tools beside it, and with phones that can see its pages.
pub(crate) fn serve_beside(tools: &Tools, pages: Router) -> Router {
    let looked_at = pages.layer(from_fn_with_state(tools.seen.clone(), look));
    looked_at.merge(routes(tools.clone()))
}

/// `/dev/mail`, `/dev/phone`, `/dev/clock`. They stand outside of the gate, which lets in no
/// form as large as a picture.
fn routes(tools: Tools) -> Router {
    let files = Router::new()
        .route("/dev/tools.css", get(|| file("text/css; charset=utf-8", STYLE)))
        .route("/dev/tools.js", get(|| file("text/javascript; charset=utf-8", SCRIPT)));
    Router::new()
        .merge(mail::routes())
        .merge(phone::routes())
        .merge(clock::routes())
        .with_state(tools)
        .merge(files)
        .layer(from_fn(guard::guard))
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}

const STYLE: &str = include_str!("dev/tools.css");
const SCRIPT: &str = include_str!("dev/tools.js");
