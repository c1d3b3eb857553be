//! The link of an invitation: looking is free, accepting happens once.

use crate::decency::{check, plain};
use crate::house::House;
use crate::person::{ADA, come_home, follow, mail_to};

const DEV: &str = "dev@larkfield.example";
const PASSWORD: &str = "a lorry full of pears";

/// The path of the link in Dev's mail.
async fn link(house: &House) -> String {
    let (_, mail) = mail_to(&mut house.visitor(), DEV, 0, "/invite/").await;
    let (_, rest) = mail.split_once("/invite/").expect("the mail has the link");
    let token = rest.split(['"', '<', ' ', '\n']).next().unwrap_or_default();
    format!("/invite/{token}")
}

#[tokio::test]
async fn looking_changes_nothing_and_accepting_logs_in_once() {
    let house = House::open().await;
    let link = link(&house).await;
    for _ in 0..3 {
        let page = house.visitor().get(&link).await;
        check(&page, "en");
        assert!(page.body.contains("<h1>Welcome to Larkfield Freight</h1>"), "{}", page.all());
        assert!(plain(&page.body).contains("dev@larkfield.example"), "the whole address");
        assert!(page.body.contains("autocomplete=\"new-password\""));
    }
    let mut dev = house.visitor();
    let answer = dev.submit(&link, &link, &[("password", PASSWORD)]).await;
    let home = follow(&mut dev, answer).await;
    assert!(home.body.contains("<h1>Hello Dev Anand</h1>"), "{}", home.all());
    // The address is confirmed by it, and the password counts from now on.
    assert!(dev.get("/account/security").await.body.contains(">confirmed<"));
    let mut again = house.visitor();
    let fields = [("email", DEV), ("password", PASSWORD)];
    let answer = again.submit("/login", "/login", &fields).await;
    assert_eq!(answer.header("location"), "/home");
    let used = house.visitor().get(&link).await;
    check(&used, "en");
    assert!(used.body.contains("You have already accepted it. Log in."), "{}", used.all());
    house.close().await;
}

#[tokio::test]
async fn a_password_that_is_too_short_spends_nothing() {
    let house = House::open().await;
    let link = link(&house).await;
    let mut dev = house.visitor();
    for (password, says) in [
        ("", "Choose a password."),
        ("short", "Use at least 12 characters."),
        (&*"x".repeat(300), "This password is too long."),
    ] {
        let answer = dev.submit(&link, &link, &[("password", password)]).await;
        let page = follow(&mut dev, answer).await;
        check(&page, "en");
        assert!(page.body.contains(says), "{}", page.all());
        assert!(password.is_empty() || !page.body.contains(password));
    }
    let answer = dev.submit(&link, &link, &[("password", PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/home");
    house.close().await;
}

/// A browser that is told twice to send a form gives the first request up.
#[tokio::test]
async fn whoever_hangs_up_while_accepting_has_a_password_all_the_same() {
    let house = House::open().await;
    let link = link(&house).await;
    let mut dev = house.visitor();
    let page = dev.get(&link).await;
    let form = crate::visitor::Form::on(&page.body, &link);
    let asking = dev.filled(&form, &[("password", PASSWORD)]);
    let sending = tokio::spawn(async move { dev.send(asking).await });
    let mut looking = house.visitor();
    while looking.get(&link).await.body.contains("name=\"password\"") {
        tokio::task::yield_now().await;
    }
    sending.abort();
    let _gone = sending.await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let fields = [("email", DEV), ("password", PASSWORD)];
    let answer = house.visitor().submit("/login", "/login", &fields).await;
    assert_eq!(answer.header("location"), "/home", "{}", answer.all());
    house.close().await;
}

#[tokio::test]
async fn an_old_a_broken_and_a_foreign_link_each_say_what_to_do() {
    let house = House::open().await;
    let link = link(&house).await;
    let broken = house.visitor().get(&link[..link.len() - 3]).await;
    check(&broken, "en");
    assert!(broken.body.contains("This link is incomplete."), "{}", broken.all());

    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let page = ada.get(&link).await;
    check(&page, "en");
    let says = "You are logged in as Ada Moreau. Log out to accept the invitation for Dev Anand.";
    assert!(page.body.contains(says), "{}", page.all());
    assert!(!page.body.contains("name=\"password\""));

    house.wait(7 * 86_400);
    let old = house.visitor().get(&link).await;
    check(&old, "en");
    let says = "It worked for seven days. Ask Ada Moreau for a new invitation.";
    assert!(old.body.contains(says), "{}", old.all());
    house.close().await;
}

#[tokio::test]
async fn somebody_who_is_logged_in_accepts_for_nobody_else_by_hand_either() {
    let house = House::open().await;
    let link = link(&house).await;
    let mut ada = house.visitor();
    let page = ada.get(&link).await;
    let form = crate::visitor::Form::on(&page.body, &link);
    come_home(&mut ada, ADA).await;
    let asking = ada.filled(&form, &[("password", PASSWORD)]);
    let answer = ada.send(asking).await;
    assert_eq!(answer.header("location"), link);
    assert!(house.visitor().get(&link).await.body.contains("Welcome to Larkfield Freight"));
    house.close().await;
}

#[tokio::test]
async fn a_portal_of_ones_own_begins_with_a_company_and_one_invitation() {
    let args =
        ["--listen", "127.0.0.1:0", "--company", "Fenwick Pears", "--admin", "jo@fenwick.example"];
    let house = House::started_with(&args).await;
    let (_, mail) = mail_to(&mut house.visitor(), "jo@fenwick.example", 0, "/invite/").await;
    assert!(mail.contains("Fenwick Pears"));
    let (_, rest) = mail.split_once("/invite/").expect("the mail has the link");
    let token = rest.split(['"', '<', ' ', '\n']).next().unwrap_or_default();
    let link = format!("/invite/{token}");
    let mut jo = house.visitor();
    let answer = jo.submit(&link, &link, &[("password", PASSWORD)]).await;
    let home = follow(&mut jo, answer).await;
    assert!(home.body.contains("/settings/general"), "an administrator: {}", home.all());
    assert!(home.body.contains("Fenwick Pears"));
    house.close().await;
}
