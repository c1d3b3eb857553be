//! Who may use the tools: a browser that was not sent by another site.
//!
//! The tools show every code, so they are asked for by a number and not by a name: that shuts out a
//! site whose name was pointed at 127.0.0.1 to read them through someone's browser. Which numbers
//! reach the portal is decided by where it listens. A form must come from one of our own pages.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

pub(super) async fn guard(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match is_by_number(request.headers()) && (reads || is_ours(request.headers())) {
        true => next.run(request).await,
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether the browser was asked for an IP address, or for this machine itself.
fn is_by_number(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = host.and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|at| {
        let host = at.host().trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok()
    })
}

/// Whether a form came from a page of ours. A browser that does not say so tells at least the address
/// it came from.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let (Some(origin), Some(host)) = (text("origin"), text("host")) else { return false };
    origin.strip_prefix("http://").is_some_and(|from| from == host)
}

#[cfg(test)]
mod tests {
    use axum::http::header::ORIGIN;

    use super::*;

    fn headers(host: &str, origin: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        headers.insert(ORIGIN, origin.parse().unwrap());
        headers
    }

    #[test]
    fn only_a_number_or_this_machine_is_answered() {
        for (host, local) in [
            ("127.0.0.1:8080", true),
            ("localhost:8080", true),
            ("[::1]:8080", true),
            ("127.0.0.1", true),
            ("127.0.0.1.evil.example:8080", false),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("10.0.0.7:8080", true),
        ] {
            assert_eq!(is_by_number(&headers(host, "null")), local, "{host}");
        }
        assert!(!is_by_number(&HeaderMap::new()));
    }

    #[test]
    fn only_a_form_of_our_own_is_taken() {
        for (origin, ours) in [
            ("http://127.0.0.1:8080", true),
            ("http://127.0.0.1:8081", false),
            ("https://127.0.0.1:8080", false),
            ("http://evil.example", false),
            ("null", false),
        ] {
            assert_eq!(is_ours(&headers("127.0.0.1:8080", origin)), ours, "{origin}");
        }
        for (site, ours) in [("same-origin", true), ("same-site", false), ("cross-site", false)] {
            // A page that sends no referrer sends no origin either.
            let mut headers = headers("127.0.0.1:8080", "null");
            headers.insert("sec-fetch-site", site.parse().unwrap());
            assert_eq!(is_ours(&headers), ours, "{site}");
        }
        let mut silent = headers("127.0.0.1:8080", "null");
        silent.remove(ORIGIN);
        assert!(!is_ours(&silent));
    }
}
