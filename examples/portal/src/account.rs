//! Home and account security: what a person sees of their own.

use axum::Router;

use crate::portal::Portal;

/// `/home`, `/account/…`
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
}
