//! The steps as pages: one function for each address, so that a host can replace one and keep the
//! others.
//!
//! | address | shows | takes |
//! | --- | --- | --- |
//! | [`/login/code`](code) | the page of a security code | the code |
//! | [`/login/code/again`](code_again) | | the wish for the code to be sent again |
//! | [`/login/link-app`](link_app) | the QR code of a new app | the app's first code |
//! | [`/login/another-way`](another_way) | the other ways | the choice |
//! | [`/login/stopped`](stopped) | why a login cannot go on | |
//! | [`/step-up`](step_up) | the page of a security code, for one act | the code |
//! | [`/step-up/again`](step_up_again) | | the wish for the code to be sent again |
//! | [`/logout`](logout) | | the end of the session |

mod fields;
mod step_up;

use axum::Router;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use countersign_core::{Answer, Challenge, Continued, Method, Staleness, Step};
use serde::Deserialize;

use crate::addresses::{
    ANOTHER_WAY, CODE, CODE_AGAIN, LINK_APP, LOGOUT, STEP_UP, STEP_UP_AGAIN, STOPPED,
};
use crate::browser::Browser;
use crate::csrf_form::CsrfForm;
use crate::flash::Flash;
use crate::flow::{follow_refusal, follow_step, redirect_to};
use crate::gate::Gate;
use crate::html::fields::{Nothing, Typed};
use crate::pages::{
    AnotherWayPage, CodePage, LinkAppPage, PageForm, Stopped, StoppedPage, forbid_storing,
};
use crate::problem::Problem;

pub use step_up::{step_up, step_up_again};

impl Gate {
    /// Every address of the HTML side, at its usual place.
    ///
    /// A host that shows one of them itself merges the others one by one, from
    /// [`html`](crate::html).
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use countersign_axum::{Gate, html};
    ///
    /// /// All but the stopped page, which this host shows itself.
    /// fn routes(gate: &Gate) -> Router {
    ///     Router::new()
    ///         .route("/login/code", html::code())
    ///         .route("/login/code/again", html::code_again())
    ///         .route("/login/link-app", html::link_app())
    ///         .route("/login/another-way", html::another_way())
    ///         .route("/login/stopped", get("Ask at the desk."))
    ///         .route("/logout", html::logout())
    ///         .layer(gate.layer())
    /// }
    /// ```
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new()
            .route(CODE, code())
            .route(CODE_AGAIN, code_again())
            .route(LINK_APP, link_app())
            .route(ANOTHER_WAY, another_way())
            .route(STOPPED, stopped())
            .route(STEP_UP, step_up())
            .route(STEP_UP_AGAIN, step_up_again())
            .route(LOGOUT, logout())
    }
}

/// `/login/code`: GET shows the page, POST takes `code`.
#[doc(alias = "otp")]
#[doc(alias = "totp")]
pub fn code<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(show_code).post(take_code)
}

/// `/login/code/again`: POST has an e-mailed code sent again.
pub fn code_again<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(send_again)
}

/// `/login/link-app`: GET shows the QR code, POST takes `code`.
pub fn link_app<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(show_link_app).post(take_first_code)
}

/// `/login/another-way`: GET shows the ways, POST takes `method`.
pub fn another_way<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(show_another_way).post(take_another_way)
}

/// `/login/stopped`: GET says why a login cannot go on.
#[doc(alias = "lockout")]
pub fn stopped<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(show_stopped)
}

/// `/logout`: POST ends the session and any login that is under way in this browser.
pub fn logout<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(log_out)
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    method: String,
}

