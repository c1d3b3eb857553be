//! Readers written by others read every picture that we draw.
//!
//! Each drawing is painted here as a terminal or a browser would paint it, with some of the ground
//! around it, and then shown to readers. So these tests see what a camera sees, and not what we
//! meant. One binary.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of a test may fail as the test may"
)]

mod browser;
mod camera;
mod capacity;
mod enrolled;
mod links;
#[cfg(feature = "png")]
mod png;
mod svg;
mod terminal;
mod tools;
