//! The one clock of the house: the store, the library and every page take the time from here.
//!
//! In the demo it can be moved, so that ten minutes of waiting take one click. It only adds to the
//! clock of the machine; nothing else in the portal reads the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign::{Clock, SystemClock, Timestamp};
use tokio::sync::watch;

/// A clock that runs, and that can be moved ahead. Clones show the same time.
#[derive(Debug, Clone)]
pub struct PortalClock {
    /// `None` follows the clock of the machine.
    standing_at: Option<Timestamp>,
    /// Milliseconds that it is ahead.
    ahead: Arc<AtomicI64>,
    moved: Arc<watch::Sender<()>>,
}

impl PortalClock {
    /// A clock that shows the time of this machine until it is moved.
    #[must_use]
    pub fn running() -> Self {
        Self { standing_at: None, ahead: Arc::default(), moved: Arc::new(watch::Sender::new(())) }
    }

    /// A clock that stands still until it is moved, for tests.
    #[must_use]
    pub fn standing_at(moment: Timestamp) -> Self {
        Self { standing_at: Some(moment), ..Self::running() }
    }

    /// The time that it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let base = self.standing_at.unwrap_or_else(|| SystemClock.now());
        Timestamp::from_millis(base.millis().saturating_add(self.ahead.load(Ordering::SeqCst)))
    }

    /// Lets this much time pass.
    pub fn advance(&self, life: Duration) {
        self.ahead.fetch_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        self.moved.send_replace(());
    }

    /// Shows the real time again; events recorded while it was ahead then lie in the future.
    pub fn back_to_real(&self) {
        self.ahead.store(0, Ordering::SeqCst);
        self.moved.send_replace(());
    }

    /// How much it has been moved ahead.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        let ahead = Timestamp::from_millis(self.ahead.load(Ordering::SeqCst));
        ahead.since(Timestamp::from_millis(0))
    }

    /// Tells each time that it is moved from now on.
    pub(crate) fn moves(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Sleeps by this clock. Moving it ends the sleep, so the caller looks at the time again.
    pub(crate) async fn sleep(self, time: Duration) {
        let mut moved = self.moved.subscribe();
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            _ = moved.changed() => {}
        }
    }
}

impl Default for PortalClock {
    fn default() -> Self {
        Self::running()
    }
}

impl Clock for PortalClock {
    fn now(&self) -> Timestamp {
        PortalClock::now(self)
    }
}

#[cfg(test)]
mod tests {
    use countersign::{DAY, MINUTE};

    use super::*;

    #[test]
    fn a_clone_moves_along_and_goes_back() {
        let start = Timestamp::from_seconds(1_795_530_720);
        let clock = PortalClock::standing_at(start);
        let same = clock.clone();
        clock.advance(10 * MINUTE);
        assert_eq!(same.now(), start.plus(10 * MINUTE));
        assert_eq!(same.ahead(), 10 * MINUTE);
        same.back_to_real();
        assert_eq!(clock.now(), start);
    }

    #[tokio::test]
    async fn whoever_sleeps_by_it_wakes_when_it_is_moved() {
        let clock = PortalClock::running();
        let sleeping = tokio::spawn(clock.clone().sleep(Duration::from_secs(3600)));
        while clock.moved.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(DAY);
        sleeping.await.unwrap();
    }
}
