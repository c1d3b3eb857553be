//! Errors that leave a handler: a page for people, RFC 9457 problem details for programs.
//!
//! Extractors and handlers return a [`Problem`]. The layer, which knows the formats that the
//! client accepts, turns it into a page, a redirect or JSON. Texts of errors stay in the log: a
//! person reads a sentence written for people, and a short reference that the log has as well.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use countersign_core::{
    Denial, Error, ErrorKind, InvalidValue, Locale, Method, OsRandom, Purpose, Random, RandomError,
    Requirement, Timestamp,
};
use serde_json::{Map, Value, json};

use crate::seconds::whole_seconds;

/// Why a request was not carried out.
///
/// ```
/// use axum::http::StatusCode;
/// use countersign_axum::Problem;
///
/// let problem = Problem::new(StatusCode::CONFLICT, "seat.taken", "Somebody else took that seat.");
/// assert_eq!(problem.code(), "seat.taken");
/// ```
#[derive(Clone)]
pub struct Problem(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    reference: Option<String>,
    retry_after: Option<Duration>,
    members: Vec<(&'static str, Value)>,
    redirect: Redirect,
}

/// Where a browser goes instead of reading about a problem.
#[derive(Debug, Clone)]
pub(crate) enum Redirect {
    Nothing,
    /// To the login, and afterwards back here.
    Login,
    /// To a step-up.
    StepUp {
        purpose: Purpose,
        method: Option<Method>,
    },
}

impl Problem {
    /// A problem that the host words itself, with a stable code and a sentence for people.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self(Box::new(Details {
            status,
            code,
            title,
            detail: None,
            reference: None,
            retry_after: None,
            members: Vec::new(),
            redirect: Redirect::Nothing,
        }))
    }

    /// An error of the host. Its text is logged with a reference, and the person sees only the
    /// reference.
    #[must_use]
    pub fn internal(error: &(dyn StdError + 'static)) -> Self {
        Self::internal_with_code("host.broken", &error.to_string())
    }

    fn internal_with_code(code: &'static str, why: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, TROUBLE).log_with_reference(why)
    }

    /// The request needs a login.
    pub(crate) fn login_needed() -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "login.needed", "Log in first.");
        problem.0.redirect = Redirect::Login;
        problem
    }

    /// The person has to show that it is them: for the first time, or again, if they did `last`.
    pub(crate) fn step_up_needed(
        purpose: Purpose,
        method: Method,
        last: Option<Timestamp>,
    ) -> Self {
        let (code, title) = match last {
            Some(_) => ("login.not_fresh", "Confirm again that it is you."),
            None => ("login.never_shown", "Confirm first that it is you."),
        };
        let mut problem = Self::new(StatusCode::FORBIDDEN, code, title);
        problem.0.redirect = Redirect::StepUp { purpose, method: Some(method) };
        match last {
            Some(last) => problem.with_member("last_shown", last.to_string()),
            None => problem,
        }
    }

    /// How long ago the method may have been shown.
    pub(crate) fn within(self, life: Duration) -> Self {
        self.with_member("within_seconds", whole_seconds(life))
    }

    /// The person has to show what the policy asks for by now.
    pub(crate) fn too_weak(required: Requirement) -> Self {
        let title = "Your company asks for more by now. Confirm that it is you.";
        let mut problem = Self::new(StatusCode::FORBIDDEN, "login.too_weak", title);
        let method = [Method::Email, Method::App].into_iter().find(|one| required.accepts(*one));
        problem.0.redirect = Redirect::StepUp { purpose: Purpose::Strengthen, method };
        problem
    }

    /// The host forgot the layer. The sentence is for the developer who reads the page or the log.
    pub(crate) fn layer_missing() -> Self {
        tracing::error!(target: "countersign", "{NO_LAYER}");
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "setup.layer_missing", NO_LAYER)
    }

    /// The gate sent a browser to a step, and the host forgot the routes. The sentence is for the
    /// developer too.
    pub(crate) fn routes_missing(path: &str) -> Self {
        tracing::error!(target: "countersign", path, "{NO_ROUTES}");
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let detail = format!("Nothing answers at {path}.");
        Self::new(status, "setup.routes_missing", NO_ROUTES).with_detail(detail)
    }

    /// The host asks for a fresh proof on a route that requires none.
    pub(crate) fn requirement_missing() -> Self {
        tracing::error!(target: "countersign", "{NO_REQUIREMENT}");
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "setup.requirement_missing", NO_REQUIREMENT)
    }

    /// A body that is malformed, or lacks a field.
    pub(crate) fn malformed() -> Self {
        let title = "Something is missing in this request, or it is not what it should be.";
        Self::new(StatusCode::BAD_REQUEST, "request.malformed", title)
    }

    /// A body beyond the limit.
    pub(crate) fn too_large() -> Self {
        let title = "This request is larger than we take.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large", title)
    }

    /// The session transport of the host failed.
    pub(crate) fn session_failed(error: axum::BoxError) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "session.failed", TROUBLE);
        problem.log_with_reference(&error.to_string())
    }

    /// More about this one case, for people.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// When it makes sense to ask again.
    #[doc(alias = "rate limit")]
    #[must_use]
    pub fn retry_after(mut self, life: Duration) -> Self {
        self.0.retry_after = Some(life);
        self
    }

    /// A member of the problem details beyond the usual ones, for programs.
    #[must_use]
    pub(crate) fn with_member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.members.push((name, value.into()));
        self
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// A stable code, such as `request.too_large`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// A sentence for people, in English; the same for every case of this code.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.0.title
    }

    /// More about this one case, if there is more to say.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// A short text that finds the error in the log, if there was one.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    pub(crate) fn redirect(&self) -> &Redirect {
        &self.0.redirect
    }

    /// The members of the problem details.
    pub(crate) fn to_json(&self) -> Value {
        let details = &self.0;
        let mut members = Map::new();
        members.insert("type".into(), json!(format!("urn:countersign:problem:{}", details.code)));
        members.insert("title".into(), json!(details.title));
        members.insert("status".into(), json!(details.status.as_u16()));
        members.insert("code".into(), json!(details.code));
        if let Some(detail) = &details.detail {
            members.insert("detail".into(), json!(detail));
        }
        if let Some(reference) = &details.reference {
            members.insert("reference".into(), json!(reference));
        }
        for (name, value) in &details.members {
            members.insert((*name).to_owned(), value.clone());
        }
        if let Redirect::StepUp { purpose, method } = &details.redirect {
            members.insert("purpose".into(), json!(purpose.as_str()));
            if let Some(method) = method {
                members.insert("method".into(), json!(method.as_str()));
            }
        }
        Value::Object(members)
    }

    /// The headers that every form of this answer has.
    pub(crate) fn write_headers(&self, headers: &mut HeaderMap) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(life) = self.0.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(life).max(1)));
        }
    }

    /// As problem details.
    pub(crate) fn to_json_response(&self) -> Response {
        let mut response = (self.0.status, self.to_json().to_string()).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        self.write_headers(response.headers_mut());
        response
    }

    fn log_with_reference(mut self, why: &str) -> Self {
        let reference = draw_reference();
        let code = self.0.code;
        tracing::error!(target: "countersign", code, reference, "{why}");
        self.0.reference = Some(reference);
        self
    }
}

