//! "Scan the page I just saw": the QR code that a camera in front of the screen would read.
//!
//! In the demo every page passes by here on its way out. Where one shows a link for an authenticator
//! app, the newest is remembered, in memory and redacted.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use countersign::SecretText;

/// The newest link for an authenticator app that a page showed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    link: Arc<Mutex<Option<SecretText>>>,
}

impl Seen {
    pub(crate) fn link(&self) -> Option<SecretText> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, link: SecretText) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    }
}

/// Looks at each page that the portal shows.
pub(crate) async fn look(State(seen): State<Seen>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !is_page(&response) {
        return response;
    }
    let (head, body) = response.into_parts();
    match to_bytes(body, LARGEST).await {
        Ok(page) => {
            if let Some(link) = std::str::from_utf8(&page).ok().and_then(link_in) {
                seen.remember(link);
            }
            Response::from_parts(head, Body::from(page))
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Whether it is a page of the portal: whole, in HTML, and no larger than a page is.
fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let size = response.body().size_hint().exact();
    let largest = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    kind.is_some_and(|kind| kind.starts_with("text/html"))
        && size.is_some_and(|size| size <= largest)
}

/// The first link for an authenticator app in a page, with its ampersands as they are meant.
fn link_in(page: &str) -> Option<SecretText> {
    let from = page.find("otpauth://")?;
    let link = page.get(from..)?.split(['"', '\'', '<', '>', ' ']).next()?;
    Some(SecretText::new(link.replace("&amp;", "&")))
}

const LARGEST: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_off_a_page_as_a_browser_would() {
        let page =
            r#"<a rel="noreferrer" href="otpauth://totp/L:a?secret=AB&amp;issuer=L">Open</a>"#;
        assert_eq!(link_in(page).unwrap().expose(), "otpauth://totp/L:a?secret=AB&issuer=L");
        assert!(link_in("<p>otpauth: is a kind of link</p>").is_none());
    }
}
