//! The step-up as pages: a person who is logged in enters a code for one act.

use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use countersign_core::{
    Answer, Begun, Challenge, Continued, Enrollment, Method, Purpose, Refusal, Step, Verdict,
};

use crate::addresses::{STEP_UP, STEP_UP_AGAIN};
use crate::browser::Browser;
use crate::config::WeakSessions;
use crate::csrf_form::CsrfForm;
use crate::flash::Flash;
use crate::flow::ticket_of;
use crate::gate::Gate;
use crate::html::fields::{Nothing, Typed};
use crate::pages::{CodePage, LinkAppPage, PageForm, StoppedPage, forbid_storing};
use crate::problem::Problem;
use crate::step_up_link::StepUpLink;

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

async fn show(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let link = StepUpLink::from_request(&browser).ok_or_else(Problem::malformed)?;
    let who = gate.may_step_up(&browser, &link.purpose).await?;
    if link.purpose == Purpose::Strengthen && who.weaker_than().is_none() {
        // A form that was sent twice has left a message about a step that is over.
        browser.drop_flash();
        return Ok(link.back.see_other());
    }
    let mut client = browser.client()?;
    if let Some(ticket) = browser.step_ticket(&link.mark()) {
        client = client.holding(ticket);
    }
    match gate.mfa().step_up(who.proof(), link.purpose.clone(), &client).await? {
        Begun::Step(Step::EnterCode(challenge)) => {
            show_code(&gate, &browser, &link, challenge).await
        }
        Begun::Step(Step::LinkApp(enrollment)) => {
            show_link_app(&gate, &browser, &link, enrollment).await
        }
        // Nothing was asked. No act is done by a GET, so the proof is all there is.
        Begun::Passed(passed) => {
            browser.keep_step_up_proof(&gate.mfa().seal(&passed.proof)?);
            Ok(link.back.see_other())
        }
        Begun::Refused(Refusal::ProofEnded) => Err(Problem::login_needed()),
        Begun::Refused(refusal) => {
            browser.drop_flash();
            let page = StoppedPage {
                browser: &browser,
                why: refusal.into(),
                back: None,
                another_way: None,
                leave: leave(&gate, &link),
                now: gate.mfa().now(),
            };
            Ok(forbid_storing(gate.pages().stopped(page).await))
        }
    }
}

/// Where a person goes who would rather not: from a session that is good for nothing else, to the
/// login.
fn leave(gate: &Gate, link: &StepUpLink) -> String {
    let ends_here = gate.config().weak_sessions == WeakSessions::StepUp;
    if link.purpose == Purpose::Strengthen && ends_here {
        gate.login_page().to_string()
    } else {
        link.back.to_string()
    }
}

async fn show_code(
    gate: &Gate,
    browser: &Browser,
    link: &StepUpLink,
    challenge: Challenge,
) -> Result<Response, Problem> {
    browser.hold_step(&link.mark(), &challenge.ticket);
    let again = match challenge.method {
        Method::Email => Some(PageForm::for_action(link.path(STEP_UP_AGAIN, browser)?, browser)?),
        Method::App => None,
    };
    let page = CodePage {
        browser,
        challenge: &challenge,
        flash: browser.take_flash(),
        form: PageForm::for_action(link.path(STEP_UP, browser)?, browser)?,
        again,
        another_way: None,
        leave: leave(gate, link),
        now: gate.mfa().now(),
    };
    Ok(forbid_storing(gate.pages().code(page).await))
}

async fn show_link_app(
    gate: &Gate,
    browser: &Browser,
    link: &StepUpLink,
    enrollment: Enrollment,
) -> Result<Response, Problem> {
    browser.hold_step(&link.mark(), &enrollment.ticket);
    let page = LinkAppPage {
        browser,
        enrollment: &enrollment,
        flash: browser.take_flash(),
        form: PageForm::for_action(link.path(STEP_UP, browser)?, browser)?,
        leave: leave(gate, link),
        now: gate.mfa().now(),
    };
    Ok(forbid_storing(gate.pages().link_app(page).await))
}

async fn take(gate: Gate, form: CsrfForm<Typed>) -> Result<Response, Problem> {
    let browser = &form.browser;
    let link = StepUpLink::from_request(browser).ok_or_else(Problem::malformed)?;
    let who = gate.may_step_up(browser, &link.purpose).await?;
    let here = link.path(STEP_UP, browser)?;
    browser.drop_flash();
    let Some(ticket) = browser.step_ticket(&link.mark()) else {
        browser.set_flash(&Flash::AskedAnew);
        return Ok(here.see_other());
    };
    let answer = Answer::code(form.fields.code);
    match gate.mfa().verify(&ticket, &answer, &browser.client()?).await? {
        Verdict::Passed(passed) => {
            browser.drop_step();
            let flash = gate.carry_out(browser, who, passed).await?;
            if let Some(flash) = flash {
                browser.set_flash(&flash);
            }
            return Ok(link.back.see_other());
        }
        Verdict::Step(step) => browser.hold_step(&link.mark(), ticket_of(&step)),
        Verdict::Wrong(wrong) => browser.set_flash(&Flash::Wrong(wrong)),
        // The page itself says until when.
        Verdict::Locked(_) => {}
        Verdict::Stale(_) => {
            browser.drop_step();
            browser.set_flash(&Flash::AskedAnew);
        }
    }
    Ok(here.see_other())
}

async fn send_again(gate: Gate, form: CsrfForm<Nothing>) -> Result<Response, Problem> {
    let browser = &form.browser;
    let link = StepUpLink::from_request(browser).ok_or_else(Problem::malformed)?;
    gate.may_step_up(browser, &link.purpose).await?;
    browser.drop_flash();
    if let Some(ticket) = browser.step_ticket(&link.mark()) {
        match gate.mfa().resend(&ticket, &browser.client()?).await? {
            Continued::Step(step) => {
                browser.hold_step(&link.mark(), ticket_of(&step));
                if matches!(step, Step::EnterCode(_)) {
                    browser.set_flash(&Flash::SentAgain);
                }
            }
            Continued::Refused(refusal) => browser.set_flash(&Flash::Refused(refusal)),
            Continued::Stale(_) => browser.drop_step(),
        }
    }
    Ok(link.path(STEP_UP, browser)?.see_other())
}
