//! The way in: password, second step, invitation.

use axum::Router;

use crate::portal::Portal;

/// `/login`, `/invite/…`, `/help`, `/language`
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
}
