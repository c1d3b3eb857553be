//! One login after the other, as a browser sees them.

use std::sync::Arc;

use countersign_axum::{CookieTransport, Pages, PlainPages, SessionTransport, WeakSessions};
use countersign_core::Requirement;

use crate::stage::{Stage, scan};

#[tokio::test]
async fn a_password_alone_is_enough_where_nothing_more_is_asked() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await.goes_to("/home");
    browser.get("/home").await.shows("in: ben by pwd,");
}

#[tokio::test]
async fn the_mailed_code_finishes_the_login_and_goes_where_the_person_was_going() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    browser.get("/home?tab=2").await.goes_to("/login?next=/home%3Ftab%3D2");
    let page = browser.get("/login?next=/home%3Ftab%3D2").await;
    let fields = [("user", "ben"), ("password", "correct horse")];
    let answered = browser.fill(&page, "/login?next=/home%3Ftab%3D2", &fields).await;
    answered.goes_to("/login/code");
    browser.get("/home").await.goes_to("/login?next=/home");

    let page = browser.get("/login/code").await;
    page.shows("We sent a 6-digit code to <bdi>b\u{2022}\u{2022}@larkfield.example</bdi>");
    page.shows("Larkfield Freight");
    let code = stage.mailed().await;
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    browser.fill(&page, "/login/code", &[("code", &spaced)]).await.goes_to("/home?tab=2");
    browser.get("/home").await.shows("in: ben by pwd+otp,");
    // Nothing of the login is left.
    browser.get("/login/code").await.goes_to("/home");
    browser.get("/login/link-app").await.goes_to("/home");
    browser.get("/login/another-way").await.goes_to("/home");
    browser.get("/login/stopped").await.goes_to("/home");
}

#[tokio::test]
async fn a_wrong_code_is_answered_after_a_redirect_and_said_once() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await;
    let page = browser.get("/login/code").await;
    browser.fill(&page, "/login/code", &[("code", "12345")]).await.goes_to("/login/code");
    assert_eq!(browser.send("HEAD", "/login/code", &[], b"").await.status, 200);
    let page = browser.get("/login/code").await;
    page.shows("The code has 6 digits. You typed 5.");
    page.shows("<title>Error: Check your e-mail");
    assert!(!page.body.contains("12345"), "what was typed does not come back");
    assert!(!browser.get("/login/code").await.body.contains("You typed"), "it is said once");

    let right = stage.mailed().await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..3 {
        let page = browser.get("/login/code").await;
        browser.fill(&page, "/login/code", &[("code", wrong)]).await.goes_to("/login/code");
    }
    browser.get("/login/code").await.shows("That code is not right. 2 tries left");
}

#[tokio::test]
async fn too_many_wrong_codes_stop_the_login_for_a_while() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await;
    let right = stage.mailed().await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..4 {
        let page = browser.get("/login/code").await;
        browser.fill(&page, "/login/code", &[("code", wrong)]).await.goes_to("/login/code");
    }
    let page = browser.get("/login/code").await;
    browser.fill(&page, "/login/code", &[("code", wrong)]).await.goes_to("/login/stopped");
    let stopped = browser.get("/login/stopped").await;
    stopped.shows("Too many wrong codes. Try again at");
    stopped.shows("href=\"/login/code\"");
    assert!(!stopped.body.contains("another-way"), "the lock spans every way");
    browser.get("/login/stopped").await.shows("Too many wrong codes.");
    browser.get("/login/code").await.goes_to("/login/stopped");
    stage.minutes_pass(1);
    let page = browser.get("/login/code").await;
    browser.fill(&page, "/login/code", &[("code", &right)]).await.goes_to("/home");
}

