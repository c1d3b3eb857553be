//! Requests that no page of ours sends.

use countersign_core::Requirement;

use crate::client::{Browser, url_encoded};
use crate::stage::Stage;

pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A browser in front of the page for its code, and the fields that are right.
pub(crate) async fn before_the_code(stage: &Stage) -> (Browser, Vec<(String, String)>) {
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
    thief
        .get("/login/stopped")
        .await
        .shows("This login was not started in this browser, or it has ended.");
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
    let mut ben = stage.by_mail("ben").await;
    let mut ada = stage.by_mail("ada").await;
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
    let mut first = browser.clone();
    let mut second = browser.clone();
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
    let mut overriding = browser.clone();
    let mut more = fields.clone();
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
}
