//! The adapter's own addresses. They are the same everywhere, so that links in help texts work.

pub(crate) const CODE: &str = "/login/code";
pub(crate) const CODE_AGAIN: &str = "/login/code/again";
pub(crate) const LINK_APP: &str = "/login/link-app";
pub(crate) const ANOTHER_WAY: &str = "/login/another-way";
pub(crate) const STOPPED: &str = "/login/stopped";
pub(crate) const STEP_UP: &str = "/step-up";
pub(crate) const STEP_UP_AGAIN: &str = "/step-up/again";
pub(crate) const LOGOUT: &str = "/logout";
