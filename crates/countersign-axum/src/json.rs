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
//! travels in the body of each request and answer. It works only for the client it was made for: one
//! that proves a secret of its own in the header `Client-Binding` at each call, or a browser, which
//! has a cookie for that.
//!
//! Whatever goes wrong is problem details (RFC 9457) with a stable `code`. The whole is described by
//! [`OPENAPI`](crate::OPENAPI).

mod shape;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use countersign_core::login::{Answer, Passed, Purpose, Ticket};
use countersign_core::types::{AccountKey, AttemptId, FirstFactor};
use serde::Deserialize;
use serde_json::Value;

use crate::browser::Browser;
use crate::errand::purpose_of;
use crate::gate::Gate;
use crate::problem::{Problem, method_named};
use crate::program::{JsonProblem, Program};
use crate::submitted::malformed;

impl Gate {
    /// The JSON side, to be nested where the host likes.
    ///
    /// A host that answers one of them itself takes the others one by one, from [`json`](crate::json).
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
    /// use countersign_axum::{Gate, JsonProblem, Program};
    /// use countersign_core::types::{AccountKey, FirstFactor};
    /// # fn check(login: &Login) -> Option<AccountKey> { None }
    /// # fn no_match() -> Response { unimplemented!() }
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Login {
    ///     user: String,
    ///     password: String,
    /// }
    ///
    /// async fn login(gate: Gate, asked: Program<Login>) -> Result<Response, JsonProblem> {
    ///     match check(&asked.body) {
    ///         Some(key) => gate.begin_json(&asked, &key, FirstFactor::Password).await,
    ///         None => Ok(no_match()),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The login cannot go on, or the world broke: nobody is logged in.
    pub async fn begin_json<T: Sync>(
        &self,
        asked: &Program<T>,
        key: &AccountKey,
        first: FirstFactor,
    ) -> Result<Response, JsonProblem> {
        let begun = self.mfa().begin(key, first, &asked.client).await?;
        match shape::begun(begun, self.mfa().now())? {
            shape::Step::Open(step) => Ok(answer(step)),
            shape::Step::Done(passed) => self.done(&asked.browser, *passed).await,
        }
    }

    /// Finishes what the answer was given for.
    async fn done(&self, browser: &Browser, passed: Passed) -> Result<Response, JsonProblem> {
        let said = shape::done(&passed);
        if *passed.proof.purpose() == Purpose::Login {
            self.let_in(browser, passed).await?;
        } else {
            let who = self.who(browser).await?.ok_or_else(Problem::nobody)?;
            self.carry_out(browser, who, passed).await?;
        }
        Ok(answer(said))
    }
}

/// `/session`: GET says who is logged in, and how.
pub fn session<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(say_who)
}

/// `/resume`: POST shows an open step again.
pub fn resume<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(show_again)
}

/// `/verify`: POST has an answer judged.
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
struct Held {
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

async fn say_who(gate: Gate, browser: Browser) -> Result<Response, JsonProblem> {
    let who = gate.who(&browser).await?.ok_or_else(Problem::nobody)?;
    Ok(answer(shape::session(&who)))
}

async fn show_again(gate: Gate, asked: Program<Held>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let continued = gate.mfa().resume(&ticket, &asked.client).await?;
    Ok(answer(shape::continued(continued, gate.mfa().now())?))
}

async fn send_again(gate: Gate, asked: Program<Held>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let continued = gate.mfa().resend(&ticket, &asked.client).await?;
    Ok(answer(shape::continued(continued, gate.mfa().now())?))
}

async fn take_another_way(gate: Gate, asked: Program<Chosen>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let method = method_named(&asked.body.method).ok_or_else(malformed)?;
    let continued = gate.mfa().another_way(&ticket, method, &asked.client).await?;
    Ok(answer(shape::continued(continued, gate.mfa().now())?))
}

async fn judge(gate: Gate, asked: Program<Typed>) -> Result<Response, JsonProblem> {
    let Program { body, mut client, browser } = asked;
    if let Some(attempt) = body.attempt {
        let attempt: AttemptId = attempt.parse().map_err(|_| malformed())?;
        client = client.attempt(attempt);
    }
    let ticket = Ticket::from_browser(body.ticket);
    let verdict = gate.mfa().verify(&ticket, &Answer::code(body.code), &client).await?;
    match shape::verdict(verdict, gate.mfa().now())? {
        shape::Step::Open(step) => Ok(answer(step)),
        shape::Step::Done(passed) => gate.done(&browser, *passed).await,
    }
}

async fn begin_step_up(gate: Gate, asked: Program<Wanted>) -> Result<Response, JsonProblem> {
    let Program { body, mut client, browser } = asked;
    let who = gate.who(&browser).await?.ok_or_else(Problem::nobody)?;
    let purpose = purpose_of(&body.purpose).ok_or_else(malformed)?;
    if let Some(ticket) = body.ticket {
        client = client.holding(Ticket::from_browser(ticket));
    }
    let begun = gate.mfa().step_up(who.proof(), purpose, &client).await?;
    match shape::begun(begun, gate.mfa().now())? {
        shape::Step::Open(step) => Ok(answer(step)),
        shape::Step::Done(passed) => gate.done(&browser, *passed).await,
    }
}

async fn log_out(gate: Gate, asked: Program<Nothing>) -> Result<Response, JsonProblem> {
    gate.let_out(&asked.browser).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// JSON that nobody keeps: it holds a ticket or a key.
fn answer(body: Value) -> Response {
    let mut response = body.to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
