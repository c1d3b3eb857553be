//! The fields of the forms that a login and a step-up share.

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    pub(super) code: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}
