//! The newcomer's tools: an inbox, two phones and a clock, so that nobody needs a mail server, a
//! phone or patience to walk through the whole portal.
//!
//! They show every code, so they are no part of a portal: they exist in the demo alone, which listens
//! on this machine alone, and each page says so on a striped banner. Without them (`--no-demo`) none
//! of these addresses exists and no page is looked at.

mod clock;
mod guard;
mod inbox;
mod layout;
mod mail;
mod phone;
mod phones;
mod picture;
mod seen;
mod words;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use countersign::SmtpMailer;

use crate::clock::PortalClock;

pub(crate) use inbox::Inbox;

use phones::Phones;
use seen::Seen;

/// What the tools share with the portal, and among themselves.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    clock: PortalClock,
    /// Where the mails go; `None` if the portal sends them to a server.
    inbox: Option<Inbox>,
    /// Writes a mail as bytes, and sends nothing.
    writer: SmtpMailer,
    phones: Phones,
    seen: Seen,
}

impl Tools {
    /// Tools for a portal that goes by this clock and puts its mails into this inbox.
    pub(crate) fn new(clock: PortalClock, inbox: Option<Inbox>, writer: SmtpMailer) -> Self {
        Self { clock, inbox, writer, phones: Phones::default(), seen: Seen::default() }
    }

    /// The portal with the tools beside it, and with a phone that can see its pages.
    pub(crate) fn beside(self, portal: Router) -> Router {
        let looked_at = portal.layer(from_fn_with_state(self.seen.clone(), seen::look));
        looked_at.merge(self.routes())
    }

    fn routes(self) -> Router {
        let files = Router::new()
            .route("/dev/tools.css", get(|| file("text/css; charset=utf-8", STYLE)))
            .route("/dev/tools.js", get(|| file("text/javascript; charset=utf-8", SCRIPT)));
        Router::new()
            .merge(mail::routes())
            .merge(phone::routes())
            .merge(clock::routes())
            .with_state(self)
            .merge(files)
            .layer(map_response(headers))
            .layer(from_fn(guard::guard))
    }
}

/// What every page of the tools is answered with. They show codes and keys, so nothing is kept.
async fn headers(mut response: Response) -> Response {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        // The frame of a mail has a policy of its own.
        let value = HeaderValue::from_static(value);
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}

/// The policy of the portal, and frames from the portal itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("dev/tools.css");
const SCRIPT: &str = include_str!("dev/tools.js");
