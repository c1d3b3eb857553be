//! Protection against cross-site request forgery (CSRF): requests that the person did not mean to
//! send.
//!
//! Two checks, each enough by itself in a current browser. The layer refuses a request that
//! changes something and comes from another origin, by `Sec-Fetch-Site` and `Origin`. Forms also
//! carry a token that only a page of this site, shown to this browser, can know: a digest of the
//! browser's own cookie, which no script reads and no neighbor can plant.

use std::fmt;

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use countersign_core::{AttemptId, Digest, OsRandom};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;

/// The hidden field that makes one rendered form one attempt.
const ATTEMPT_FIELD: &str = "form_attempt";
/// The hidden field of a form that carries the token.
const TOKEN_FIELD: &str = "form_token";
/// The header that carries it, for a script that sends forms.
pub(crate) const TOKEN_HEADER: &str = "x-form-token";

/// The hidden fields of a form: its CSRF token, and an id that makes it one attempt.
#[doc(alias = "csrf")]
#[doc(alias = "xsrf")]
#[doc(alias = "token")]
#[derive(Clone)]
pub struct CsrfFields {
    token: String,
    attempt: AttemptId,
}

impl CsrfFields {
    /// The fields of one more form, shown to the browser with this binding.
    pub(crate) fn draw(binding: &str) -> Result<Self, Problem> {
        let attempt = AttemptId::draw(&OsRandom)?;
        Ok(Self { token: token(binding), attempt })
    }

    /// The names and values of the hidden fields.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, String); 2] {
        [(TOKEN_FIELD, self.token.clone()), (ATTEMPT_FIELD, self.attempt.to_string())]
    }

    /// The same as HTML. Both values are letters, digits, `-` and `_`.
    #[must_use]
    pub fn to_html(&self) -> String {
        let field =
            |(name, value)| format!(r#"<input type="hidden" name="{name}" value="{value}">"#);
        self.fields().map(field).concat()
    }
}

impl fmt::Debug for CsrfFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfFields(..)")
    }
}

/// The token of the forms shown to the browser with this binding.
fn token(binding: &str) -> String {
    BASE64URL_NOPAD.encode(&digest(binding))
}

/// Whether a token belongs to the browser with this binding. The comparison takes the same time
/// wherever they differ.
pub(crate) fn is_token_of(token: &str, binding: &str) -> bool {
    let Ok(given) = BASE64URL_NOPAD.decode(token.as_bytes()) else { return false };
    let Ok(given) = <[u8; 32]>::try_from(given) else { return false };
    Digest::from_bytes(given) == Digest::from_bytes(digest(binding))
}

fn digest(binding: &str) -> [u8; 32] {
    Sha256::new().chain_update("countersign form\0").chain_update(binding).finalize().into()
}

/// Refuses a request that changes something and comes from another origin.
///
/// A client that sends neither header is not a current browser, so the page of another site cannot
/// have made it send anything. Its forms still need their token.
pub(crate) fn check_origin(parts: &Parts, own: Option<&str>) -> Result<(), Problem> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let headers = &parts.headers;
    let same = match (only_value(headers, "sec-fetch-site")?, only_value(headers, ORIGIN.as_str())?)
    {
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) => false,
        (None, None) => true,
        (None, Some(origin)) => match own {
            Some(own) => origin.eq_ignore_ascii_case(own),
            None => is_of_host(origin, authority(parts)?),
        },
    };
    if same { Ok(()) } else { Err(foreign_problem()) }
}

/// The authority that the browser asked, which no page can choose for it.
fn authority(parts: &Parts) -> Result<Option<&str>, Problem> {
    match parts.uri.authority() {
        Some(authority) => Ok(Some(authority.as_str())),
        None => only_value(&parts.headers, HOST.as_str()),
    }
}

fn is_of_host(origin: &str, host: Option<&str>) -> bool {
    let rest = origin.split_once("://").map(|(_, rest)| rest);
    matches!((rest, host), (Some(rest), Some(host)) if rest.eq_ignore_ascii_case(host))
}

/// The value of a header. One that comes twice, or is not text, is refused.
fn only_value<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| foreign_problem()),
        (Some(_), Some(_)) => Err(foreign_problem()),
    }
}

fn foreign_problem() -> Problem {
    let title = "This request came from another site. Nothing was changed.";
    Problem::new(StatusCode::FORBIDDEN, "request.foreign", title)
}

/// The form was shown to another browser, or before this one forgot its cookies.
pub(crate) fn old_form_problem() -> Problem {
    let title = "This page is from an earlier visit. Load it again and send it once more.";
    Problem::new(StatusCode::FORBIDDEN, "request.old_form", title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn check(own: Option<&str>, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::post("/login/code").header(HOST, "portal.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check_origin(&request.body(()).unwrap().into_parts().0, own).is_ok()
    }

    #[test]
    fn what_comes_from_here_passes() {
        let own = Some("https://portal.example");
        assert!(check(None, &[]));
        assert!(check(
            own,
            &[("sec-fetch-site", "same-origin"), ("origin", "https://portal.example")]
        ));
        assert!(check(None, &[("sec-fetch-site", "none")]));
        assert!(check(None, &[("origin", "https://portal.example")]));
        assert!(check(None, &[("origin", "https://PORTAL.example")]));
        assert!(check(own, &[("origin", "https://portal.example")]));
    }

    #[test]
    fn what_comes_from_elsewhere_does_not() {
        let own = Some("https://portal.example");
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://portal.example")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "https://evil.example")],
            &[("origin", "https://portal.example.evil.example")],
            &[("origin", "https://evilportal.example")],
            &[("origin", "https://portal.example:8443")],
            &[("origin", "https://portal.example"), ("origin", "https://evil.example")],
            &[("origin", "portal.example")],
        ] {
            assert!(!check(None, headers), "{headers:?}");
            assert!(!check(own, headers), "{headers:?}");
        }
        assert!(!check(own, &[("origin", "http://portal.example")]), "another scheme");
    }

    #[test]
    fn a_token_is_good_for_its_own_browser_only() {
        let one = token("browser-one");
        let two = token("browser-two");
        assert!(is_token_of(&one, "browser-one") && is_token_of(&two, "browser-two"));
        for bad in [&two, "", "x", &one[1..], &format!("{one}A"), "browser-one"] {
            assert!(!is_token_of(bad, "browser-one"), "{bad:?}");
        }
        assert!(!one.contains("browser"));
    }
}
