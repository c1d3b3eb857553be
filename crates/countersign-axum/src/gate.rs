//! The gate: the value that a host keeps, and that stands between its login form and its pages.

use std::fmt;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use countersign_core::Mfa;

use crate::config::Config;
use crate::pages::Pages;
use crate::problem::Problem;
use crate::redirect_path::RedirectPath;
use crate::session_transport::SessionTransport;

/// The second step of every login of one application: cheap to clone, shared by every request.
///
/// Build it once, add its routes and then its layer. As an extractor it is the gate of the layer.
///
/// ```
/// use axum::{Router, routing::get};
/// use countersign_axum::{Gate, LoggedIn};
/// use countersign_core::Mfa;
///
/// fn portal(mfa: Mfa) -> Result<Router, Box<dyn std::error::Error>> {
///     let gate = Gate::builder(mfa).home("/home").login("/login").build()?;
///     let home = async |who: LoggedIn| format!("Hello {}.", who.key().user());
///     Ok(Router::new().route("/home", get(home)).merge(gate.routes()).layer(gate.layer()))
/// }
/// ```
#[doc(alias = "2fa")]
#[doc(alias = "mfa")]
#[doc(alias = "middleware")]
#[doc(alias = "two factor")]
#[derive(Clone)]
pub struct Gate {
    config: Arc<Config>,
    session_transport: Arc<dyn SessionTransport>,
    pages: Arc<dyn Pages>,
}

/// The gate of the layer, where the extractor finds it.
#[derive(Debug, Clone)]
pub(crate) struct OfLayer(pub(crate) Gate);

impl Gate {
    pub(crate) fn new(
        config: Config,
        session_transport: Arc<dyn SessionTransport>,
        pages: Arc<dyn Pages>,
    ) -> Self {
        Self { config: Arc::new(config), session_transport, pages }
    }

    /// The core, which decides about logins.
    #[must_use]
    pub fn mfa(&self) -> &Mfa {
        &self.config.mfa
    }

    /// Where a finished login goes that was not on its way to somewhere else.
    #[must_use]
    pub fn home(&self) -> &RedirectPath {
        &self.config.home
    }

    /// The host's own login page.
    #[must_use]
    pub fn login_page(&self) -> &RedirectPath {
        &self.config.login
    }

    pub(crate) fn session_transport(&self) -> &dyn SessionTransport {
        &*self.session_transport
    }

    pub(crate) fn pages(&self) -> &dyn Pages {
        &*self.pages
    }

    pub(crate) fn config(&self) -> &Arc<Config> {
        &self.config
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("session_transport", &self.session_transport)
            .field("pages", &self.pages)
            .field("home", &self.config.home)
            .field("login", &self.config.login)
            .finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Gate {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let OfLayer(gate) = parts.extensions.get().ok_or_else(Problem::layer_missing)?;
        Ok(gate.clone())
    }
}
