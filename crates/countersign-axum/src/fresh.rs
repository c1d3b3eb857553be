//! Routes that ask for a fresh proof.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use countersign_core::login::StepUpReason;
use countersign_core::{InvalidValue, MINUTE, Method, Proof, Purpose, SessionCheck};
use tower::{Layer, Service};

use crate::browser::Browser;
use crate::gate::Gate;
use crate::logged_in::LoggedIn;
use crate::problem::Problem;

/// The step-up that a route asks for on top of a session.
///
/// ```
/// use axum::{Router, routing::post};
/// use countersign_axum::{Fresh, Gate, StepUp};
/// use std::time::Duration;
/// use countersign_core::{InvalidValue, MINUTE, Method};
///
/// fn payments(gate: &Gate) -> Result<Router, InvalidValue> {
///     let pay = async |fresh: Fresh| format!("Paid by {}.", fresh.proof().key().user());
///     // The app, within a quarter of an hour; a login counts as well.
///     let by_app = StepUp::by(Method::App).within(15 * MINUTE);
///     // This act and no other, however fresh the login is.
///     let for_this = StepUp::by(Method::App).only_for("close the account")?;
///     Ok(Router::new()
///         .route("/pay", post(pay).route_layer(gate.require(by_app)))
///         .route("/close", post(async || "Closed.").route_layer(gate.require(for_this))))
/// }
/// ```
#[doc(alias = "reauthentication")]
#[doc(alias = "sudo mode")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "give it to `Gate::require`"]
pub struct StepUp {
    method: Method,
    within: Duration,
    only_for: Option<Purpose>,
}

impl StepUp {
    /// Asks for this method, or a stronger one, within the last ten minutes.
    pub fn by(method: Method) -> Self {
        Self { method, within: 10 * MINUTE, only_for: None }
    }

    /// Sets how long ago the method may have been passed.
    ///
    /// The proof of a step-up itself ends after
    /// [`Limits::step_up_life`](countersign_core::Limits), ten minutes at most, also where a
    /// longer time is set here.
    pub fn within(mut self, life: Duration) -> Self {
        self.within = life;
        self
    }

    /// Asks for a proof of this act and no other: a fresh login is not enough.
    ///
    /// The page shows the text, as in "Confirm that it is you: pay invoice 4711".
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if it is not one line of 1 to 64 bytes.
    pub fn only_for(mut self, act: impl Into<String>) -> Result<Self, InvalidValue> {
        self.only_for = Some(Purpose::StepUp(StepUpReason::new(act)?));
        Ok(self)
    }

    /// Asks for the proof that [`Mfa::propose_address`](countersign_core::Mfa::propose_address) takes.
    pub fn to_change_address() -> Self {
        Self { only_for: Some(Purpose::ChangeAddress), ..Self::by(Method::Email) }
    }

    fn is_met_by(&self, proof: &Proof, gate: &Gate) -> bool {
        proof.is_fresh(self.method, self.within, gate.mfa().now())
    }

    fn purpose(&self) -> Result<Purpose, InvalidValue> {
        Ok(match &self.only_for {
            Some(purpose) => purpose.clone(),
            None => Purpose::StepUp(StepUpReason::new("go on")?),
        })
    }
}

impl Gate {
    /// A layer for routes that ask for a fresh proof: use it with `route_layer`.
    ///
    /// A browser without one is sent to the step-up and then back. A program gets 403 with problem
    /// details that name the missing method. The handler takes the proof with [`Fresh`].
    ///
    /// The browser comes back with a GET, and the fields of a form are lost. So put the requirement
    /// on the page of the form as well.
    #[must_use]
    pub fn require(&self, step_up: StepUp) -> RequireLayer {
        RequireLayer { step_up }
    }

