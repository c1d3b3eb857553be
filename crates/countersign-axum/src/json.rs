//! The steps as JSON, for programs and for pages that are drawn in the browser.
//!
//! | below where the host nests it | takes | answers |
//! | --- | --- | --- |
//! | `GET /session` | | who is logged in, and how |
//! | `POST /resume` | `ticket` | the step again |
//! | `POST /verify` | `ticket`, `code`, `attempt` | the next step, or that it is done |
//! | `POST /resend` | `ticket` | the step, with its code sent again |
//! | `POST /another-way` | `ticket`, `method` | the step by that method |
//! | `POST /step-up` | `purpose`, `ticket` | the first step of a step-up |
//! | `POST /logout` | | nothing |
//!
//! A login begins at the host, which checks the password and calls [`Gate::begin_json`]. The ticket
//! travels in the body of each request and answer. It works only for the client it was made for:
//! one that proves a secret of its own in the header `Client-Binding` at each call, or a browser,
//! which has a cookie for that.
//!
//! Every failure is answered with problem details (RFC 9457) and a stable `code`.
//! [`OPENAPI`](crate::OPENAPI) describes all of it.

mod shape;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use countersign_core::{AccountKey, Answer, AttemptId, FirstFactor, Passed, Purpose, Ticket};
use serde::Deserialize;
use serde_json::Value;

use crate::api_request::{ApiRequest, JsonProblem};
use crate::browser::Browser;
use crate::gate::Gate;
use crate::json::shape::Progress;
use crate::logged_in::Session;
use crate::problem::Problem;
use crate::step_up_link::step_up_purpose;

impl Gate {
    /// The JSON side, to be nested where the host likes.
    ///
    /// A host that answers one of them itself takes the others one by one, from
    /// [`json`](crate::json).
    ///
    /// ```
    /// use axum::{Router, routing::post};
    /// use countersign_axum::{Gate, json};
    ///
    /// /// All of them.
    /// fn routes(gate: &Gate) -> Router {
    ///     Router::new().nest("/api/login", gate.json_routes()).layer(gate.layer())
    /// }
    ///
    /// /// No step-up, and an end of the session that this host brings itself.
    /// fn some(gate: &Gate) -> Router {
    ///     Router::new()
    ///         .route("/api/login/session", json::session())
    ///         .route("/api/login/resume", json::resume())
    ///         .route("/api/login/verify", json::verify())
    ///         .route("/api/login/resend", json::resend())
    ///         .route("/api/login/another-way", json::another_way())
    ///         .route("/api/login/logout", post(async || "Close the window."))
    ///         .layer(gate.layer())
    /// }
    /// ```
    pub fn json_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new()
            .route("/session", session())
            .route("/resume", resume())
            .route("/verify", verify())
            .route("/resend", resend())
            .route("/another-way", another_way())
            .route("/step-up", step_up())
            .route("/logout", logout())
    }

    /// Begins the second step for a program, right after the host found that the first factor is
    /// right. The answer is the first step, or that nothing more is needed.
    ///
    /// ```
    /// use axum::response::Response;
    /// use countersign_axum::{Gate, JsonProblem, ApiRequest};
    /// use countersign_core::{AccountKey, FirstFactor};
    /// # fn check(login: &Login) -> Option<AccountKey> { None }
    /// # fn no_match() -> Response { unimplemented!() }
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Login {
    ///     user: String,
    ///     password: String,
    /// }
    ///
    /// async fn login(gate: Gate, asked: ApiRequest<Login>) -> Result<Response, JsonProblem> {
    ///     match check(&asked.body) {
    ///         Some(key) => gate.begin_json(&asked, &key, FirstFactor::Password).await,
    ///         None => Ok(no_match()),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The login is refused, with the reason as a stable `code`; or `Unavailable`, `Contended`,
    /// `OutcomeUnknown` or `Corrupt`. No session was made.
    pub async fn begin_json<T: Sync>(
        &self,
        asked: &ApiRequest<T>,
        key: &AccountKey,
        first: FirstFactor,
    ) -> Result<Response, JsonProblem> {
        let begun = self.begin_reporting(key, first, &asked.client).await?;
        match shape::describe_begun(begun, self.mfa().now())? {
            Progress::Open(step) => Ok(answer(step)),
            Progress::Done(passed) => {
                self.finish_json(&asked.browser, Session::Nobody, *passed).await
            }
        }
    }

    /// Makes the session, or carries out the act that the step-up was for, in the session as it was
    /// before: the answer itself may have ended everything open.
    async fn finish_json(
        &self,
        browser: &Browser,
        before: Session,
        passed: Passed,
    ) -> Result<Response, JsonProblem> {
        let body = shape::describe_passed(&passed);
        if *passed.proof.purpose() == Purpose::Login {
            self.open_session(browser, passed).await?;
        } else {
            let who = before.for_step_up(passed.proof.purpose())?;
            self.carry_out(browser, who, passed).await?;
        }
        Ok(answer(body))
    }
}

