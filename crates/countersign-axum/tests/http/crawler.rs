//! Somebody who knows the password and nothing else tries every address and every method.

use countersign_core::Requirement;

use crate::client::Browser;
use crate::stage::Stage;

const PATHS: [&str; 19] = [
    "/",
    "/login",
    "/login/",
    "/login/code",
    "/login/code/again",
    "/login/link-app",
    "/login/another-way",
    "/login/stopped",
    "/logout",
    "/step-up",
    "/step-up?for=administer&next=/home",
    "/step-up/again?for=administer&next=/home",
    "/home",
    "/account",
    "/settings",
    "/pay",
    "/close",
    "/unguarded",
    "//home",
];
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// What only somebody who is logged in is shown.
const INSIDE: [&str; 6] =
    ["in: ben", "<p>ben</p>", "rule:", "paid by", "Paid", "href=\"/step-up?for="];

/// Tries everything, and returns how much of it was shown what is inside.
async fn crawl(browser: &Browser, token: &str) -> Vec<String> {
    let mut inside = Vec::new();
    let form = format!("form_token={token}&code=000000&method=app&rule=none&user=ben&password=x");
    for path in PATHS {
        for method in METHODS {
            for bearer in [false, true] {
                let mut visitor = browser.clone();
                let ticket = browser.cookies.get("__Host-countersign-ticket");
                let ticket = format!("Bearer {}", ticket.map(String::as_str).unwrap_or_default());
                let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
                if bearer {
                    headers.push(("authorization", &ticket));
                }
                let body: &[u8] = if method == "POST" { form.as_bytes() } else { b"" };
                let answered = visitor.send(method, path, &headers, body).await;
                // The host of this stage forgot to ask for a proof there, and is told so.
                let told = if path == "/unguarded" { 500 } else { 0 };
                assert!(answered.status == told || answered.status < 500, "{method} {path}");
                let session = visitor.cookies.contains_key("__Host-countersign-session");
                if session || INSIDE.iter().any(|mark| answered.body.contains(mark)) {
                    inside.push(format!("{method} {path}"));
                }
            }
        }
    }
    inside
}

#[tokio::test]
async fn a_half_finished_login_gets_nothing_that_a_person_who_is_in_gets() {
    let stage = Stage::open().await;
    for required in [Requirement::Email, Requirement::App] {
        stage.require(required).await;
        let mut browser = stage.browser();
        let page = browser.get("/login").await;
        let token = page.hidden("/login", "form_token");
        stage.password(&mut browser, "ben").await;
        assert!(browser.cookies.contains_key("__Host-countersign-ticket"));
        assert_eq!(crawl(&browser, &token).await, Vec::<String>::new());
        // Its ticket as a session, as a step-up, as anything.
        let ticket = browser.cookies["__Host-countersign-ticket"].clone();
        for name in ["session", "fresh", "step", "browser", "next", "said"] {
            let mut tried = browser.clone();
            tried.cookies.insert(format!("__Host-countersign-{name}"), ticket.clone());
            let home = tried.get("/home").await;
            home.goes_to("/login?next=/home");
        }
    }
}

/// Otherwise the crawler might see nothing because it looks for the wrong marks.
#[tokio::test]
async fn the_crawler_knows_the_inside_when_it_sees_it() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, _) = stage.by_new_app("ben").await;
    let token = browser.get("/login").await.hidden("/login", "form_token");
    let seen = crawl(&browser, &token).await;
    for expected in ["GET /home", "GET /account", "GET /pay"] {
        assert!(seen.iter().any(|seen| seen == expected), "{expected} is not in {seen:?}");
    }
}

#[tokio::test]
async fn the_answer_to_the_password_holds_nothing_that_later_logs_in() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    let answered = stage.password(&mut browser, "ben").await;
    let values: Vec<_> = answered.headers.iter().map(|(_, value)| value.clone()).collect();
    let cookie = |line: &String| {
        line.split(';')
            .next()
            .and_then(|pair| pair.split_once('='))
            .map(|(_, value)| value.to_owned())
    };
    for value in values.iter().flat_map(|line| [Some(line.clone()), cookie(line)]).flatten() {
        let mut replay = stage.browser();
        let line = format!("__Host-countersign-session={value}");
        let headers = [("cookie", line.as_str()), ("authorization", &value)];
        replay.send("GET", "/home", &headers, b"").await.goes_to("/login?next=/home");
    }
}
