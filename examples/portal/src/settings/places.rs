//! The addresses of the settings pages that more than one page leads to.

use super::roll::Row;

pub(super) const GENERAL: &str = "/settings/general";
pub(super) const REVIEW: &str = "/settings/general/review";
pub(super) const USERS: &str = "/settings/users";
pub(super) const NEW: &str = "/settings/users/new";

/// The page of one person.
pub(super) fn place_of(row: &Row) -> String {
    format!("{USERS}/{}", row.id())
}
