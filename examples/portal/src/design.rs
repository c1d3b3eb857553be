//! How every page looks: one frame, a few parts, three languages, one sheet of style.
//!
//! Pages are functions from values to markup. They need no script; the one there is
//! only shortens ways. There is no inline script or style, so the policy of every page allows none.

pub(crate) mod assets;
pub(crate) mod frame;
pub(crate) mod headers;
pub(crate) mod moment;
pub(crate) mod parts;
pub(crate) mod visit;
pub(crate) mod when;
mod words;
