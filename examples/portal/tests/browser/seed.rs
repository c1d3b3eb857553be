//! The source document, step by step, in a browser.
//!
//! Each test walks one of its journeys: e-mail or app, for the whole company or for one person, with
//! script and without. Whoever is asked afterwards cannot tell which of the two asked for it, so
//! that half is one function. The table says where each step of the document is shown.
//!
//! | step | shown by |
//! | --- | --- |
//! | the admin logs in; Main Menu → Settings → General | [`for_the_company`] |
//! | the card, its dropdown, Email MFA, SAVE | [`for_the_company`] with [`Rule::Email`] |
//! | the same with App MFA (recommended) | [`for_the_company`] with [`Rule::App`] |
//! | Main Menu → Settings → User Management; create or edit | [`for_one_person`], [`for_a_new_person`] |
//! | the dialog, its dropdown, SAVE | [`for_one_person`] |
//! | new users must have a working address | [`a_new_person_needs_a_working_address`] |
//! | a new user is mailed, an existing one is not | [`for_a_new_person`], [`ben_logs_in_by_mail`] |
//! | the login asks for a code; the mail has it; the spam note | [`ben_logs_in_by_mail`] |
//! | paste into the security code field, Login | [`ben_logs_in_by_mail`] |
//! | the QR at the first login, scan, code, Login | [`ben_links_his_app`] |
//! | once only; later logins only ask for the code | [`ben_logs_in_by_app`] |
//! | if all credentials are correct one is in | every one of them ends on the page that says so |
//! | company-wide and per user are the same afterwards | the same functions follow both |

use fantoccini::key::Key;

use crate::browser::{Browser, until};
use crate::deeds::{ADA, BEN};
use crate::house::{House, journey};
use crate::look::Look;
use crate::qr::Phone;

/// What the administrator chooses in the dropdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Email,
    App,
}

impl Rule {
    /// What it is called when it is not being recommended.
    fn name(self) -> &'static str {
        match self {
            Self::Email => "Email MFA",
            Self::App => "App MFA",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Email => "Email MFA",
            Self::App => "App MFA (recommended)",
        }
    }
}

/// Main Menu → Settings → General: the card, its dropdown, SAVE SECURITY SETTINGS.
async fn for_the_company(browser: &Browser, house: &House, rule: Rule) {
    browser.log_in(house, ADA).await;
    browser.arrives("/home").await;
    browser.open_menu("General").await;
    browser.sees("Security settings").await;
    browser.choose("Two Factor Authentication", rule.label()).await;
    browser.click("Save security settings").await;
    // Ada is one of those who will be asked, so she sees who else is before it counts.
    browser.shows("Review your change").await;
    browser.sees("This includes you. You will need a code at your next login.").await;
    browser.sees("Elif Kaya").await;
    browser.click("Save").await;
    browser.sees(&format!("Security settings saved. {} now applies to", rule.name())).await;
    browser.open_menu("General").await;
    browser.shows_chosen("Two Factor Authentication", rule.label()).await;
    browser.open_menu("Activity").await;
    browser.sees(&format!("Company setting changed: No MFA → {}", rule.name())).await;
    browser.log_out().await;
}

/// Main Menu → Settings → User Management: the edit button, the dialog, its dropdown, SAVE.
async fn for_one_person(browser: &Browser, house: &House, rule: Rule) {
    browser.log_in(house, ADA).await;
    browser.arrives("/home").await;
    browser.open_menu("User Management").await;
    browser.click("Edit Ben Osei").await;
    browser.shows("Edit Ben Osei").await;
    browser.choose("Two Factor Authentication", rule.label()).await;
    browser.sees("We do not e-mail Ben about this change").await;
    browser.click("Save").await;
    browser.sees("Changes to Ben Osei saved.").await;
    let row = browser.row_of("Ben Osei").await;
    assert!(
        row.contains(rule.name()) && row.contains("set for this person"),
        "Ben's row says {row}"
    );
    browser.log_out().await;
}

/// The login that is asked for a code, the mail that has it, the field it is pasted into.
async fn ben_logs_in_by_mail(browser: &Browser, house: &House) {
    let known = house.posts_to(BEN.address).await;
    assert!(known.is_empty(), "an existing user is mailed nothing about it, and got {known:?}");
    browser.log_in(house, BEN).await;
    browser.shows("Check your e-mail").await;
    browser.sees("6-digit code to b••@larkfield.example").await;
    browser.does_not_see("Look in your spam or junk folder.").await;
    browser.click("Not in your inbox?").await;
    browser.sees("Look in your spam or junk folder.").await;
    let code = browser.read_code_in_the_inbox(house, BEN.address).await;
    let (first, second) = code.split_at(3);
    browser.paste("Security code", &format!("{first} {second}")).await;
    browser.press(Key::Enter).await;
    browser.arrives("/home").await;
    browser.sees("You logged in with: password, code from your e-mail.").await;
}

/// The QR code at the first login: scanned from the screen, answered by another program.
async fn ben_links_his_app(test: &str, browser: &Browser, house: &House) -> Option<Phone> {
    browser.log_in(house, BEN).await;
    browser.shows("Set up your authenticator app").await;
    let phone = Phone::scan(test, browser).await?;
    assert!(phone.link.starts_with("otpauth://totp/Larkfield%20Freight"), "{}", phone.link);
    browser.sees(&phone.key_in_fours()).await;
    browser.fill("Security code", &phone.code(test, house)?).await;
    browser.click("Login").await;
    browser.arrives("/home").await;
    browser.sees("Authenticator app set up.").await;
    browser.sees("You logged in with: password, authenticator app.").await;
    Some(phone)
}

