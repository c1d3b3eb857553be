//! The JSON side, as a program sees it. Every answer is held against its description.

use countersign_core::Requirement;
use countersign_testkit::FakePhone;
use serde_json::{Value, json};

use crate::client::{Answered, Browser};
use crate::openapi::check;
use crate::stage::{Stage, key};

const SECRET: &str = "a secret of this program's own";

/// A program that proves a secret of its own and keeps its cookies.
fn program(stage: &Stage) -> Browser {
    Browser::program(stage.at).with("client-binding", SECRET)
}

async fn post(program: &mut Browser, path: &str, body: &Value) -> Answered {
    let kind = ("content-type", "application/json");
    let body = body.to_string();
    let answered = program.send("POST", path, &[kind], body.as_bytes()).await;
    if let Some(below) = path.strip_prefix("/api/login") {
        check("post", below, &answered);
    } else if answered.status == 200 {
        // What the host begins with has the same shape.
        check("post", "/verify", &answered);
    }
    answered
}

async fn session(program: &mut Browser) -> Answered {
    let answered = program.get("/api/login/session").await;
    check("get", "/session", &answered);
    answered
}

async fn begin(program: &mut Browser, user: &str) -> Value {
    let answered = post(program, "/api/begin", &login(user)).await;
    assert_eq!(answered.status, 200, "{answered:#?}");
    answered.json()
}

fn login(user: &str) -> Value {
    json!({ "user": user, "password": "correct horse" })
}

#[track_caller]
fn refused(answered: &Answered, status: u16, code: &str) -> Value {
    assert_eq!(answered.header("content-type"), Some("application/problem+json"), "{answered:#?}");
    let told = answered.json();
    assert_eq!((answered.status, told["code"].as_str().unwrap()), (status, code), "{told}");
    assert_eq!(told["status"], status);
    assert_eq!(told["type"], format!("urn:countersign:problem:{code}"));
    told
}

/// Logs in with an app that is linked on the way.
async fn with_app(stage: &Stage, user: &str) -> (Browser, FakePhone) {
    stage.require(Requirement::App).await;
    let mut program = program(stage);
    let step = begin(&mut program, user).await;
    assert_eq!(step["step"], "link_app");
    let mut phone = FakePhone::new();
    phone.scan_uri(step["uri"].as_str().unwrap()).unwrap();
    let code = phone.code(stage.clock.now());
    let answer = json!({ "ticket": step["ticket"], "code": code });
    let done = post(&mut program, "/api/login/verify", &answer).await;
    assert_eq!(done.json()["app_linked"], true, "{done:#?}");
    (program, phone)
}

#[tokio::test]
async fn a_program_logs_in_with_a_mailed_code() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut program = program(&stage);
    refused(&session(&mut program).await, 401, "login.needed");
    let step = begin(&mut program, "ben").await;
    assert_eq!(step["step"], "code");
    assert_eq!((&step["method"], &step["company"]), (&json!("email"), &json!("Larkfield Freight")));
    refused(&session(&mut program).await, 401, "login.needed");

    let ticket = json!({ "ticket": step["ticket"] });
    let again = post(&mut program, "/api/login/resume", &ticket).await.json();
    assert_eq!(again["ends"], step["ends"], "the same deadline");
    let soon = post(&mut program, "/api/login/resend", &ticket).await;
    let told = refused(&soon, 429, "refused.too_soon");
    assert!(told["until"].as_str().unwrap().ends_with('Z'), "{told}");
    assert_eq!(soon.header("retry-after"), Some("30"));

    let answer = |code: &str| json!({ "ticket": step["ticket"], "code": code });
    let told = post(&mut program, "/api/login/verify", &answer("12345")).await;
    let told = refused(&told, 422, "code.malformed");
    assert_eq!((&told["typed"], &told["wanted"]), (&json!(5), &json!(6)));
    let right = stage.mailed().await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let told = post(&mut program, "/api/login/verify", &answer(wrong)).await;
    assert_eq!(refused(&told, 422, "code.wrong")["tries_left"], 4);

    let done = post(&mut program, "/api/login/verify", &answer(&right)).await;
    let said = done.json();
    assert_eq!((&said["step"], &said["amr"]), (&json!("done"), &json!(["pwd", "otp"])));
    assert_eq!(session(&mut program).await.json()["user"], "ben");
    let used = post(&mut program, "/api/login/verify", &answer(&right)).await;
    refused(&used, 410, "login.already_used");

    assert_eq!(post(&mut program, "/api/login/logout", &json!({})).await.status, 204);
    refused(&session(&mut program).await, 401, "login.needed");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_attempt() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut program = program(&stage);
    let step = begin(&mut program, "ben").await;
    let code = stage.mailed().await;
    let attempt = "00112233445566778899aabbccddeeff";
    let answer = json!({ "ticket": step["ticket"], "code": code, "attempt": attempt });
    let one = post(&mut program, "/api/login/verify", &answer).await.json();
    let two = post(&mut program, "/api/login/verify", &answer).await.json();
    assert_eq!(one, two);
    let answer = json!({ "ticket": step["ticket"], "code": code, "attempt": "x" });
    let told = post(&mut program, "/api/login/verify", &answer).await;
    refused(&told, 400, "request.malformed");
}

