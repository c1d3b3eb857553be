//! The world breaks in the middle: nobody gets in by it, and the person can send the form again.

use std::error::Error;

use axum::BoxError;
use axum::http::StatusCode;
use countersign_axum::{Browser as Visitor, Gate, NewSession, Problem, SessionTransport};
use countersign_core::{Requirement, SealedProof};
use countersign_testkit::Fault;

use crate::client::Browser;
use crate::log::Log;
use crate::stage::Stage;

const FAULTS: [Fault; 3] = [Fault::Unavailable, Fault::UnknownAndNotDone, Fault::UnknownButDone];

#[tokio::test]
async fn a_store_that_breaks_at_any_call_lets_nobody_in_and_the_same_form_goes_through_afterwards()
{
    let mut broken = 0;
    for fault in FAULTS {
        for call in 1..=4 {
            let log = Log::listening();
            let stage = Stage::open().await;
            stage.require(Requirement::Email).await;
            let mut browser = stage.browser();
            stage.password(&mut browser, "ben").await.goes_to("/login/code");
            let page = browser.get("/login/code").await;
            let code = stage.mailed().await;
            stage.store.fail_call(call, fault);
            let sent = browser.fill(&page, "/login/code", &[("code", &code)]).await;
            if !stage.store.has_failed() {
                sent.goes_to("/home");
                continue;
            }
            broken += 1;
            assert_eq!(sent.status, 503, "{sent:#?}");
            assert_eq!(sent.header("retry-after"), Some("5"));
            let (_, rest) = sent.body.split_once("Reference: ").unwrap();
            let reference = rest.split('<').next().unwrap();
            assert!(log.text().contains(reference), "{reference} is not in {}", log.text());
            assert!(!sent.body.contains("store"), "no text of an error is for people");
            assert!(!log.text().contains(&code));
            browser.get("/home").await.goes_to("/login?next=/home");
            browser.fill(&page, "/login/code", &[("code", &code)]).await.goes_to("/home");
        }
    }
    assert_eq!(broken, 6, "a read and a write, each in three ways");
}

#[tokio::test]
async fn a_program_is_told_with_a_stable_code() {
    let stage = Stage::open().await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await.goes_to("/home");
    let mut program = Browser { cookies: browser.cookies.clone(), ..Browser::program(stage.at) };
    stage.store.fail_call(1, Fault::Unavailable);
    let told = program.get("/api/login/session").await;
    crate::openapi::check("get", "/session", &told);
    assert_eq!((told.status, told.json()["code"].as_str()), (503, Some("store.unavailable")));
    assert_eq!(program.get("/api/login/session").await.status, 200);
}

/// A transport whose sessions cannot be reached.
#[derive(Debug)]
struct Unreachable;

#[async_trait::async_trait]
impl SessionTransport for Unreachable {
    async fn keep(&self, _: &Visitor, _: NewSession<'_>) -> Result<(), BoxError> {
        Err("the sessions cannot be reached".into())
    }

    async fn find(&self, _: &Visitor) -> Result<Option<SealedProof>, BoxError> {
        Ok(None)
    }

    async fn renew(&self, _: &Visitor, _: SealedProof) -> Result<(), BoxError> {
        Err("the sessions cannot be reached".into())
    }

    async fn forget(&self, _: &Visitor) -> Result<(), BoxError> {
        Err("the sessions cannot be reached".into())
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_kept_is_no_login() {
    let log = Log::listening();
    let stage = Stage::with(|gate| gate.session_transport(Unreachable)).await;
    let mut browser = stage.browser();
    let told = stage.password(&mut browser, "ben").await;
    assert_eq!(told.status, 503);
    assert!(!told.body.contains("reached"), "{}", told.body);
    assert!(log.text().contains("the sessions cannot be reached"));
    browser.get("/home").await.goes_to("/login?next=/home");
}

/// `fn main() -> Result<(), Box<dyn Error>>` prints the `Debug` of what it returns.
#[tokio::test]
async fn an_error_that_leaves_main_is_a_sentence() {
    let stage = Stage::open().await;
    let wrong = Gate::builder(stage.mfa.clone()).home("home").build().map(drop).unwrap_err();
    let problem = Problem::new(StatusCode::CONFLICT, "seat.taken", "Somebody else took that seat.");
    let printed = |error: Box<dyn Error>| format!("{error:?}");
    assert_eq!(
        printed(wrong.into()),
        "could not build the gate: `home` is \"home\"; give a path of this site, such as `/home`"
    );
    assert_eq!(printed(problem.into()), "Somebody else took that seat. [seat.taken]");
}
