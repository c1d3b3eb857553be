//! The tools in a new_user's hands: they finish the logins that they are there for.

use countersign::Requirement;

use super::{act, between, inbox_until, until};
use crate::house::House;
use crate::visitor::Visitor;
use crate::wire::Answer;

async fn log_in(visitor: &mut Visitor, company: &str, address: &str) -> Answer {
    let page = format!("/login?company={company}");
    let fields = [("email", address), ("password", portal::DEMO_PASSWORD)];
    let answer = visitor.submit(&page, "/login", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.all());
    answer
}

/// Types a code on this page; returns the page that comes next.
async fn enter(visitor: &mut Visitor, page: &str, code: &str) -> Answer {
    let answer = visitor.submit(page, page, &[("code", code)]).await;
    assert_eq!(answer.status, 303, "{}", answer.all());
    let next = answer.header("location").to_owned();
    visitor.get(&next).await
}

/// The code that a phone shows for somebody, as its page tells it.
async fn code_on(visitor: &mut Visitor, phone: &str, issuer: &str, label: &str) -> String {
    let page = visitor.get(&format!("/dev/phone?phone={phone}")).await.body;
    let is_theirs = |entry: &&str| {
        entry.contains(&format!("<bdi>{issuer}</bdi>"))
            && entry.contains(&format!("<bdi>{label}</bdi>"))
    };
    let entry =
        page.split("<li>").find(is_theirs).unwrap_or_else(|| panic!("no entry in:\n{page}"));
    between(entry, "dir=\"ltr\">", "</p>").chars().filter(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn a_phone_scans_the_page_that_was_just_seen_and_its_code_logs_in() {
    let house = House::open().await;
    let mut ada = house.visitor();
    let answer = log_in(&mut ada, "oakmoor", "ada@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/link-app");
    let page = ada.get("/login/link-app").await.body;
    let phone = act(&mut ada, "/dev/phone?phone=2", "/dev/phone/page", &[]).await.body;
    assert!(phone.contains("Scanned."), "{phone}");
    let link = between(&page, "otpauth://", "\"");
    let key = between(link, "secret=", "&");
    assert!(!phone.contains(key), "a phone shows codes and no keys");
    let code = code_on(&mut ada, "2", "Oakmoor Dental", "ada@larkfield.example").await;
    let home = enter(&mut ada, "/login/link-app", &code).await;
    assert_eq!(home.status, 200, "{}", home.all());
    assert_eq!(ada.get("/home").await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_lost_phone_logs_nobody_in_and_the_clock_moves_a_lock_away() {
    let house = House::open().await;
    let mut chiara = house.visitor();
    let code_page = "/login/code";
    let answer = log_in(&mut chiara, "larkfield", "chiara@larkfield.example").await;
    assert_eq!(answer.header("location"), code_page);
    let label = "chiara@larkfield.example";
    let right = code_on(&mut chiara, "1", "Larkfield Freight", label).await;
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        enter(&mut chiara, code_page, wrong).await;
        if chiara.get(code_page).await.header("location") == "/login/stopped" {
            break;
        }
    }
    let mut again = house.visitor();
    log_in(&mut again, "larkfield", label).await;
    let stopped = again.get(code_page).await;
    assert!(!stopped.body.contains("name=\"code\""), "a lock takes no code: {}", stopped.body);

    act(&mut again, "/dev/clock", "/dev/clock", &[("by", "10m")]).await;
    let mut later = house.visitor();
    log_in(&mut later, "larkfield", label).await;
    let code = code_on(&mut later, "1", "Larkfield Freight", label).await;
    enter(&mut later, code_page, &code).await;
    assert_eq!(later.get("/home").await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_code_out_of_the_inbox_logs_in() {
    let house = House::requiring(Requirement::Email).await;
    let mut ben = house.visitor();
    let answer = log_in(&mut ben, "larkfield", "ben@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/code");
    let inbox = inbox_until(&mut ben, |inbox| inbox.contains("ben@larkfield.example")).await;
    let entry = inbox.split("<li>").find(|entry| entry.contains("ben@larkfield.example")).unwrap();
    assert!(entry.contains("delivered") && entry.contains("security code"), "{entry}");
    let mail = ben.get(between(entry, "href=\"", "\"")).await.body;
    let code = between(&mail, "class=\"code\" dir=\"ltr\">", "<").to_owned();
    assert!(mail.contains("data-copy=\"code\""), "{mail}");
    enter(&mut ben, "/login/code", &code).await;
    assert_eq!(ben.get("/home").await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_mail_that_is_late_comes_when_the_clock_has_moved() {
    let house = House::requiring(Requirement::Email).await;
    let mut ben = house.visitor();
    act(&mut ben, "/dev/mail", "/dev/mail/next", &[("treatment", "late")]).await;
    log_in(&mut ben, "larkfield", "ben@larkfield.example").await;
    let inbox = inbox_until(&mut ben, |inbox| inbox.contains("ben@larkfield.example")).await;
    let entry = inbox.split("<li>").find(|entry| entry.contains("ben@larkfield.example")).unwrap();
    assert!(entry.contains("late, arrives at"), "{entry}");
    assert!(entry.contains("14:33:00 UTC") && !entry.contains("href="), "{entry}");
    act(&mut ben, "/dev/clock", "/dev/clock", &[("by", "30s")]).await;
    act(&mut ben, "/dev/clock", "/dev/clock", &[("by", "30s")]).await;
    inbox_until(&mut ben, |inbox| {
        let entry = inbox.split("<li>").find(|entry| entry.contains("ben@larkfield.example"));
        entry.is_some_and(|entry| entry.contains("delivered") && entry.contains("href="))
    })
    .await;
    house.close().await;
}

#[tokio::test]
async fn a_mail_server_that_is_down_shows_at_the_login_and_is_tried_until_it_is_up() {
    let house = House::requiring(Requirement::Email).await;
    let mut ben = house.visitor();
    act(&mut ben, "/dev/mail", "/dev/mail/next", &[("treatment", "down")]).await;
    log_in(&mut ben, "larkfield", "ben@larkfield.example").await;
    inbox_until(&mut ben, |inbox| inbox.contains("not taken, tries: 1")).await;
    let slow = |page: &Answer| page.body.contains("Our e-mail is slow at the moment.");
    until(&mut ben, "/login/code", slow).await;
    act(&mut ben, "/dev/mail", "/dev/mail/next", &[("treatment", "delivered")]).await;
    act(&mut ben, "/dev/clock", "/dev/clock", &[("by", "30s")]).await;
    inbox_until(&mut ben, |inbox| {
        let entry = inbox.split("<li>").find(|entry| entry.contains("ben@larkfield.example"));
        entry.is_some_and(|entry| entry.contains("delivered"))
    })
    .await;
    house.close().await;
}

#[tokio::test]
async fn a_mail_that_is_refused_shows_at_the_login() {
    let house = House::requiring(Requirement::Email).await;
    let mut ben = house.visitor();
    act(&mut ben, "/dev/mail", "/dev/mail/next", &[("treatment", "refused")]).await;
    log_in(&mut ben, "larkfield", "ben@larkfield.example").await;
    inbox_until(&mut ben, |inbox| inbox.contains(">refused</span>")).await;
    let stopped = |page: &Answer| page.header("location") == "/login/stopped";
    until(&mut ben, "/login/code", stopped).await;
    let page = ben.get("/login/stopped").await.body;
    assert!(page.contains("<h1>We cannot send you a code</h1>"), "{page}");
    assert!(page.contains("href=\"/login") && !page.contains("href=\"/login/code\""), "{page}");
    house.close().await;
}
