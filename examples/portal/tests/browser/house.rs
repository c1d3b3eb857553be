//! The portal as the tests run it: in this process, on a port of its own, with a clock that stands
//! still until it is moved.

use std::net::SocketAddr;
use std::time::Duration;

use countersign::Timestamp;
use portal::{Options, PortalClock, Running};

use crate::browser::{Browser, browse};
use crate::deeds::ADA;
use crate::look::Look;
use crate::visitor::Visitor;

/// A running portal with its demo companies.
#[derive(Debug)]
pub(crate) struct House {
    running: Running,
    clock: PortalClock,
}

/// A Tuesday morning, so that pictures and messages are the same on every day.
const MORNING: i64 = 1_795_530_720;

impl House {
    pub(crate) async fn open() -> Self {
        let clock = PortalClock::standing_at(Timestamp::from_seconds(MORNING));
        let options = Options::on_any_port().by_clock(clock.clone());
        let running = portal::start(options).await.expect("the portal starts");
        Self { running, clock }
    }

    /// Ends it in order, so that what is wrong at the end is seen.
    pub(crate) async fn close(self) {
        self.running.stop().await.expect("the portal ends in order");
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// Seconds since 1970, by the clock of the portal.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().millis() / 1000
    }

    /// Lets time pass for the whole house.
    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Has Larkfield Freight ask this of everybody, as its administrator would without a browser.
    pub(crate) async fn asks_for(&self, method: &str) {
        let mut ada = self.visitor();
        ada.log_in(ADA, "/home").await;
        let general = "/settings/general";
        let review = "/settings/general/review";
        let asked = ada.submit(general, general, &[("mfa", method)]).await;
        // Ada is one of those who will be asked, so it is reviewed first.
        let saved = ada.submit(asked.header("location"), review, &[]).await;
        assert_eq!(saved.header("location"), general, "{}", saved.all());
    }

    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(self.address())
    }
}

/// A journey through a portal of its own in a browser of its own.
pub(crate) async fn journey(test: &str, look: Look, go: impl AsyncFnOnce(&Browser, &House)) {
    browse(test, look, async |browser| {
        let house = House::open().await;
        go(browser, &house).await;
        house.close().await;
    })
    .await;
}