#[tokio::test]
async fn an_app_is_linked_at_the_first_login_and_asked_alone_from_then_on() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await.goes_to("/login/link-app");
    let page = browser.get("/login/link-app").await;
    page.shows("<svg");
    page.shows("rel=\"noreferrer\"");
    browser.get("/login/code").await.goes_to("/login/link-app");
    let again = browser.get("/login/link-app").await;
    let phone = scan(&page);
    assert_eq!(phone.code(stage.clock.now()), scan(&again).code(stage.clock.now()), "the same QR");
    let code = phone.code(stage.clock.now());
    browser.fill(&page, "/login/link-app", &[("code", &code)]).await.goes_to("/home");
    browser.get("/home").await.shows("Authenticator app set up.");
    browser.get("/home").await.shows("in: ben by pwd+otp+mfa,");

    stage.minutes_pass(1);
    let mut later = stage.browser();
    stage.password(&mut later, "ben").await.goes_to("/login/code");
    let page = later.get("/login/code").await;
    page.shows("Enter the code it shows for Larkfield Freight (ben@larkfield.example)");
    assert!(!page.body.contains("otpauth") && !page.body.contains("<svg"), "no key is shown again");
    let code = phone.code(stage.clock.now());
    later.fill(&page, "/login/code", &[("code", &code)]).await.goes_to("/home");
}

#[tokio::test]
async fn the_code_is_sent_again_after_a_pause_and_is_the_same() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await;
    let first = stage.mailed().await;
    let page = browser.get("/login/code").await;
    page.shows("Possible again at");
    browser.fill(&page, "/login/code/again", &[]).await.goes_to("/login/code");
    browser.get("/login/code").await.shows("You can ask for a new code at");
    assert_eq!(stage.inbox.mails().len(), 1);
    stage.minutes_pass(1);
    let page = browser.get("/login/code").await;
    browser.fill(&page, "/login/code/again", &[]).await.goes_to("/login/code");
    let page = browser.get("/login/code").await;
    page.shows("<p role=\"status\">We sent the code again.");
    assert_eq!(stage.mailed().await, first);
    assert_eq!(stage.inbox.mails().len(), 2);
}

#[tokio::test]
async fn another_way_is_offered_where_there_is_one_and_leads_through() {
    let stage = Stage::open().await;
    stage.require(Requirement::App).await;
    let _ = stage.by_new_app("ben").await;
    stage.require(Requirement::Email).await;
    stage.minutes_pass(1);
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await.goes_to("/login/code");
    browser.get("/login/code").await.shows("href=\"/login/another-way\"");
    let page = browser.get("/login/another-way").await;
    page.shows("Send a code by e-mail");
    assert!(!page.body.contains("Use the authenticator app"), "the way at hand is no other way");
    let answered = browser.fill(&page, "/login/another-way", &[("method", "fax")]).await;
    answered.goes_to("/login/another-way");
    let page = browser.get("/login/another-way").await;
    browser.fill(&page, "/login/another-way", &[("method", "email")]).await.goes_to("/login/code");
    let page = browser.get("/login/code").await;
    page.shows("Check your e-mail");
    let code = stage.mailed().await;
    browser.fill(&page, "/login/code", &[("code", &code)]).await.goes_to("/home");
}

#[tokio::test]
async fn a_login_that_took_too_long_says_so_and_starts_over() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await;
    let page = browser.get("/login/code").await;
    stage.minutes_pass(16);
    browser.fill(&page, "/login/code", &[("code", "123456")]).await.goes_to("/login/stopped");
    let stopped = browser.get("/login/stopped").await;
    stopped.shows("This login took too long, so we closed it. Log in again.");
    stopped.shows("href=\"/login\"");
    assert!(!stopped.body.contains("Try again"), "there is nothing to try");
}

#[tokio::test]
async fn logging_out_ends_the_session_and_a_login_that_is_under_way() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    stage.minutes_pass(11);
    stage.password(&mut browser, "ben").await.goes_to("/login/code");
    let before = browser.cookies.clone();
    assert!(before.contains_key("__Host-countersign-ticket"), "a second login is under way");
    let home = browser.get("/home").await;
    browser.fill(&home, "/logout", &[]).await.goes_to("/login");
    browser.get("/login").await.shows("You are logged out.");
    browser.get("/home").await.goes_to("/login?next=/home");
    browser.get("/login/code").await.goes_to("/login");
    let names: Vec<_> = browser.cookies.keys().map(String::as_str).collect();
    let binding = "__Host-countersign-browser";
    assert_eq!(names, [binding]);
    assert_ne!(browser.cookies[binding], before[binding], "it is a browser that we never saw");
}

