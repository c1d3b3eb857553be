//! Settings → General, User Management, Activity.
//!
//! Every page is an administrator's, of their own company; to others it does not exist. What
//! changes something asks for a step-up where the last one is too long ago, and loses nothing that
//! was typed on the way.

mod catalogue;
mod choice;
mod csv;
mod desk;
mod effects;
mod places;
mod query;
mod roll;
mod said;
mod shelf;
mod words;

mod general;
mod review;

mod edit;
mod fields;
mod person;
mod reasons;
mod users;

mod activity;

use axum::routing::get;
use axum::{Extension, Router};

use self::shelf::Shelf;
use crate::state::Portal;

/// `/settings/…`
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
        .route("/settings/general", get(general::show).post(general::save))
        .route("/settings/general/effect", get(general::effect))
        .route("/settings/general/review", get(review::show).post(review::save))
        .route("/settings/general/undo", get(general::send_back).post(general::undo))
        .route("/settings/users", get(users::show))
        .route("/settings/users.csv", get(users::csv))
        .route("/settings/users/new", get(edit::show_new).post(edit::create))
        .route("/settings/users/{id}", get(edit::show).post(edit::save))
        .route("/settings/users/{id}/effect", get(edit::effect))
        .route("/settings/users/{id}/reset", get(reasons::show_reset).post(reasons::reset))
        .route("/settings/users/{id}/exempt", get(reasons::show_exempt).post(reasons::exempt))
        .route("/settings/users/{id}/{act}", get(person::send_back).post(person::act))
        .route("/settings/audit", get(activity::show))
        .route("/settings/audit.csv", get(activity::csv))
        .layer(Extension(Shelf::default()))
}
