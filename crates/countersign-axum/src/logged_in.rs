//! The person who is logged in.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use countersign_core::{AccountKey, Proof, Requirement, SessionCheck, SessionEnd};

use crate::browser::Browser;
use crate::gate::Gate;
use crate::problem::Problem;

/// The person who is logged in, with the proof of that login.
///
/// An extractor. Without a login, a browser is sent to the login page and afterwards back here, and
/// a program gets 401 with problem details. As `Option<LoggedIn>` it never refuses. It
/// costs one read, which also sees whether something ended the session meanwhile.
///
/// ```
/// use countersign_axum::LoggedIn;
///
/// async fn home(who: LoggedIn) -> String {
///     format!("Hello {}. You logged in by {}.", who.key().user(), who.proof().amr().join(", "))
/// }
/// ```
#[doc(alias = "session")]
#[doc(alias = "current user")]
#[doc(alias = "auth")]
#[derive(Debug)]
pub struct LoggedIn {
    proof: Proof,
    weaker_than: Option<Requirement>,
}

impl LoggedIn {
    /// The user and the tenant.
    #[must_use]
    pub fn key(&self) -> &AccountKey {
        self.proof.key()
    }

    /// The proof of the login.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The proof, to be used up.
    pub fn into_proof(self) -> Proof {
        self.proof
    }

    /// The requirement of the policy by now, if this login was weaker.
    #[must_use]
    pub fn weaker_than(&self) -> Option<Requirement> {
        self.weaker_than
    }
}

impl Gate {
    /// The person who is logged in with this browser, if there is one. One read.
    ///
    /// ```
    /// use countersign_axum::{Browser, Gate, Problem};
    ///
    /// /// A public page, with a greeting for a person who is logged in.
    /// async fn welcome(gate: Gate, browser: Browser) -> Result<String, Problem> {
    ///     Ok(match gate.who(&browser).await? {
    ///         Some(who) => format!("Welcome back, {}.", who.key().user()),
    ///         None => "Welcome.".to_owned(),
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The session transport or the store failed: treat the request as logged out.
    pub async fn who(&self, browser: &Browser) -> Result<Option<LoggedIn>, Problem> {
        let found =
            self.session_transport().find(browser).await.map_err(Problem::session_failed)?;
        let Some(sealed) = found else { return Ok(None) };
        match self.mfa().open_session(&sealed).await? {
            SessionCheck::Valid(proof) => return Ok(Some(LoggedIn { proof, weaker_than: None })),
            SessionCheck::StepUpRequired { proof, required }
                if self.config().keep_weak_sessions =>
            {
                return Ok(Some(LoggedIn { proof, weaker_than: Some(required) }));
            }
            // This request may have crossed the answer that carries the session over an act: taking
            // the cookie back now would take the new one. It is worth nothing as it is.
            SessionCheck::Ended(SessionEnd::Superseded) => return Ok(None),
            SessionCheck::StepUpRequired { .. } | SessionCheck::Ended(_) => {}
        }
        self.session_transport().forget(browser).await.map_err(Problem::session_failed)?;
        Ok(None)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = Self::find(parts, state).await?;
        found.ok_or_else(Problem::login_needed)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        Self::find(parts, state).await
    }
}

impl LoggedIn {
    async fn find<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        let gate = <Gate as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let browser = Browser::from_request_parts(parts, state).await?;
        gate.who(&browser).await
    }
}
