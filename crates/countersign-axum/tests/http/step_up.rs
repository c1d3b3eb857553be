//! Asking again on the way: for routes, for administering, and for one's own authenticators.

use countersign_axum::WeakSessions;
use countersign_core::{AuthenticatorId, EmailAddress, Requirement};
use countersign_testkit::FakePhone;

use crate::client::{Answered, Browser};
use crate::stage::{Stage, key, scan};

/// Follows one redirect.
async fn follow(browser: &mut Browser, answered: &Answered) -> Answered {
    assert_eq!(answered.status, 303, "{answered:#?}");
    browser.get(answered.location()).await
}

/// Answers the step-up that stands on this page with this code.
async fn confirm(browser: &mut Browser, place: &str, page: &Answered, code: &str) -> Answered {
    browser.fill(page, place, &[("code", code)]).await
}

async fn app_code(stage: &Stage, phone: &FakePhone) -> String {
    stage.minutes_pass(1);
    phone.code(stage.clock.now())
}

#[tokio::test]
async fn a_fresh_login_by_app_pays_and_an_old_one_confirms_first() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ben").await;
    browser.get("/pay?invoice=7").await.shows("paid by ben for log in");
    stage.minutes_pass(16);
    let asked = browser.get("/pay?invoice=7").await;
    let place = asked.location().to_owned();
    assert!(
        place.starts_with("/step-up?for=step-up%3Ago%20on&next=/pay%3Finvoice%3D7&seal="),
        "{place}"
    );
    let page = follow(&mut browser, &asked).await;
    page.shows("Confirm that it is you: go on.");
    page.shows("href=\"/pay?invoice=7\"");
    let code = app_code(&stage, &phone).await;
    confirm(&mut browser, &place, &page, &code).await.goes_to("/pay?invoice=7");
    browser.get("/pay?invoice=7").await.shows("paid by ben for go on");
    stage.minutes_pass(10);
    assert_eq!(browser.get("/pay").await.status, 303, "a step-up is good for ten minutes");
}

#[tokio::test]
async fn an_act_of_its_own_is_not_allowed_by_a_login_nor_by_another_act() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ben").await;
    let asked = browser.get("/close").await;
    let place = asked.location().to_owned();
    let page = follow(&mut browser, &asked).await;
    page.shows("Confirm that it is you: close the account.");
    let code = app_code(&stage, &phone).await;
    confirm(&mut browser, &place, &page, &code).await.goes_to("/close");
    browser.get("/close").await.shows("paid by ben for close the account");
    stage.minutes_pass(5);
    assert_eq!(browser.get("/settings").await.status, 404, "it makes no administrator");
}

#[tokio::test]
async fn whoever_has_no_app_is_told_so_instead_of_being_asked_in_circles() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    let asked = browser.get("/pay").await;
    let place = asked.location().to_owned();
    let page = follow(&mut browser, &asked).await;
    let code = stage.mailed().await;
    confirm(&mut browser, &place, &page, &code).await.goes_to("/pay");
    let told = browser.get("/pay").await;
    assert_eq!(told.status, 403);
    assert!(told.body.contains("This needs an authenticator app. Link one first."));
}

#[tokio::test]
async fn a_first_code_ever_in_a_step_up_lets_its_own_session_go_on() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await.goes_to("/home");
    let mut elsewhere = stage.browser();
    stage.password(&mut elsewhere, "ben").await.goes_to("/home");
    let place = browser.get("/close").await.location().to_owned();
    let page = browser.get(&place).await;
    let code = stage.mailed().await;
    confirm(&mut browser, &place, &page, &code).await.goes_to("/close");
    assert_eq!(browser.get("/home").await.status, 200, "the session of this browser");
    assert_eq!(elsewhere.get("/home").await.status, 303, "a session from before the first code");
}

#[tokio::test]
async fn nobody_else_writes_what_a_person_confirms() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut ben, _) = stage.by_new_app("ben").await;
    let (mut ada, _) = stage.by_new_app("ada").await;
    let place = ben.get("/close").await.location().to_owned();
    assert_eq!(ben.get(&place).await.status, 200);
    assert_eq!(ada.get(&place).await.status, 400, "another browser's seal");
    for forged in [
        place.replace("close", "open"),
        place.replace("next=/close", "next=/home"),
        place.split("&seal").next().unwrap().to_owned(),
        "/step-up?for=step-up%3Asend%20money%20to%20eve&next=/home".to_owned(),
        "/step-up?for=login&next=/home".to_owned(),
        "/step-up".to_owned(),
    ] {
        assert_eq!(ben.get(&forged).await.status, 400, "{forged}");
    }
}

