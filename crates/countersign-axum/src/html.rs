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

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use countersign_core::login::{Answer, Continued, Stale, Staleness};
use countersign_core::types::Method;
use serde::Deserialize;

use crate::browser::Browser;
use crate::errand::{STEP_UP, STEP_UP_AGAIN};
use crate::flow::{ANOTHER_WAY, CODE, CODE_AGAIN, LINK_APP, LOGOUT, STOPPED, refused, see};
use crate::gate::Gate;
use crate::pages::{AnotherWayPage, CodePage, LinkAppPage, PageForm, Stopped, StoppedPage};
use crate::problem::{Problem, method_named};
use crate::said::Said;
use crate::submitted::Submitted;

pub use crate::step_up::{step_up, step_up_again};

impl Gate {
    /// Every address of the HTML side, at its usual place.
    ///
    /// A host that shows one of them itself merges the others one by one, from [`html`](crate::html).
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
pub fn stopped<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(show_stopped)
}

/// `/logout`: POST ends the session and whatever login is under way in this browser.
pub fn logout<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    post(log_out)
}

#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) code: String,
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    method: String,
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

async fn show_code(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let challenge = match resumed(&gate, &browser).await? {
        Ok(Continued::Challenge(challenge)) => challenge,
        Ok(Continued::Enroll(_)) => return Ok(see(LINK_APP)),
        Ok(other) => return ended(&gate, &browser, other).await,
        Err(away) => return Ok(away),
    };
    let again = match challenge.method {
        Method::Email => Some(PageForm::to(CODE_AGAIN, &browser)?),
        _ => None,
    };
    let page = CodePage {
        browser: &browser,
        challenge: &challenge,
        said: browser.take_said(),
        form: PageForm::to(CODE, &browser)?,
        again,
        another_way: (!challenge.others.is_empty()).then_some(ANOTHER_WAY),
        leave: gate.login_page().to_string(),
        now: gate.mfa().now(),
    };
    Ok(unkept(gate.pages().code(page).await))
}

async fn show_link_app(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let enrollment = match resumed(&gate, &browser).await? {
        Ok(Continued::Enroll(enrollment)) => enrollment,
        Ok(Continued::Challenge(_)) => return Ok(see(CODE)),
        Ok(other) => return ended(&gate, &browser, other).await,
        Err(away) => return Ok(away),
    };
    let page = LinkAppPage {
        browser: &browser,
        enrollment: &enrollment,
        said: browser.take_said(),
        form: PageForm::to(LINK_APP, &browser)?,
        leave: gate.login_page().to_string(),
        now: gate.mfa().now(),
    };
    Ok(unkept(gate.pages().link_app(page).await))
}

async fn show_another_way(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let challenge = match resumed(&gate, &browser).await? {
        Ok(Continued::Challenge(challenge)) => challenge,
        Ok(Continued::Enroll(_)) => return Ok(see(LINK_APP)),
        Ok(other) => return ended(&gate, &browser, other).await,
        Err(away) => return Ok(away),
    };
    let page = AnotherWayPage {
        browser: &browser,
        challenge: &challenge,
        said: browser.take_said(),
        form: PageForm::to(ANOTHER_WAY, &browser)?,
        back: CODE,
        leave: gate.login_page().to_string(),
        now: gate.mfa().now(),
    };
    Ok(unkept(gate.pages().another_way(page).await))
}

/// The sentence stays for a reload; the next login takes it away.
async fn show_stopped(gate: Gate, browser: Browser) -> Result<Response, Problem> {
    let Some(why) = browser.said().as_ref().and_then(Stopped::by) else {
        return gate.away(&browser).await;
    };
    let open = browser.ticket().is_some();
    let page = StoppedPage {
        browser: &browser,
        why,
        back: open.then(|| CODE.to_owned()),
        // A soft lock spans every way there is; one that has no end is of one authenticator.
        another_way: (open && !matches!(why, Stopped::Locked(Some(_)))).then_some(ANOTHER_WAY),
        leave: gate.login_page().to_string(),
        now: gate.mfa().now(),
    };
    Ok(unkept(gate.pages().stopped(page).await))
}

async fn take_code(gate: Gate, form: Submitted<Typed>) -> Result<Response, Problem> {
    judge(&gate, form, CODE).await
}

async fn take_first_code(gate: Gate, form: Submitted<Typed>) -> Result<Response, Problem> {
    judge(&gate, form, LINK_APP).await
}

async fn judge(
    gate: &Gate,
    form: Submitted<Typed>,
    page: &'static str,
) -> Result<Response, Problem> {
    let browser = &form.browser;
    let Some(ticket) = browser.ticket() else {
        return gate.over(browser, Stale::because(Staleness::NotOurs)).await;
    };
    let answer = Answer::code(form.fields.code);
    let verdict = gate.mfa().verify(&ticket, &answer, &browser.client()?).await?;
    gate.judged(browser, page, verdict).await
}

async fn send_again(gate: Gate, form: Submitted<Nothing>) -> Result<Response, Problem> {
    let browser = &form.browser;
    let Some(ticket) = browser.ticket() else { return gate.away(browser).await };
    let continued = gate.mfa().resend(&ticket, &browser.client()?).await?;
    browser.forget_said();
    if matches!(continued, Continued::Challenge(_)) {
        browser.say(&Said::SentAgain);
    }
    go_on(&gate, browser, continued, CODE).await
}

async fn take_another_way(gate: Gate, form: Submitted<Chosen>) -> Result<Response, Problem> {
    let browser = &form.browser;
    let Some(ticket) = browser.ticket() else { return gate.away(browser).await };
    let Some(method) = method_named(&form.fields.method) else { return Ok(see(ANOTHER_WAY)) };
    let continued = gate.mfa().another_way(&ticket, method, &browser.client()?).await?;
    browser.forget_said();
    go_on(&gate, browser, continued, ANOTHER_WAY).await
}

async fn log_out(gate: Gate, form: Submitted<Nothing>) -> Result<Response, Problem> {
    let browser = &form.browser;
    gate.let_out(browser).await?;
    browser.say(&Said::LoggedOut);
    Ok(gate.login_page().see_other())
}

/// The open step of this browser, or where it goes if it has none.
async fn resumed(gate: &Gate, browser: &Browser) -> Result<Result<Continued, Response>, Problem> {
    let Some(ticket) = browser.ticket() else { return Ok(Err(gate.away(browser).await?)) };
    Ok(Ok(gate.mfa().resume(&ticket, &browser.client()?).await?))
}

/// What a step that cannot be shown leads to.
async fn ended(gate: &Gate, browser: &Browser, how: Continued) -> Result<Response, Problem> {
    go_on(gate, browser, how, STOPPED).await
}

/// Where a step goes that was continued from `page`.
async fn go_on(
    gate: &Gate,
    browser: &Browser,
    continued: Continued,
    page: &'static str,
) -> Result<Response, Problem> {
    match continued {
        Continued::Challenge(challenge) => {
            browser.hold(&challenge.ticket);
            Ok(see(CODE))
        }
        Continued::Enroll(enrollment) => {
            browser.hold(&enrollment.ticket);
            Ok(see(LINK_APP))
        }
        Continued::Refused(why) => Ok(refused(browser, page, why)),
        Continued::Stale(stale) => gate.over(browser, stale).await,
    }
}

/// A page of a login is kept by nobody, and tells no other site where one came from.
///
/// Not `no-referrer`: from such a page a browser sends its forms with `Origin: null`, and one that
/// says nothing else about where they come from could not be told from a stranger.
pub(crate) fn unkept(mut page: Response) -> Response {
    let headers = page.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    page
}
