//! Requests that no page of ours sends.

use std::time::Duration;

use countersign_core::rules::Requirement;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{Answered, Browser, parse, url_encoded};
use crate::stage::{Stage, key};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A browser in front of the page for its code, and the fields that are right.
async fn before_the_code(stage: &Stage) -> (Browser, Vec<(String, String)>) {
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await;
    let page = browser.get("/login/code").await;
    let hidden = |name: &str| (name.to_owned(), page.hidden("/login/code", name));
    let code = ("code".to_owned(), stage.mailed().await);
    (browser, vec![hidden("form_token"), hidden("form_attempt"), code])
}

fn body(fields: &[(String, String)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    url_encoded(&fields)
}

fn without(fields: &[(String, String)], name: &str) -> Vec<(String, String)> {
    fields.iter().filter(|(n, _)| n != name).cloned().collect::<Vec<_>>()
}

#[tokio::test]
async fn a_right_code_from_another_site_is_not_looked_at() {
    let stage = Stage::open().await;
    let (browser, fields) = before_the_code(&stage).await;
    let at = browser.at;
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1")],
        &[("origin", "http://127.0.0.1.evil.example")],
        &[("origin", "http://evil.example"), ("x-forwarded-host", "evil.example")],
    ] {
        let headers = [&[FORM], headers].concat();
        let sent =
            browser.clone().send("POST", "/login/code", &headers, body(&fields).as_bytes()).await;
        assert_eq!(sent.status, 403, "{headers:?}");
        assert!(sent.body.contains("This request came from another site."), "{headers:?}");
    }
    let own = format!("http://{at}");
    let headers = [FORM, ("origin", &own), ("sec-fetch-site", "same-origin")];
    let sent =
        browser.clone().send("POST", "/login/code", &headers, body(&fields).as_bytes()).await;
    sent.goes_to("/home");
}

#[tokio::test]
async fn a_form_without_the_token_of_this_browser_is_not_looked_at() {
    let stage = Stage::open().await;
    let (browser, fields) = before_the_code(&stage).await;
    let mut stranger = stage.browser();
    let theirs = stranger.get("/login").await.hidden("/login", "form_token");
    for token in ["", "x", theirs.as_str()] {
        let mut forged = without(&fields, "form_token");
        forged.push(("form_token".to_owned(), token.to_owned()));
        let sent =
            browser.clone().send("POST", "/login/code", &[FORM], body(&forged).as_bytes()).await;
        assert_eq!(sent.status, 403, "{token:?}");
        assert!(sent.body.contains("This page is from an earlier visit."));
    }
    let none = without(&fields, "form_token");
    let sent = browser.clone().send("POST", "/login/code", &[FORM], body(&none).as_bytes()).await;
    assert_eq!(sent.status, 403);
    // The token of a form from before the cookies were forgotten.
    let mut forgetful = browser.clone();
    forgetful.cookies.remove("__Host-countersign-browser");
    let sent = forgetful.send("POST", "/login/code", &[FORM], body(&fields).as_bytes()).await;
    assert_eq!(sent.status, 403);
}

#[tokio::test]
async fn the_ticket_of_another_browser_is_worth_nothing() {
    let stage = Stage::open().await;
    let (victim, fields) = before_the_code(&stage).await;
    let code = &fields[2].1;
    let mut thief = stage.browser();
    let page = thief.get("/login").await;
    let ticket = victim.cookies["__Host-countersign-ticket"].clone();
    thief.cookies.insert("__Host-countersign-ticket".to_owned(), ticket.clone());
    thief.get("/login/code").await.goes_to("/login/stopped");
    thief.get("/login/stopped").await.shows("This login was not started in this browser.");
    thief.cookies.insert("__Host-countersign-ticket".to_owned(), ticket);
    let token = page.hidden("/login", "form_token");
    let stolen = [("code", code.as_str()), ("form_token", token.as_str())];
    thief.post("/login/code", &stolen).await.goes_to("/login/stopped");
    thief.get("/home").await.goes_to("/login?next=/home");
}

#[tokio::test]
async fn two_browsers_of_two_people_are_never_mixed_up() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let (mut ben, mut ada) = (stage.by_mail("ben").await, stage.by_mail("ada").await);
    for _ in 0..3 {
        ben.get("/home").await.shows("in: ben by");
        ada.get("/home").await.shows("in: ada by");
    }
    let session = ada.cookies["__Host-countersign-session"].clone();
    ben.cookies.insert("__Host-countersign-session".to_owned(), session);
    ben.get("/home").await.shows("in: ada by");
    ben.get("/settings").await.shows("rule");
}

