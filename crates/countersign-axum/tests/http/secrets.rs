//! What must not be seen: in no log, in no cache, in no address.

use axum::Router;
use axum::routing::get;
use countersign_axum::Browser as Visitor;
use countersign_core::Requirement;

use crate::log::Log;
use crate::stage::{Stage, scan};

#[tokio::test]
async fn no_secret_is_in_any_log() {
    let log = Log::listening();
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    let code = stage.inbox.code();
    stage.require(Requirement::App).await;
    let mut linking = stage.browser();
    stage.password(&mut linking, "chiara").await.goes_to("/login/link-app");
    let page = linking.get("/login/link-app").await;
    let uri = page.body.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let token = page.hidden("/login/link-app", "form_token");
    let app_code = scan(&page).code(stage.clock.now());
    linking.fill(&page, "/login/link-app", &[("code", "111")]).await;
    linking.fill(&page, "/login/link-app", &[("code", &app_code)]).await.goes_to("/home");
    browser.get("/pay").await;
    browser.get("/step-up?for=link-app&next=/account").await;
    browser.get("/nowhere").await;
    browser.get("/unguarded").await;
    let text = log.text();
    assert!(text.contains("takes a fresh proof"), "somebody listens: {text}");
    let cookies = browser.cookies.values().chain(linking.cookies.values());
    let secrets = [&code, &uri, &token, &app_code].into_iter().chain(cookies);
    for secret in secrets.filter(|secret| secret.len() >= 6) {
        let hex = data_encoding::HEXLOWER.encode(secret.as_bytes());
        let base = data_encoding::BASE64.encode(secret.as_bytes());
        for shape in [secret.as_str(), &hex, &base, "correct horse"] {
            assert!(!text.contains(shape), "{shape} is in the log");
        }
    }
}

/// The address of an invitation is as good as a password.
#[tokio::test]
async fn a_browser_in_a_log_says_nothing_about_where_it_is() {
    let stage = Stage::serving(
        |gate| gate,
        |gate| {
            let debug = async |browser: Visitor| format!("{browser:?}");
            Router::new().route("/invite/{token}", get(debug)).layer(gate.layer())
        },
    )
    .await;
    let shown = stage.browser().get("/invite/zq3vfx8w?code=482913").await.body;
    assert!(shown.starts_with("Browser"), "{shown}");
    for secret in ["zq3vfx8w", "482913"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn every_page_of_a_login_is_kept_by_nobody() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let mut browser = stage.browser();
    let mut pages = vec![browser.get("/login").await, stage.password(&mut browser, "ben").await];
    for path in ["/login/link-app", "/login/code", "/login/another-way", "/login/stopped", "/home"]
    {
        pages.push(browser.get(path).await);
    }
    let page = browser.get("/login/link-app").await;
    pages.push(browser.fill(&page, "/login/link-app", &[("code", "1")]).await);
    let code = scan(&page).code(stage.clock.now());
    pages.push(browser.fill(&page, "/login/link-app", &[("code", &code)]).await);
    pages.push(browser.get("/step-up?for=replace-app&next=/account").await);
    for (number, page) in pages.iter().enumerate() {
        assert_eq!(page.header("cache-control"), Some("no-store"), "{number}: {page:#?}");
    }
    for shown in [&pages[2], &pages[9]] {
        assert_eq!(shown.status, 200);
        assert_eq!(shown.header("referrer-policy"), Some("same-origin"));
        let policy = shown.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(!shown.body.contains("<script") && !shown.body.contains(" style="));
    }
}

#[tokio::test]
async fn cookies_are_as_strict_as_they_can_be() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    let mut lines: Vec<String> = Vec::new();
    let page = browser.get("/login").await;
    lines.extend(page.cookies().map(str::to_owned));
    let sent = stage.password(&mut browser, "ben").await;
    lines.extend(sent.cookies().map(str::to_owned));
    let page = browser.get("/login/code").await;
    let code = stage.mailed().await;
    let sent = browser.fill(&page, "/login/code", &[("code", &code)]).await;
    lines.extend(sent.cookies().map(str::to_owned));
    assert!(lines.len() >= 3, "{lines:?}");
    for line in lines {
        assert!(line.starts_with("__Host-countersign-"), "{line}");
        for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite="] {
            assert!(line.contains(attribute), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
}

#[tokio::test]
async fn a_host_on_plain_http_says_so_and_gets_cookies_that_work_there() {
    let stage = Stage::with(|gate| gate.danger_plain_http()).await;
    let mut browser = stage.browser();
    let page = browser.get("/login").await;
    let line = page.cookies().next().unwrap();
    assert!(line.starts_with("countersign-browser=") && !line.contains("Secure"), "{line}");
    stage.password(&mut browser, "ben").await.goes_to("/home");
    browser.get("/home").await.shows("in: ben by");
}
