//! The step-up as pages: a code for one act, by somebody who is logged in.

use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use countersign_core::rules::{
    Answer, Begun, Challenge, Continued, Enrollment, Next, Refusal, Refused, Verdict,
};
use countersign_core::words::Method;

use crate::browser::Browser;
use crate::errand::{Errand, STEP_UP, STEP_UP_AGAIN};
use crate::gate::Gate;
use crate::html::fields::{Nothing, Typed};
use crate::logged_in::LoggedIn;
use crate::pages::{CodePage, LinkAppPage, PageForm, Stopped, StoppedPage, unkept};
use crate::problem::Problem;
use crate::said::Said;
use crate::submitted::Submitted;

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
    let errand = Errand::of(&browser).ok_or_else(Problem::malformed)?;
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
    let errand = Errand::of(browser).ok_or_else(Problem::malformed)?;
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
    let errand = Errand::of(browser).ok_or_else(Problem::malformed)?;
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