#[tokio::test]
async fn signing_out_everywhere_ends_this_session_too() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    stage.mfa.signed_out_everywhere(&crate::stage::key("ben")).await.unwrap();
    let sent = browser.get("/home").await;
    sent.goes_to("/login?next=/home");
    // This request may cross the answer that carries the session over, and must not undo it.
    assert_eq!(sent.cookies().count(), 0, "{sent:#?}");
}

#[tokio::test]
async fn a_switched_off_account_gets_a_sentence_and_no_way_on() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await.goes_to("/login/code");
    stage.mfa.suspended(&crate::stage::key("ben")).await.unwrap();
    stage.password(&mut browser, "ben").await.goes_to("/login/stopped");
    let stopped = browser.get("/login/stopped").await;
    stopped.shows("Your account is switched off.");
    assert!(!stopped.body.contains("/login/code"), "the step that was open is gone");
}

#[tokio::test]
async fn an_old_form_that_is_sent_after_the_login_just_goes_home() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await;
    let page = browser.get("/login/code").await;
    let code = stage.mailed().await;
    browser.fill(&page, "/login/code", &[("code", &code)]).await.goes_to("/home");
    browser.fill(&page, "/login/code", &[("code", &code)]).await.goes_to("/home");
    browser.get("/home").await.shows("in: ben by");
}

#[tokio::test]
async fn only_what_was_asked_for_with_a_get_is_asked_for_again_after_the_login() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    browser.get("/settings?tab=2").await.goes_to("/login?next=/settings%3Ftab%3D2");
    browser.post("/settings", &[("rule", "none")]).await.goes_to("/login");
}

#[tokio::test]
async fn a_session_ends_with_its_proof_and_its_cookie_goes() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    stage.minutes_pass(12 * 60);
    browser.get("/home").await.goes_to("/login?next=/home");
    assert!(!browser.cookies.contains_key("__Host-countersign-session"));
}

/// The same token, under a key that nobody has: the number of the key stands behind the prefix.
fn under_a_lost_key(token: &str) -> String {
    format!("{}Q{}", &token[..7], &token[8..])
}

#[tokio::test]
async fn a_session_or_a_ticket_under_a_lost_key_is_asked_again_and_its_cookie_goes() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut browser = stage.by_mail("ben").await;
    const SESSION: &str = "__Host-countersign-session";
    let lost = under_a_lost_key(&browser.cookies[SESSION]);
    browser.cookies.insert(SESSION.to_owned(), lost);
    browser.get("/home").await.goes_to("/login?next=/home");
    assert!(!browser.cookies.contains_key(SESSION));

    let mut browser = stage.browser();
    stage.password(&mut browser, "ada").await.goes_to("/login/code");
    let page = browser.get("/login/code").await;
    const TICKET: &str = "__Host-countersign-ticket";
    let lost = under_a_lost_key(&browser.cookies[TICKET]);
    browser.cookies.insert(TICKET.to_owned(), lost);
    browser.fill(&page, "/login/code", &[("code", "000000")]).await.goes_to("/login/stopped");
    assert!(!browser.cookies.contains_key(TICKET));
}

#[tokio::test]
async fn a_session_that_is_too_weak_goes_on_or_ends_where_the_host_wants_that() {
    for fate in [WeakSessions::GoOn, WeakSessions::End] {
        let stage = Stage::with(|gate| gate.weak_sessions(fate)).await;
        stage.require(Requirement::Email).await;
        let mut browser = stage.by_mail("ben").await;
        stage.require(Requirement::App).await;
        let home = browser.get("/home").await;
        match fate {
            WeakSessions::End => home.goes_to("/login?next=/home"),
            _ => home.shows("weaker than Some(App)"),
        };
    }
}

#[tokio::test]
async fn a_host_chooses_its_sessions_and_its_pages_at_run_time() {
    let pages: [Box<dyn Pages>; 2] =
        [Box::new(PlainPages::default()), Box::new(Arc::new(PlainPages::default()))];
    let transports: [Arc<dyn SessionTransport>; 2] =
        [Arc::new(CookieTransport), Arc::new(Box::new(CookieTransport))];
    for (pages, transport) in pages.into_iter().zip(transports) {
        let stage = Stage::with(|gate| gate.pages(pages).session_transport(transport)).await;
        stage.require(Requirement::Email).await;
        let mut browser = stage.by_mail("ben").await;
        browser.get("/home").await.shows("in: ben by");
    }
}
