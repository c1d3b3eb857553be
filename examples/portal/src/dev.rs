//! The newcomer's tools: an inbox, a phone and a clock. Only in the demo.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use countersign::{EmailAddress, Mailer};
use countersign_testkit::{FakePhone, Inbox};

use crate::Trouble;
use crate::clock::PortalClock;
use crate::portal::Portal;

/// The tools, shared by the portal and their own pages.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    inbox: Inbox,
    phone: Arc<Mutex<FakePhone>>,
}

impl Tools {
    /// An empty inbox that refuses these addresses, and a phone with an empty app.
    pub(crate) fn new(_clock: PortalClock, _bouncing: Vec<EmailAddress>) -> Self {
        Self { inbox: Inbox::new(), phone: Arc::default() }
    }

    /// What takes the portal's mails in the demo.
    pub(crate) fn mailer(&self) -> impl Mailer + use<> {
        self.inbox.clone()
    }

    /// Gives the phone the link of an authenticator app that somebody linked before.
    pub(crate) fn scan(&self, link: &str) -> Result<(), Trouble> {
        Ok(self.phone.lock().unwrap_or_else(PoisonError::into_inner).scan_uri(link)?)
    }
}

/// `/dev/mail`, `/dev/phone`, `/dev/clock`
pub(crate) fn routes(_tools: &Tools) -> Router<Portal> {
    Router::new()
}

/// What stands around every page in the demo, such as the camera of the phone.
pub(crate) fn around(_tools: &Tools, pages: Router) -> Router {
    pages
}
