//! The settings of a gate: addresses, bounds, and the source of client addresses.
//!
//! A browser holds this and not the whole gate, so that the pages and the sessions which a host
//! writes can take a browser.

use std::time::Duration;

use countersign_core::Mfa;

use crate::address::AddressSource;
use crate::jar::CookieScheme;
use crate::redirect_path::RedirectPath;
use crate::unknown_users::UnknownUsers;

/// What becomes of a session that is weaker than the policy asks for by now, because it was
/// tightened or grace ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth")]
pub enum WeakSessions {
    /// The person shows what is asked for by now and stays logged in: the request is redirected to
    /// that step-up and then back. A program gets 403 with the purpose of the step-up.
    #[default]
    StepUp,
    /// They go on until their own end, 12 hours at most, and the next login asks for more.
    /// [`LoggedIn::weaker_than`](crate::LoggedIn::weaker_than) says so.
    GoOn,
    /// They end: the person logs in again.
    End,
}

/// The settings of a gate, without the parts that a host implements.
pub(crate) struct Config {
    pub(crate) mfa: Mfa,
    pub(crate) home: RedirectPath,
    pub(crate) login: RedirectPath,
    pub(crate) origin: Option<String>,
    pub(crate) address: AddressSource,
    pub(crate) cookie_scheme: CookieScheme,
    pub(crate) bounds: Bounds,
    pub(crate) open_to_others: Vec<String>,
    pub(crate) weak_sessions: WeakSessions,
    pub(crate) unknown_users: UnknownUsers,
}

/// Limits of size and time for one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) body: usize,
    pub(crate) form: usize,
    pub(crate) headers: usize,
    pub(crate) reading: Duration,
    pub(crate) answering: Option<Duration>,
}
