//! The SQLite store: its laws, its costs, and what happens when something breaks.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of a test may fail as the test may"
)]

mod folder;
mod process;
mod scene;
mod stage;
mod watch;

mod costs;
mod damage;
mod dropped;
mod fixture;
mod full;
mod garbage;
mod host;
mod kill;
mod laws;
mod locked;
mod opening;
mod pages;
mod stopping;
mod texts;
mod together;
mod two_processes;

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

/// Runs a test's futures; many tests share the runtime, as the parts of a host do.
fn block_on<F: Future>(work: F) -> F::Output {
    RUNTIME.block_on(work)
}