/// Every later login asks for the code only: no QR, no key.
async fn ben_logs_in_by_app(test: &str, browser: &Browser, house: &House, phone: &Phone) {
    house.wait(30);
    browser.log_in(house, BEN).await;
    browser.shows("Open your authenticator app").await;
    let source = browser.source().await;
    for secret in [phone.key_in_fours(), phone.key_in_fours().replace(' ', ""), "otpauth:".into()] {
        assert!(!source.contains(&secret), "the page of the code shows {secret}");
    }
    let tree = browser.tree().await;
    assert!(!tree.iter().any(|node| node.role == "image" && node.name.contains("QR")), "a QR code");
    let Some(code) = phone.code(test, house) else { return };
    browser.fill("Security code", &code).await;
    browser.click("Login").await;
    browser.arrives("/home").await;
    browser.sees("You logged in with: password, authenticator app.").await;
}

async fn by_mail(test: &str, look: Look, set: impl AsyncFnOnce(&Browser, &House, Rule)) {
    journey(test, look, async |browser, house| {
        set(browser, house, Rule::Email).await;
        ben_logs_in_by_mail(browser, house).await;
        assert_eq!(house.posts_to(BEN.address).await.len(), 1, "one login, one mail");
    })
    .await;
}

async fn by_app(test: &str, look: Look, set: impl AsyncFnOnce(&Browser, &House, Rule)) {
    journey(test, look, async |browser, house| {
        set(browser, house, Rule::App).await;
        let Some(phone) = ben_links_his_app(test, browser, house).await else { return };
        browser.log_out().await;
        ben_logs_in_by_app(test, browser, house, &phone).await;
    })
    .await;
}

const QUIET: Look = Look::PLAIN.without_script();

#[tokio::test(flavor = "multi_thread")]
async fn email_for_the_whole_company() {
    by_mail("email for the company", Look::PLAIN, for_the_company).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn email_for_the_whole_company_without_script() {
    by_mail("email for the company, no script", QUIET, for_the_company).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn email_for_one_person() {
    by_mail("email for one person", Look::PLAIN, for_one_person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn email_for_one_person_without_script() {
    by_mail("email for one person, no script", QUIET, for_one_person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn app_for_the_whole_company() {
    by_app("app for the company", Look::PLAIN, for_the_company).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn app_for_the_whole_company_without_script() {
    by_app("app for the company, no script", QUIET, for_the_company).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn app_for_one_person() {
    by_app("app for one person", Look::PLAIN, for_one_person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn app_for_one_person_without_script() {
    by_app("app for one person, no script", QUIET, for_one_person).await;
}

/// Create user: the details, the dropdown, SAVE. The invitation leads to a password and from there
/// to the same second step.
async fn for_a_new_person(test: &str, look: Look) {
    journey(test, look, async |browser, house| {
        browser.log_in(house, ADA).await;
        browser.open_menu("User Management").await;
        browser.click("Create user").await;
        browser.shows("Create user").await;
        browser.fill("First name", "Fay").await;
        browser.fill("Last name", "Ng").await;
        browser.fill("E-mail address", FAY).await;
        browser.choose("Two Factor Authentication", Rule::Email.label()).await;
        browser.click("Save").await;
        browser.sees(&format!("Invitation sent to {FAY}.")).await;
        let row = browser.row_of("Fay Ng").await;
        assert!(row.contains("invited") && row.contains("Email MFA"), "Fay's row says {row}");
        browser.log_out().await;

        let link = house.mailed_link(FAY, 1).await;
        browser.visit(&link).await;
        browser.shows("Welcome to Larkfield Freight").await;
        browser.sees(FAY).await;
        browser.fill("New password", "seven quiet harbours").await;
        browser.click("Continue").await;
        browser.shows("Check your e-mail").await;
        let code = house.mailed_code(FAY, 2).await;
        browser.paste("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/home").await;
        browser.visit(&link).await;
        browser.sees("already").await;
    })
    .await;
}

const FAY: &str = "fay@larkfield.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_is_invited_and_asked() {
    for_a_new_person("a new person", Look::PLAIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_is_invited_and_asked_without_script() {
    for_a_new_person("a new person, no script", QUIET).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_needs_a_working_address() {
    journey("a mailbox that refuses", Look::PLAIN, async |browser, house| {
        browser.visit(&house.url("/dev/mail")).await;
        browser.click("Refused: there is no such mailbox").await;
        browser.click("Set").await;
        // Whoever goes on before it is set has their mail delivered.
        until(async || {
            let inbox = house.visitor().get("/dev/mail").await;
            let set = inbox.body.contains(r#"value="refused" checked"#);
            if set { Ok(()) } else { Err("the mailbox does not refuse yet".to_owned()) }
        })
        .await;
        browser.log_in(house, ADA).await;
        browser.open_menu("User Management").await;
        browser.click("Create user").await;
        browser.shows("Create user").await;
        browser.fill("First name", "Fay").await;
        browser.fill("Last name", "Ng").await;
        browser.fill("E-mail address", FAY).await;
        browser.click("Save").await;
        browser.sees("Fay Ng").await;
        until(async || {
            browser.client.refresh().await.unwrap();
            let row = browser.row_of("Fay Ng").await;
            let told = row.contains("invitation not delivered: address not accepted");
            if told { Ok(()) } else { Err(format!("Fay's row says {row}")) }
        })
        .await;
    })
    .await;
}
