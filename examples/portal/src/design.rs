//! How every page looks: one frame, a few parts, three languages, one sheet of style.
//!
//! Pages are functions from what is to be shown to markup. They need no script; the one there is
//! only shortens ways. There is no inline script or style, so the policy of every page allows none.

mod assets;
mod frame;
mod headers;
mod language;
mod moment;
mod parts;
mod visit;
mod words;

pub(crate) use assets::{addresses, routes};
pub(crate) use frame::{Page, Section};
pub(crate) use headers::dress;
pub use language::Language;
pub(crate) use moment::{clock_words, date, day, day_and_time, duration, soonest, time_of_day};
pub(crate) use parts::{
    Choice, Field, Select, Tone, badge, card, disclosure, error_summary, hidden, link_button,
    quiet_button, status, table,
};
pub(crate) use visit::{Inside, LANGUAGE_COOKIE, Member, Visit, broken, to_the_end};
