//! HTTP by hand, byte for byte: what no browser would send, and what a browser hides.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request, as lines. What is not said is not sent.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Asking {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let line = format!("{method} {path} HTTP/1.1");
        Self { line, headers: vec![("Connection".into(), "close".into())], body: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A body with its true length.
    pub(crate) fn body(self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = body.len().to_string();
        let mut asking = self.header("Content-Type", kind).header("Content-Length", &length);
        asking.body = body;
        asking
    }

    /// A form with these fields, encoded byte by byte.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
        let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        self.body("application/x-www-form-urlencoded", body)
    }

    /// Sends it to a server and reads until the server hangs up.
    pub(crate) async fn ask(&self, server: SocketAddr) -> Answer {
        let host = ("Host".to_owned(), server.to_string());
        let own_host = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
        let headers = self.headers.iter().chain((!own_host).then_some(&host));
        let headers: String = headers.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let mut bytes = format!("{}\r\n{headers}\r\n", self.line).into_bytes();
        bytes.extend(&self.body);
        send(server, &bytes).await
    }
}

/// Text as part of an address or of a form.
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Sends bytes as they are and reads until the server hangs up.
pub(crate) async fn send(server: SocketAddr, bytes: &[u8]) -> Answer {
    let talk = async {
        let mut stream = TcpStream::connect(server).await.expect("the portal listens");
        // A server may answer and hang up before it has read everything, as it should.
        let _refused = stream.write_all(bytes).await;
        let mut read = Vec::new();
        let _cut = stream.read_to_end(&mut read).await;
        Answer::read(&read)
    };
    let answer = tokio::time::timeout(Duration::from_secs(30), talk).await;
    answer.expect("the portal answers within its deadline")
}

/// What came back. Status 0 is no answer at all: the server hung up.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
    pub(crate) bytes: usize,
}

impl Answer {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or(0),
            head: head.to_owned(),
            body: body.to_owned(),
            bytes: body.len(),
        }
    }

    /// The values of a header, in the order they came.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v).collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers(name).first().copied().unwrap_or_default()
    }

    /// Everything that came, to look for what must not have come.
    pub(crate) fn all(&self) -> String {
        format!("{}\r\n\r\n{}", self.head, self.body)
    }
}
