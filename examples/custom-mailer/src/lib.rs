//! A mailer of a host's own, over an HTTP mail API: what an integrator writes, and how it is proved.
//!
//! [`ApiMailer`] is what you copy; [`Api`] is a small mail API on this machine, made up after those
//! that are for sale, and stands in for yours in the tests. Three things are easily got wrong, and each
//! has a test in `tests/mailer`:
//!
//! - **Whose fault is it?** [`MailError::Refused`](countersign::MailError) marks a person's address,
//!   and no more mail is sent there. It is said only where the API names the recipient as the reason.
//!   A number alone never says so: a wrong key, a sender that is not confirmed and a page of your own
//!   that the API dislikes are answered with `4xx` too, and would mark everybody.
//! - **The same letter twice.** The courier sends a letter again where nobody knows whether it was
//!   taken. [`Mail::message_ref`](countersign::Mail::message_ref) is the same at each attempt and
//!   another for each letter, so it is the idempotency key: the API delivers the letter once.
//! - **What an HTTP client does unasked.** `reqwest` would follow a redirect and carry the code to
//!   another host, take a proxy from the environment, and name the whole URL in its errors. All three are
//!   off here. Its deadline is off by default, and set here.
//!
//! This example is built without TLS, since it speaks to its own machine. For yours, add the feature
//! `rustls` of `reqwest`; an API elsewhere is refused without `https` anyway.

mod api;
mod mailer;

pub use api::{Api, Behavior, Taken};
pub use mailer::{ApiMailer, NotSent, Unusable};
