//! The PostgreSQL store: its laws, its costs, its plans, and what happens when something breaks.
//!
//! A real server runs for these tests, in a folder of its own, and ends with them. Where there is none
//! on this machine the tests say that they were skipped, and under `CI` they fail.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of a test may fail as the test may"
)]

mod proxy;
mod server;
mod stage;

mod broken;
mod costs;
mod host;
mod laws;
mod nodes;
mod opening;
mod plans;

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

/// Runs a test's futures; many tests share the runtime, as the parts of a host do.
fn block_on<F: Future>(work: F) -> F::Output {
    RUNTIME.block_on(work)
}
