//! The step-up as pages: a code for one act, by somebody who is logged in.
//!
//! The acts on one's own authenticators are carried out here too, because they belong together with
//! the proof that allows them: it is used up at once, and the session is carried over.

use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use countersign_core::login::{
    Answer, Begun, Challenge, Continued, Enrollment, Next, Passed, Proof, Purpose, Refusal,
    Refused, Verdict,
};
use countersign_core::types::Method;

use crate::browser::Browser;
use crate::errand::{Errand, STEP_UP, STEP_UP_AGAIN};
use crate::gate::Gate;
use crate::html::{Nothing, Typed, unkept};
use crate::logged_in::LoggedIn;
use crate::pages::{CodePage, LinkAppPage, PageForm, Stopped, StoppedPage};
use crate::problem::Problem;
use crate::said::Said;
use crate::submitted::{Submitted, malformed};

/// `/step-up`: GET asks for a code for the purpose that the address names, POST takes `code`.
///
/// Make the address with [`Browser::step_up`].
pub fn step_up<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(show).post(take)
}

/// `/step-up/again`: POST has an e-mailed code sent again.
pub fn step_up_again<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(send_again)
}

async fn show(gate: Gate, browser: Browser, who: LoggedIn) -> Result<Response, Problem> {
    let errand = Errand::of(&browser).ok_or_else(malformed)?;
    let mut client = browser.client()?;
    if let Some(ticket) = browser.step_ticket(&errand.mark()) {
        client = client.holding(ticket);
    }
    match gate.mfa().step_up(who.proof(), errand.purpose.clone(), &client).await? {
        Begun::Challenge(challenge) => show_code(&gate, &browser, &errand, challenge).await,
        Begun::Enroll(enrollment) => show_link_app(&gate, &browser, &errand, enrollment).await,
        // Nothing was asked. No act is done by a GET, so the proof is all there is.
        Begun::Passed(passed) => {
            browser.keep_fresh(&gate.mfa().seal(&passed.proof)?);
            Ok(errand.back.see_other())
        }
        Begun::Refused(Refused { reason: Refusal::ProofEnded, .. }) => Err(Problem::nobody()),
        Begun::Refused(refused) => {
            browser.forget_said();
            let why = match refused.reason {
                Refusal::Locked { until } => Stopped::Locked(until),
                reason => Stopped::Refused(reason),
            };
            let page = StoppedPage {
                browser: &browser,
                why,
                back: None,
                another_way: None,
                leave: errand.back.to_string(),
                now: gate.mfa().now(),
            };
            Ok(unkept(gate.pages().stopped(page).await))
        }
    }
}

async fn show_code(
    gate: &Gate,
    browser: &Browser,
    errand: &Errand,
    challenge: Challenge,
) -> Result<Response, Problem> {
    browser.hold_step(&errand.mark(), &challenge.ticket);
    let again = match challenge.method {
        Method::Email => Some(PageForm::to(errand.place(STEP_UP_AGAIN, browser)?, browser)?),
        _ => None,
    };
    let page = CodePage {
        browser,
        challenge: &challenge,
        said: browser.take_said(),
        form: PageForm::to(errand.place(STEP_UP, browser)?, browser)?,
        again,
        another_way: None,
        leave: errand.back.to_string(),
        now: gate.mfa().now(),
    };
    Ok(unkept(gate.pages().code(page).await))
}

async fn show_link_app(
    gate: &Gate,
    browser: &Browser,
    errand: &Errand,
    enrollment: Enrollment,
) -> Result<Response, Problem> {
    browser.hold_step(&errand.mark(), &enrollment.ticket);
    let page = LinkAppPage {
        browser,
        enrollment: &enrollment,
        said: browser.take_said(),
        form: PageForm::to(errand.place(STEP_UP, browser)?, browser)?,
        leave: errand.back.to_string(),
        now: gate.mfa().now(),
    };
    Ok(unkept(gate.pages().link_app(page).await))
}

