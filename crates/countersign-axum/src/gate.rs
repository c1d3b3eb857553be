//! The gate: what a host keeps, and what stands between its login form and its pages.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use countersign_core::mfa::Mfa;

use crate::address::AddressSource;
use crate::builder::GateBuilder;
use crate::jar::Transport;
use crate::keeper::Keeper;
use crate::layer::{GateLayer, Inside};
use crate::pages::Pages;
use crate::problem::Problem;
use crate::target::Target;

/// The second step of every login of one application: cheap to clone, shared by every request.
///
/// Build it once, add its routes and then its layer. As an extractor it is the gate of the layer.
///
/// ```
/// use axum::{Router, routing::get};
/// use countersign_axum::{Gate, LoggedIn};
/// use countersign_core::mfa::Mfa;
///
/// fn portal(mfa: Mfa) -> Result<Router, Box<dyn std::error::Error>> {
///     let gate = Gate::builder(mfa).home("/home").login("/login").build()?;
///     let home = async |who: LoggedIn| format!("Hello {}.", who.key().user());
///     Ok(Router::new().route("/home", get(home)).merge(gate.routes()).layer(gate.layer()))
/// }
/// ```
#[derive(Clone)]
pub struct Gate(Arc<Settings>);

/// What a gate was built with.
pub(crate) struct Settings {
    pub(crate) mfa: Mfa,
    pub(crate) keeper: Arc<dyn Keeper>,
    pub(crate) pages: Arc<dyn Pages>,
    pub(crate) home: Target,
    pub(crate) login: Target,
    pub(crate) origin: Option<String>,
    pub(crate) address: AddressSource,
    pub(crate) transport: Transport,
    pub(crate) bounds: Bounds,
    pub(crate) open_to_others: Vec<String>,
    pub(crate) weak_goes_on: bool,
}

/// How much a request may bring, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) body: usize,
    pub(crate) form: usize,
    pub(crate) headers: usize,
    pub(crate) reading: Duration,
    pub(crate) answering: Option<Duration>,
}

impl Gate {
    /// Starts with the default keeper, the default pages, `/` as home and `/login` as the login.
    pub fn builder(mfa: Mfa) -> GateBuilder {
        GateBuilder::new(mfa)
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }

    /// The layer that everything here needs: add it after the last route.
    #[must_use]
    pub fn layer(&self) -> GateLayer {
        GateLayer::new(self.clone())
    }

    /// What decides about logins.
    #[must_use]
    pub fn mfa(&self) -> &Mfa {
        &self.0.mfa
    }

    /// Where a finished login goes that was not on its way to somewhere else.
    #[must_use]
    pub fn home(&self) -> &Target {
        &self.0.home
    }

    /// The host's own login page.
    #[must_use]
    pub fn login_page(&self) -> &Target {
        &self.0.login
    }

    pub(crate) fn keeper(&self) -> &dyn Keeper {
        &*self.0.keeper
    }

    pub(crate) fn pages(&self) -> &dyn Pages {
        &*self.0.pages
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0
    }

    pub(crate) fn address_source(&self) -> &AddressSource {
        &self.0.address
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("keeper", &self.0.keeper)
            .field("pages", &self.0.pages)
            .field("home", &self.0.home)
            .field("login", &self.0.login)
            .finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Gate {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let inside = parts.extensions.get::<Inside>().ok_or_else(Problem::no_layer)?;
        Ok(inside.gate.clone())
    }
}
