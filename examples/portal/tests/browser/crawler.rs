//! Somebody who tries every door: without a login, with half of one, and with one that is too weak.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::browser::Browser;
use crate::deeds::{BEN, OAKMOOR_ADA};
use crate::house::{House, journey};
use crate::look::Look;
use crate::qr::Phone;
use crate::routes;
use crate::visitor::{Form, Visitor};
use crate::wire::Asking;

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// What stands on pages behind the login and nowhere before it.
const INSIDE: [&str; 4] =
    ["People of the company", "Security settings", "You logged in with", "action=\"/logout\""];

/// Everything that can be asked for: each route, and each way to write it that a router or a layer
/// might see differently.
fn doors() -> BTreeSet<String> {
    let mut doors = BTreeSet::new();
    for path in routes::paths() {
        // Demo tools are open to everybody on this machine, and would move the clock.
        if path.starts_with("/dev") || path == "/logout" {
            continue;
        }
        let path = path.replace("{id}", "ben").replace("{token}", "none");
        doors.insert(format!("{path}/"));
        doors.insert(format!("/{path}"));
        doors.insert(format!("/login/..{path}"));
        doors.insert(format!("/.{path}"));
        doors.insert(format!("{path}?login=done&proof=1&method=app"));
        doors.insert(format!("{path};x=/login"));
        doors.insert(path.to_uppercase());
        doors.insert(path.replacen("/", "/%2f", 1));
        doors.insert(path);
    }
    doors
}

/// Somebody at the doors: who they are, and the fields that a page of the portal gave them to send
/// along. Without those every form would be refused for the wrong reason.
struct Burglar {
    visitor: Visitor,
    form: Vec<(String, String)>,
}

impl Burglar {
    /// With the form for `action` on this page in hand.
    async fn with_form(mut visitor: Visitor, page: &str, action: &str) -> Self {
        let page = visitor.get(page).await;
        let form = Form::on(&page.body, action).hidden;
        assert!(form.iter().any(|(name, _)| name == "form_token"), "the form has a token");
        Self { visitor, form }
    }

    /// A request that would do something, if it were let in.
    fn asking(&self, method: &str, door: &str) -> Asking {
        let asking = self.visitor.asking(method, door);
        if !["POST", "PUT", "PATCH"].contains(&method) {
            return asking;
        }
        let hidden = self.form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let typed = [("mfa", "none"), ("revision", "0"), ("code", ""), ("email", "a@b.example")];
        let fields: Vec<_> = hidden.chain(typed).collect();
        asking.header("Sec-Fetch-Site", "same-origin").form(&fields)
    }

    /// Tries every door by every method, fails if one of them opens, and says how many it tried.
    async fn crawl(&self, house: &House) -> usize {
        let mut tried = 0;
        for door in doors() {
            for method in METHODS {
                // Each time with the same cookies, so that no answer changes what the next one meets.
                let answer = self.asking(method, &door).ask(house.address()).await;
                tried += 1;
                let said = || format!("{method} {door}: {}", answer.all());
                assert!(answer.status < 500, "{}", said());
                let inside = INSIDE.iter().find(|inside| answer.body.contains(**inside));
                assert!(inside.is_none(), "{}", said());
                let in_now = |line: &&str| {
                    line.starts_with("__Host-session=") && !line.contains("Max-Age=0")
                };
                assert!(!answer.headers("set-cookie").iter().any(in_now), "{}", said());
            }
        }
        tried
    }
}

/// The cookies of this browser, also those that no script may read.
async fn cookies_of(browser: &Browser) -> BTreeMap<String, String> {
    let cookies = browser.tell("Network.getCookies", serde_json::json!({})).await;
    let cookies = cookies["cookies"].as_array().expect("cookies are a list");
    let text = |cookie: &Value, key: &str| cookie[key].as_str().unwrap().to_owned();
    cookies.iter().map(|cookie| (text(cookie, "name"), text(cookie, "value"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_login_no_door_opens() {
    let house = House::open().await;
    let nobody = Burglar::with_form(house.visitor(), "/login", "/login").await;
    let tried = nobody.crawl(&house).await;
    println!("{tried} requests without a login, all refused");
    house.close().await;
}

/// Ada of Oakmoor has typed her password and has no app yet.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_login_opens_nothing_and_can_still_be_finished() {
    let test = "half a login";
    journey(test, Look::PLAIN, async |browser, house| {
        browser.log_in(house, OAKMOOR_ADA).await;
        browser.arrives("/login/link-app").await;
        let half = house.visitor().with_cookies(cookies_of(browser).await);
        assert!(!half.cookies.is_empty(), "half a login is kept in cookies");
        let page = "/login/link-app";
        let tried = Burglar::with_form(half, page, page).await.crawl(house).await;
        println!("{tried} requests with half a login, all refused");
        browser.visit(&house.url("/home")).await;
        browser.arrives("/login").await;

        browser.visit(&house.url("/login/link-app")).await;
        let Some(phone) = Phone::scan(test, browser).await else { return };
        let Some(code) = phone.code(test, house) else { return };
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/home").await;
    })
    .await;
}

/// Ben is in, and administrates nothing.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_no_administrator_finds_no_settings() {
    let house = House::open().await;
    let mut ben = house.visitor();
    ben.log_in(BEN, "/home").await;
    let ben = Burglar::with_form(ben, "/home", "/logout").await;
    for door in doors().iter().filter(|door| door.to_lowercase().contains("settings")) {
        for method in METHODS {
            let answer = ben.asking(method, door).ask(house.address()).await;
            let said = format!("{method} {door}: {}", answer.all());
            assert!((300..500).contains(&answer.status), "{said}");
            assert!(!answer.body.contains("People of the company"), "{said}");
        }
    }
    house.close().await;
}
