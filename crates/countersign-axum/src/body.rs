//! The body of a form or of a JSON request, read within its bounds.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::config::Bounds;
use crate::problem::Problem;

/// A body within its bounds: so many bytes, in so much time.
pub(crate) async fn read(body: Body, bounds: Bounds) -> Result<Bytes, Problem> {
    let collecting = Limited::new(body, bounds.form).collect();
    match tokio::time::timeout(bounds.reading, collecting).await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(error)) if is_too_large(&*error) => Err(Problem::too_large()),
        Ok(Err(_)) => Err(Problem::malformed()),
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
