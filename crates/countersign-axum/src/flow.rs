//! How one login goes from step to step, whatever its pages look like.
//!
//! Each step ends in a redirect. What the browser holds between them is the ticket, which is worth
//! nothing without a code, and at the end the session, which is made from a proof and only then.

use axum::response::Response;
use countersign_core::login::{
    Begun, Locked, Next, Passed, Purpose, Refusal, Refused, Stale, Staleness, Verdict,
};
use countersign_core::types::{AccountKey, FirstFactor};

use crate::browser::Browser;
use crate::gate::Gate;
use crate::keeper::NewSession;
use crate::problem::Problem;
use crate::said::Said;
use crate::target::Target;

/// The adapter's own addresses. They are the same everywhere, so that links in help texts work.
pub(crate) const CODE: &str = "/login/code";
pub(crate) const CODE_AGAIN: &str = "/login/code/again";
pub(crate) const LINK_APP: &str = "/login/link-app";
pub(crate) const ANOTHER_WAY: &str = "/login/another-way";
pub(crate) const STOPPED: &str = "/login/stopped";
pub(crate) const LOGOUT: &str = "/logout";

impl Gate {
    /// Begins the second step, right after the host found that the first factor is right.
    ///
    /// The answer sends the browser on: to the code, to the QR code, or, where nothing more is
    /// needed, to where it was going, logged in. Where that is stands in the `next` of the address
    /// that the login form was sent to.
    ///
    /// ```
    /// use axum::response::Response;
    /// use countersign_axum::{Gate, Problem, Submitted};
    /// use countersign_core::types::{AccountKey, FirstFactor};
    /// # fn check(login: &Login) -> Option<AccountKey> { None }
    /// # fn form_again() -> Response { unimplemented!() }
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Login {
    ///     user: String,
    ///     password: String,
    /// }
    ///
    /// async fn login(gate: Gate, form: Submitted<Login>) -> Result<Response, Problem> {
    ///     match check(&form.fields) {
    ///         Some(key) => gate.begin(&form.browser, &key, FirstFactor::Password).await,
    ///         None => Ok(form_again()),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The world broke: nothing was decided, and nobody is logged in.
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
        let begun = self.mfa().begin(key, first, &client).await?;
        browser.forget_said();
        browser.remember_next(browser.next().as_ref());
        match begun {
            Begun::Passed(passed) => self.finish(browser, passed).await,
            Begun::Challenge(challenge) => {
                browser.hold(&challenge.ticket);
                Ok(see(CODE))
            }
            Begun::Enroll(enrollment) => {
                browser.hold(&enrollment.ticket);
                Ok(see(LINK_APP))
            }
            Begun::Refused(refused) => {
                browser.drop_ticket();
                Ok(stop(browser, &Said::Refused(refused)))
            }
        }
    }

    /// Where the browser goes after an answer that was typed on `page`.
    pub(crate) async fn judged(
        &self,
        browser: &Browser,
        page: &'static str,
        verdict: Verdict,
    ) -> Result<Response, Problem> {
        browser.forget_said();
        match verdict {
            Verdict::Passed(passed) => self.finish(browser, passed).await,
            Verdict::Next(Next::Challenge(challenge)) => {
                browser.hold(&challenge.ticket);
                Ok(see(CODE))
            }
            Verdict::Next(Next::Enroll(enrollment)) => {
                browser.hold(&enrollment.ticket);
                Ok(see(LINK_APP))
            }
            Verdict::Failed(failed) => {
                browser.say(&Said::Failed(failed));
                Ok(see(page))
            }
            Verdict::Locked(locked) => Ok(stop(browser, &Said::Locked(locked))),
            Verdict::Stale(stale) => self.over(browser, stale).await,
        }
    }

    /// The login is finished: home, or to where it was going.
    async fn finish(&self, browser: &Browser, passed: Passed) -> Result<Response, Problem> {
        let app_linked = passed.app_linked;
        self.let_in(browser, passed).await?;
        if app_linked {
            browser.say(&Said::AppLinked);
        }
        let next = browser.take_next();
        Ok(next.as_ref().unwrap_or_else(|| self.home()).see_other())
    }

    /// Makes the session, from a finished login. Nothing else in this crate makes one.
    pub(crate) async fn let_in(&self, browser: &Browser, passed: Passed) -> Result<(), Problem> {
        let Passed { proof, enroll_by, app_linked, .. } = passed;
        if *proof.purpose() != Purpose::Login {
            return Err(Problem::nobody());
        }
        let sealed = self.mfa().seal(&proof)?;
        let session = NewSession { proof: &proof, sealed, enroll_by, app_linked };
        let kept = self.keeper().keep(browser, session).await;
        kept.map_err(Problem::keeper)?;
        browser.start_session();
        Ok(())
    }

    /// Ends the session, and makes the browser one that we never saw.
    pub(crate) async fn let_out(&self, browser: &Browser) -> Result<(), Problem> {
        self.keeper().forget(browser).await.map_err(Problem::keeper)?;
        browser.forget();
        Ok(())
    }

    /// The step is over. Somebody who is in by now, perhaps by another tab, just goes home.
    pub(crate) async fn over(&self, browser: &Browser, stale: Stale) -> Result<Response, Problem> {
        browser.drop_ticket();
        if stale.reason != Staleness::RanOut && self.who(browser).await?.is_some() {
            return Ok(self.home().see_other());
        }
        Ok(stop(browser, &Said::Stale(stale)))
    }

    /// Nothing is under way here: home for whoever is in, else to the login.
    pub(crate) async fn away(&self, browser: &Browser) -> Result<Response, Problem> {
        match self.who(browser).await? {
            Some(_) => Ok(self.home().see_other()),
            None => Ok(self.login_page().see_other()),
        }
    }
}

/// An open step that is refused: at the page it was asked on, or for good.
pub(crate) fn refused(browser: &Browser, page: &'static str, refused: Refused) -> Response {
    match refused.reason {
        Refusal::TooSoon { .. } | Refusal::SentOften | Refusal::NotOffered => {
            browser.say(&Said::Refused(refused));
            see(page)
        }
        Refusal::Locked { until } => stop(browser, &Said::Locked(Locked::with_end(until))),
        _ => {
            browser.drop_ticket();
            stop(browser, &Said::Refused(refused))
        }
    }
}

pub(crate) fn stop(browser: &Browser, said: &Said) -> Response {
    browser.say(said);
    see(STOPPED)
}

pub(crate) fn see(path: &str) -> Response {
    Target::ours(path).see_other()
}
