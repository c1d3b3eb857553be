//! Acts of people on their own authenticators, together with the proof that allows them.
//!
//! The proof is used up at once, and the session is carried over: the same act ends everything
//! open.

use countersign_core::login::Acted;
use countersign_core::{Passed, Purpose};

use crate::browser::Browser;
use crate::flash::Flash;
use crate::gate::Gate;
use crate::logged_in::LoggedIn;
use crate::problem::Problem;

impl Gate {
    /// Carries out the act of the proof, if it is one of the gate, and else keeps the proof.
    pub(crate) async fn carry_out(
        &self,
        browser: &Browser,
        who: LoggedIn,
        passed: Passed,
    ) -> Result<Option<Flash>, Problem> {
        let proof = passed.proof;
        if proof.key() != who.key() {
            return Err(Problem::login_needed());
        }
        let flash = match proof.purpose() {
            Purpose::LinkApp | Purpose::Strengthen if passed.app_linked => Flash::AppLinked,
            Purpose::Strengthen => {
                self.carry_over(browser, who, proof).await?;
                return Ok(None);
            }
            Purpose::ReplaceApp if passed.app_linked => Flash::AppReplaced,
            Purpose::ConfirmAddress => Flash::AddressConfirmed,
            Purpose::RemoveApp(id) => {
                let id = *id;
                let act = self.mfa().remove_app(proof, id).await?;
                self.carry_over(browser, who, act).await?;
                return Ok(Some(Flash::AppRemoved));
            }
            Purpose::Login
            | Purpose::StepUp(_)
            | Purpose::Administer
            | Purpose::ChangeAddress
            | Purpose::LinkApp
            | Purpose::ReplaceApp => {
                browser.keep_step_up_proof(&self.mfa().seal(&proof)?);
                // The first code that ever came back from this person ends what was open before.
                self.carry_over(browser, who, proof).await?;
                return Ok(None);
            }
        };
        self.carry_over(browser, who, proof).await?;
        Ok(Some(flash))
    }

    /// Lets this session go on after an act of its own person that ended everything open of theirs,
    /// such as [`Mfa::propose_address`](countersign_core::Mfa::propose_address).
    ///
    /// ```
    /// use countersign_axum::{Browser, Fresh, Gate, LoggedIn, Problem};
    ///
    /// /// Below `gate.require(StepUp::to_change_address())`.
    /// async fn change(
    ///     gate: Gate,
    ///     browser: Browser,
    ///     who: LoggedIn,
    ///     fresh: Fresh,
    /// ) -> Result<&'static str, Problem> {
    ///     let new = "ben@elsewhere.example".parse()?;
    ///     let act = gate.mfa().propose_address(fresh.into_proof(), new).await?;
    ///     gate.carry_over(&browser, who, act).await?;
    ///     Ok("Look into your new inbox.")
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// `Denied`: the session was over before the act. `Unavailable` or `Contended`: the session
    /// ends, and the person logs in again.
    pub async fn carry_over(
        &self,
        browser: &Browser,
        who: LoggedIn,
        act: impl Into<Acted>,
    ) -> Result<(), Problem> {
        let renewed = self.mfa().renew(who.into_proof(), act).await?;
        let sealed = self.mfa().seal(&renewed)?;
        self.session_transport().renew(browser, sealed).await.map_err(Problem::session_failed)
    }
}