/// The layer renders it; without one, it is problem details.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.to_json_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.0.title, self.0.code)
    }
}

/// Its sentence: Rust prints the `Debug` of an error that leaves `main`.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Problem {}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let code = error.code();
        match error.kind() {
            ErrorKind::Denied(denial) => denial.into(),
            ErrorKind::Unfit => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, "That cannot be done.")
            }
            ErrorKind::Unavailable | ErrorKind::Contended => {
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, TROUBLE);
                problem.retry_after(Duration::from_secs(5)).log_with_reference(&error.to_string())
            }
            ErrorKind::OutcomeUnknown => {
                let title = "We do not know whether that was done. Send it again.";
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title);
                problem.retry_after(Duration::from_secs(5)).log_with_reference(&error.to_string())
            }
            ErrorKind::Corrupt | ErrorKind::Configuration => {
                Self::internal_with_code(code, &error.to_string())
            }
        }
    }
}

/// A word that a host took from a request.
impl From<InvalidValue> for Problem {
    fn from(word: InvalidValue) -> Self {
        let title = "Something in this request is not what it should be.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "request.word", title)
            .with_detail(word.to_string())
    }
}

impl From<RandomError> for Problem {
    fn from(error: RandomError) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "random.failed", TROUBLE);
        problem.log_with_reference(&error.to_string())
    }
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        let code = denial.code();
        match denial {
            Denial::ProofEnded => Problem::login_needed(),
            Denial::NotFresh { method, last } => {
                let mut problem = Problem::step_up_needed(Purpose::Administer, method, last);
                problem.0.code = code;
                problem
            }
            // To others than administrators there is no such page.
            Denial::NotAdmin => Problem::new(StatusCode::NOT_FOUND, code, "There is no such page."),
            Denial::NoAuthenticator
            | Denial::OnOneself
            | Denial::LastOne
            | Denial::WrongPurpose => {
                let problem = Problem::new(StatusCode::FORBIDDEN, code, "You may not do this.");
                problem.with_detail(denial.message(&Locale::english()))
            }
        }
    }
}

/// Eight characters that find a line in the log; they need not be hard to guess.
fn draw_reference() -> String {
    let mut bytes = [0; 4];
    match OsRandom.fill(&mut bytes) {
        Ok(()) => data_encoding::HEXLOWER.encode(&bytes),
        Err(_) => "none".to_owned(),
    }
}

const TROUBLE: &str = "Nothing was changed. Try again.";

/// Shown and logged where a handler takes `Fresh` and its route asks for nothing.
const NO_REQUIREMENT: &str = "This route takes a fresh proof and asks for none: add \
    `.route_layer(gate.require(StepUp::by(Method::App)))` to it, and take `Fresh` once.";

/// Shown and logged where a step has no route. `tests/http/forgotten.rs` looks for this line.
const NO_ROUTES: &str = "The routes of countersign are missing: add `.merge(gate.routes())` to the \
    router, before the layer. A host that replaces some takes the others from \
    `countersign_axum::html`.";

/// Shown and logged where the layer is missing. `tests/http/forgotten.rs` looks for this line.
pub(crate) const NO_LAYER: &str = "The layer of countersign is missing: add `.layer(gate.layer())` \
    to the router, after the last route that uses countersign.";
