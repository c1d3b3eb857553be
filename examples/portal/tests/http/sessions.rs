//! Sessions: made by a finished login, one at a time, ended on the server.

use crate::house::House;
use crate::person::{ADA, OAKMOOR, come_home, follow, link_at_oakmoor, log_in};

const COOKIE: &str = "__Host-session";

#[tokio::test]
async fn every_login_gets_a_session_of_its_own_and_the_old_one_ends() {
    let house = House::open().await;
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let old = ada.clone();
    // The other company's login replaces it: the new session is for another person.
    link_at_oakmoor(&house, &mut ada).await;
    assert_ne!(ada.cookies[COOKIE], old.cookies[COOKIE]);
    let mut with_old = old;
    assert_eq!(with_old.get("/home").await.header("location"), "/login?next=/home");
    house.close().await;
}

#[tokio::test]
async fn an_id_that_was_planted_before_the_login_is_not_the_one_after_it() {
    let house = House::open().await;
    let mut ada = house.visitor();
    let planted = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    ada.cookies.insert(COOKIE.to_owned(), planted.to_owned());
    come_home(&mut ada, ADA).await;
    assert_ne!(ada.cookies[COOKIE], planted);
    let mut thief = house.visitor();
    thief.cookies.insert(COOKIE.to_owned(), planted.to_owned());
    assert_eq!(thief.get("/home").await.status, 303);
    house.close().await;
}

#[tokio::test]
async fn a_half_finished_login_is_no_session() {
    let house = House::open().await;
    let mut ada = house.visitor();
    log_in(&mut ada, OAKMOOR, ADA).await;
    assert!(!ada.cookies.contains_key(COOKIE));
    for page in ["/home", "/account/security", "/account/security/email", "/settings/general"] {
        let answer = ada.get(page).await;
        assert_eq!(answer.status, 303, "{page}");
        assert!(answer.header("location").starts_with("/login"), "{page}");
    }
    house.close().await;
}

#[tokio::test]
async fn logging_out_ends_the_session_on_the_server_too() {
    let house = House::open().await;
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let mut copy = ada.clone();
    let answer = ada.submit("/home", "/logout", &[]).await;
    let login = follow(&mut ada, answer).await;
    assert!(login.body.contains("You are logged out."), "{}", login.all());
    assert!(!login.body.contains(ADA) || login.body.contains("Demo accounts"));
    assert!(!login.body.contains(&format!("value=\"{ADA}\"")), "no address is left behind");
    assert_eq!(copy.get("/home").await.status, 303);
    house.close().await;
}

#[tokio::test]
async fn a_session_ends_with_its_proof_after_twelve_hours() {
    let house = House::open().await;
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    house.wait(12 * 3600 - 1);
    assert_eq!(ada.get("/home").await.status, 200);
    house.wait(1);
    assert_eq!(ada.get("/home").await.status, 303);
    house.close().await;
}

#[tokio::test]
async fn the_same_mailbox_in_two_companies_is_two_people() {
    let house = House::open().await;
    let mut freight = house.visitor();
    let mut dental = house.visitor();
    come_home(&mut freight, ADA).await;
    link_at_oakmoor(&house, &mut dental).await;
    let freight_home = freight.get("/home").await;
    let dental_home = dental.get("/home").await;
    assert!(freight_home.body.contains("<p class=\"company\">Larkfield Freight</p>"));
    assert!(dental_home.body.contains("<p class=\"company\">Oakmoor Dental</p>"));
    // An administrator there, an ordinary user here.
    assert!(freight_home.body.contains("/settings/users"));
    assert!(!dental_home.body.contains("/settings/"));
    assert_eq!(dental.get("/settings/general").await.status, 404);
    assert_eq!(dental.get("/settings/users/ada").await.status, 404);
    // What one has linked there is not linked here.
    assert!(freight.get("/account/security").await.body.contains("You have not set up an app."));
    let account = dental.get("/account/security").await;
    assert!(!account.body.contains("You have not set up an app."), "{}", account.all());
    house.close().await;
}

#[tokio::test]
async fn cookies_are_as_strict_as_they_can_be_and_name_nobody() {
    let house = House::open().await;
    let mut ada = house.visitor();
    let answer = log_in(&mut ada, "/login", ADA).await;
    let cookies = answer.headers("set-cookie");
    assert!(cookies.iter().any(|cookie| cookie.starts_with(COOKIE)));
    for cookie in cookies {
        for part in ["__Host-", "; Path=/", "; HttpOnly", "; Secure", "; SameSite="] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
    }
    assert!(!ada.cookies[COOKIE].contains("ada"));
    house.close().await;
}