#[tokio::test]
async fn a_step_up_leads_to_no_other_site() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ben").await;
    let place = "/step-up?for=administer&next=//evil.example";
    let page = browser.get(place).await;
    let code = app_code(&stage, &phone).await;
    assert!(!page.body.contains("evil.example"));
    let place = "/step-up?for=administer&next=/";
    confirm(&mut browser, place, &page, &code).await.goes_to("/");
}

#[tokio::test]
async fn a_code_typed_for_one_purpose_never_answers_another() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ada").await;
    let first = "/step-up?for=administer&next=/home";
    let page = browser.get(first).await;
    let other = browser.get("/close").await.location().to_owned();
    browser.get(&other).await.shows("close the account");
    let code = app_code(&stage, &phone).await;
    confirm(&mut browser, first, &page, &code).await.goes_to(first);
    let page = browser.get(first).await;
    page.shows("That page was out of date. Enter a new code.");
    assert_eq!(browser.get("/close").await.status, 303, "nothing was confirmed");
    confirm(&mut browser, first, &page, &code).await.goes_to("/home");
}

#[tokio::test]
async fn the_settings_are_read_at_once_and_changed_after_a_step_up() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ada").await;
    stage.minutes_pass(16);
    let page = browser.get("/settings").await;
    page.shows("rule: App");
    let asked = browser.fill(&page, "/settings", &[("rule", "email")]).await;
    let place = "/step-up?for=administer&next=/settings";
    asked.goes_to(place);
    // It is asked for before the form is read, not by whatever the handler does last.
    browser.fill(&page, "/settings", &[]).await.goes_to(place);
    let page = browser.get(place).await;
    let code = app_code(&stage, &phone).await;
    confirm(&mut browser, place, &page, &code).await.goes_to("/settings");
    let page = browser.get("/settings").await;
    browser.fill(&page, "/settings", &[("rule", "email")]).await.goes_to("/settings");
    browser.get("/settings").await.shows("rule: Email");
}

#[tokio::test]
async fn to_others_than_administrators_there_are_no_settings() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await;
    assert_eq!(browser.get("/settings").await.status, 404);
    let mut nobody = stage.browser();
    nobody.get("/settings").await.goes_to("/login?next=/settings");
}

#[tokio::test]
async fn the_first_admin_without_any_authenticator_may_tighten_the_rule() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ada").await;
    let page = browser.get("/settings").await;
    browser.fill(&page, "/settings", &[("rule", "app")]).await.goes_to("/settings");
    browser.get("/settings").await.goes_to("/step-up?for=strengthen&next=/settings");
}

#[tokio::test]
async fn an_admin_without_any_authenticator_loosens_no_rule() {
    let stage = Stage::with(|gate| gate.weak_sessions(WeakSessions::GoOn)).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ada").await;
    let page = browser.get("/settings").await;
    browser.fill(&page, "/settings", &[("rule", "app")]).await.goes_to("/settings");
    let page = browser.get("/settings").await;
    page.shows("rule: App");
    let told = browser.fill(&page, "/settings", &[("rule", "none")]).await;
    assert_eq!(told.status, 403);
    assert!(told.body.contains("you need a second step of your own first"), "{}", told.body);
}

#[tokio::test]
async fn a_first_app_is_linked_from_the_account_page_and_the_session_goes_on() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await;
    let mut elsewhere = stage.browser();
    stage.password(&mut elsewhere, "ben").await;
    let place = "/step-up?for=link-app&next=/account";
    browser.get("/account").await.shows(&format!("href=\"{place}\""));
    let page = browser.get(place).await;
    page.shows("Set up your authenticator app");
    let phone = scan(&page);
    let code = phone.code(stage.clock.now());
    confirm(&mut browser, place, &page, &code).await.goes_to("/account");
    browser.get("/account").await.shows("Authenticator app set up.");
    browser.get("/home").await.shows("in: ben by pwd+otp+mfa,");
    elsewhere.get("/home").await.goes_to("/login?next=/home");
}

#[tokio::test]
async fn an_app_is_replaced_after_the_old_one_and_only_the_new_one_counts() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, old) = stage.by_new_app("ben").await;
    let place = "/step-up?for=replace-app&next=/account";
    let page = browser.get(place).await;
    page.shows("Confirm that it is you: replace the app.");
    let code = app_code(&stage, &old).await;
    confirm(&mut browser, place, &page, &code).await.goes_to(place);
    let page = browser.get(place).await;
    page.shows("Set up your authenticator app");
    let new = scan(&page);
    stage.minutes_pass(1);
    let code = new.code(stage.clock.now());
    confirm(&mut browser, place, &page, &code).await.goes_to("/account");
    browser.get("/account").await.shows("Authenticator app replaced.");

    let mut later = stage.browser();
    stage.password(&mut later, "ben").await.goes_to("/login/code");
    let page = later.get("/login/code").await;
    let code = app_code(&stage, &old).await;
    later.fill(&page, "/login/code", &[("code", &code)]).await.goes_to("/login/code");
    let page = later.get("/login/code").await;
    let code = app_code(&stage, &new).await;
    later.fill(&page, "/login/code", &[("code", &code)]).await.goes_to("/home");
}

