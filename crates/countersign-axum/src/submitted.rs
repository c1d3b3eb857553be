//! A form that was sent from one of our own pages, and read within its bounds.

use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use countersign_core::types::AttemptId;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::browser::Browser;
use crate::forgery::{TOKEN_HEADER, belongs, old_form};
use crate::gate::{Bounds, Gate};
use crate::layer::too_large;
use crate::problem::Problem;

/// The fields of a form, after the check that this browser was shown it.
///
/// The form carries the hidden fields of [`Browser::form`]. It is url-encoded, at most 64 KiB, and
/// must arrive within the gate's deadline.
///
/// ```
/// use countersign_axum::{Problem, Submitted};
///
/// #[derive(serde::Deserialize)]
/// struct Rename {
///     name: String,
/// }
///
/// async fn rename(form: Submitted<Rename>) -> Result<String, Problem> {
///     Ok(format!("You are called {} now.", form.fields.name))
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Submitted<T> {
    /// What the person filled in.
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

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Submitted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let gate = Gate::from_request_parts(&mut parts, state).await?;
        let browser = Browser::from_request_parts(&mut parts, state).await?;
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with(FORM)) {
            let title = "This is not a form of ours.";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "request.media_type", title));
        }
        let bytes = read(body, gate.settings().bounds).await?;
        let unseen: Unseen = parse(&bytes).await?;
        let stated = parts.headers.get(TOKEN_HEADER).and_then(|token| token.to_str().ok());
        let token = stated.unwrap_or(&unseen.form_token);
        let belongs = browser.known_binding().is_some_and(|binding| belongs(token, &binding));
        if !belongs {
            return Err(old_form());
        }
        let attempt: Option<AttemptId> = unseen.form_attempt.parse().ok();
        Ok(Self { fields: parse(&bytes).await?, browser: browser.attempting(attempt) })
    }
}

/// A body within its bounds: so many bytes, in so much time.
pub(crate) async fn read(body: Body, bounds: Bounds) -> Result<Bytes, Problem> {
    let collecting = Limited::new(body, bounds.form).collect();
    match tokio::time::timeout(bounds.reading, collecting).await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(error)) if is_too_large(&*error) => Err(too_large()),
        Ok(Err(_)) => Err(malformed()),
        Err(_) => {
            let title = "This request arrived too slowly.";
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "request.too_slow", title))
        }
    }
}

fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut at = Some(error);
    while let Some(error) = at {
        if error.is::<LengthLimitError>() {
            return true;
        }
        at = error.source();
    }
    false
}

async fn parse<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let request = Request::post("/").header(CONTENT_TYPE, FORM).body(Body::from(bytes.clone()));
    let request = request.map_err(|_| malformed())?;
    Form::from_request(request, &()).await.map(|Form(fields)| fields).map_err(|_| malformed())
}

pub(crate) fn malformed() -> Problem {
    let title = "Something is missing in this request, or it is not what it should be.";
    Problem::new(StatusCode::BAD_REQUEST, "request.malformed", title)
}

const FORM: &str = "application/x-www-form-urlencoded";
