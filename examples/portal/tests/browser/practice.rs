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

/// One fault of each kind that a judge looks for.
const BAD: &str = r##"<!doctype html><meta name="viewport" content="width=device-width"><title></title>
<style>p { color: #bbb; background: #fff } a:focus { outline: none } .high { height: 30px; background: #024 }
header { position: fixed; inset: 0 0 auto; height: 240px; background: #fff } .cut { overflow: hidden; width: 80px; white-space: nowrap }
@media (prefers-color-scheme: dark) { html { background: #000 } label { color: #222 } }</style>
<header></header><h1>One</h1><h1>Two</h1><main><p style="color: #ccc">Faint</p><input name="unnamed">
<label>Code <input autocomplete="one-time-code" maxlength="6" type="number"></label>
<a href="/far" class="far">Far</a> <a href="/small"><b style="font-size: 6px">x</b></a>
<form><button class="high">Go</button></form><div class="cut"><p>This does not fit into its box</p></div>
<p>This line goes on and on, and who reads it to its end has lost the way back to where the next one begins.</p>
<div style="width: 700px">wide</div></main>"##;

async fn practice(
    test: &str,
    look: Look,
    journey: impl AsyncFnOnce(&crate::browser::Browser, &str),
) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let echo = |Form(sent): Form<serde_json::Map<String, serde_json::Value>>| async move {
        let code = &sent["code"];
        let rule = &sent["rule"];
        Html(format!("<title>Sent</title><h1>Sent</h1><p>code {code}, rule {rule}</p>"))
    };
    let routes = Router::new()
        .route("/bad", routing::get(async || Html(BAD)))
        .route("/", routing::get(async || Html(PAGE)).post(echo))
        .route(
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_judge_finds_the_fault_that_it_looks_for() {
    practice("practice with faults", Look::PLAIN, async |browser, address| {
        browser.visit(&format!("{address}bad")).await;
        let faults = browser.faults().await.join("\n");
        let check = |fault: &str| assert!(faults.contains(fault), "{fault:?} is not in\n{faults}");
        check("light: the page does not say its language");
        check("light: the page has no title");
        check("light: the page does not have one h1");
        check("is inline");
        check("light: color-contrast");
        check("dark: color-contrast");
        check("light: label: Form elements must have labels");
        check("the code field has inputmode=null, not numeric");
        check("the code field has maxlength=6");
        check("the code field is of type number");
        check("main act and 30 high");
        check("characters in a line");
        check("phone: the page is 7");
        check("is cut off by div.cut");
        check("\"Far\" shows no ring");
        check("the keyboard under header");
    })
    .await;
}
