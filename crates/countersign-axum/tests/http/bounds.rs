//! What a request brings: headers that anybody can write, and more of everything than fits.

use std::time::Duration;

use countersign_core::Requirement;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{Answered, parse};
use crate::hostile::{FORM, before_the_code};
use crate::stage::Stage;

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
    let mut head = String::from("POST /login/code HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
    head.push_str(
        "content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n",
    );
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
async fn nothing_of_a_request_becomes_a_header() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    let split = "%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0a<b>";
    let mut seen: Vec<Answered> = Vec::new();
    for path in ["/home", "/step-up", "/login", "/settings"] {
        seen.push(browser.get(&format!("{path}?next={split}&for={split}&seal={split}")).await);
    }
    browser.cookies.insert("__Host-countersign-flash".to_owned(), "wrong~<b>~~1".to_owned());
    seen.push(browser.get("/login/stopped").await);
    for answered in seen {
        assert!(!answered.headers.iter().any(|(_, v)| v.contains("evil=1")), "{answered:#?}");
        assert!(!answered.body.contains("<b>"), "{answered:#?}");
    }
}
