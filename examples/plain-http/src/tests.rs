//! The portal over HTTP: both ways in, and what does not get in.

use std::net::SocketAddr;

use countersign::{Keys, MINUTE, MemoryStore, Mfa, OsRandom};
use countersign_testkit::{FakeClock, FakePhone, Inbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

struct Browser {
    at: SocketAddr,
    cookies: Vec<String>,
}

impl Browser {
    async fn send(&mut self, first: &str, headers: &str, body: &str) -> String {
        let at = self.at;
        let length = body.len();
        let cookies = self.cookies.join("; ");
        let request = format!(
            "{first} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\ncontent-length: {length}\r\n\
             cookie: {cookies}\r\n{headers}\r\n{body}",
        );
        let mut stream = TcpStream::connect(at).await.unwrap();
        // A portal that has read enough may hang up before the rest is written.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
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

    async fn get(&mut self, path: &str) -> String {
        self.send(&format!("GET {path}"), "", "").await
    }

    async fn post(&mut self, path: &str, body: &str) -> String {
        self.send(&format!("POST {path}"), "sec-fetch-site: same-origin\r\n", body).await
    }
}

struct Stage {
    browser: Browser,
    courier: countersign::Courier,
    inbox: Inbox,
    clock: FakeClock,
    served: tokio::task::JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn open() -> Stage {
    let inbox = Inbox::new();
    let clock = FakeClock::default();
    let (mfa, courier) = Mfa::builder()
        .store(MemoryStore::with_clock(clock.clone()))
        .clock(clock.clone())
        .mailer(inbox.clone())
        .keys(Keys::ephemeral(&OsRandom).unwrap())
        .build()
        .unwrap();
    crate::found(&mfa).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let browser = Browser { at: listener.local_addr().unwrap(), cookies: Vec::new() };
    let served = tokio::spawn(async {
        let _ = crate::serve(listener, mfa).await;
    });
    Stage { browser, courier, inbox, clock, served }
}

#[track_caller]
fn goes_to(answer: &str, place: &str) {
    let there = answer.contains(&format!("location: {place}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 303") && there, "{answer}");
}

const BEN: &str = "user=ben&password=correct+horse";

#[tokio::test]
async fn a_mailed_code_logs_in() {
    let mut stage = open().await;
    let browser = &mut stage.browser;
    browser.get("/login").await;
    goes_to(&browser.get("/").await, "/login");
    goes_to(&browser.post("/login", BEN).await, "/login/code");
    goes_to(&browser.get("/").await, "/login");
    assert!(browser.get("/login/code").await.contains("@larkfield.example"));
    let told = browser.post("/login/code", "code=12345").await;
    assert!(told.contains("The code has 6 digits. You typed 5."), "{told}");
    stage.courier.drain().await.unwrap();
    let code = stage.inbox.code();
    let typed = format!("code={}+{}", code.get(..3).unwrap(), code.get(3..).unwrap());
    goes_to(&browser.post("/login/code", &typed).await, "/");
    assert!(browser.get("/").await.contains("Hello ben, logged in by pwd, otp."));
    goes_to(&browser.post("/logout", "").await, "/login");
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
}

#[tokio::test]
async fn an_app_is_linked_and_asked_from_then_on() {
    let mut stage = open().await;
    let browser = &mut stage.browser;
    let login = "user=chiara&password=correct+horse";
    goes_to(&browser.post("/login", login).await, "/login/code");
    let page = browser.get("/login/code").await;
    assert!(page.contains("<svg"), "{page}");
    let (_, link) = page.split_once("href=\"otpauth").unwrap();
    let link = format!("otpauth{}", link.split('"').next().unwrap()).replace("&amp;", "&");
    let mut phone = FakePhone::new();
    phone.scan_uri(&link).unwrap();
    let typed = format!("code={}", phone.code(stage.clock.now()));
    goes_to(&browser.post("/login/code", &typed).await, "/");
    assert!(browser.get("/").await.contains("Hello chiara, logged in by pwd, otp, mfa."));

    stage.clock.advance(MINUTE);
    goes_to(&browser.post("/login", login).await, "/login/code");
    let page = browser.get("/login/code").await;
    assert!(!page.contains("otpauth") && !page.contains("<svg"), "{page}");
    let typed = format!("code={}", phone.code(stage.clock.now()));
    goes_to(&browser.post("/login/code", &typed).await, "/");
}

#[tokio::test]
async fn what_does_not_come_from_our_pages_is_not_looked_at() {
    let mut stage = open().await;
    let browser = &mut stage.browser;
    for header in
        ["sec-fetch-site: cross-site\r\n", "origin: http://evil.example\r\n", "origin: null\r\n"]
    {
        let told = browser.send("POST /login", header, BEN).await;
        assert!(told.starts_with("HTTP/1.1 403"), "{header}: {told}");
    }
    let told = browser.post("/login", &"a".repeat(40 * 1024)).await;
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
    assert_eq!(stage.inbox.mails().len(), 0);
}

#[tokio::test]
async fn the_ticket_is_no_session_and_works_in_its_own_browser_only() {
    let mut stage = open().await;
    stage.browser.get("/login").await;
    goes_to(&stage.browser.post("/login", BEN).await, "/login/code");
    stage.courier.drain().await.unwrap();
    let ticket = stage.browser.cookies.iter().find(|c| c.starts_with("__Host-ticket=")).unwrap();
    let mut thief = Browser { at: stage.browser.at, cookies: vec![ticket.clone()] };
    let told = thief.post("/login/code", &format!("code={}", stage.inbox.code())).await;
    assert!(told.contains("This login was not started in this browser"), "{told}");
    let as_session = ticket.replace("ticket", "session");
    let mut thief = Browser { at: stage.browser.at, cookies: vec![as_session] };
    goes_to(&thief.get("/").await, "/login");
}
