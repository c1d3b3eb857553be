//! Watches the clocks. The store's time judges; if it and this node's clock disagree by more than
//! five minutes, one of them has jumped, and until they agree again nothing is judged that has an
//! end: no code, no login, no session.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::types::{MINUTE, Timestamp};

const MOST_APART: Duration = MINUTE.saturating_mul(5);

/// Remembers whether the alarm was raised, so that each episode raises it once.
#[derive(Debug, Default)]
pub(super) struct ClockGuard {
    alarmed: AtomicBool,
}

impl ClockGuard {
    /// Whether both clocks agree well enough to judge codes by.
    pub(super) fn agree(&self, store: Timestamp, node: Timestamp) -> bool {
        let apart = store.since(node).max(node.since(store));
        let fine = apart <= MOST_APART;
        let alarmed = self.alarmed.swap(!fine, Ordering::Relaxed);
        if !fine && !alarmed {
            tracing::error!(
                target: "countersign",
                apart = ?apart,
                "alarm: the store's clock and this node's disagree; no code, login or session is judged meanwhile"
            );
        }
        fine
    }
}
