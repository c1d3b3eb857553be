//! A portal in this process, with a clock that stands still until it is moved.

use countersign::words::{Lifetime, Timestamp};
use portal::{Asked, Options, PortalClock, Running};

use crate::visitor::Visitor;

/// A running portal.
#[derive(Debug)]
pub(crate) struct House {
    running: Running,
    clock: PortalClock,
}

impl House {
    /// One with its demo companies and tools.
    pub(crate) async fn open() -> Self {
        Self::with(Options::on_any_port()).await
    }

    /// One that was started with these arguments.
    pub(crate) async fn started_with(args: &[&str]) -> Self {
        match Options::read(args.iter().map(|arg| (*arg).to_owned())).unwrap() {
            Asked::Portal(options) => Self::with(options).await,
            Asked::Help => panic!("no portal was asked for"),
        }
    }

    async fn with(options: Options) -> Self {
        let clock = PortalClock::standing_at(Timestamp::from_seconds(1_795_530_720));
        let running = portal::start(options.by_clock(clock.clone())).await.expect("it starts");
        Self { running, clock }
    }

    /// One that runs already, by a clock that stands still.
    pub(crate) fn of(running: Running) -> Self {
        let clock = running.clock().clone();
        Self { running, clock }
    }

    pub(crate) async fn close(self) {
        self.running.stop().await.expect("it ends in order");
    }

    /// Somebody with a browser of their own.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(self.running.address())
    }

    pub(crate) fn host(&self) -> String {
        self.running.address().to_string()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn wait(&self, seconds: u32) {
        self.clock.advance(Lifetime::from_seconds(seconds));
    }
}
