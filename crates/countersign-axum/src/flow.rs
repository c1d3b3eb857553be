//! The steps of one login, independent of its pages.
//!
//! Each step ends in a redirect. Between the steps the browser holds the ticket, which is worth
//! nothing without a code. At the end it holds the session, which is made from a proof only.

use axum::response::Response;
use countersign_core::{
    AccountKey, Begun, Client, FirstFactor, Passed, Purpose, Refusal, Staleness, Step, Ticket,
    Verdict,
};

use crate::addresses::{CODE, LINK_APP, STOPPED};
use crate::browser::Browser;
use crate::flash::Flash;
use crate::gate::Gate;
use crate::logged_in::Session;
use crate::problem::Problem;
use crate::redirect_path::RedirectPath;
use crate::session_transport::NewSession;

impl Gate {
    /// Begins the second step, right after the host found that the first factor is right.
    ///
    /// The answer redirects the browser to the code or to the QR code. If nothing more is needed,
    /// the browser is logged in and redirected to the `next` of the address that the login form was
    /// sent to, or to the home.
    ///
    /// ```
    /// use axum::response::Response;
    /// use countersign_axum::{Gate, Problem, CsrfForm};
    /// use countersign_core::{AccountKey, FirstFactor};
    /// # fn check(login: &Login) -> Option<AccountKey> { None }
    /// # fn form_again() -> Response { unimplemented!() }
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Login {
    ///     user: String,
    ///     password: String,
    /// }
    ///
    /// async fn login(gate: Gate, form: CsrfForm<Login>) -> Result<Response, Problem> {
    ///     match check(&form.fields) {
    ///         Some(key) => gate.begin(&form.browser, &key, FirstFactor::Password).await,
    ///         None => Ok(form_again()),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Contended`: nothing was decided. `OutcomeUnknown`: the same form may be
    /// sent again. `Corrupt`: an operator must look. No session was made.
    #[doc(alias = "2fa")]
    #[doc(alias = "mfa")]
    #[doc(alias = "login")]
    pub async fn begin(
        &self,
        browser: &Browser,
        key: &AccountKey,
        first: FirstFactor,
    ) -> Result<Response, Problem> {
        let mut client = browser.client()?;
        if let Some(ticket) = browser.ticket() {
            client = client.holding(ticket);
        }
        let begun = self.begin_reporting(key, first, &client).await?;
        browser.drop_flash();
        browser.remember_next(browser.next().as_ref());
        match begun {
            Begun::Passed(passed) => self.finish(browser, passed).await,
            Begun::Step(step) => Ok(follow_step(browser, &step)),
            Begun::Refused(refusal) => Ok(end_refused(browser, refusal)),
        }
    }

    /// Begins the second step, and tells the log of a user who was never added.
    pub(crate) async fn begin_reporting(
        &self,
        key: &AccountKey,
        first: FirstFactor,
        client: &Client,
    ) -> Result<Begun, Problem> {
        let begun = self.mfa().begin(key, first, client).await?;
        if begun == Begun::Refused(Refusal::Unknown) {
            self.config().unknown_users.report(key);
        }
        Ok(begun)
    }

    /// Redirects the browser after an answer that was typed on `page`.
    pub(crate) async fn follow_verdict(
        &self,
        browser: &Browser,
        page: &'static str,
        verdict: Verdict,
    ) -> Result<Response, Problem> {
        browser.drop_flash();
        match verdict {
            Verdict::Passed(passed) => self.finish(browser, passed).await,
            Verdict::Step(step) => Ok(follow_step(browser, &step)),
            Verdict::Wrong(wrong) => {
                browser.set_flash(&Flash::Wrong(wrong));
                Ok(redirect_to(page))
            }
            Verdict::Locked(locked) => Ok(stop(browser, &Flash::Locked(locked))),
            Verdict::Stale(staleness) => self.end_step(browser, staleness).await,
        }
    }

    /// Finishes the login, and redirects home or to where the browser was going.
    async fn finish(&self, browser: &Browser, passed: Passed) -> Result<Response, Problem> {
        let app_linked = passed.app_linked;
        self.open_session(browser, passed).await?;
        if app_linked {
            browser.set_flash(&Flash::AppLinked);
        }
        let next = browser.take_next();
        Ok(next.as_ref().unwrap_or_else(|| self.home()).see_other())
    }

    /// Makes the session, from a finished login. Nothing else in this crate makes one.
    pub(crate) async fn open_session(
        &self,
        browser: &Browser,
        passed: Passed,
    ) -> Result<(), Problem> {
        let Passed { proof, enroll_by, app_linked, .. } = passed;
        if *proof.purpose() != Purpose::Login {
            return Err(Problem::login_needed());
        }
        let sealed = self.mfa().seal(&proof)?;
        let session = NewSession { proof: &proof, sealed, enroll_by, app_linked };
        let kept = self.session_transport().keep(browser, session).await;
        kept.map_err(Problem::session_failed)?;
        browser.drop_login_cookies();
        Ok(())
    }

    /// Ends the session, and clears every cookie that identifies the browser.
    pub(crate) async fn end_session(&self, browser: &Browser) -> Result<(), Problem> {
        self.session_transport().forget(browser).await.map_err(Problem::session_failed)?;
        browser.drop_identity();
        Ok(())
    }

    /// Ends a step that can no longer be answered. A person who is logged in by now, perhaps by
    /// another tab, goes home.
    pub(crate) async fn end_step(
        &self,
        browser: &Browser,
        staleness: Staleness,
    ) -> Result<Response, Problem> {
        browser.drop_ticket();
        if staleness != Staleness::RanOut && self.is_logged_in(browser).await? {
            return Ok(self.home().see_other());
        }
        Ok(stop(browser, &Flash::Stale(staleness)))
    }

    /// Redirects a browser without an open step: home if it is logged in, or else to the login.
    pub(crate) async fn redirect_home(&self, browser: &Browser) -> Result<Response, Problem> {
        let place = if self.is_logged_in(browser).await? { self.home() } else { self.login_page() };
        Ok(place.see_other())
    }

    /// Whether the browser has a session, good enough by now or not: the home asks for more itself.
    async fn is_logged_in(&self, browser: &Browser) -> Result<bool, Problem> {
        Ok(!matches!(self.session(browser).await?, Session::Nobody))
    }
}

/// Redirects to the page of a step. The browser holds its ticket from now on.
pub(crate) fn follow_step(browser: &Browser, step: &Step) -> Response {
    browser.hold(ticket_of(step));
    redirect_to(match step {
        Step::EnterCode(_) => CODE,
        Step::LinkApp(_) => LINK_APP,
    })
}

pub(crate) fn ticket_of(step: &Step) -> &Ticket {
    match step {
        Step::EnterCode(challenge) => &challenge.ticket,
        Step::LinkApp(enrollment) => &enrollment.ticket,
    }
}

/// Redirects after a refusal: back to the page, or to the end of the login.
pub(crate) fn follow_refusal(browser: &Browser, page: &'static str, refusal: Refusal) -> Response {
    match refusal {
        Refusal::TooSoon { .. } | Refusal::SentOften | Refusal::NotOffered => {
            browser.set_flash(&Flash::Refused(refusal));
            redirect_to(page)
        }
        Refusal::Locked(locked) => stop(browser, &Flash::Locked(locked)),
        Refusal::Unknown
        | Refusal::Suspended
        | Refusal::NoWay
        | Refusal::AddressRefused { .. }
        | Refusal::NeedsApproval
        | Refusal::LoginTooOld
        | Refusal::ProofEnded => end_refused(browser, refusal),
    }
}

/// Ends a login that was refused, and says why.
fn end_refused(browser: &Browser, refusal: Refusal) -> Response {
    browser.drop_ticket();
    stop(browser, &Flash::Refused(refusal))
}

pub(crate) fn stop(browser: &Browser, flash: &Flash) -> Response {
    browser.set_flash(flash);
    redirect_to(STOPPED)
}

pub(crate) fn redirect_to(path: &str) -> Response {
    RedirectPath::trust(path).see_other()
}