#[tokio::test]
async fn a_ticket_works_for_the_client_it_was_made_for() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut owner = program(&stage);
    let step = begin(&mut owner, "ben").await;
    let code = stage.mailed().await;
    let answer = json!({ "ticket": step["ticket"], "code": code });
    let other = "another secret of another program";
    for mut thief in [program(&stage).with("client-binding", other), Browser::program(stage.at)] {
        let told = post(&mut thief, "/api/login/verify", &answer).await;
        refused(&told, 410, "login.not_ours");
        let told =
            post(&mut thief, "/api/login/resume", &json!({ "ticket": step["ticket"] })).await;
        refused(&told, 410, "login.not_ours");
    }
    let mut short = program(&stage).with("client-binding", "short");
    let told = post(&mut short, "/api/login/verify", &answer).await;
    refused(&told, 400, "request.binding");
    assert_eq!(post(&mut owner, "/api/login/verify", &answer).await.status, 200);
}

#[tokio::test]
async fn a_page_drawn_in_the_browser_needs_no_secret_of_its_own() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut page = Browser::program(stage.at).with("sec-fetch-site", "same-origin");
    let step = begin(&mut page, "ben").await;
    assert!(page.cookies.contains_key("__Host-countersign-browser"));
    let code = stage.mailed().await;
    let answer = json!({ "ticket": step["ticket"], "code": code });
    let mut foreign = page.clone().with("sec-fetch-site", "cross-site");
    let told = post(&mut foreign, "/api/login/verify", &answer).await;
    refused(&told, 403, "request.foreign");
    assert_eq!(post(&mut page, "/api/login/verify", &answer).await.status, 200);
    assert_eq!(session(&mut page).await.json()["user"], "ben");
}

#[tokio::test]
async fn another_way_leads_through_and_what_is_not_offered_does_not() {
    let stage = Stage::open().await;
    let _ = with_app(&stage, "ben").await;
    stage.minutes_pass(1);
    let mut program = program(&stage);
    let step = begin(&mut program, "ben").await;
    assert_eq!(step["method"], "app");
    let choose = |method: &str| json!({ "ticket": step["ticket"], "method": method });
    let told = post(&mut program, "/api/login/another-way", &choose("email")).await;
    refused(&told, 409, "refused.not_offered");
    let told = post(&mut program, "/api/login/another-way", &choose("fax")).await;
    refused(&told, 400, "request.malformed");
    let told = post(&mut program, "/api/login/resend", &json!({ "ticket": step["ticket"] })).await;
    refused(&told, 409, "refused.not_offered");

    stage.require(Requirement::Email).await;
    let step = post(&mut program, "/api/login/another-way", &choose("email")).await.json();
    assert_eq!(step["method"], "email");
    let answer = json!({ "ticket": step["ticket"], "code": stage.mailed().await });
    assert_eq!(post(&mut program, "/api/login/verify", &answer).await.status, 200);
}

