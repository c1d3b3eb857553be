//! One request: where it goes, what it carries, and whether it comes from one of our own pages.

use std::time::Duration;

use countersign::{AttemptId, Client, InvalidValue, OsRandom, Random as _, Ticket};
use data_encoding::BASE64URL_NOPAD;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{COOKIE, HOST, HeaderMap, ORIGIN};
use hyper::{Method, Request, StatusCode};
use percent_encoding::percent_decode_str;

/// Most bytes in a form, and how long it may take to arrive.
const FORM: (usize, Duration) = (16 * 1024, Duration::from_secs(10));

pub(crate) struct Visit {
    pub(crate) method: Method,
    pub(crate) path: String,
    headers: HeaderMap,
    form: Vec<(String, String)>,
    /// The browser's own secret, and whether it was drawn just now.
    pub(crate) browser: String,
    pub(crate) is_new: bool,
}

impl Visit {
    /// Reads a request, or says with which status it is refused.
    pub(crate) async fn read(request: Request<Incoming>) -> Result<Self, StatusCode> {
        let (parts, body) = request.into_parts();
        if parts.method == Method::POST && !comes_from_here(&parts.headers) {
            return Err(StatusCode::FORBIDDEN);
        }
        let (most, longest) = FORM;
        let reading = tokio::time::timeout(longest, Limited::new(body, most).collect());
        let read = reading.await.map_err(|_| StatusCode::REQUEST_TIMEOUT)?;
        let bytes = read.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_bytes();
        let text = std::str::from_utf8(&bytes).map_err(|_| StatusCode::BAD_REQUEST)?;
        let form = text.split('&').filter_map(|pair| pair.split_once('='));
        let form = form.map(|(name, value)| (name.to_owned(), decoded(value))).collect();
        let (browser, is_new) = match cookie(&parts.headers, "browser") {
            Some(known) => (known, false),
            None => (drawn().ok_or(StatusCode::SERVICE_UNAVAILABLE)?, true),
        };
        let path = parts.uri.path().to_owned();
        let method = parts.method;
        let headers = parts.headers;
        Ok(Self { method, path, headers, form, browser, is_new })
    }

    /// The client of this request, bound to the browser's cookie and to the form it answers.
    pub(crate) fn client(&self) -> Result<Client, InvalidValue> {
        let client = Client::bound_to(&self.browser)?;
        let attempt = self.field("attempt").parse::<AttemptId>();
        Ok(attempt.map_or_else(|_| client.clone(), |attempt| client.clone().attempt(attempt)))
    }

    pub(crate) fn ticket(&self) -> Option<Ticket> {
        self.cookie("ticket").map(Ticket::from_browser)
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        cookie(&self.headers, name)
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.form.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// Browsers say where a form comes from. Whoever says nothing is no browser.
fn comes_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text(ORIGIN.as_str()), text(HOST.as_str())) {
        (Some(site), _, _) => site == "same-origin" || site == "none",
        (None, None, _) => true,
        (None, Some(origin), host) => {
            host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, at)| at == host))
        }
    }
}

/// The cookie with this name, if it comes once.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let full = format!("__Host-{name}");
    let mut values = pairs.filter(|(key, _)| *key == full).map(|(_, value)| value);
    let first = values.next().filter(|value| !value.is_empty())?;
    values.next().is_none().then(|| first.to_owned())
}

fn drawn() -> Option<String> {
    let mut bytes = [0; 32];
    OsRandom.fill(&mut bytes).ok()?;
    Some(BASE64URL_NOPAD.encode(&bytes))
}

fn decoded(value: &str) -> String {
    percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy().into_owned()
}
