//! The builder of a gate.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderName;
use countersign_core::Mfa;

use crate::address::AddressSource;
use crate::config::{Bounds, Config, WeakSessions};
use crate::gate::Gate;
use crate::jar::CookieScheme;
use crate::pages::Pages;
use crate::plain_pages::PlainPages;
use crate::redirect_path::RedirectPath;
use crate::session_transport::{CookieTransport, SessionTransport};
use crate::unknown_users::UnknownUsers;

/// Collects the parts of a [`Gate`]. Each has a default.
///
/// ```
/// use std::time::Duration;
/// use countersign_axum::Gate;
/// # fn build(mfa: countersign_core::Mfa) -> Result<Gate, countersign_axum::SetupError> {
/// let gate = Gate::builder(mfa)
///     .home("/home")
///     .login("/login")
///     .origin("https://portal.example")
///     .body_limit(64 * 1024)
///     .deadline(Some(Duration::from_secs(20)))
///     .build()?;
/// # Ok(gate) }
/// ```
#[must_use = "nothing is built until `build` is called"]
pub struct GateBuilder {
    mfa: Mfa,
    session_transport: Arc<dyn SessionTransport>,
    pages: Arc<dyn Pages>,
    home: String,
    login: String,
    origin: Option<String>,
    address: AddressSource,
    cookie_scheme: CookieScheme,
    bounds: Bounds,
    open_to_others: Vec<String>,
    weak_sessions: WeakSessions,
}

impl Gate {
    /// Starts with sessions in a cookie, the default pages, `/` as home and `/login` as the login.
    pub fn builder(mfa: Mfa) -> GateBuilder {
        GateBuilder::new(mfa)
    }
}

impl GateBuilder {
    fn new(mfa: Mfa) -> Self {
        Self {
            mfa,
            session_transport: Arc::new(CookieTransport),
            pages: Arc::new(PlainPages::default()),
            home: "/".to_owned(),
            login: "/login".to_owned(),
            origin: None,
            address: AddressSource::Nowhere,
            cookie_scheme: CookieScheme::Encrypted,
            bounds: Bounds {
                body: 2 * 1024 * 1024,
                form: 64 * 1024,
                headers: 32 * 1024,
                reading: Duration::from_secs(10),
                answering: Some(Duration::from_secs(30)),
            },
            open_to_others: Vec::new(),
            weak_sessions: WeakSessions::default(),
        }
    }

    /// Keeps sessions here. By default the sealed proof itself is the session, in a cookie.
    pub fn session_transport(mut self, transport: impl SessionTransport) -> Self {
        self.session_transport = Arc::new(transport);
        self
    }

    /// Shows the steps with these pages. By default they are plain, in English.
    pub fn pages(mut self, pages: impl Pages) -> Self {
        self.pages = Arc::new(pages);
        self
    }

    /// Where a finished login goes that was not on its way to somewhere else. Default `/`.
    pub fn home(mut self, path: impl Into<String>) -> Self {
        self.home = path.into();
        self
    }

    /// The host's own login page. Default `/login`.
    pub fn login(mut self, path: impl Into<String>) -> Self {
        self.login = path.into();
        self
    }

    /// The origin that browsers know this site by, such as `https://portal.example`.
    ///
    /// Forms must come from there. Without it they must come from the host that was asked.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Takes the address of a client from the connection itself.
    ///
    /// Serve the router with `into_make_service_with_connect_info::<SocketAddr>()` for that.
    pub fn address_from_connection(mut self) -> Self {
        self.address = AddressSource::Connection;
        self
    }

    /// Takes the address of a client from the last entry of a header that these proxies write.
    ///
    /// From anywhere else the header is not believed, and the address of the connection counts.
    pub fn address_from_header(
        mut self,
        name: HeaderName,
        proxies: impl IntoIterator<Item = IpAddr>,
    ) -> Self {
        self.address = AddressSource::Header { name, proxies: proxies.into_iter().collect() };
        self
    }

    /// Most bytes in a body, on every route below the layer. Default 2 MiB.
    ///
    /// Forms of the gate take 64 KiB at most, also where more is set here.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.bounds.body = bytes;
        self
    }

    /// Most bytes in all headers together. Default 32 KiB.
    pub fn header_limit(mut self, bytes: usize) -> Self {
        self.bounds.headers = bytes;
        self
    }

    /// How long a form may take to arrive. Default ten seconds.
    pub fn reading_deadline(mut self, time: Duration) -> Self {
        self.bounds.reading = time;
        self
    }

    /// How long an answer may take to begin, on every route below the layer; `None` for hosts that
    /// have a deadline of their own. Default thirty seconds.
    pub fn deadline(mut self, time: Option<Duration>) -> Self {
        self.bounds.answering = time;
        self
    }

    /// What becomes of sessions that are weaker than the policy asks for by now. By default the
    /// person shows at once what is asked for, and stays logged in.
    pub fn weak_sessions(mut self, fate: WeakSessions) -> Self {
        self.weak_sessions = fate;
        self
    }

    /// Lets other sites send requests to paths that start so: a webhook, for example.
    ///
    /// Handlers of these paths must not rely on the cookies of a person.
    pub fn danger_open_to_other_sites(mut self, path: impl Into<String>) -> Self {
        self.open_to_others.push(path.into());
        self
    }

    /// Sets cookies without `__Host-` and `Secure`, for a site that speaks plain HTTP to other
    /// machines. An eavesdropper can take every session.
    ///
    /// It is not needed on a loopback address, where browsers such as Chromium accept the strict
    /// ones.
    pub fn danger_plain_http(mut self) -> Self {
        self.cookie_scheme = CookieScheme::Plain;
        self
    }

    /// Builds the gate.
    ///
    /// # Errors
    ///
    /// [`SetupError`] names the part that is not a path of this site, or not an origin.
    pub fn build(self) -> Result<Gate, SetupError> {
        let path = |what, text: &str| {
            RedirectPath::new(text).ok_or_else(|| SetupError {
                what,
                given: text.to_owned(),
                next: "give a path of this site, such as `/home`",
            })
        };
        let home = path("home", &self.home)?;
        let login = path("login", &self.login)?;
        if let Some(origin) = self.origin.as_ref().filter(|origin| !is_origin(origin)) {
            let next = "give a scheme and a host, such as `https://portal.example`, and no path";
            return Err(SetupError { what: "origin", given: origin.clone(), next });
        }
        for open in &self.open_to_others {
            path("danger_open_to_other_sites", open)?;
        }
        let config = Config {
            mfa: self.mfa,
            home,
            login,
            origin: self.origin,
            address: self.address,
            cookie_scheme: self.cookie_scheme,
            bounds: self.bounds,
            open_to_others: self.open_to_others,
            weak_sessions: self.weak_sessions,
            unknown_users: UnknownUsers::default(),
        };
        Ok(Gate::new(config, self.session_transport, self.pages))
    }
}

impl fmt::Debug for GateBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateBuilder")
            .field("home", &self.home)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

/// The part that a gate cannot be built with.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not build the gate: `{what}` is {given:?}; {next}")]
pub struct SetupError {
    what: &'static str,
    given: String,
    next: &'static str,
}

/// Its sentence: Rust prints the `Debug` of an error that leaves `main`.
impl fmt::Debug for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for good in ["https://portal.example", "http://127.0.0.1:8080", "http://[::1]:80"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in
            ["portal.example", "https://", "https://portal.example/", "ftp://x", "https://a b"]
        {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