    /// The proof of a step-up for this purpose, by the person who is logged in, if it is still
    /// valid.
    ///
    /// For acts whose name is known only when the request is: where it is `None`, send the browser
    /// to [`Browser::step_up`].
    ///
    /// ```
    /// use axum::response::{IntoResponse, Response};
    /// use countersign_axum::{Browser, Gate, LoggedIn, Problem, RedirectPath};
    /// use countersign_core::Purpose;
    /// use countersign_core::login::StepUpReason;
    ///
    /// async fn pay(gate: Gate, browser: Browser, who: LoggedIn) -> Result<Response, Problem> {
    ///     let purpose = Purpose::StepUp(StepUpReason::new("pay invoice 4711")?);
    ///     match gate.find_step_up(&browser, &who, &purpose).await? {
    ///         Some(_proof) => Ok("Paid.".into_response()),
    ///         None => {
    ///             let back = RedirectPath::new("/invoices/4711").unwrap_or_else(|| gate.home().clone());
    ///             Ok(browser.step_up(&purpose, &back)?.see_other())
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended` or `Corrupt`: do not carry out the act.
    pub async fn find_step_up(
        &self,
        browser: &Browser,
        who: &LoggedIn,
        purpose: &Purpose,
    ) -> Result<Option<Proof>, Problem> {
        for sealed in browser.step_up_proofs() {
            let evidence = self.mfa().open_step_up(&sealed, purpose).await?;
            if let SessionCheck::Valid(proof) = evidence
                && proof.key() == who.key()
            {
                return Ok(Some(proof));
            }
        }
        Ok(None)
    }

    async fn satisfy(&self, parts: &mut Parts, step_up: &StepUp) -> Result<Proof, Problem> {
        let browser = Browser::from_request_parts(parts, &()).await?;
        let who = self.must_be_logged_in(&browser).await?;
        if step_up.only_for.is_none() && step_up.is_met_by(who.proof(), self) {
            return Ok(who.into_proof());
        }
        let purpose = step_up.purpose()?;
        match self.find_step_up(&browser, &who, &purpose).await? {
            Some(proof) if step_up.is_met_by(&proof, self) => Ok(proof),
            // They showed the strongest they have, and it is not what is asked for: asking again
            // would go round in circles.
            Some(proof) if !proof.passed().iter().any(|used| used.method >= step_up.method) => {
                let title = "This needs an authenticator app. Link one first.";
                Err(Problem::new(StatusCode::FORBIDDEN, "login.method_missing", title))
            }
            confirmed => {
                let passed = |proof: &Proof| proof.last_passed(step_up.method);
                let last = passed(who.proof()).max(confirmed.as_ref().and_then(passed));
                let problem = Problem::step_up_needed(purpose, step_up.method, last);
                Err(problem.within(step_up.within))
            }
        }
    }
}

/// The proof that satisfied [`Gate::require`]. An extractor, for one use in a request.
#[derive(Debug)]
pub struct Fresh(Proof);

impl Fresh {
    /// The proof.
    pub fn proof(&self) -> &Proof {
        &self.0
    }

    /// The proof, to be used up.
    pub fn into_proof(self) -> Proof {
        self.0
    }
}

#[derive(Debug, Clone)]
struct ProofSlot(Arc<Mutex<Option<Proof>>>);

impl<S: Sync> FromRequestParts<S> for Fresh {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let slot = parts.extensions.get::<ProofSlot>();
        let proof = slot.and_then(|h| h.0.lock().unwrap_or_else(PoisonError::into_inner).take());
        proof.map(Self).ok_or_else(Problem::requirement_missing)
    }
}

/// The layer that [`Gate::require`] makes.
#[derive(Debug, Clone)]
pub struct RequireLayer {
    step_up: StepUp,
}

impl<S> Layer<S> for RequireLayer {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> RequireService<S> {
        RequireService { step_up: self.step_up.clone(), inner }
    }
}

/// A service behind [`Gate::require`].
#[derive(Debug, Clone)]
pub struct RequireService<S> {
    step_up: StepUp,
    inner: S,
}

impl<S> Service<Request> for RequireService<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let step_up = self.step_up.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            // The gate of the layer, so that a forgotten layer is noticed here too.
            let satisfied = match Gate::from_request_parts(&mut parts, &()).await {
                Ok(gate) => gate.satisfy(&mut parts, &step_up).await,
                Err(problem) => Err(problem),
            };
            match satisfied {
                Ok(proof) => {
                    parts.extensions.insert(ProofSlot(Arc::new(Mutex::new(Some(proof)))));
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(problem) => Ok(problem.into_response()),
            }
        })
    }
}