async fn take(gate: Gate, who: LoggedIn, form: Submitted<Typed>) -> Result<Response, Problem> {
    let browser = &form.browser;
    let errand = Errand::of(browser).ok_or_else(malformed)?;
    let here = errand.place(STEP_UP, browser)?;
    browser.forget_said();
    let Some(ticket) = browser.step_ticket(&errand.mark()) else {
        browser.say(&Said::AskedAnew);
        return Ok(here.see_other());
    };
    let answer = Answer::code(form.fields.code);
    match gate.mfa().verify(&ticket, &answer, &browser.client()?).await? {
        Verdict::Passed(passed) => {
            browser.drop_step();
            let said = gate.carry_out(browser, who, passed).await?;
            if let Some(said) = said {
                browser.say(&said);
            }
            return Ok(errand.back.see_other());
        }
        Verdict::Next(Next::Challenge(challenge)) => {
            browser.hold_step(&errand.mark(), &challenge.ticket);
        }
        Verdict::Next(Next::Enroll(enrollment)) => {
            browser.hold_step(&errand.mark(), &enrollment.ticket);
        }
        Verdict::Failed(failed) => browser.say(&Said::Failed(failed)),
        // The page itself says until when.
        Verdict::Locked(_) => {}
        Verdict::Stale(_) => {
            browser.drop_step();
            browser.say(&Said::AskedAnew);
        }
    }
    Ok(here.see_other())
}

async fn send_again(
    gate: Gate,
    _who: LoggedIn,
    form: Submitted<Nothing>,
) -> Result<Response, Problem> {
    let browser = &form.browser;
    let errand = Errand::of(browser).ok_or_else(malformed)?;
    browser.forget_said();
    if let Some(ticket) = browser.step_ticket(&errand.mark()) {
        match gate.mfa().resend(&ticket, &browser.client()?).await? {
            Continued::Challenge(challenge) => {
                browser.hold_step(&errand.mark(), &challenge.ticket);
                browser.say(&Said::SentAgain);
            }
            Continued::Enroll(enrollment) => browser.hold_step(&errand.mark(), &enrollment.ticket),
            Continued::Refused(refused) => browser.say(&Said::Refused(refused)),
            Continued::Stale(_) => browser.drop_step(),
        }
    }
    Ok(errand.place(STEP_UP, browser)?.see_other())
}

impl Gate {
    /// Does what the proof was made for, if that is for the gate to do, and else keeps the proof.
    pub(crate) async fn carry_out(
        &self,
        browser: &Browser,
        who: LoggedIn,
        passed: Passed,
    ) -> Result<Option<Said>, Problem> {
        let proof = passed.proof;
        if proof.key() != who.key() {
            return Err(Problem::nobody());
        }
        let said = match proof.purpose() {
            Purpose::LinkApp if passed.app_linked => Said::AppLinked,
            Purpose::ReplaceApp if passed.app_linked => Said::AppReplaced,
            Purpose::ConfirmAddress => Said::AddressConfirmed,
            Purpose::RemoveApp(id) => {
                let id = *id;
                let act = self.mfa().remove_app(proof, id).await?;
                self.carry_over(browser, who, &act).await?;
                return Ok(Some(Said::AppRemoved));
            }
            _ => {
                browser.keep_fresh(&self.mfa().seal(&proof)?);
                // The first code that ever came back from this person ends what was open before.
                self.carry_over(browser, who, &proof).await?;
                return Ok(None);
            }
        };
        self.carry_over(browser, who, &proof).await?;
        Ok(Some(said))
    }

    /// Lets this session go on after an act of its own person that ended everything open of theirs,
    /// such as [`Mfa::propose_address`](countersign_core::mfa::Mfa::propose_address).
    ///
    /// ```
    /// use countersign_axum::{Browser, Fresh, Gate, LoggedIn, Problem};
    ///
    /// /// Below `gate.require(StepUp::by(Method::Email).only_for("change the address")?)`.
    /// async fn change(
    ///     gate: Gate,
    ///     browser: Browser,
    ///     who: LoggedIn,
    ///     fresh: Fresh,
    /// ) -> Result<&'static str, Problem> {
    ///     let new = "ben@elsewhere.example".parse()?;
    ///     let act = gate.mfa().propose_address(fresh.into_proof(), new).await?;
    ///     gate.carry_over(&browser, who, &act).await?;
    ///     Ok("Look into your new inbox.")
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Denied if the session was over before the act. The world broke; the person logs in again.
    pub async fn carry_over(
        &self,
        browser: &Browser,
        who: LoggedIn,
        act: &Proof,
    ) -> Result<(), Problem> {
        let renewed = self.mfa().renew(who.into_proof(), act).await?;
        let sealed = self.mfa().seal(&renewed)?;
        self.keeper().renew(browser, sealed).await.map_err(Problem::keeper)
    }
}
