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
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use countersign_core::rules::{Answer, Client, Passed, Purpose, Ticket};
use countersign_core::words::{AccountKey, AttemptId, FirstFactor};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::browser::Browser;
use crate::errand::purpose_of;
use crate::gate::Gate;
use crate::problem::{Problem, method_named};
use crate::submitted::{malformed, read};

/// The header in which a program proves who it is.
const BINDING_HEADER: &str = "client-binding";

impl Gate {
    /// The JSON side, to be nested where the host likes.
    ///
    /// ```
    /// use axum::Router;
    /// # fn wire(gate: countersign_axum::Gate) -> Router {
    /// Router::new().nest("/api/login", gate.json_routes()).layer(gate.layer())
    /// # }
    /// ```
    pub fn json_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new()
            .route("/session", get(session))
            .route("/resume", post(resume))
            .route("/verify", post(verify))
            .route("/resend", post(resend))
            .route("/another-way", post(another_way))
            .route("/step-up", post(step_up))
            .route("/logout", post(log_out))
    }

    /// Begins the second step for a program, right after the host found that the first factor is
    /// right. The answer is the first step, or that nothing more is needed.
    ///
    /// ```
    /// use axum::response::Response;
    /// use countersign_axum::{Gate, JsonProblem, Program};
    /// use countersign_core::words::{AccountKey, FirstFactor};
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

/// A request of a program: its JSON, and the client that it proves to be.
///
/// The body is JSON of at most 64 KiB and must arrive within the gate's deadline.
#[derive(Debug)]
#[non_exhaustive]
pub struct Program<T> {
    /// What it asks for.
    pub body: T,
    /// The client, bound to what it proves: the secret in `Client-Binding`, or else its cookie.
    pub client: Client,
    /// Its cookies, if it keeps any.
    pub browser: Browser,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Program<T> {
    type Rejection = JsonProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, JsonProblem> {
        let (mut parts, body) = request.into_parts();
        let gate = Gate::from_request_parts(&mut parts, state).await?;
        let browser = Browser::from_request_parts(&mut parts, state).await?;
        // A form of another site cannot say that it is JSON without being asked first.
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
        if !kind.trim().eq_ignore_ascii_case("application/json") {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "request.media_type", "Send JSON.").into());
        }
        let client = client(&browser)?;
        let bytes = read(Body::new(body), gate.settings().bounds).await?;
        let body = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
        Ok(Self { body, client, browser })
    }
}

/// The client that this request proves to be.
fn client(browser: &Browser) -> Result<Client, Problem> {
    match browser.parts().headers.get(BINDING_HEADER) {
        Some(secret) => {
            let client = Client::bound_to(secret.as_bytes()).map_err(|_| {
                let title = "The header Client-Binding holds 16 to 1024 bytes.";
                Problem::new(StatusCode::BAD_REQUEST, "request.binding", title)
            })?;
            Ok(client.seen_as(&browser.seen_as()))
        }
        None => browser.client(),
    }
}

/// A [`Problem`] that is JSON, whatever the client says it would accept.
#[derive(Debug)]
pub struct JsonProblem(Problem);

impl<E: Into<Problem>> From<E> for JsonProblem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for JsonProblem {
    fn into_response(self) -> Response {
        self.0.as_json()
    }
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

async fn session(gate: Gate, browser: Browser) -> Result<Response, JsonProblem> {
    let who = gate.who(&browser).await?.ok_or_else(Problem::nobody)?;
    Ok(answer(shape::session(&who)))
}

async fn resume(gate: Gate, asked: Program<Held>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let continued = gate.mfa().resume(&ticket, &asked.client).await?;
    Ok(answer(shape::continued(continued, gate.mfa().now())?))
}

async fn resend(gate: Gate, asked: Program<Held>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let continued = gate.mfa().resend(&ticket, &asked.client).await?;
    Ok(answer(shape::continued(continued, gate.mfa().now())?))
}

async fn another_way(gate: Gate, asked: Program<Chosen>) -> Result<Response, JsonProblem> {
    let ticket = Ticket::from_browser(asked.body.ticket);
    let method = method_named(&asked.body.method).ok_or_else(malformed)?;
    let continued = gate.mfa().another_way(&ticket, method, &asked.client).await?;
    Ok(answer(shape::continued(continued, gate.mfa().now())?))
}

async fn verify(gate: Gate, asked: Program<Typed>) -> Result<Response, JsonProblem> {
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

async fn step_up(gate: Gate, asked: Program<Wanted>) -> Result<Response, JsonProblem> {
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
