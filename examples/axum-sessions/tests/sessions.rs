//! A session is made by a finished login, gets a new id each time, and ends when the proof does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;

use axum::Router;
use axum_sessions::{with_axum_login, with_sessions};
use countersign::web::SetupError;
use countersign::{
    AccountKey, Courier, Keys, Locale, MemoryStore, Mfa, NewTenant, NewUser, OsRandom, Requirement,
};
use countersign_testkit::Inbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

struct Browser {
    at: SocketAddr,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    async fn send(&mut self, first: &str, body: &str) -> String {
        let at = self.at;
        let length = body.len();
        let pairs: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let cookies = pairs.join("; ");
        let request = format!(
            "{first} HTTP/1.1\r\nhost: {at}\r\naccept: text/html\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\
             cookie: {cookies}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        for line in answer.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (pair, rest) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    async fn get(&mut self, path: &str) -> String {
        self.send(&format!("GET {path}"), "").await
    }

    /// Fills in the first form of the page at this address.
    async fn fill(&mut self, path: &str, typed: &str) -> String {
        let page = self.get(path).await;
        let hidden = |name: &str| {
            let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
            format!("{name}={}", rest.split('"').next().unwrap())
        };
        let body = format!("{}&{}&{typed}", hidden("form_token"), hidden("form_attempt"));
        self.send(&format!("POST {path}"), &body).await
    }

    fn session(&self) -> Option<String> {
        self.cookies.get("id").cloned()
    }
}

struct Stage {
    at: SocketAddr,
    mfa: Mfa,
    courier: Courier,
    inbox: Inbox,
    served: tokio::task::JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.served.abort();
    }
}

impl Stage {
    async fn open(portal: fn(Mfa) -> Result<Router, SetupError>) -> Self {
        let inbox = Inbox::new();
        let keys = Keys::ephemeral(&OsRandom).unwrap();
        let builder = Mfa::builder().store(MemoryStore::new()).mailer(inbox.clone()).keys(keys);
        let (mfa, courier) = builder.build().unwrap();
        let name = "Larkfield Freight";
        let company = NewTenant::new("larkfield", name, Locale::english()).unwrap();
        mfa.create_tenant(company).await.unwrap();
        let ben = NewUser::at("ben@larkfield.example".parse().unwrap());
        mfa.add_existing_user(&ben_key(), ben.with_rule(Requirement::Email)).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let router = portal(mfa.clone()).unwrap();
        let served = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Self { at, mfa, courier, inbox, served }
    }

    fn browser(&self) -> Browser {
        Browser { at: self.at, cookies: BTreeMap::new() }
    }

    async fn log_in(&self, browser: &mut Browser) {
        goes_to(&browser.fill("/login", "user=ben&password=correct+horse").await, "/login/code");
        self.courier.drain().await.unwrap();
        let typed = format!("code={}", self.inbox.code());
        goes_to(&browser.fill("/login/code", &typed).await, "/home");
    }
}

fn ben_key() -> AccountKey {
    AccountKey::new("larkfield", "ben").unwrap()
}

#[track_caller]
fn goes_to(answer: &str, place: &str) {
    let there = answer.contains(&format!("location: {place}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 303") && there, "{answer}");
}

const BOTH: [fn(Mfa) -> Result<Router, SetupError>; 2] = [with_sessions, with_axum_login];

#[tokio::test]
async fn a_login_that_is_half_done_is_no_session_in_either_world() {
    for portal in BOTH {
        let stage = Stage::open(portal).await;
        let mut browser = stage.browser();
        goes_to(&browser.fill("/login", "user=ben&password=correct+horse").await, "/login/code");
        goes_to(&browser.get("/home").await, "/login?next=/home");
        assert_eq!(browser.session(), None, "there is not even an id");
    }
    let stage = Stage::open(with_axum_login).await;
    let mut browser = stage.browser();
    browser.fill("/login", "user=ben&password=correct+horse").await;
    assert!(browser.get("/peek").await.ends_with("nobody"));
}

#[tokio::test]
async fn a_session_gets_a_new_id_at_each_login_and_the_old_one_is_worth_nothing() {
    for portal in BOTH {
        let stage = Stage::open(portal).await;
        let mut browser = stage.browser();
        stage.log_in(&mut browser).await;
        assert!(browser.get("/home").await.contains("Hello ben"));
        let first = browser.session().unwrap();
        stage.log_in(&mut browser).await;
        let second = browser.session().unwrap();
        assert_ne!(first, second);
        let mut planted = stage.browser();
        planted.cookies.insert("id".to_owned(), first);
        goes_to(&planted.get("/home").await, "/login?next=/home");
        assert!(browser.get("/home").await.contains("Hello ben"));
    }
}

#[tokio::test]
async fn the_session_of_the_host_keeps_its_own_things() {
    let stage = Stage::open(with_sessions).await;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await;
    assert!(browser.get("/home").await.contains("for the time 1."));
    assert!(browser.get("/home").await.contains("for the time 2."));
}

#[tokio::test]
async fn what_ends_the_proof_ends_the_session_and_axum_login_alone_would_not_notice() {
    for portal in BOTH {
        let stage = Stage::open(portal).await;
        let mut browser = stage.browser();
        stage.log_in(&mut browser).await;
        stage.mfa.signed_out_everywhere(&ben_key()).await.unwrap();
        goes_to(&browser.get("/home").await, "/login?next=/home");
    }
    let stage = Stage::open(with_axum_login).await;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await;
    stage.mfa.signed_out_everywhere(&ben_key()).await.unwrap();
    assert!(browser.get("/peek").await.ends_with("larkfield/ben"), "so guard with the gate");
}

thread_local! {
    /// What the thread of one test logs; its server runs there too.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the thread that logs.
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn axum_login_logs_names_and_no_proof() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Log).init();
    let stage = Stage::open(with_axum_login).await;
    let mut browser = stage.browser();
    stage.log_in(&mut browser).await;
    browser.get("/home").await;
    let text = LOGGED.with_borrow(|logged| String::from_utf8(logged.clone()).unwrap());
    assert!(text.contains("larkfield/ben"), "somebody listens: {text}");
    assert!(!text.contains("csp1.") && !text.contains("cst1."), "{text}");
    assert!(!text.contains(&stage.inbox.code()));
}
