//! The example over HTTP, from the login form to the page that greets.

use countersign::{Keys, MemoryStore, Mfa, OsRandom};
use countersign_testkit::Inbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A browser: its cookies, and where the portal is.
struct Browser {
    at: std::net::SocketAddr,
    cookies: Vec<String>,
}

impl Browser {
    /// Sends one request and returns the whole answer.
    async fn send(&mut self, first: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        let request = format!(
            "{first} HTTP/1.1\r\nhost: {}\r\naccept: text/html\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\
             cookie: {}\r\n\r\n{body}",
            self.at,
            body.len(),
            self.cookies.join("; "),
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        for line in answer.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (pair, _) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|cookie| !cookie.starts_with(&format!("{name}=")));
            if !value.is_empty() {
                self.cookies.push(pair.to_owned());
            }
        }
        answer
    }

    /// Fills in the first form of the page at this address.
    async fn fill(&mut self, path: &str, typed: &str) -> String {
        let page = self.send(&format!("GET {path}"), "").await;
        let hidden = |name: &str| {
            let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
            format!("{name}={}", rest.split('"').next().unwrap())
        };
        let body = format!("{}&{}&{typed}", hidden("form_token"), hidden("form_attempt"));
        self.send(&format!("POST {path}"), &body).await
    }
}

#[track_caller]
fn goes_to(answer: &str, place: &str) {
    let there = answer.contains(&format!("location: {place}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 303") && there, "{answer}");
}

#[test]
fn the_gate_is_embedded_in_forty_lines() {
    let lines = include_str!("main.rs").lines().count();
    assert!(lines <= 40, "{lines} lines");
}

#[tokio::test]
async fn a_password_and_the_mailed_code_log_in_and_neither_does_alone() {
    let inbox = Inbox::new();
    let keys = Keys::ephemeral(&OsRandom).unwrap();
    let builder = Mfa::builder().store(MemoryStore::new()).mailer(inbox.clone()).keys(keys);
    let (mfa, courier) = builder.build().unwrap();
    crate::company::found(&mfa).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut browser = Browser { at: listener.local_addr().unwrap(), cookies: Vec::new() };
    let served = tokio::spawn(async { axum::serve(listener, crate::portal(mfa).unwrap()).await });

    goes_to(&browser.send("GET /", "").await, "/login?next=/");
    let wrong = browser.fill("/login", "user=ben&password=battery+staple").await;
    assert!(wrong.starts_with("HTTP/1.1 401") && wrong.contains("No match."), "{wrong}");
    goes_to(&browser.fill("/login", "user=ben&password=correct+horse").await, "/login/code");
    goes_to(&browser.send("GET /", "").await, "/login?next=/");

    courier.drain().await.unwrap();
    let code = inbox.code();
    let other = if code == "000000" { "000001" } else { "000000" };
    let typed = format!("code={other}");
    goes_to(&browser.fill("/login/code", &typed).await, "/login/code");
    goes_to(&browser.send("GET /", "").await, "/login?next=/");
    goes_to(&browser.fill("/login/code", &format!("code={code}")).await, "/");
    assert!(browser.send("GET /", "").await.contains("Hello ben."));
    served.abort();
}

#[test]
fn the_whole_is_forty_lines() {
    let lines = include_str!("main.rs").lines().count();
    assert!(lines <= 40, "main.rs has {lines} lines");
}
