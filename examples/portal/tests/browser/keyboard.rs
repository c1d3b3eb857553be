//! Without a mouse: every key of these journeys is pressed, and nothing is ever clicked.

use fantoccini::key::Key;

use crate::browser::Browser;
use crate::deeds::{ADA, BEN, OAKMOOR_ADA, PASSWORD, Person};
use crate::house::{House, journey};
use crate::look::Look;
use crate::qr::Phone;

async fn log_in(browser: &Browser, house: &House, person: Person) {
    browser.visit(&house.url("/login")).await;
    let focused = browser.focused().await.expect("the first empty field has the keyboard");
    assert_eq!(focused.name, "E-mail address");
    browser.type_text(person.address).await;
    browser.tab_to("Password").await;
    browser.type_text(PASSWORD).await;
    browser.press(Key::Enter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_rule_and_the_login_work_by_keyboard_alone() {
    journey("by keyboard", Look::PLAIN, async |browser, house| {
        log_in(browser, house, ADA).await;
        browser.arrives("/home").await;
        browser.tab_to("General").await;
        browser.press(Key::Enter).await;
        browser.arrives("/settings/general").await;
        browser.tab_to("Two Factor Authentication").await;
        browser.choose_here("Email MFA").await;
        browser.tab_to("Save security settings").await;
        browser.press(Key::Enter).await;
        browser.sees("This includes you").await;
        browser.tab_to("Save").await;
        browser.press(Key::Enter).await;
        browser.sees("Security settings saved.").await;
        browser.tab_to("Log out").await;
        browser.press(Key::Enter).await;
        browser.sees("You are logged out.").await;

        log_in(browser, house, BEN).await;
        browser.arrives("/login/code").await;
        let focused = browser.focused().await.expect("the field has the keyboard on arrival");
        assert_eq!(focused.name, "Security code");
        browser.type_text("12345").await;
        browser.press(Key::Enter).await;
        browser.sees("The code has 6 digits. You typed 5.").await;
        assert!(
            browser.title().await.starts_with("Error: "),
            "the title says that something is wrong"
        );
        let focused = browser.focused().await.expect("the summary has the keyboard after an error");
        assert_ne!(focused.role, "textbox", "the summary is read first, then the field");
        browser.press(Key::Tab).await;
        browser.press(Key::Enter).await;
        let focused = browser.focused().await.expect("the link of the summary leads to the field");
        assert_eq!(focused.name, "Security code");
        assert!(focused.is("invalid"), "the field is marked");
        assert!(focused.description.contains("You typed 5"), "the field says why: {focused:?}");
        let code = house.mailed_code(BEN.address, 1).await;
        browser.hold(Key::Control, "a").await;
        browser.type_text(&code).await;
        browser.tab_to("Login").await;
        browser.press(Key::Enter).await;
        browser.arrives("/home").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_linked_by_keyboard_alone() {
    let test = "an app by keyboard";
    journey(test, Look::PLAIN, async |browser, house| {
        browser.visit(&house.url("/login")).await;
        browser.tab_to("Another company?").await;
        browser.press(Key::Enter).await;
        browser.tab_to("Log in to Oakmoor Dental").await;
        browser.press(Key::Enter).await;
        browser.has_the_keyboard("E-mail address").await;
        browser.type_text(OAKMOOR_ADA.address).await;
        browser.tab_to("Password").await;
        browser.type_text(PASSWORD).await;
        browser.press(Key::Enter).await;
        browser.arrives("/login/link-app").await;
        let Some(phone) = Phone::scan(test, browser).await else { return };
        let Some(code) = phone.code(test, house) else { return };
        browser.tab_to("Security code").await;
        browser.type_text(&code).await;
        browser.press(Key::Enter).await;
        browser.sees("Authenticator app set up.").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_tab_leads_past_the_menu() {
    journey("the skip link", Look::PLAIN, async |browser, house| {
        log_in(browser, house, ADA).await;
        browser.arrives("/home").await;
        browser.visit(&house.url("/settings/general")).await;
        assert_eq!(browser.tab_to("Skip to the content").await, 1);
        browser.press(Key::Enter).await;
        browser.press(Key::Tab).await;
        let focused = browser.focused().await.expect("something in the content has the keyboard");
        assert_ne!(focused.role, "link", "the menu is skipped, and not {focused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_keeps_the_keyboard_and_gives_it_back() {
    journey("a dialog by keyboard", Look::PLAIN, async |browser, house| {
        log_in(browser, house, ADA).await;
        browser.arrives("/home").await;
        browser.tab_to("User Management").await;
        browser.press(Key::Enter).await;
        browser.arrives("/settings/users").await;
        browser.tab_to("Edit Ben Osei").await;
        browser.press(Key::Enter).await;
        browser.shows("Edit Ben Osei").await;
        browser.has_the_keyboard("First name").await;
        for _ in 0..40 {
            browser.press(Key::Tab).await;
            let focused = browser.focused().await;
            assert!(focused.is_none_or(|node| node.name != "Search"), "Tab leaves the dialog");
        }
        browser.press(Key::Escape).await;
        browser.has_the_keyboard("Edit Ben Osei").await;

        browser.press(Key::Enter).await;
        browser.has_the_keyboard("First name").await;
        browser.tab_to("Two Factor Authentication").await;
        browser.choose_here("App MFA (recommended)").await;
        browser.tab_to("Save").await;
        browser.press(Key::Enter).await;
        browser.sees("Changes to Ben Osei saved.").await;
    })
    .await;
}
