//! A request to the JSON side: a body within bounds, and the client that the request proves to be.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use countersign_core::Client;
use serde::de::DeserializeOwned;

use crate::body::read;
use crate::browser::Browser;
use crate::problem::Problem;

/// The header in which a program proves who it is.
const BINDING_HEADER: &str = "client-binding";

/// A JSON request, and the client that it proves to be.
///
/// The body is JSON of at most 64 KiB and must arrive within the gate's deadline.
#[derive(Debug)]
#[non_exhaustive]
pub struct ApiRequest<T> {
    /// The body.
    pub body: T,
    /// The client, bound to the secret in `Client-Binding`, or else to its cookie.
    pub client: Client,
    /// The cookies, if the client keeps any.
    pub browser: Browser,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiRequest<T> {
    type Rejection = JsonProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, JsonProblem> {
        let (mut parts, body) = request.into_parts();
        let browser = Browser::from_request_parts(&mut parts, state).await?;
        // A form of another site cannot say that it is JSON without being asked first.
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
        if !kind.trim().eq_ignore_ascii_case("application/json") {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "request.media_type", "Send JSON.").into());
        }
        let client = client(&browser)?;
        let bytes = read(body, browser.config().bounds).await?;
        let body = serde_json::from_slice(&bytes).map_err(|_| Problem::malformed())?;
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
            Ok(client.seen_as(&browser.describe()))
        }
        None => browser.client(),
    }
}

/// A [`Problem`] that is always answered as JSON, even to a client that accepts HTML.
#[derive(Debug)]
pub struct JsonProblem(Problem);

impl<E: Into<Problem>> From<E> for JsonProblem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for JsonProblem {
    fn into_response(self) -> Response {
        self.0.to_json_response()
    }
}
