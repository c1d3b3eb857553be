//! A form that was sent from one of our own pages, and read within its bounds.

use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use countersign_core::AttemptId;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::body::read;
use crate::browser::Browser;
use crate::csrf::{TOKEN_HEADER, is_token_of, old_form_problem};
use crate::problem::Problem;

/// The fields of a form, after the check that this browser was shown it.
///
/// The form carries the hidden fields of [`Browser::csrf_fields`]. It is url-encoded, at most 64
/// KiB, and must arrive within the gate's deadline.
///
/// ```
/// use countersign_axum::{Problem, CsrfForm};
///
/// #[derive(serde::Deserialize)]
/// struct Rename {
///     name: String,
/// }
///
/// async fn rename(form: CsrfForm<Rename>) -> Result<String, Problem> {
///     Ok(format!("You are called {} now.", form.fields.name))
/// }
/// ```
#[doc(alias = "csrf")]
#[doc(alias = "xsrf")]
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CsrfForm<T> {
    /// The fields that the person filled in.
    pub fields: T,
    /// The browser, with the id of this form: sent twice, it is judged once.
    pub browser: Browser,
}

#[derive(Deserialize)]
struct Unseen {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    form_attempt: String,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for CsrfForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let browser = Browser::from_request_parts(&mut parts, state).await?;
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with(FORM)) {
            let title = "This is not a form of ours.";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "request.media_type", title));
        }
        let bytes = read(body, browser.config().bounds).await?;
        let unseen: Unseen = parse(&bytes).await?;
        let stated = parts.headers.get(TOKEN_HEADER).and_then(|token| token.to_str().ok());
        let token = stated.unwrap_or(&unseen.form_token);
        let belongs = browser.known_binding().is_some_and(|binding| is_token_of(token, &binding));
        if !belongs {
            return Err(old_form_problem());
        }
        let attempt: Option<AttemptId> = unseen.form_attempt.parse().ok();
        Ok(Self { fields: parse(&bytes).await?, browser: browser.with_attempt(attempt) })
    }
}

async fn parse<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let request = Request::post("/").header(CONTENT_TYPE, FORM).body(Body::from(bytes.clone()));
    let request = request.map_err(|_| Problem::malformed())?;
    Form::from_request(request, &())
        .await
        .map(|Form(fields)| fields)
        .map_err(|_| Problem::malformed())
}

const FORM: &str = "application/x-www-form-urlencoded";
