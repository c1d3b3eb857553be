//! The driver is tried on a page of our own first: what it cannot do there, it proves nowhere.

use axum::response::Html;
use axum::{Form, Router, routing};
use fantoccini::key::Key;
use serde_json::json;

use crate::browser::browse;
use crate::look::Look;

const PAGE: &str = r#"<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Practice</title>
<h1>Practice</h1><p id="script">script is off</p>
<script>document.getElementById("script").textContent = "script is on"</script>
<style>button { text-transform: uppercase } @media (prefers-color-scheme: dark) { body { background: #123 } }</style>
<form method="post"><label>Security code <input name="code" autocomplete="one-time-code"></label>
<label>Rule <select name="rule"><option value="no">No MFA<option value="mail">Email MFA<option value="app">App MFA (recommended)</select></label>
<button>Save it</button></form>
<details><summary>Not in your inbox?</summary><p>Look in spam.</p></details>
<input aria-hidden="true" tabindex="-1"><button disabled>Sold out</button>"#;

async fn practice(
    test: &str,
    look: Look,
    journey: impl AsyncFnOnce(&crate::browser::Browser, &str),
) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let echo = |Form(sent): Form<serde_json::Map<String, serde_json::Value>>| async move {
        let (code, rule) = (&sent["code"], &sent["rule"]);
        Html(format!("<title>Sent</title><h1>Sent</h1><p>code {code}, rule {rule}</p>"))
    };
    let routes = Router::new().route("/", routing::get(async || Html(PAGE)).post(echo)).route(
        "/language",
        routing::get(async |headers: axum::http::HeaderMap| {
            let language = headers.get("accept-language").and_then(|v| v.to_str().ok());
            Html(format!("<title>x</title><p>{}</p>", language.unwrap_or_default()))
        }),
    );
    let served = tokio::spawn(async move { axum::serve(listener, routes).await });
    browse(test, look, async |browser| journey(browser, &address).await).await;
    served.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_filled_by_labels_and_sent_by_the_name_of_its_button() {
    let check = async |test: &str, look: Look, script: &str| {
        practice(test, look, async |browser, address| {
            browser.visit(address).await;
            browser.sees(script).await;
            assert_eq!(browser.heading().await, "Practice");
            browser.paste("Security code", "482 913").await;
            browser.choose("Rule", "App MFA (recommended)").await;
            browser.does_not_see("Look in spam.").await;
            browser.click("Not in your inbox?").await;
            browser.sees("Look in spam.").await;
            browser.click("Save it").await;
            browser.sees(r#"code "482 913", rule "app""#).await;
        })
        .await;
    };
    check("practice", Look::PLAIN, "script is on").await;
    check("practice without script", Look::PLAIN.without_script(), "script is off").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_alone_is_enough() {
    practice("practice by keyboard", Look::PLAIN, async |browser, address| {
        browser.visit(address).await;
        assert_eq!(browser.tab_to("Security code").await, 1);
        browser.type_text("482913").await;
        browser.tab_to("Rule").await;
        browser.choose_here("Email MFA").await;
        browser.tab_to("Save it").await;
        browser.press(Key::Enter).await;
        browser.sees(r#"code "482913", rule "mail""#).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_shown_in_the_look_that_was_asked_for() {
    let look = Look::PLAIN.dark().phone().language("ar");
    practice("practice in another look", look, async |browser, address| {
        browser.visit(&format!("{address}language")).await;
        browser.sees("ar").await;
        browser.visit(address).await;
        let width = browser.measure("return document.documentElement.clientWidth").await;
        assert_eq!(width, json!(320));
        let background = "return getComputedStyle(document.body).backgroundColor";
        assert_eq!(browser.measure(background).await, json!("rgb(17, 34, 51)"));
        let matches = async |query: &str| {
            browser.measure(&format!("return matchMedia('{query}').matches")).await == json!(true)
        };
        assert!(!matches("(forced-colors: active)").await);
        browser.wear(Look::PLAIN.forced_colors()).await;
        assert!(matches("(forced-colors: active)").await);
        browser.wear(Look::PLAIN.printed()).await;
        assert!(matches("print").await && !matches("(forced-colors: active)").await);
        assert!(browser.picture().await.starts_with(b"\x89PNG"));
    })
    .await;
}
