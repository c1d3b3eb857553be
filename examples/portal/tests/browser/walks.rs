//! The walks from page to page, and from state to state, that `pages` lists.

use crate::browser::until;
use crate::deeds::{ADA, BEN, CHIARA, ELIF, OAKMOOR_ADA, OMAR};
use crate::house::journey;
use crate::look::Look;
use crate::pages::{NOWHERE, PAGES, Walk};
use crate::qr::Phone;

#[tokio::test(flavor = "multi_thread")]
async fn the_way_in_looks_right_in_every_state() {
    journey("the way in", Look::PLAIN, async |browser, house| {
        let walk = Walk::default();
        browser.visit(&house.url("/login")).await;
        walk.stop(browser, "/login", "empty").await;
        browser.click("Login").await;
        browser.sees("Enter your e-mail address.").await;
        walk.stop(browser, "/login", "nothing typed").await;
        browser.fill("E-mail address", BEN.address).await;
        browser.fill("Password", "harbour").await;
        browser.click("Login").await;
        browser.sees("That e-mail address and password do not match.").await;
        walk.stop(browser, "/login", "no match").await;
        browser.click("Another company?").await;
        browser.click("Demo accounts").await;
        walk.stop(browser, "/login", "another company").await;
        browser.log_in(house, BEN).await;
        browser.log_out().await;
        walk.stop(browser, "/login", "logged out").await;
        let mut guesser = house.visitor();
        for _ in 0..10 {
            let typed = [("email", ELIF.address), ("password", "harbour")];
            guesser.submit("/login", "/login", &typed).await;
        }
        browser.log_in(house, ELIF).await;
        browser.sees("Too many tries. Try again after").await;
        walk.stop(browser, "/login", "too many tries").await;
        browser.click("Need help?").await;
        browser.arrives("/help").await;
        walk.stop(browser, "/help", "outside").await;
        browser.visit(&house.url(NOWHERE)).await;
        walk.stop(browser, NOWHERE, "outside").await;
        browser.log_in(house, BEN).await;
        browser.arrives("/home").await;
        browser.visit(&house.url(NOWHERE)).await;
        walk.stop(browser, NOWHERE, "inside").await;
        walk.ends(&["/login", "/help", NOWHERE]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_an_app_looks_right_in_every_state() {
    journey("the code of an app", Look::PLAIN, async |browser, house| {
        let walk = Walk::default();
        let answer = async |code: &str, says: &str| {
            browser.fill("Security code", code).await;
            browser.click("Login").await;
            browser.sees(says).await;
        };
        browser.log_in(house, CHIARA).await;
        browser.arrives("/login/code").await;
        walk.stop(browser, "/login/code", "app").await;
        answer("", "Enter the security code.").await;
        walk.stop(browser, "/login/code", "nothing typed").await;
        answer("12345", "The code has 6 digits. You typed 5.").await;
        walk.stop(browser, "/login/code", "too short").await;
        answer("12a456", "The code has digits only.").await;
        walk.stop(browser, "/login/code", "letters").await;
        answer("000001", "That code is not right.").await;
        browser.click("My code is not accepted").await;
        walk.stop(browser, "/login/code", "wrong").await;
        answer("000002", "That code is not right.").await;
        answer("000003", "2 tries left before we lock this login for a while.").await;
        walk.stop(browser, "/login/code", "few tries left").await;
        answer("000004", "One try left before we lock this login for a while.").await;
        browser.fill("Security code", "000005").await;
        browser.click("Login").await;
        browser.arrives("/login/stopped").await;
        browser.sees("Too many wrong codes").await;
        walk.stop(browser, "/login/stopped", "locked").await;

        browser.log_in(house, OAKMOOR_ADA).await;
        browser.arrives("/login/link-app").await;
        browser.click("Which app?").await;
        walk.stop(browser, "/login/link-app", "fresh").await;
        answer("000001", "That code is not right.").await;
        walk.stop(browser, "/login/link-app", "wrong").await;
        walk.ends(&["/login/link-app"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_mailed_code_looks_right_in_every_state() {
    journey("the mailed code", Look::PLAIN, async |browser, house| {
        let walk = Walk::default();
        house.asks_for("email").await;
        browser.log_in(house, BEN).await;
        browser.sees("b••@larkfield.example").await;
        walk.stop(browser, "/login/code", "mailed").await;
        browser.click("Not in your inbox?").await;
        walk.stop(browser, "/login/code", "where is it").await;
        browser.visit(&house.url("/login/another-way")).await;
        walk.stop(browser, "/login/another-way", "no other way").await;
        browser.click("Back").await;
        browser.click("Not in your inbox?").await;
        house.wait(31);
        browser.click("Send a new code").await;
        browser.sees("We sent the code again.").await;
        walk.stop(browser, "/login/code", "sent again").await;
        let code = house.mailed_code(BEN.address, 2).await;
        house.wait(600);
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.sees("That code has expired.").await;
        walk.stop(browser, "/login/code", "ran out").await;
        house.wait(300);
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/login/stopped").await;
        walk.stop(browser, "/login/stopped", "took too long").await;
        // Her mailbox refuses every mail, which is known a moment after the first.
        browser.log_in(house, ELIF).await;
        until(async || {
            let here = browser.path().await;
            if here != "/login" { Ok(()) } else { Err("the password is not judged".to_owned()) }
        })
        .await;
        until(async || {
            browser.client.refresh().await.unwrap();
            let page = browser.text().await;
            let told = page.contains("Your mail server did not take our last e-mail.");
            if told { Ok(()) } else { Err(format!("nobody says that the mail came back:\n{page}")) }
        })
        .await;
        walk.stop(browser, "/login/stopped", "no way").await;
        walk.ends(&[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_app_and_needs_none_may_choose_the_mail() {
    journey("another way", Look::PLAIN, async |browser, house| {
        let walk = Walk::default();
        browser.log_in(house, OMAR).await;
        let code = browser.read_code_on_the_phone(house, OMAR).await;
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/home").await;
        browser.open_menu("General").await;
        browser.choose("Two Factor Authentication", "Email MFA").await;
        browser.click("Save security settings").await;
        browser.sees("makes logging in less secure").await;
        walk.stop(browser, "/settings/general/review", "lowered").await;
        browser.click("Save").await;
        browser.sees("Security settings saved.").await;
        browser.log_out().await;

        browser.log_in(house, OMAR).await;
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.sees("Each code works once. Wait for the next one.").await;
        walk.stop(browser, "/login/code", "used before").await;
        browser.click("Use another way").await;
        browser.arrives("/login/another-way").await;
        browser.sees("We send a code to o••@oakmoor.example").await;
        walk.stop(browser, "/login/another-way", "a choice").await;
        browser.click("Send a code").await;
        browser.sees("Check your e-mail").await;
        // The first mail said that his app was linked.
        let code = house.mailed_code(OMAR.address, 2).await;
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/home").await;
        browser.sees("e-mail").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_an_invitation_looks_right_in_every_state() {
    journey("an invitation", Look::PLAIN, async |browser, house| {
        let walk = Walk::default();
        let link = house.mailed_link("dev@larkfield.example", 1).await;
        browser.visit(&house.url("/invite/nonsense")).await;
        walk.stop(browser, "/invite/{token}", "unknown").await;
        browser.log_in(house, BEN).await;
        browser.arrives("/home").await;
        browser.visit(&link).await;
        browser.sees("You are logged in as Ben Osei.").await;
        walk.stop(browser, "/invite/{token}", "somebody else").await;
        browser.visit(&house.url("/home")).await;
        browser.log_out().await;
        browser.visit(&link).await;
        walk.stop(browser, "/invite/{token}", "fresh").await;
        browser.fill("New password", "short").await;
        browser.click("Continue").await;
        browser.sees("characters").await;
        walk.stop(browser, "/invite/{token}", "too short").await;
        browser.fill("New password", "seven quiet harbours").await;
        browser.click("Continue").await;
        browser.arrives("/home").await;
        browser.log_out().await;
        browser.visit(&link).await;
        browser.sees("You have already accepted it.").await;
        walk.stop(browser, "/invite/{token}", "used").await;
        walk.ends(&["/invite/{token}"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn home_and_account_look_right_in_every_state() {
    let test = "home and account";
    journey(test, Look::PLAIN, async |browser, house| {
        let walk = Walk::default();
        browser.log_in(house, BEN).await;
        browser.arrives("/home").await;
        walk.stop(browser, "/home", "by password").await;
        browser.open_menu("Account security").await;
        browser.arrives("/account/security").await;
        walk.stop(browser, "/account/security", "nothing linked").await;
        browser.click("Change the address").await;
        browser.shows("Confirm it is you").await;
        walk.stop(browser, "/step-up", "asked").await;
        let code = house.mailed_code(BEN.address, 1).await;
        browser.fill("Security code", &code).await;
        browser.click("Confirm").await;
        browser.arrives("/account/security/email").await;
        walk.stop(browser, "/account/security/email", "empty").await;
        browser.fill("New e-mail address", "ben").await;
        browser.click("Send a code there").await;
        browser.sees("Enter one e-mail address").await;
        walk.stop(browser, "/account/security/email", "no address").await;
        browser.log_out().await;

        browser.log_in(house, OAKMOOR_ADA).await;
        let Some(phone) = Phone::scan(test, browser).await else { return };
        let Some(code) = phone.code(test, house) else { return };
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.sees("Authenticator app set up.").await;
        walk.stop(browser, "/home", "app just linked").await;
        browser.open_menu("Account security").await;
        browser.arrives("/account/security").await;
        walk.stop(browser, "/account/security", "app linked").await;
        browser.log_out().await;

        browser.log_in(house, BEN).await;
        browser.arrives("/home").await;
        house.asks_for("app").await;
        browser.visit(&house.url("/home")).await;
        browser.sees("At your next login you will be asked for more than today.").await;
        walk.stop(browser, "/home", "more is asked").await;
        browser.click("Do it now").await;
        browser.shows("Confirm it is you").await;
        walk.stop(browser, "/step-up", "to stay").await;
        walk.ends(&["/home", "/account/security", "/account/security/email", "/step-up"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_look_right_in_every_state() {
    journey("the settings", Look::PLAIN, async |browser, house| {
        let walk = Walk::default();
        browser.log_in(house, ADA).await;
        browser.open_menu("General").await;
        browser.arrives("/settings/general").await;
        walk.stop(browser, "/settings/general", "at the start").await;
        browser.click("More options").await;
        browser.choose("Two Factor Authentication", "Email MFA").await;
        browser.choose("When it starts", "After some days, for people who are not ready yet").await;
        browser.fill("Days to get ready", "99").await;
        browser.click("Save security settings").await;
        browser.sees("Enter a number of days from 1 to 30.").await;
        walk.stop(browser, "/settings/general", "wrong days").await;
        browser.visit(&house.url("/settings/general")).await;
        browser.choose("Two Factor Authentication", "Email MFA").await;
        browser.click("Save security settings").await;
        browser.shows("Review your change").await;
        walk.stop(browser, "/settings/general/review", "tightened").await;
        browser.click("Save").await;
        browser.sees("Security settings saved.").await;
        walk.stop(browser, "/settings/general", "saved").await;
        browser.choose("Two Factor Authentication", "No MFA").await;
        browser.click("Save security settings").await;
        browser.sees("To make logging in less secure, you need a second step").await;
        walk.stop(browser, "/settings/general/review", "not for you").await;

        browser.open_menu("User Management").await;
        browser.arrives("/settings/users").await;
        walk.stop(browser, "/settings/users", "everybody").await;
        browser.fill("Search", "nobody").await;
        browser.click("Filter").await;
        browser.sees("No matching people.").await;
        walk.stop(browser, "/settings/users", "no match").await;
        browser.visit(&house.url("/settings/users")).await;
        browser.click("Edit Ben Osei").await;
        browser.shows("Edit Ben Osei").await;
        walk.stop(browser, "/settings/users", "dialog").await;
        browser.visit(&house.url("/settings/users/new")).await;
        walk.stop(browser, "/settings/users/new", "empty").await;
        browser.click("Save").await;
        browser.sees("Enter a first name.").await;
        walk.stop(browser, "/settings/users/new", "something wrong").await;
        house.visitor().log_in(ELIF, "/home").await;
        until(async || {
            browser.visit(&house.url("/settings/users")).await;
            let row = browser.row_of("Elif Kaya").await;
            if row.contains("address not accepted") { Ok(()) } else { Err(row) }
        })
        .await;
        for (path, page, state) in [
            ("/settings/users/elif", "/settings/users/{id}", "address refused"),
            ("/settings/users/chiara", "/settings/users/{id}", "as it is"),
            ("/settings/users/chiara/reset", "/settings/users/{id}/reset", "asked"),
            ("/settings/users/ben/exempt", "/settings/users/{id}/exempt", "asked"),
            ("/settings/audit", "/settings/audit", "everything"),
        ] {
            browser.visit(&house.url(path)).await;
            walk.stop(browser, page, state).await;
        }
        // The review of a lowered rule is for somebody with a second step, who walks elsewhere.
        let here = |path: &&str| path.starts_with("/settings") && !path.ends_with("/review");
        walk.ends(&PAGES.iter().map(|page| page.path).filter(here).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_of_the_demo_look_right_in_every_state() {
    journey("the tools", Look::PLAIN, async |browser, house| {
        let walk = Walk::default();
        let post = house.post_to(CHIARA.address, 1).await;
        browser.visit(&house.url("/dev/mail")).await;
        walk.stop(browser, "/dev/mail", "some mails").await;
        browser.click(&post.subject).await;
        walk.stop(browser, "/dev/mail/{number}", "as text").await;
        browser.click("HTML").await;
        walk.stop(browser, "/dev/mail/{number}", "as HTML").await;
        browser.click("Source and headers").await;
        walk.stop(browser, "/dev/mail/{number}", "as source").await;
        browser.visit(&house.url("/dev/phone")).await;
        walk.stop(browser, "/dev/phone", "at the start").await;
        browser.visit(&house.url("/dev/clock")).await;
        walk.stop(browser, "/dev/clock", "at the start").await;
        house.wait(90_000);
        browser.visit(&house.url("/dev/clock")).await;
        walk.stop(browser, "/dev/clock", "moved").await;
        walk.ends(&["/dev/mail", "/dev/mail/{number}", "/dev/phone", "/dev/clock"]);
    })
    .await;
}

/// Each page once more in the language that is written from right to left, by its address: what is
/// on it was reached by name before.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_looks_right_in_arabic() {
    journey("pages in Arabic", Look::PLAIN.language("ar"), async |browser, house| {
        let mut ada = house.visitor();
        let mut ben = house.visitor();
        let mut oakmoor = house.visitor();
        ada.log_in(ADA, "/home").await;
        house.asks_for("email").await;
        ben.log_in(BEN, "/home").await;
        oakmoor.log_in(OAKMOOR_ADA, "/home").await;
        let nobody = house.visitor();
        let stops = [
            (&nobody, "/login"),
            (&nobody, "/help"),
            (&nobody, "/invite/nonsense"),
            (&nobody, "/dev/mail"),
            (&nobody, "/dev/phone"),
            (&nobody, "/dev/clock"),
            (&ben, "/login/code"),
            (&ben, "/login/another-way"),
            (&oakmoor, "/login/link-app"),
            (&ada, "/home"),
            (&ada, "/account/security"),
            (&ada, "/settings/general"),
            (&ada, "/settings/general/review?mfa=app&before_enrollment=none&revision=1"),
            (&ada, "/settings/users"),
            (&ada, "/settings/users/new"),
            (&ada, "/settings/users/ben"),
            (&ada, "/settings/audit"),
        ];
        let mut faults = Vec::new();
        for (who, path) in stops {
            browser.takes_over(who).await;
            browser.visit(&house.url(path)).await;
            assert_eq!(browser.path().await, path.split('?').next().unwrap());
            assert_eq!(browser.attribute("html", "dir").await.as_deref(), Some("rtl"), "{path}");
            let found = browser.faults().await;
            faults.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
        }
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    })
    .await;
}