#[tokio::test]
async fn the_same_form_sent_twice_is_judged_once() {
    let stage = Stage::open().await;
    let (browser, fields) = before_the_code(&stage).await;
    let (mut first, mut second) = (browser.clone(), browser.clone());
    let text = body(&fields);
    let (one, two) = tokio::join!(
        first.send("POST", "/login/code", &[FORM], text.as_bytes()),
        second.send("POST", "/login/code", &[FORM], text.as_bytes()),
    );
    one.goes_to("/home");
    two.goes_to("/home");
    second.get("/home").await.shows("in: ben by");

    let (browser, fields) = before_the_code(&stage).await;
    let right = &fields[2].1;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let mut forged = without(&fields, "code");
    forged.push(("code".to_owned(), wrong.to_owned()));
    for _ in 0..4 {
        let sent =
            browser.clone().send("POST", "/login/code", &[FORM], body(&forged).as_bytes()).await;
        sent.goes_to("/login/code");
    }
    let mut again = browser.clone();
    again.send("POST", "/login/code", &[FORM], body(&fields).as_bytes()).await.goes_to("/home");
}

#[tokio::test]
async fn headers_that_anybody_can_write_are_in_no_answer() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let evil = "evil.example";
    let hostile = [
        ("host", evil),
        ("forwarded", "for=6.6.6.6;host=evil.example;proto=https"),
        ("x-forwarded-host", evil),
        ("x-forwarded-for", "6.6.6.6"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-port", "6666"),
        ("x-forwarded-prefix", "/evil.example"),
        ("x-original-url", "/evil.example"),
        ("x-rewrite-url", "/evil.example"),
        ("x-real-ip", "6.6.6.6"),
        ("referer", "https://evil.example/"),
        ("accept-language", "evil.example"),
        ("user-agent", "evil.example <b>Firefox/1</b>"),
    ];
    let mut browser = stage.browser();
    for (name, value) in hostile {
        browser = browser.with(name, value);
    }
    let mut seen = Vec::new();
    for path in ["/", "/login", "/home", "/login/code", "/settings", "/pay", "/nowhere", "/address"]
    {
        seen.push(browser.get(path).await);
    }
    seen.push(stage.password(&mut browser, "ben").await);
    for path in ["/login/code", "/login/another-way", "/login/link-app", "/login/stopped"] {
        seen.push(browser.get(path).await);
    }
    let page = browser.get("/login/code").await;
    let code = stage.mailed().await;
    seen.push(browser.fill(&page, "/login/code", &[("code", "1")]).await);
    seen.push(browser.fill(&page, "/login/code", &[("code", &code)]).await);
    seen.push(browser.get("/home").await);
    seen.push(browser.get("/account").await);
    for answered in &seen {
        let all = format!("{answered:?}").to_lowercase();
        for hint in ["evil", "6.6.6.6", "gopher", "6666", "<b>firefox"] {
            assert!(!all.contains(hint), "{hint} is in {answered:#?}");
        }
    }
    let mail = stage.inbox.last().unwrap();
    let mail = format!("{} {} {:?}", mail.subject(), mail.text(), mail.html());
    assert!(!mail.contains("evil") && !mail.contains("6.6.6.6"), "{mail}");
    assert!(mail.contains("Firefox"), "it is described in words of ours");
}

#[tokio::test]
async fn an_address_is_known_only_from_where_the_host_said() {
    let spoofed =
        [("x-forwarded-for", "6.6.6.6"), ("x-real-ip", "6.6.6.6"), ("forwarded", "for=6.6.6.6")];
    let header = axum::http::HeaderName::from_static("x-forwarded-for");
    let here = "127.0.0.1".parse().unwrap();
    let away = "192.0.2.1".parse().unwrap();
    for (stage, expected) in [
        (Stage::open().await, "None"),
        (Stage::with(|gate| gate.address_from_connection()).await, "Some(127.0.0.1)"),
        (
            Stage::with(|gate| gate.address_from_header(header.clone(), [away])).await,
            "Some(127.0.0.1)",
        ),
        (
            Stage::with(|gate| gate.address_from_header(header.clone(), [here])).await,
            "Some(6.6.6.6)",
        ),
    ] {
        let answered = stage.browser().send("GET", "/address", &spoofed, b"").await;
        answered.shows(expected);
    }
}