async fn show_code(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let challenge = match resume_code(&gate, &browser).await? {
        Ok(challenge) => challenge,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let again = match challenge.method {
        Method::Email => Some(PageForm::for_action(CODE_AGAIN, &browser)?),
        Method::App => None,
    };
    let page = CodePage {
        browser: &browser,
        challenge: &challenge,
        flash: browser.take_flash(),
        form: PageForm::for_action(CODE, &browser)?,
        again,
        another_way: (!challenge.others.is_empty()).then_some(ANOTHER_WAY),
        leave: gate.login_page().to_string(),
        now: gate.mfa().now(),
    };
    Ok(forbid_storing(gate.pages().code(page).await))
}

async fn show_link_app(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let enrollment = match resume_step(&gate, &browser).await? {
        Ok(Step::LinkApp(enrollment)) => enrollment,
        Ok(Step::EnterCode(_)) => return Ok(redirect_to(CODE)),
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = LinkAppPage {
        browser: &browser,
        enrollment: &enrollment,
        flash: browser.take_flash(),
        form: PageForm::for_action(LINK_APP, &browser)?,
        leave: gate.login_page().to_string(),
        now: gate.mfa().now(),
    };
    Ok(forbid_storing(gate.pages().link_app(page).await))
}

async fn show_another_way(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let challenge = match resume_code(&gate, &browser).await? {
        Ok(challenge) => challenge,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = AnotherWayPage {
        browser: &browser,
        challenge: &challenge,
        flash: browser.take_flash(),
        form: PageForm::for_action(ANOTHER_WAY, &browser)?,
        back: CODE,
        leave: gate.login_page().to_string(),
        now: gate.mfa().now(),
    };
    Ok(forbid_storing(gate.pages().another_way(page).await))
}

/// The sentence stays for a reload; the next login takes it away.
async fn show_stopped(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let Some(why) = browser.flash().as_ref().and_then(Stopped::from_flash) else {
        return gate.redirect_home(&browser).await;
    };
    let open = browser.ticket().is_some();
    // A lock with an end spans every way there is; one without is of one authenticator.
    let every_way_locked = matches!(why, Stopped::Locked(locked) if locked.until.is_some());
    let page = StoppedPage {
        browser: &browser,
        why,
        back: open.then(|| CODE.to_owned()),
        another_way: (open && !every_way_locked).then_some(ANOTHER_WAY),
        leave: gate.login_page().to_string(),
        now: gate.mfa().now(),
    };
    Ok(forbid_storing(gate.pages().stopped(page).await))
}

async fn take_code(gate: Gate, form: CsrfForm<Typed>) -> Result<Response, Problem> {
    judge_answer(&gate, form, CODE).await
}

async fn take_first_code(gate: Gate, form: CsrfForm<Typed>) -> Result<Response, Problem> {
    judge_answer(&gate, form, LINK_APP).await
}

async fn judge_answer(
    gate: &Gate,
    form: CsrfForm<Typed>,
    page: &'static str,
) -> Result<Response, Problem> {
    let browser = &form.browser;
    let Some(ticket) = browser.ticket() else {
        return gate.end_step(browser, Staleness::NotOurs).await;
    };
    let answer = Answer::code(form.fields.code);
    let verdict = gate.mfa().verify(&ticket, &answer, &browser.client()?).await?;
    gate.follow_verdict(browser, page, verdict).await
}

async fn send_again(gate: Gate, form: CsrfForm<Nothing>) -> Result<Response, Problem> {
    let browser = &form.browser;
    let Some(ticket) = browser.ticket() else { return gate.redirect_home(browser).await };
    let continued = gate.mfa().resend(&ticket, &browser.client()?).await?;
    browser.drop_flash();
    if matches!(continued, Continued::Step(Step::EnterCode(_))) {
        browser.set_flash(&Flash::SentAgain);
    }
    go_on(&gate, browser, continued, CODE).await
}

async fn take_another_way(gate: Gate, form: CsrfForm<Chosen>) -> Result<Response, Problem> {
    let browser = &form.browser;
    let Some(ticket) = browser.ticket() else { return gate.redirect_home(browser).await };
    let Ok(method) = form.fields.method.parse() else {
        return Ok(redirect_to(ANOTHER_WAY));
    };
    let continued = gate.mfa().another_way(&ticket, method, &browser.client()?).await?;
    browser.drop_flash();
    go_on(&gate, browser, continued, ANOTHER_WAY).await
}

async fn log_out(gate: Gate, form: CsrfForm<Nothing>) -> Result<Response, Problem> {
    let browser = &form.browser;
    gate.end_session(browser).await?;
    browser.set_flash(&Flash::LoggedOut);
    Ok(gate.login_page().see_other())
}

/// The open step of this browser, or where it goes without one.
async fn resume_step(gate: &Gate, browser: &Browser) -> Result<Result<Step, Response>, Problem> {
    let Some(ticket) = browser.ticket() else { return Ok(Err(gate.redirect_home(browser).await?)) };
    match gate.mfa().resume(&ticket, &browser.client()?).await? {
        Continued::Step(step) => Ok(Ok(step)),
        Continued::Refused(refusal) => Ok(Err(follow_refusal(browser, STOPPED, refusal))),
        Continued::Stale(staleness) => Ok(Err(gate.end_step(browser, staleness).await?)),
    }
}

/// The code that this browser must enter, or where it goes if it must enter none.
async fn resume_code(
    gate: &Gate,
    browser: &Browser,
) -> Result<Result<Challenge, Response>, Problem> {
    Ok(match resume_step(gate, browser).await? {
        Ok(Step::EnterCode(challenge)) => Ok(challenge),
        Ok(Step::LinkApp(_)) => Err(redirect_to(LINK_APP)),
        Err(elsewhere) => Err(elsewhere),
    })
}

/// Where a step goes that was continued from `page`.
async fn go_on(
    gate: &Gate,
    browser: &Browser,
    continued: Continued,
    page: &'static str,
) -> Result<Response, Problem> {
    match continued {
        Continued::Step(step) => Ok(follow_step(browser, &step)),
        Continued::Refused(refusal) => Ok(follow_refusal(browser, page, refusal)),
        Continued::Stale(staleness) => gate.end_step(browser, staleness).await,
    }
}