#[tokio::test]
async fn an_app_is_removed_by_the_one_who_has_it_and_the_session_goes_on() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ben").await;
    let id = app_of(&stage, "ben").await;
    let place = format!("/step-up?for=remove-app%3A{id}&next=/account");
    let page = browser.get(&place).await;
    let code = app_code(&stage, &phone).await;
    let told = confirm(&mut browser, &place, &page, &code).await;
    assert_eq!(told.status, 403, "the company asks for one");
    assert!(told.body.contains("This is the last one, and one is needed."));

    stage.require(Requirement::None).await;
    // Linking during a login is no choice of one's own, so nothing requires it any more.
    let page = browser.get(&place).await;
    let code = app_code(&stage, &phone).await;
    confirm(&mut browser, &place, &page, &code).await.goes_to("/account");
    browser.get("/account").await.shows("Authenticator app removed.");
    browser.get("/home").await.shows("in: ben by");
    let stranger =
        format!("/step-up?for=remove-app%3A{}&next=/", AuthenticatorId::from_bytes([1; 16]));
    let page = browser.get(&stranger).await;
    // Nothing is linked any more, so the code comes by mail; and it is said that nothing was there.
    page.shows("Check your e-mail");
    let code = stage.mailed().await;
    assert_eq!(confirm(&mut browser, &stranger, &page, &code).await.status, 422);
    browser.get("/home").await.shows("in: ben by");
}

async fn app_of(stage: &Stage, user: &str) -> AuthenticatorId {
    let tenant = key(user).tenant().clone();
    let operator = stage.mfa.operator(tenant, "test", "looking").unwrap();
    operator.user(key(user).user().clone()).await.unwrap().unwrap().apps[0].id
}

#[tokio::test]
async fn a_new_address_is_confirmed_by_the_code_it_gets() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    let new = EmailAddress::new("ben@elsewhere.example").unwrap();
    let place = browser.get("/address/new").await.location().to_owned();
    let page = browser.get(&place).await;
    page.shows("Confirm that it is you: change the address for codes.");
    let code = stage.mailed().await;
    confirm(&mut browser, &place, &page, &code).await.goes_to("/address/new");
    browser.get("/address/new").await.goes_to("/account");
    browser.get("/account").await.shows("ben");
    let place = "/step-up?for=confirm-address&next=/account";
    let page = browser.get(place).await;
    page.shows("@elsewhere.example");
    let code = stage.mailed().await;
    assert_eq!(stage.inbox.last().unwrap().to(), &new);
    confirm(&mut browser, place, &page, &code).await.goes_to("/account");
    browser.get("/account").await.shows("Your new e-mail address is confirmed.");
}

#[tokio::test]
async fn a_code_of_a_step_up_is_sent_again() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    let place = "/step-up?for=link-app&next=/account";
    browser.get(place).await.shows("Check your e-mail");
    let first = stage.mailed().await;
    stage.minutes_pass(1);
    let page = browser.get(place).await;
    let again = "/step-up/again?for=link-app&next=/account";
    browser.fill(&page, again, &[]).await.goes_to(place);
    browser.get(place).await.shows("We sent the code again.");
    assert_eq!(stage.mailed().await, first);
}

#[tokio::test]
async fn a_locked_person_is_stopped_and_goes_back_to_where_they_came_from() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ben").await;
    let place = "/step-up?for=administer&next=/home";
    stage.minutes_pass(1);
    let right = phone.code(stage.clock.now());
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let page = browser.get(place).await;
        confirm(&mut browser, place, &page, wrong).await.goes_to(place);
    }
    let stopped = browser.get(place).await;
    stopped.shows("Too many wrong codes.");
    stopped.shows("href=\"/home\"");
}

#[tokio::test]
async fn what_one_person_confirmed_is_not_there_for_the_next_in_the_same_browser() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ada").await;
    let place = browser.get("/close").await.location().to_owned();
    let page = browser.get(&place).await;
    let code = app_code(&stage, &phone).await;
    confirm(&mut browser, &place, &page, &code).await.goes_to("/close");
    let ada = browser.cookies["__Host-countersign-fresh"].clone();

    stage.password(&mut browser, "ben").await.goes_to("/login/link-app");
    let page = browser.get("/login/link-app").await;
    let code = scan(&page).code(stage.clock.now());
    browser.fill(&page, "/login/link-app", &[("code", &code)]).await.goes_to("/home");
    assert!(!browser.cookies.contains_key("__Host-countersign-fresh"));
    browser.cookies.insert("__Host-countersign-fresh".to_owned(), ada);
    assert_eq!(browser.get("/close").await.status, 303, "it is ada's, and this is ben");
}