#[tokio::test]
async fn a_body_of_five_mebibytes_is_refused_in_bounded_time() {
    let stage = Stage::open().await;
    let (browser, _) = before_the_code(&stage).await;
    let huge = vec![b'a'; 5 * 1024 * 1024];
    for path in ["/login", "/login/code", "/login/code/again", "/logout", "/settings", "/open/hook"]
    {
        let sent = browser.clone().send("POST", path, &[FORM], &huge).await;
        assert_eq!(sent.status, 413, "{path}");
    }
    // Without saying how much it will be.
    let chunked = [FORM, ("transfer-encoding", "chunked"), ("content-length", "")];
    let mut head = String::from("POST /login/code HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
    head.push_str(
        "content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n",
    );
    assert_eq!(chunked.len(), 3);
    let mut bytes = format!("{head}\r\n").into_bytes();
    for _ in 0..80 {
        bytes.extend_from_slice(b"10000\r\n");
        bytes.extend_from_slice(&[b'a'; 0x10000]);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(crate::client::exchange(browser.at, &bytes).await.status, 413);
    // One that fits the layer and not a form.
    let large = vec![b'a'; 100 * 1024];
    assert_eq!(browser.clone().send("POST", "/login/code", &[FORM], &large).await.status, 413);
}

#[tokio::test]
async fn a_body_that_comes_drop_by_drop_ends_at_the_deadline() {
    let soon = Duration::from_millis(200);
    let stage = Stage::with(|gate| gate.reading_deadline(soon)).await;
    let mut stream = TcpStream::connect(stage.at).await.unwrap();
    let head = "POST /login HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 1000\r\n\
                content-type: application/x-www-form-urlencoded\r\n\r\nuser=";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let reading = stream.read_to_end(&mut read);
    tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap().unwrap();
    assert_eq!(parse(&read).status, 408);
}

#[tokio::test]
async fn a_handler_that_never_answers_ends_at_the_deadline() {
    let stage = Stage::serving(
        |gate| gate.deadline(Some(Duration::from_millis(100))),
        |gate| {
            let never = axum::routing::get(async || std::future::pending::<()>().await);
            axum::Router::new().route("/never", never).layer(gate.layer())
        },
    )
    .await;
    let answered = stage.browser().get("/never").await;
    assert_eq!(answered.status, 503);
    assert!(answered.body.contains("This took too long."));
}

#[tokio::test]
async fn headers_have_an_end() {
    let stage = Stage::open().await;
    let long = "x".repeat(33 * 1024);
    let answered = stage.browser().with("x-long", &long).get("/login").await;
    assert_eq!(answered.status, 431);
    let mut browser = stage.browser();
    for number in 0..90 {
        browser.cookies.insert(format!("c{number}"), "x".repeat(500));
    }
    assert_eq!(browser.get("/login").await.status, 431);
}

#[tokio::test]
async fn cookies_that_are_doubled_or_malformed_log_nobody_in_and_break_nothing() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let ben = stage.by_mail("ben").await;
    let session = &ben.cookies["__Host-countersign-session"];
    let name = "__Host-countersign-session";
    let mut bare = stage.browser();
    for line in [
        format!("{name}={session}; {name}=other"),
        format!("{name}=other; {name}={session}"),
        format!("{name}=\"{session}\""),
        format!("countersign-session={session}"),
        format!("__host-countersign-session={session}"),
        format!("{name}={session}x"),
        format!("{name}={}", &session[..session.len() - 1]),
        format!("{name}="),
        name.to_owned(),
        ";;;===;;".to_owned(),
        "=".repeat(4_000),
        format!("{name}=csp1.AAAA"),
        format!("{name}=cst1.{}", &session[5..]),
        format!("{name}={}", "A".repeat(20_000)),
    ] {
        let answered = bare.send("GET", "/home", &[("cookie", &line)], b"").await;
        answered.goes_to("/login?next=/home");
    }
    let mut raw =
        b"GET /home HTTP/1.1\r\nhost: x\r\naccept: text/html\r\nconnection: close\r\ncookie: "
            .to_vec();
    raw.extend_from_slice(b"__Host-countersign-session=\xff\xfe; \x80=1\r\n\r\n");
    let answered = crate::client::exchange(stage.at, &raw).await;
    assert!([303, 400].contains(&answered.status), "{answered:#?}");
    let one = bare.send("GET", "/home", &[("cookie", &format!("{name}={session}"))], b"").await;
    one.shows("in: ben by");
}

#[tokio::test]
async fn whoever_forgets_cookies_between_the_steps_starts_over_and_sees_no_error() {
    let stage = Stage::open().await;
    let (browser, fields) = before_the_code(&stage).await;
    let mut without_ticket = browser.clone();
    without_ticket.cookies.remove("__Host-countersign-ticket");
    let text = body(&fields);
    let sent = without_ticket.send("POST", "/login/code", &[FORM], text.as_bytes()).await;
    sent.goes_to("/login/stopped");
    without_ticket.get("/login/code").await.goes_to("/login");
}

#[tokio::test]
async fn only_the_methods_of_an_address_are_answered() {
    let stage = Stage::open().await;
    let (browser, fields) = before_the_code(&stage).await;
    let text = body(&fields);
    for path in [
        "/login/code",
        "/login/code/again",
        "/login/link-app",
        "/login/another-way",
        "/logout",
        "/step-up",
    ] {
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "CONNECT"] {
            let sent = browser.clone().send(method, path, &[FORM], text.as_bytes()).await;
            assert!([400, 404, 405].contains(&sent.status), "{method} {path}: {sent:#?}");
        }
    }
    for path in ["/login/code/again", "/logout", "/step-up/again"] {
        for method in ["GET", "HEAD"] {
            assert_eq!(
                browser.clone().send(method, path, &[], b"").await.status,
                405,
                "{method} {path}"
            );
        }
    }
    // A method in a field or a header is only text.
    let (mut overriding, mut more) = (browser.clone(), fields.clone());
    more.push(("_method".to_owned(), "DELETE".to_owned()));
    let headers = [FORM, ("x-http-method-override", "GET")];
    overriding.send("POST", "/login/code", &headers, body(&more).as_bytes()).await.goes_to("/home");
}

