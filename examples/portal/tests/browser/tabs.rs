//! What people do with browsers: two tabs, back, reload, a double press, a page left open for too long.

use crate::deeds::{BEN, OAKMOOR_ADA};
use crate::house::journey;
use crate::look::Look;
use crate::qr::Phone;
use crate::visitor::Form;

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_show_one_login_and_finish_it_once() {
    journey("two tabs", Look::PLAIN, async |browser, house| {
        house.asks_for("email").await;
        browser.log_in(house, BEN).await;
        browser.arrives("/login/code").await;
        let code = house.mailed_code(BEN.address, 1).await;
        browser
            .in_another_tab(async || {
                browser.visit(&house.url("/login/code")).await;
                browser.fill("Security code", &code).await;
                browser.click("Login").await;
                browser.arrives("/home").await;
            })
            .await;
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/home").await;
        assert_eq!(house.posts_to(BEN.address).await.len(), 1, "the second tab asks for no mail");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_show_one_qr_code() {
    let test = "two tabs with a QR code";
    journey(test, Look::PLAIN, async |browser, house| {
        browser.log_in(house, OAKMOOR_ADA).await;
        let Some(first) = Phone::scan(test, browser).await else { return };
        let second = browser
            .in_another_tab(async || {
                browser.visit(&house.url("/login/link-app")).await;
                Phone::scan(test, browser).await
            })
            .await;
        assert_eq!(Some(&first.link), second.as_ref().map(|phone| &phone.link));
        browser.client.refresh().await.unwrap();
        let again = Phone::scan(test, browser).await;
        assert_eq!(Some(first.link), again.map(|phone| phone.link));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_and_reload_repeat_nothing() {
    journey("back and reload", Look::PLAIN, async |browser, house| {
        house.asks_for("email").await;
        browser.log_in(house, BEN).await;
        browser.fill("Security code", "12345").await;
        browser.click("Login").await;
        browser.sees("You typed 5").await;
        browser.client.refresh().await.unwrap();
        browser.does_not_see("You typed 5").await;
        let code = house.mailed_code(BEN.address, 1).await;
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/home").await;
        browser.client.back().await.unwrap();
        browser.client.refresh().await.unwrap();
        // Whoever is in and goes back to the code is sent home, and no code is sent again.
        browser.arrives("/home").await;
        assert_eq!(house.posts_to(BEN.address).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_logs_in_once() {
    journey("sent twice", Look::PLAIN, async |browser, house| {
        house.asks_for("email").await;
        let mut ben = house.visitor();
        ben.log_in(BEN, "/home").await;
        let code = house.mailed_code(BEN.address, 1).await;
        let page = ben.get("/login/code").await;
        let form = Form::on(&page.body, "/login/code");
        let mut once = ben.clone();
        let mut again = ben.clone();
        let press = ben.filled(&form, &[("code", &code)]);
        let (first, second) = tokio::join!(once.send(press.clone()), again.send(press));
        for answer in [&first, &second] {
            assert_eq!(answer.status, 303, "{}", answer.all());
            assert_eq!(answer.header("location"), "/home", "{}", answer.all());
        }
        // Somebody else's browser gets nothing out of a code that was used.
        browser.log_in(house, BEN).await;
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/login/code").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_took_too_long_says_so_and_begins_anew() {
    journey("too long", Look::PLAIN, async |browser, house| {
        house.asks_for("email").await;
        browser.log_in(house, BEN).await;
        let code = house.mailed_code(BEN.address, 1).await;
        house.wait(11 * 60);
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.sees("That code has expired.").await;
        house.wait(5 * 60);
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/login/stopped").await;
        browser.sees("This login took too long").await;
        browser.click("Log in again").await;
        browser.arrives("/login").await;
    })
    .await;
}
