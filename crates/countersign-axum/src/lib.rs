//! The second step of a login in an axum application.
