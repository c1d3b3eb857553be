//! The store keeps every law on a real Redis, also when that is killed; and a store that forgets one
//! comparison hears of it in a sentence.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test may")]

mod broken;
mod laws;
mod outage;
mod proxy;
mod server;
mod settings;

use std::sync::LazyLock;

use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn block_on<F: Future>(work: F) -> F::Output {
    RUNTIME.block_on(work)
}