#[tokio::test]
async fn wrong_codes_lock_and_say_until_when() {
    let stage = Stage::open().await;
    stage.require(Requirement::Email).await;
    let mut program = program(&stage);
    let step = begin(&mut program, "ben").await;
    let right = stage.mailed().await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let answer = json!({ "ticket": step["ticket"], "code": wrong });
    for _ in 0..4 {
        post(&mut program, "/api/login/verify", &answer).await;
    }
    let told = post(&mut program, "/api/login/verify", &answer).await;
    refused(&told, 429, "login.locked");
    let right = json!({ "ticket": step["ticket"], "code": right });
    refused(&post(&mut program, "/api/login/verify", &right).await, 429, "login.locked");
    let told = post(&mut program, "/api/login/resume", &json!({ "ticket": step["ticket"] })).await;
    refused(&told, 429, "login.locked");
    refused(&post(&mut program, "/api/begin", &login("ben")).await, 429, "login.locked");
    stage.minutes_pass(16);
    refused(&post(&mut program, "/api/login/verify", &right).await, 410, "login.ran_out");
}

#[tokio::test]
async fn a_program_steps_up_for_an_act_and_links_a_further_app() {
    let stage = Stage::open().await;
    let mut nobody = program(&stage);
    let wanted = json!({ "purpose": "administer" });
    let told = post(&mut nobody, "/api/login/step-up", &wanted).await;
    refused(&told, 401, "login.needed");

    let (mut program, phone) = with_app(&stage, "ada").await;
    stage.minutes_pass(16);
    let told = program.get("/pay").await;
    let told = refused(&told, 403, "login.not_fresh");
    assert_eq!((&told["method"], &told["purpose"]), (&json!("app"), &json!("step-up:go on")));
    assert_eq!(told["within_seconds"], 900);
    assert!(told["last_shown"].is_string(), "it was too long ago, and not never");
    let wanted = json!({ "purpose": told["purpose"] });
    let step = post(&mut program, "/api/login/step-up", &wanted).await.json();
    let code = phone.code(stage.clock.now());
    let answer = json!({ "ticket": step["ticket"], "code": code });
    let done = post(&mut program, "/api/login/verify", &answer).await.json();
    assert_eq!(done["purpose"], "step-up:go on");
    program.get("/pay").await.shows("paid by ada for go on");

    stage.minutes_pass(1);
    let wanted = json!({ "purpose": "link-app" });
    let step = post(&mut program, "/api/login/step-up", &wanted).await.json();
    let answer = json!({ "ticket": step["ticket"], "code": phone.code(stage.clock.now()) });
    let step = post(&mut program, "/api/login/verify", &answer).await.json();
    assert_eq!(step["step"], "link_app");
    let mut second = FakePhone::new();
    second.scan_uri(step["uri"].as_str().unwrap()).unwrap();
    stage.minutes_pass(1);
    let answer = json!({ "ticket": step["ticket"], "code": second.code(stage.clock.now()) });
    let done = post(&mut program, "/api/login/verify", &answer).await.json();
    assert_eq!(done["app_linked"], true);
    assert_eq!(session(&mut program).await.status, 200, "the session goes on");
    for bad in ["login", "", "pay"] {
        let told = post(&mut program, "/api/login/step-up", &json!({ "purpose": bad })).await;
        refused(&told, 400, "request.malformed");
    }
}

#[tokio::test]
async fn a_program_whose_session_is_too_weak_by_now_is_told_what_to_show_and_goes_on() {
    let stage = Stage::open().await;
    let mut program = program(&stage);
    post(&mut program, "/api/begin", &login("ben")).await;
    stage.require(Requirement::App).await;
    let told = session(&mut program).await;
    let told = refused(&told, 403, "login.too_weak");
    assert_eq!((&told["purpose"], &told["method"]), (&json!("strengthen"), &json!("app")));
    let wanted = json!({ "purpose": "administer" });
    let other = post(&mut program, "/api/login/step-up", &wanted).await;
    refused(&other, 403, "login.too_weak");
    let wanted = json!({ "purpose": told["purpose"] });
    let step = post(&mut program, "/api/login/step-up", &wanted).await.json();
    assert_eq!(step["step"], "link_app");
    let mut phone = FakePhone::new();
    phone.scan_uri(step["uri"].as_str().unwrap()).unwrap();
    let answer = json!({ "ticket": step["ticket"], "code": phone.code(stage.clock.now()) });
    let done = post(&mut program, "/api/login/verify", &answer).await.json();
    assert_eq!(done["app_linked"], true);
    assert_eq!(session(&mut program).await.json()["aal"], "aal2");
}

