//! A browser without a screen, for the login test of a host that serves pages.
//!
//! It asks a [`Service`] directly, so no socket is opened and no port is taken. It does what a user
//! and a browser do between two pages: keep cookies, carry the hidden fields of a form along, follow
//! redirects. It runs no script and loads no picture.

mod form;
mod html;
mod page;

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::future::poll_fn;

use bytes::Bytes;
use http::header::{
    ACCEPT, CONTENT_TYPE, COOKIE, HOST, HeaderName, LOCATION, ORIGIN, SET_COOKIE, USER_AGENT,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower_service::Service;

use self::form::Form;
pub use self::page::Page;
use crate::fail::{fail, must};

/// A browser in front of an application: an axum `Router`, or any service of HTTP.
///
/// A clone has the same cookies, as whoever stole them would. A browser of somebody else is a new one.
///
/// ```
/// # use std::convert::Infallible;
/// # use std::task::{Context, Poll};
/// # use http::{Request, Response};
/// # #[derive(Clone)]
/// # struct Portal;
/// # fn portal() -> Portal { Portal }
/// # impl<B> tower_service::Service<Request<B>> for Portal {
/// #     type Response = Response<String>;
/// #     type Error = Infallible;
/// #     type Future = std::future::Ready<Result<Self::Response, Infallible>>;
/// #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
/// #         Poll::Ready(Ok(()))
/// #     }
/// #     fn call(&mut self, request: Request<B>) -> Self::Future {
/// #         let response = match request.method().as_str() {
/// #             "POST" => {
/// #                 Response::builder().status(303).header("location", "/").header("set-cookie", "who=ada")
/// #             }
/// #             _ => Response::builder(),
/// #         };
/// #         let page = match request.headers().contains_key("cookie") {
/// #             true => "Hello Ada.",
/// #             false => "<form method=post><input name=user><input name=password>",
/// #         };
/// #         std::future::ready(Ok(response.body(page.to_owned()).unwrap()))
/// #     }
/// # }
/// use countersign_testkit::Browser;
///
/// # pollster::block_on(async {
/// // The same `Router` that the program serves.
/// let mut browser = Browser::new(portal());
/// browser.open("/login").await;
/// let page = browser.submit(&[("user", "ada"), ("password", "correct horse")]).await;
/// assert_eq!((page.path(), page.text().as_str()), ("/", "Hello Ada."));
/// # });
/// ```
#[derive(Clone)]
pub struct Browser<S> {
    service: S,
    origin: String,
    headers: HeaderMap,
    cookies: BTreeMap<String, String>,
    page: Page,
}

impl<S> Browser<S> {
    /// A browser that was never here, at `https://portal.example`.
    pub fn new(service: S) -> Self {
        let accept = HeaderValue::from_static("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        let agent = HeaderValue::from_static(
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        );
        let headers = [(ACCEPT, accept), (USER_AGENT, agent)].into_iter().collect();
        let origin = "https://portal.example".to_owned();
        Self { service, origin, headers, cookies: BTreeMap::new(), page: Page::default() }
    }

    /// The same at another address, such as `https://larkfield.portal.example`.
    #[must_use]
    pub fn at(mut self, origin: &str) -> Self {
        origin.trim_end_matches('/').clone_into(&mut self.origin);
        self
    }

    /// Sends this header with every request, such as a language.
    ///
    /// # Panics
    ///
    /// If that is no header.
    #[must_use]
    #[track_caller]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = must(name.parse(), "the name of a header");
        self.headers.insert(name, must(HeaderValue::from_str(value), "the value of a header"));
        self
    }

    /// The page that is open.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The value of a cookie that it keeps.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Keeps a cookie that no answer set, or another value than the answer said.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes()).into_owned();
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if parts.any(ends_at_once) {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn cookie_line(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Where an address leads: a path here, or an address of another site as the error.
    fn resolve(&self, to: &str) -> Result<String, String> {
        let to = to.split('#').next().unwrap_or_default();
        let here = self.page.path();
        let (path, _) = here.split_once('?').unwrap_or((here, ""));
        let to = match to.strip_prefix(&self.origin) {
            Some("") => "/",
            Some(rest) if rest.starts_with(['/', '?']) => rest,
            _ => to,
        };
        let before_query = to.split('?').next().unwrap_or_default();
        if to.starts_with("//") || before_query.contains(':') {
            return Err(to.to_owned());
        }
        Ok(match to.chars().next() {
            None => here.to_owned(),
            Some('/') => to.to_owned(),
            Some('?') => format!("{path}{to}"),
            Some(_) => format!("{}/{to}", path.rsplit_once('/').map_or("", |(folder, _)| folder)),
        })
    }
}

impl<S, R> Browser<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<R>>,
    S::Error: Debug,
    R: BodyExt,
    R::Error: Debug,
{
    /// Opens an address of the application, and goes where it redirects.
    ///
    /// # Panics
    ///
    /// If the application fails as a service, which one that answers every request does not do.
    pub async fn open(&mut self, address: &str) -> &Page {
        self.visit(Method::GET, address, None).await
    }

    /// Opens the link with this text.
    ///
    /// # Panics
    ///
    /// If there is no such link on the page.
    pub async fn follow(&mut self, text: &str) -> &Page {
        let to = self.page.link(text);
        self.visit(Method::GET, &to, None).await
    }

    /// Fills in these fields and sends the form: the first on the page that has them all.
    ///
    /// Everything else in the form goes along as it stands there, hidden fields too. The value of a
    /// button, a choice or a hidden field must be one that the page offers.
    ///
    /// # Panics
    ///
    /// If no form on the page has these fields.
    pub async fn submit(&mut self, fields: &[(&str, &str)]) -> &Page {
        let forms = self.page.forms();
        let filled = forms.iter().find_map(|form| Some((form, form.filled(fields)?)));
        let Some((form, filled)) = filled else {
            fail(format_args!("no form has the fields {fields:?}; {}", self.page.shown()))
        };
        self.send(form, &filled).await
    }

    /// Presses the button with this text, and so sends its form as it stands there.
    ///
    /// # Panics
    ///
    /// If there is no such button on the page.
    pub async fn press(&mut self, button: &str) -> &Page {
        let forms = self.page.forms();
        let pressed = forms.iter().find_map(|form| Some((form, form.pressed(button)?)));
        let Some((form, filled)) = pressed else {
            fail(format_args!("no button says {button:?}; {}", self.page.shown()))
        };
        self.send(form, &filled).await
    }

    /// Sends a form that stands on no page, as an attacker would.
    ///
    /// # Panics
    ///
    /// As [`open`](Self::open) does.
    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> &Page {
        self.visit(Method::POST, address, Some(encoded(fields))).await
    }

    async fn send(&mut self, form: &Form, fields: &[(&str, &str)]) -> &Page {
        let action = form.action().to_owned();
        let fields = encoded(fields);
        if form.is_posted() {
            return self.visit(Method::POST, &action, Some(fields)).await;
        }
        let action = if action.is_empty() { self.page.path() } else { &action };
        let asked = format!("{}?{fields}", action.split('?').next().unwrap_or_default());
        self.visit(Method::GET, &asked, None).await
    }

    async fn visit(&mut self, method: Method, address: &str, form: Option<String>) -> &Page {
        let mut method = method;
        let mut form = form;
        let mut path = match self.resolve(address) {
            Ok(path) => path,
            Err(elsewhere) => fail(format_args!("{elsewhere} is no page of this application")),
        };
        for _ in 0..MOST_REDIRECTS {
            self.page = self.ask(&method, &path, form.clone()).await;
            let Some(location) = self.page.header(LOCATION.as_str()) else { return &self.page };
            match self.page.status() {
                StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => {}
                status if status.is_redirection() => (method, form) = (Method::GET, None),
                _ => return &self.page,
            }
            match self.resolve(location) {
                Ok(next) => path = next,
                // It leads to another site, such as an identity provider.
                Err(_) => return &self.page,
            }
        }
        fail(format_args!("{address} redirects without end, at last to {path}"))
    }

    async fn ask(&mut self, method: &Method, path: &str, form: Option<String>) -> Page {
        let host = self.origin.split("://").last().unwrap_or_default();
        let mut request = Request::builder().method(method).uri(path).header(HOST, host);
        let fetched_from = if self.page.path().is_empty() { "none" } else { "same-origin" };
        request = request.header("sec-fetch-site", fetched_from);
        if form.is_some() {
            request = request.header(ORIGIN, &self.origin);
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if !self.cookies.is_empty() {
            request = request.header(COOKIE, self.cookie_line());
        }
        let body = Full::new(Bytes::from(form.unwrap_or_default()));
        let mut request = must(request.body(body), "a request is made");
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let ready = poll_fn(|context| self.service.poll_ready(context)).await;
        let answered = match ready {
            Ok(()) => self.service.call(request).await,
            Err(error) => Err(error),
        };
        let (head, body) = must(answered.map_err(shown), "the application answers").into_parts();
        let body = must(body.collect().await.map_err(shown), "the answer has an end").to_bytes();
        self.keep_cookies(&head.headers);
        let html = String::from_utf8_lossy(&body).into_owned();
        Page::new(path, head.status, head.headers, html)
    }
}

// Browsers give up after some twenty. A login that needs half of that goes in a circle.
const MOST_REDIRECTS: usize = 10;

fn shown(error: impl Debug) -> String {
    format!("{error:?}")
}

/// Whether this attribute takes a cookie back. Later ends are left to a clock that nobody moved.
fn ends_at_once(attribute: &str) -> bool {
    let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
    match name.trim().to_ascii_lowercase().as_str() {
        "max-age" => value.trim().parse().is_ok_and(|seconds: i64| seconds <= 0),
        "expires" => value.contains(" 1970 ") || value.contains("-1970 "),
        _ => false,
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

impl<S> Debug for Browser<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cookies: Vec<_> = self.cookies.keys().collect();
        f.debug_struct("Browser")
            .field("page", &self.page.path())
            .field("cookies", &cookies)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(path: &str) -> Browser<()> {
        let mut browser = Browser::new(());
        browser.page = Page::new(path, StatusCode::OK, HeaderMap::new(), String::new());
        browser
    }

    #[test]
    fn an_address_leads_where_a_browser_would_go() {
        let check = |to: &str, expected: Result<&str, &str>| {
            let found = browser("/login/code?next=/home").resolve(to);
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{to}");
        };
        check("/home#top", Ok("/home"));
        check("", Ok("/login/code?next=/home"));
        check("?again=1", Ok("/login/code?again=1"));
        check("stopped", Ok("/login/stopped"));
        check("https://portal.example/home?a=b:c", Ok("/home?a=b:c"));
        check("https://portal.example", Ok("/"));
        check("https://portal.example.evil.example/", Err("https://portal.example.evil.example/"));
        check("//evil.example/", Err("//evil.example/"));
        check("mailto:ada@larkfield.example", Err("mailto:ada@larkfield.example"));
        check("/next?to=https://evil.example", Ok("/next?to=https://evil.example"));
    }

    #[test]
    fn a_cookie_is_kept_until_an_answer_takes_it_back() {
        let mut browser = browser("/");
        let mut check = |lines: &[&str], expected: &str| {
            let values = lines.iter().map(|line| (SET_COOKIE, line.parse().unwrap()));
            browser.keep_cookies(&values.collect());
            assert_eq!(browser.cookie_line(), expected, "{lines:?}");
        };
        check(&["a=1; Path=/; HttpOnly", "b=x=y; Max-Age=60"], "a=1; b=x=y");
        check(&["a=2"], "a=2; b=x=y");
        check(&["b=; Path=/; Max-Age=0"], "a=2");
        check(&["a=; expires=Thu, 01 Jan 1970 00:00:00 GMT"], "");
    }
}