#[tokio::test]
async fn a_step_up_that_somebody_else_began_here_is_not_carried_out_for_the_next_person() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ada").await;
    stage.require(Requirement::None).await;
    let place = format!("/step-up?for=remove-app%3A{}&next=/account", app_of(&stage, "ada").await);
    browser.get(&place).await.shows("Confirm that it is you: remove an app.");
    let step = browser.cookies["__Host-countersign-step"].clone();
    stage.password(&mut browser, "ben").await.goes_to("/home");
    assert!(!browser.cookies.contains_key("__Host-countersign-step"));
    browser.cookies.insert("__Host-countersign-step".to_owned(), step);
    let page = browser.get("/login").await;
    let token = page.hidden("/login", "form_token");
    let code = app_code(&stage, &phone).await;
    let fields = [("form_token", token.as_str()), ("code", code.as_str())];
    browser.post(&place, &fields).await.goes_to("/login");
    let _ = app_of(&stage, "ada").await;
}

#[tokio::test]
async fn the_ticket_of_a_step_up_makes_no_session() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let (mut browser, phone) = stage.by_new_app("ada").await;
    browser.get("/step-up?for=administer&next=/home").await.shows("administer");
    let step = browser.cookies.remove("__Host-countersign-step").unwrap();
    let ticket = step.split_once('.').unwrap().1.to_owned();
    browser.cookies.insert("__Host-countersign-ticket".to_owned(), ticket);
    let page = browser.get("/login").await;
    let token = page.hidden("/login", "form_token");
    let code = app_code(&stage, &phone).await;
    let fields = [("form_token", token.as_str()), ("code", code.as_str())];
    browser.post("/login/code", &fields).await.goes_to("/login");
    browser.get("/home").await.shows("in: ada by");
}

#[tokio::test]
async fn a_tightened_rule_asks_for_a_step_up_at_the_next_page_and_logs_nobody_out() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    stage.require(Requirement::App).await;
    let strengthen = "/step-up?for=strengthen&next=/home";
    browser.get("/home").await.goes_to(strengthen);
    browser.get("/settings").await.goes_to("/step-up?for=strengthen&next=/settings");
    let form = [("rule", "none")];
    browser.post("/settings", &form).await.goes_to(strengthen);
    let link = "/step-up?for=link-app&next=/account";
    browser
        .get(link)
        .await
        .goes_to("/step-up?for=strengthen&next=/step-up%3Ffor%3Dlink-app%26next%3D/account");
    let page = browser.get(strengthen).await;
    page.shows("Confirm that it is you: stay logged in.");
    // Whoever would rather not is not led in a circle.
    page.shows("href=\"/login\"");
    let code = stage.mailed().await;
    confirm(&mut browser, strengthen, &page, &code).await.goes_to(strengthen);
    let page = browser.get(strengthen).await;
    let phone = scan(&page);
    let code = phone.code(stage.clock.now());
    confirm(&mut browser, strengthen, &page, &code).await.goes_to("/home");
    browser.get("/home").await.shows("in: ben by pwd+otp+mfa, weaker than None");
    browser.get(strengthen).await.goes_to("/home");
}

#[tokio::test]
async fn a_session_of_long_ago_shows_its_first_code_and_links_its_first_app_without_a_second_login()
{
    for (purpose, back) in [("strengthen", "/home"), ("link-app", "/account")] {
        let stage = Stage::open().await;
        let mut browser = stage.browser();
        stage.password(&mut browser, "ben").await.goes_to("/home");
        let mut other = stage.browser();
        stage.password(&mut other, "ben").await.goes_to("/home");
        stage.minutes_pass(60);
        if purpose == "strengthen" {
            stage.require(Requirement::App).await;
        }
        let place = format!("/step-up?for={purpose}&next={back}");
        let page = browser.get(&place).await;
        let code = stage.mailed().await;
        confirm(&mut browser, &place, &page, &code).await.goes_to(&place);
        let page = browser.get(&place).await;
        let code = scan(&page).code(stage.clock.now());
        confirm(&mut browser, &place, &page, &code).await.goes_to(back);
        browser.get("/home").await.shows("in: ben by pwd+otp+mfa, weaker than None");
        // What was open before the first second step has ended, in every other browser.
        other.get("/home").await.goes_to("/login?next=/home");
    }
}
