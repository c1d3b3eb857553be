//! The person who administers their company.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use countersign_core::{Admin, Purpose};

use crate::browser::Browser;
use crate::gate::Gate;
use crate::logged_in::LoggedIn;
use crate::problem::Problem;

/// The admin handle of the person who is logged in, for their own company and for one request.
///
/// An extractor. Anyone else gets 404, as if the page did not exist. A request that changes
/// something asks for a step-up first, unless the last one is recent enough. The browser then comes
/// back to the same address with a GET, so let the page and its form share one.
///
/// ```
/// use countersign_axum::{Administering, Problem};
///
/// async fn settings(Administering(admin): Administering) -> Result<String, Problem> {
///     let (policy, _) = admin.policy().await?;
///     Ok(format!("Two Factor Authentication: {}", policy.required()))
/// }
/// ```
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "it is nothing but the handle")]
pub struct Administering(pub Admin);

impl Gate {
    /// The admin handle of this person: from a step-up for administering, if there is a fresh one,
    /// or else from the session. A session can show everything and may be too old for a change.
    ///
    /// [`Administering`] asks for the step-up by itself. A host that first wants to save the typed
    /// fields takes the handle here, and asks with [`Browser::step_up`] when
    /// [`Admin::asks_again`] says so.
    ///
    /// # Errors
    ///
    /// `Denied`: the person is not an administrator, or the proof has ended. `Unavailable` or
    /// `Contended`: try again. `Corrupt`: an operator must look.
    pub async fn admin(&self, browser: &Browser, who: LoggedIn) -> Result<Admin, Problem> {
        let fresh = self.find_step_up(browser, &who, &Purpose::Administer).await?;
        Ok(self.mfa().admin(fresh.unwrap_or_else(|| who.into_proof())).await?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Administering {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let gate = Gate::from_request_parts(parts, state).await?;
        let browser = Browser::from_request_parts(parts, state).await?;
        let who = gate.must_be_logged_in(&browser).await?;
        let admin = gate.admin(&browser, who).await?;
        match admin.asks_again() {
            Some(denial) if !matches!(parts.method, Method::GET | Method::HEAD) => {
                Err(Problem::from(denial).within(gate.mfa().limits().admin_freshness))
            }
            _ => Ok(Self(admin)),
        }
    }
}
