//! A browser as small as a test needs: cookies, forms, and requests that no browser would send.
//!
//! It writes HTTP/1.1 by hand, so that a test can send whatever an attacker can.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Nothing on a loopback address takes this long, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    pub(crate) fn cookies(&self) -> impl Iterator<Item = &str> {
        let set = |(n, _): &&(String, String)| n.eq_ignore_ascii_case("set-cookie");
        self.headers.iter().filter(set).map(|(_, v)| v.as_str())
    }

    /// The value of a hidden field in the first form that is sent to `action`.
    pub(crate) fn hidden(&self, action: &str, name: &str) -> String {
        let action = action.replace('&', "&amp;");
        let start = self.body.find(&format!("action=\"{action}\"")).unwrap_or_else(|| {
            panic!("no form is sent to {action}: {}", self.body);
        });
        let form = &self.body[start..];
        let mark = format!("name=\"{name}\" value=\"");
        let at = form.find(&mark).unwrap_or_else(|| panic!("no {name} in the form: {form}"));
        form[at + mark.len()..].split('"').next().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn goes_to(&self, place: &str) {
        assert_eq!((self.status, self.location()), (303, place), "{self:#?}");
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        assert_eq!(self.status, 200, "{self:#?}");
        assert!(self.body.contains(text), "{text:?} is not in {}", self.body);
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:#?}"))
    }
}

/// A browser with its cookies.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) at: SocketAddr,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Sent with every request; a test may change them.
    pub(crate) headers: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(at: SocketAddr) -> Self {
        let headers = [
            ("accept", "text/html,application/xhtml+xml"),
            (
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            ),
        ];
        let headers = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        Self { at, cookies: BTreeMap::new(), headers }
    }

    /// A program that speaks JSON.
    pub(crate) fn program(at: SocketAddr) -> Self {
        let headers = vec![("accept".to_owned(), "application/json".to_owned())];
        Self { at, cookies: BTreeMap::new(), headers }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answered {
        self.send("GET", path, &[], b"").await
    }

    /// Sends a form as it is.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let body = url_encoded(fields);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send("POST", path, &[kind], body.as_bytes()).await
    }

    /// Fills in the form for `action` that stands on this page, and sends it.
    pub(crate) async fn fill(
        &mut self,
        page: &Answered,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answered {
        let token = page.hidden(action, "form_token");
        let attempt = page.hidden(action, "form_attempt");
        let hidden = [("form_token", token.as_str()), ("form_attempt", attempt.as_str())];
        self.post(action, &[fields, &hidden].concat()).await
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answered {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        let said = |name: &str| {
            headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
                || self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
        };
        if !said("host") {
            head.push_str(&format!("host: {}\r\n", self.at));
        }
        if !said("content-length") && (!body.is_empty() || method == "POST") {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        for (name, value) in &self.headers {
            if !headers.iter().any(|(n, _)| n == name) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            head.push_str(&format!("cookie: {}\r\n", pairs.join("; ")));
        }
        head.push_str("connection: close\r\n\r\n");
        let answered = exchange(self.at, &[head.as_bytes(), body].concat()).await;
        self.keep(&answered);
        answered
    }

    fn keep(&mut self, answered: &Answered) {
        for line in answered.cookies() {
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Sends these bytes and reads whatever comes back.
pub(crate) async fn exchange(at: SocketAddr, bytes: &[u8]) -> Answered {
    let mut stream = TcpStream::connect(at).await.unwrap();
    // A server that has read enough may hang up before the rest is written.
    let _ = stream.write_all(bytes).await;
    let mut read = Vec::new();
    let reading = stream.read_to_end(&mut read);
    let _ = tokio::time::timeout(PATIENCE, reading).await.expect("an answer comes in time");
    parse(&read)
}

pub(crate) fn parse(read: &[u8]) -> Answered {
    let text = String::from_utf8_lossy(read).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or("0");
    let pairs = lines.filter_map(|line| line.split_once(": "));
    Answered {
        status: status.parse().unwrap_or(0),
        headers: pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        body: body.to_owned(),
    }
}

pub(crate) fn url_encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let one = |b: u8| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        };
        text.bytes().map(one).collect()
    };
    let pairs = fields.iter().map(|(n, v)| format!("{}={}", escape(n), escape(v)));
    pairs.collect::<Vec<_>>().join("&")
}