#[tokio::test]
async fn a_program_shows_its_first_code_and_links_its_first_app_in_one_step_up() {
    let stage = Stage::open().await;
    let mut program = program(&stage);
    post(&mut program, "/api/begin", &login("ben")).await;
    stage.minutes_pass(60);
    stage.require(Requirement::App).await;
    let wanted = json!({ "purpose": "strengthen" });
    let step = post(&mut program, "/api/login/step-up", &wanted).await.json();
    let code = stage.mailed().await;
    let answer = json!({ "ticket": step["ticket"], "code": code });
    let step = post(&mut program, "/api/login/verify", &answer).await.json();
    let mut phone = FakePhone::new();
    phone.scan_uri(step["uri"].as_str().unwrap()).unwrap();
    let answer = json!({ "ticket": step["ticket"], "code": phone.code(stage.clock.now()) });
    let done = post(&mut program, "/api/login/verify", &answer).await;
    assert_eq!(done.status, 200, "{done:#?}");
    assert_eq!(session(&mut program).await.json()["aal"], "aal2");
}

#[tokio::test]
async fn a_program_that_links_its_first_app_by_choice_stays_logged_in() {
    let stage = Stage::open().await;
    let mut program = program(&stage);
    post(&mut program, "/api/begin", &login("ben")).await;
    let told = program.get("/pay").await;
    let told = refused(&told, 403, "login.never_shown");
    assert_eq!(told.get("last_shown"), None);
    let wanted = json!({ "purpose": "link-app" });
    let step = post(&mut program, "/api/login/step-up", &wanted).await.json();
    let mut phone = FakePhone::new();
    phone.scan_uri(step["uri"].as_str().unwrap()).unwrap();
    let answer = json!({ "ticket": step["ticket"], "code": phone.code(stage.clock.now()) });
    assert_eq!(post(&mut program, "/api/login/verify", &answer).await.status, 200);
    assert_eq!(session(&mut program).await.status, 200);
}

#[tokio::test]
async fn what_stops_a_login_has_a_code_of_its_own() {
    let stage = Stage::open().await;
    let mut program = program(&stage);
    let mut wrong = login("ben");
    wrong["password"] = json!("x");
    refused(&post(&mut program, "/api/begin", &wrong).await, 401, "host.no_match");
    refused(&post(&mut program, "/api/begin", &login("nobody")).await, 401, "refused.unknown");
    stage.mfa.suspended(&key("ben")).await.unwrap();
    refused(&post(&mut program, "/api/begin", &login("ben")).await, 403, "refused.suspended");
}

#[tokio::test]
async fn a_body_that_is_no_json_of_ours_is_refused() {
    let stage = Stage::open().await;
    let mut program = program(&stage);
    let json = ("content-type", "application/json");
    for body in ["", "{", "[]", "{\"ticket\": 1}", "null", "{\"ticket\":\"x\"}{", "\u{0}"] {
        let sent = program.send("POST", "/api/login/resume", &[json], body.as_bytes()).await;
        check("post", "/resume", &sent);
        refused(&sent, 400, "request.malformed");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let kind = ("content-type", kind);
        let sent = program.send("POST", "/api/login/logout", &[kind], b"{}").await;
        check("post", "/logout", &sent);
        refused(&sent, 415, "request.media_type");
    }
    let huge = vec![b' '; 5 * 1024 * 1024];
    let sent = program.send("POST", "/api/login/verify", &[json], &huge).await;
    check("post", "/verify", &sent);
    refused(&sent, 413, "request.too_large");
    let deep = "[".repeat(60_000);
    let sent = program.send("POST", "/api/login/verify", &[json], deep.as_bytes()).await;
    refused(&sent, 400, "request.malformed");
}
