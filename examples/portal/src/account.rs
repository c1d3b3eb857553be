//! Home and account security: the pages about a person's own account.

mod address;
mod catalogue;
mod events;
mod home;
mod security;
mod words;

use axum::Router;
use axum::routing::get;

use crate::state::Portal;

/// `/home`, `/account/…`
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
        .route("/home", get(home::show))
        .route("/account/security", get(security::show))
        .route("/account/security/email", get(address::show).post(address::take))
}
