//! A browser with one connection, its cookies, and an eye for hidden fields.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Done;

pub(super) struct Browser {
    door: SocketAddr,
    line: SendRequest<Body>,
    cookies: BTreeMap<String, String>,
}

/// What came back.
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) location: Option<String>,
    pub(super) text: String,
}

impl Browser {
    pub(super) async fn open(door: SocketAddr) -> Done<Self> {
        let stream = TcpStream::connect(door).await?;
        stream.set_nodelay(true)?;
        let (line, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { door, line, cookies: BTreeMap::new() })
    }

    /// The next login is another person's, on a browser that was never here.
    pub(super) fn forget(&mut self) {
        self.cookies.clear();
    }

    pub(super) async fn get(&mut self, path: &str) -> Done<Page> {
        self.send(Method::GET, path, String::new()).await
    }

    /// Sends the form that `page` showed, with these fields filled in.
    pub(super) async fn submit(&mut self, path: &str, page: &Page, fields: &str) -> Done<Page> {
        let hidden = ["form_token", "form_attempt"].map(|name| hidden(&page.text, name));
        let [token, attempt] = hidden;
        let form = format!("{fields}&form_token={}&form_attempt={}", token?, attempt?);
        self.send(Method::POST, path, form).await
    }

    async fn send(&mut self, method: Method, path: &str, form: String) -> Done<Page> {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(HOST, self.door.to_string());
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        self.line.ready().await?;
        let response = self.line.send_request(request.body(Body::from(form))?).await?;
        self.keep_cookies(&response);
        let (parts, body) = response.into_parts();
        let location = parts.headers.get(LOCATION).and_then(|place| place.to_str().ok());
        let location = location.map(str::to_owned);
        let text = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        Ok(Page { status: parts.status, location, text })
    }

    fn keep_cookies(&mut self, response: &Response<Incoming>) {
        let set = response.headers().get_all(SET_COOKIE);
        for cookie in set.iter().filter_map(|cookie| cookie.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> Done<String> {
    let field = format!("name=\"{name}\" value=\"");
    let value = page.split_once(&field).and_then(|(_, rest)| rest.split_once('"'));
    let (value, _) = value.ok_or_else(|| format!("the page has no field {name}"))?;
    Ok(value.to_owned())
}
