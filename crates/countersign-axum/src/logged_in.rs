//! The person who is logged in.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use countersign_core::login::{Evidence, Proof, SessionEnd};
use countersign_core::policy::Requirement;
use countersign_core::types::AccountKey;

use crate::browser::Browser;
use crate::gate::Gate;
use crate::problem::Problem;

/// The person who is logged in, with the proof of that login: nothing less is one.
///
/// An extractor. Where nobody is logged in, a browser is sent to the login page and afterwards back
/// here, and a program gets 401 with problem details. As `Option<LoggedIn>` it never refuses. It
/// costs one read, which also sees whether something ended the session meanwhile.
///
/// ```
/// use countersign_axum::LoggedIn;
///
/// async fn home(who: LoggedIn) -> String {
///     format!("Hello {}. You logged in by {}.", who.key().user(), who.proof().amr().join(", "))
/// }
/// ```
#[derive(Debug)]
pub struct LoggedIn {
    proof: Proof,
    weaker_than: Option<Requirement>,
}

impl LoggedIn {
    /// Who it is, and in which company.
    #[must_use]
    pub fn key(&self) -> &AccountKey {
        self.proof.key()
    }

    /// The proof of the login.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The proof, for what uses it up.
    pub fn into_proof(self) -> Proof {
        self.proof
    }

    /// What the policy asks for by now, if this login was weaker than that.
    #[must_use]
    pub fn weaker_than(&self) -> Option<Requirement> {
        self.weaker_than
    }
}

impl Gate {
    /// The person who is logged in in this browser, if anybody is. One read.
    ///
    /// ```
    /// use countersign_axum::{Browser, Gate, Problem};
    ///
    /// /// A page for everybody, with a greeting for whoever is in.
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
    /// The keeper or the store failed; treat it as nobody.
    pub async fn who(&self, browser: &Browser) -> Result<Option<LoggedIn>, Problem> {
        let found = self.keeper().find(browser).await.map_err(Problem::keeper)?;
        let Some(sealed) = found else { return Ok(None) };
        match self.mfa().open(&sealed).await? {
            Evidence::Stands(proof) => return Ok(Some(LoggedIn { proof, weaker_than: None })),
            Evidence::TooWeak { proof, required } if self.settings().weak_goes_on => {
                return Ok(Some(LoggedIn { proof, weaker_than: Some(required) }));
            }
            // This request may have crossed the answer that carries the session over an act: taking
            // the cookie back now would take the new one. It is worth nothing as it is.
            Evidence::Ended(SessionEnd::Superseded) => return Ok(None),
            Evidence::TooWeak { .. } | Evidence::Ended(_) => {}
        }
        self.keeper().forget(browser).await.map_err(Problem::keeper)?;
        Ok(None)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = Self::find(parts, state).await?;
        found.ok_or_else(Problem::nobody)
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
