//! The person who is logged in.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use countersign_core::{AccountKey, Proof, Purpose, Requirement, SessionCheck, SessionEnd};

use crate::browser::Browser;
use crate::config::WeakSessions;
use crate::gate::Gate;
use crate::problem::Problem;

/// The person who is logged in, with the proof of that login.
///
/// An extractor. Without a login, a browser is sent to the login page and afterwards back here, and
/// a program gets 401 with problem details. A session that is weaker than the policy asks for by now
/// is sent to a step-up first, unless the host chose otherwise
/// ([`WeakSessions`](crate::WeakSessions)). As `Option<LoggedIn>` it never refuses. It costs one
/// read, which also sees whether something ended the session meanwhile.
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

/// What the session of a request is worth.
pub(crate) enum Session {
    Nobody,
    /// The person first shows what this requirement asks for.
    StepUpRequired(LoggedIn, Requirement),
    Good(LoggedIn),
}

impl Session {
    /// The person who may begin or finish a step-up for this purpose. A session that is too weak is
    /// there to be strengthened, and for nothing else.
    pub(crate) fn for_step_up(self, purpose: &Purpose) -> Result<LoggedIn, Problem> {
        match self {
            Self::StepUpRequired(who, _) if *purpose == Purpose::Strengthen => Ok(who),
            other => other.for_anything(),
        }
    }

    /// The person, who must be logged in, and well enough by now.
    fn for_anything(self) -> Result<LoggedIn, Problem> {
        match self {
            Self::Good(who) => Ok(who),
            Self::StepUpRequired(_, required) => Err(Problem::too_weak(required)),
            Self::Nobody => Err(Problem::login_needed()),
        }
    }
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

    /// The requirement of the policy by now, if this login was weaker and goes on
    /// ([`WeakSessions::GoOn`](crate::WeakSessions::GoOn)).
    #[must_use]
    pub fn weaker_than(&self) -> Option<Requirement> {
        self.weaker_than
    }
}

impl Gate {
    /// The person who is logged in with this browser, if there is one. One read.
    ///
    /// A session that is to be strengthened first ([`WeakSessions`](crate::WeakSessions)) is
    /// nobody's here: [`LoggedIn`] as an extractor redirects it.
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
        Ok(match self.session(browser).await? {
            Session::Good(who) => Some(who),
            Session::StepUpRequired(..) | Session::Nobody => None,
        })
    }

    /// The person of this request, who must be logged in, and well enough by now.
    pub(crate) async fn must_be_logged_in(&self, browser: &Browser) -> Result<LoggedIn, Problem> {
        self.session(browser).await?.for_anything()
    }

    /// The person of this request, who may begin or finish a step-up for this purpose.
    pub(crate) async fn may_step_up(
        &self,
        browser: &Browser,
        purpose: &Purpose,
    ) -> Result<LoggedIn, Problem> {
        self.session(browser).await?.for_step_up(purpose)
    }

    /// The session of this browser. One read, if there is one.
    pub(crate) async fn session(&self, browser: &Browser) -> Result<Session, Problem> {
        let found =
            self.session_transport().find(browser).await.map_err(Problem::session_failed)?;
        let Some(sealed) = found else { return Ok(Session::Nobody) };
        match self.mfa().open_session(&sealed).await? {
            SessionCheck::Valid(proof) => {
                return Ok(Session::Good(LoggedIn { proof, weaker_than: None }));
            }
            SessionCheck::StepUpRequired { proof, required } => {
                let who = LoggedIn { proof, weaker_than: Some(required) };
                match self.config().weak_sessions {
                    WeakSessions::StepUp => return Ok(Session::StepUpRequired(who, required)),
                    WeakSessions::GoOn => return Ok(Session::Good(who)),
                    WeakSessions::End => {}
                }
            }
            // This request may have crossed the answer that carries the session over an act: taking
            // the cookie back now would take the new one. It is worth nothing as it is.
            SessionCheck::Ended(SessionEnd::Superseded) => return Ok(Session::Nobody),
            SessionCheck::Ended(_) => {}
        }
        self.session_transport().forget(browser).await.map_err(Problem::session_failed)?;
        Ok(Session::Nobody)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let gate = <Gate as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let browser = Browser::from_request_parts(parts, state).await?;
        gate.must_be_logged_in(&browser).await
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        let gate = <Gate as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let browser = Browser::from_request_parts(parts, state).await?;
        gate.who(&browser).await
    }
}
