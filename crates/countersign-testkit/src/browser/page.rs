//! What an application answered, as a user sees it and as a test asks about it.

use http::{HeaderMap, StatusCode};

use super::form::{Form, text, text_until};
use super::html::{Piece, pieces};
use crate::fail::fail;

/// The page that a [`Browser`](super::Browser) shows.
#[derive(Debug, Clone, Default)]
pub struct Page {
    path: String,
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Page {
    pub(super) fn new(path: &str, status: StatusCode, headers: HeaderMap, html: String) -> Self {
        Self { path: path.to_owned(), status, headers, html }
    }

    /// Where it stands: the path and the query, after every redirect.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The value of a header of the answer, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as it was sent.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }

    /// What a user reads on it: the text without tags, with its white space joined.
    #[must_use]
    pub fn text(&self) -> String {
        text(pieces(&self.html).iter())
    }

    /// The link that opens an authenticator app, which the QR code on this page shows too. Hand it
    /// to [`FakePhone::scan_uri`](crate::FakePhone::scan_uri).
    ///
    /// # Panics
    ///
    /// If there is no such link on the page.
    #[must_use]
    #[track_caller]
    pub fn app_link(&self) -> String {
        let links = self.links();
        let found = links.into_iter().find(|(to, _)| to.starts_with("otpauth://"));
        match found {
            Some((to, _)) => to,
            None => fail(format_args!("no link opens an authenticator app; {}", self.shown())),
        }
    }

    pub(super) fn link(&self, says: &str) -> String {
        let found = self.links().into_iter().find(|(_, text)| text == says);
        match found {
            Some((to, _)) => to,
            None => fail(format_args!("no link says {says:?}; {}", self.shown())),
        }
    }

    pub(super) fn forms(&self) -> Vec<Form> {
        Form::all(&pieces(&self.html))
    }

    /// For the sentence about something that is not on the page.
    pub(super) fn shown(&self) -> String {
        let fields: Vec<_> =
            self.forms().iter().map(|form| format!("{:?}", form.names())).collect();
        let path = &self.path;
        let status = self.status;
        let text = self.text();
        format!("{path} ({status}) has forms with {} and says: {text}", fields.join(", "))
    }

    fn links(&self) -> Vec<(String, String)> {
        let pieces = pieces(&self.html);
        let links = pieces.iter().enumerate().filter_map(|(at, piece)| match piece {
            Piece::Open(tag) if tag.name == "a" => {
                let inside = pieces.get(at + 1..).unwrap_or_default();
                Some((tag.get("href")?.to_owned(), text_until(inside, "a")))
            }
            Piece::Open(_) | Piece::Close(_) | Piece::Text(_) => None,
        });
        links.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_person_reads_it() {
        let html = "<title>Home</title><h1>Hello</h1><p>Ada &amp;\n <b>Be</b>n</p>\
            <a href='/log&#x6f;ut?a=1&amp;b=2'>Log <i>out</i></a>\
            <a href='otpauth://totp/Larkfield?secret=A&amp;issuer=L'>Open in app</a>";
        let page = Page::new("/", StatusCode::OK, HeaderMap::new(), html.to_owned());
        assert_eq!(page.text(), "Hello Ada & Ben Log outOpen in app");
        assert_eq!(page.link("Log out"), "/logout?a=1&b=2");
        assert_eq!(page.app_link(), "otpauth://totp/Larkfield?secret=A&issuer=L");
    }

    #[test]
    #[should_panic(
        expected = "no link says \"Buy\"; / (200 OK) has forms with [\"q\"] and says: Go"
    )]
    fn what_is_not_there_is_told_with_what_is() {
        let html = "<form><input name=q></form>Go".to_owned();
        let _ = Page::new("/", StatusCode::OK, HeaderMap::new(), html).link("Buy");
    }
}