/// `/session`: GET says who is logged in, and how.
pub fn session<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(show_session)
}

/// `/resume`: POST shows an open step again.
pub fn resume<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(show_again)
}

/// `/verify`: POST has an answer judged.
#[doc(alias = "otp")]
#[doc(alias = "totp")]
pub fn verify<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(judge)
}

/// `/resend`: POST has an e-mailed code sent again.
pub fn resend<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(send_again)
}

/// `/another-way`: POST takes another method.
pub fn another_way<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(take_another_way)
}

/// `/step-up`: POST begins a step-up for a purpose.
pub fn step_up<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(begin_step_up)
}

/// `/logout`: POST ends the session.
pub fn logout<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(log_out)
}

#[derive(Deserialize)]
struct HeldTicket {
    ticket: String,
}

#[derive(Deserialize)]
struct Typed {
    ticket: String,
    code: String,
    attempt: Option<String>,
}

#[derive(Deserialize)]
struct Chosen {
    ticket: String,
    method: String,
}

#[derive(Deserialize)]
struct Wanted {
    purpose: String,
    ticket: Option<String>,
}

#[derive(Deserialize)]
struct Nothing {}

async fn show_session(gate: Gate, browser: Browser) -> Result<Response, JsonProblem> {
    let who = gate.must_be_logged_in(&browser).await?;
    Ok(answer(shape::describe_session(&who)))
}

async fn show_again(gate: Gate, asked: ApiRequest<HeldTicket>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let continued = gate.mfa().resume(&ticket, &asked.client).await?;
    Ok(answer(shape::describe_continued(continued, gate.mfa().now())?))
}

async fn send_again(gate: Gate, asked: ApiRequest<HeldTicket>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let continued = gate.mfa().resend(&ticket, &asked.client).await?;
    Ok(answer(shape::describe_continued(continued, gate.mfa().now())?))
}

async fn take_another_way(gate: Gate, asked: ApiRequest<Chosen>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let method = asked.body.method.parse().map_err(|_| Problem::malformed())?;
    let continued = gate.mfa().another_way(&ticket, method, &asked.client).await?;
    Ok(answer(shape::describe_continued(continued, gate.mfa().now())?))
}

async fn judge(gate: Gate, asked: ApiRequest<Typed>) -> Result<Response, JsonProblem> {
    let ApiRequest { body, mut client, browser } = asked;
    if let Some(attempt) = body.attempt {
        let attempt: AttemptId = attempt.parse().map_err(|_| Problem::malformed())?;
        client = client.attempt(attempt);
    }
    let ticket = Ticket::from_browser(body.ticket);
    let before = gate.session(&browser).await?;
    let verdict = gate.mfa().verify(&ticket, &Answer::code(body.code), &client).await?;
    match shape::describe_verdict(verdict, gate.mfa().now())? {
        Progress::Open(step) => Ok(answer(step)),
        Progress::Done(passed) => gate.finish_json(&browser, before, *passed).await,
    }
}

async fn begin_step_up(gate: Gate, asked: ApiRequest<Wanted>) -> Result<Response, JsonProblem> {
    let ApiRequest { body, mut client, browser } = asked;
    let purpose = step_up_purpose(&body.purpose).ok_or_else(Problem::malformed)?;
    let who = gate.may_step_up(&browser, &purpose).await?;
    if let Some(ticket) = body.ticket {
        client = client.holding(Ticket::from_browser(ticket));
    }
    let begun = gate.mfa().step_up(who.proof(), purpose, &client).await?;
    match shape::describe_begun(begun, gate.mfa().now())? {
        Progress::Open(step) => Ok(answer(step)),
        Progress::Done(passed) => gate.finish_json(&browser, Session::Good(who), *passed).await,
    }
}

async fn log_out(gate: Gate, asked: ApiRequest<Nothing>) -> Result<Response, JsonProblem> {
    gate.end_session(&asked.browser).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// JSON that no cache may store: it holds a ticket or a key.
fn answer(body: Value) -> Response {
    let mut response = body.to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