#[tokio::test]
async fn a_form_of_another_kind_is_refused() {
    let stage = Stage::open().await;
    let (browser, fields) = before_the_code(&stage).await;
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json", ""] {
        let headers = [("content-type", kind)];
        let sent =
            browser.clone().send("POST", "/login/code", &headers, body(&fields).as_bytes()).await;
        assert_eq!(sent.status, 415, "{kind:?}");
    }
    for text in ["code=%", "code=1&code=2&form_token=", "%ff=%ff", "form_token", "\u{0}"] {
        let sent = browser.clone().send("POST", "/login/code", &[FORM], text.as_bytes()).await;
        assert!([400, 403].contains(&sent.status), "{text:?}: {sent:#?}");
    }
}

#[tokio::test]
async fn a_login_goes_on_to_this_site_only() {
    let stage = Stage::open().await;
    for next in [
        "//evil.example",
        "https://evil.example",
        "/%5Cevil.example",
        "%2F%2Fevil.example",
        "javascript:x",
        "/%0d%0aset-cookie:%20a=b",
        "%09//evil.example",
        "/%00",
        "",
        "evil.example",
        "/%23x",
        "%5c%5cevil",
        "/%3Cscript%3E",
        "https:evil.example",
        "http://127.0.0.1.evil.example/",
    ] {
        let mut browser = stage.browser();
        let place = format!("/login?next={next}");
        let page = browser.get("/login").await;
        let token = page.hidden("/login", "form_token");
        let fields = [("user", "ben"), ("password", "correct horse"), ("form_token", &token)];
        let sent = browser.post(&place, &fields).await;
        sent.goes_to("/home");
    }
    let mut browser = stage.browser();
    let token = browser.get("/login").await.hidden("/login", "form_token");
    let fields = [("user", "ben"), ("password", "correct horse"), ("form_token", &token)];
    browser.post("/login?next=/pay%3Fa%3Db", &fields).await.goes_to("/pay?a=b");
}

#[tokio::test]
async fn nothing_of_a_request_becomes_a_header() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let split = "%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0a<b>";
    let mut seen: Vec<Answered> = Vec::new();
    for path in ["/home", "/step-up", "/login", "/settings"] {
        seen.push(browser.get(&format!("{path}?next={split}&for={split}&seal={split}")).await);
    }
    browser.cookies.insert("__Host-countersign-said".to_owned(), "failed.<b>.0.0.1".to_owned());
    seen.push(browser.get("/login/stopped").await);
    for answered in seen {
        assert!(!answered.headers.iter().any(|(_, v)| v.contains("evil=1")), "{answered:#?}");
        assert!(!answered.body.contains("<b>"), "{answered:#?}");
    }
}

#[tokio::test]
async fn another_site_reaches_only_what_was_opened_for_it() {
    let stage = Stage::with(|gate| gate.danger_open_to_other_sites("/open/")).await;
    let mut other = stage.browser().with("sec-fetch-site", "cross-site");
    other.send("POST", "/open/hook", &[FORM], b"").await.shows("hooked");
    assert_eq!(other.send("POST", "/logout", &[FORM], b"").await.status, 403);
    let mut closed = Stage::open().await.browser().with("sec-fetch-site", "cross-site");
    let stage = Stage::open().await;
    closed.at = stage.at;
    assert_eq!(closed.send("POST", "/open/hook", &[FORM], b"").await.status, 403);
}

#[tokio::test]
async fn a_stranger_learns_nothing_about_who_exists() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut answers = Vec::new();
    for user in ["ben", "nobody"] {
        let mut browser = stage.browser();
        let page = browser.get("/login").await;
        let fields = [("user", user), ("password", "wrong")];
        answers.push(browser.fill(&page, "/login", &fields).await);
    }
    assert_eq!((answers[0].status, &answers[0].body), (answers[1].status, &answers[1].body));
    assert_eq!(stage.inbox.mails().len(), 0);
    assert_eq!(key("ben").user().as_str(), "ben");
}
