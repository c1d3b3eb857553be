//! Where a login goes on to: a place on this site, never on another.
//!
//! Strangers write where a login should go on to: in a query, in a link in a mail. So a path is
//! parsed once, from the narrowest shape that is useful, and a redirect takes nothing else.

use std::fmt;

use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Most bytes in a path. A longer one is a mistake or an attempt to fill a cookie.
const MOST_BYTES: usize = 512;

/// A path on this site, with or without a query: `/settings/users?page=2`.
///
/// ```
/// use countersign_axum::RedirectPath;
///
/// assert!(RedirectPath::new("/settings/users?page=2").is_some());
/// for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"] {
///     assert!(RedirectPath::new(elsewhere).is_none());
/// }
/// ```
#[doc(alias = "open redirect")]
#[doc(alias = "next")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectPath(Box<str>);

impl RedirectPath {
    /// The path, if it cannot lead off this site.
    ///
    /// It starts with one slash, holds printable ASCII without backslash, quotes and angle
    /// brackets, has no fragment, and is at most 512 bytes long.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = text.bytes();
        let here = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
        let plain = |b: u8| b.is_ascii_graphic() && !b"\\\"'<>#`{}|^".contains(&b);
        let fits = text.len() <= MOST_BYTES && text.bytes().all(plain);
        (here && fits).then(|| Self(text.into()))
    }

    /// A path that the adapter wrote itself, without the check.
    pub(crate) fn trust(path: impl Into<Box<str>>) -> Self {
        Self(path.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.split('?').next().unwrap_or(&self.0)
    }

    /// A redirect to this path, which the browser follows with a GET (303 See Other).
    #[must_use]
    pub fn see_other(&self) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        if let Ok(place) = HeaderValue::from_str(&self.0) {
            response.headers_mut().insert(LOCATION, place);
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }

    /// This path with one more value in its query, if that leaves it short enough.
    ///
    /// ```
    /// use countersign_axum::RedirectPath;
    ///
    /// let login = RedirectPath::new("/login").and_then(|login| login.with_query("company", "a & b"));
    /// assert_eq!(login.unwrap().as_str(), "/login?company=a%20%26%20b");
    /// ```
    #[must_use]
    pub fn with_query(&self, name: &str, value: &str) -> Option<Self> {
        let joint = if self.0.contains('?') { '&' } else { '?' };
        Self::new(&format!("{self}{joint}{}={}", encode_query(name), encode_query(value)))
    }

    /// This path, with another one to go on to as its `next`.
    pub(crate) fn with_next(&self, next: &Self) -> Self {
        Self(format!("{}?next={}", self.path(), encode_query(next.as_str())).into())
    }
}

impl fmt::Display for RedirectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text as the value of a query: everything but letters, digits and a few marks is escaped.
pub(crate) fn encode_query(text: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(text, ESCAPED)
}

/// Everything but the unreserved characters of RFC 3986, and the slash, which a query may hold.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The first value of a query under this name, decoded.
pub(crate) fn query_value(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
    decode_query(value)
}

fn decode_query(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_on_this_site_survive() {
        let here = ["/", "/home", "/settings/users?page=2&sort=name", "/a//b", "/a/../b", "/%2F/x"];
        for good in here {
            assert_eq!(RedirectPath::new(good).unwrap().as_str(), good);
        }
        let elsewhere = [
            "",
            " ",
            "home",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/ /evil",
            "https://evil.example",
            "HTTPS://evil.example",
            "http:evil.example",
            "https:/evil.example",
            "https:\\\\evil.example",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "mailto:x@evil.example",
            "blob:x",
            "file:///etc/passwd",
            "ftp://evil.example",
            "\u{0}/home",
            "/home\u{0}",
            "/home\r\nSet-Cookie: a=b",
            "/home\u{7f}",
            "/\u{2215}evil.example",
            "/\u{202e}emoh",
            "\u{ff0f}\u{ff0f}evil.example",
            "/home#fragment",
            "/<script>",
            "/\"onload=x",
            "/'x",
            "/home\\..\\x",
            "?next=/x",
            "#x",
            ".",
            "..",
            "../x",
            "//",
            "/\\",
            "/\\/evil.example",
            "@evil.example",
            "://evil.example",
        ];
        assert!(elsewhere.len() >= 40);
        for bad in elsewhere {
            assert!(RedirectPath::new(bad).is_none(), "{bad:?}");
        }
        assert!(RedirectPath::new(&format!("/{}", "a".repeat(512))).is_none());
    }

    #[test]
    fn what_is_written_into_a_query_is_read_back() {
        for text in ["/a?b=c&d=e f", "päß/%25", "=&?#"] {
            let query = format!("x=1&next={}", encode_query(text));
            assert_eq!(query_value(&query, "next").as_deref(), Some(text));
        }
        let place = RedirectPath::new("/a")
            .unwrap()
            .with_query("x", "1")
            .unwrap()
            .with_query("next", "/b?c=d")
            .unwrap();
        assert_eq!(place.as_str(), "/a?x=1&next=/b%3Fc%3Dd");
        assert!(place.with_query("long", &"a".repeat(512)).is_none());
        assert_eq!(query_value("next=%", "next"), None);
        assert_eq!(query_value("next=%zz", "next"), None);
        assert_eq!(query_value("next=%ff", "next"), None);
    }
}
