//! Settings → General, User Management, Activity.

use axum::Router;

use crate::portal::Portal;

/// `/settings/…`
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
}
