//! The second step of a login in an axum application: a gate, extractors, pages and JSON.
//!
//! The host checks the password. The gate does the rest: it asks for the code, shows the QR code of
//! a new authenticator app, sends a code again, locks after too many wrong ones (lockout, rate
//! limit), and at the end makes the session, from a [`Proof`](countersign_core::Proof) and
//! from nothing else.
//!
//! # One login
//!
//! ```
//! use axum::response::{Html, Response};
//! use axum::{Router, routing::get};
//! use countersign_axum::{Browser, CsrfForm, Gate, LoggedIn, Problem, SetupError};
//! use countersign_core::{AccountKey, FirstFactor, Mfa};
//! # fn check_password(_: &Login) -> Option<AccountKey> { None }
//!
//! #[derive(serde::Deserialize)]
//! struct Login {
//!     user: String,
//!     password: String,
//! }
//!
//! async fn form(browser: Browser) -> Result<Html<String>, Problem> {
//!     let fields = "<input name=user><input name=password type=password><button>Login</button>";
//!     Ok(Html(format!("<form method=post>{}{fields}</form>", browser.csrf_fields()?.to_html())))
//! }
//!
//! async fn login(gate: Gate, form: CsrfForm<Login>) -> Result<Response, Problem> {
//!     match check_password(&form.fields) {
//!         Some(key) => gate.begin(&form.browser, &key, FirstFactor::Password).await,
//!         None => Ok(gate.login_page().see_other()),
//!     }
//! }
//!
//! fn portal(mfa: Mfa) -> Result<Router, SetupError> {
//!     let gate = Gate::builder(mfa).home("/home").login("/login").build()?;
//!     let home = async |who: LoggedIn| format!("Hello {}.", who.key().user());
//!     let routes = Router::new().route("/login", get(form).post(login)).route("/home", get(home));
//!     Ok(routes.merge(gate.routes()).layer(gate.layer()))
//! }
//! ```
//!
//! # Its addresses
//!
//! [`Gate::routes`] adds `/login/code`, `/login/code/again`, `/login/link-app`,
//! `/login/another-way`,
//! `/login/stopped`, `/step-up`, `/step-up/again` and `/logout`. [`Gate::json_routes`] adds the
//! same for programs, described in [`OPENAPI`]. [`html`] and [`json`] have them one by one, for
//! hosts that replace some. The host brings `/login`
//! itself.
//!
//! # What a host brings
//!
//! | part | by default | a host may write |
//! | --- | --- | --- |
//! | [`SessionTransport`] | the sealed proof is the session, in a cookie | a session of its own |
//! | [`Pages`] | [`PlainPages`], in English | its own layout and languages |
//! | [`LoggedIn`], [`Gate::require`], [`Administering`] | | put where they are needed |
//!
//! # What is guaranteed
//!
//! - **A session is made from a proof.** One place makes it, from a finished login. The ticket of a
//!   half-finished one opens nothing.
//! - **Every form is answered with a redirect.** Reload and back repeat nothing; the same form sent
//!   twice is judged once.
//! - **Requests of other sites are refused**, by their origin and by the token of each form.
//! - **Headers that any client can send are not trusted**: no `Host` and no `X-Forwarded-*` is in
//!   any answer, and the address of a client is read only from the source that the host named.
//! - **A redirect stays on this site**, because a [`RedirectPath`] cannot be anything else.
//! - **Every request has limits**: for headers, bodies and forms, and for the time of each.
//! - **A forgotten layer or route names the line to add**, in the answer and in the log.
//! - **No secret is logged**, and no cache stores a page of a login.
//!
//! # Sessions of your own
//!
//! With tower-sessions a [`SessionTransport`] puts the sealed proof into the session and gives it a
//! new id; with axum-login it also says who the person is. The example `axum-sessions` in the
//! repository is both, with the tests that matter: a half-finished login opens no session in
//! either, and each login gets a new id. In short:
//!
//! ```
//! # mod tower_sessions {
//! #     #[derive(Clone)]
//! #     pub struct Session;
//! #     impl Session {
//! #         pub async fn cycle_id(&self) -> Result<(), std::fmt::Error> { Ok(()) }
//! #         pub async fn insert(&self, _: &str, _: &str) -> Result<(), std::fmt::Error> { Ok(()) }
//! #         pub async fn get(&self, _: &str) -> Result<Option<String>, std::fmt::Error> { Ok(None) }
//! #         pub async fn flush(&self) -> Result<(), std::fmt::Error> { Ok(()) }
//! #     }
//! # }
//! use axum::BoxError;
//! use countersign_axum::{Browser, SessionTransport, NewSession};
//! use countersign_core::SealedProof;
//! use tower_sessions::Session;
//!
//! #[derive(Debug)]
//! struct TowerSessions;
//!
//! fn session(browser: &Browser) -> Result<Session, BoxError> {
//!     browser.parts().extensions.get::<Session>().cloned().ok_or_else(|| "no session layer".into())
//! }
//!
//! #[async_trait::async_trait]
//! impl SessionTransport for TowerSessions {
//!     async fn keep(&self, browser: &Browser, new: NewSession<'_>) -> Result<(), BoxError> {
//!         let session = session(browser)?;
//!         session.cycle_id().await?;
//!         Ok(session.insert("proof", new.sealed.expose()).await?)
//!     }
//!
//!     async fn find(&self, browser: &Browser) -> Result<Option<SealedProof>, BoxError> {
//!         Ok(session(browser)?.get("proof").await?.map(|text: String| SealedProof::from_text(text)))
//!     }
//!
//!     async fn renew(&self, browser: &Browser, sealed: SealedProof) -> Result<(), BoxError> {
//!         Ok(session(browser)?.insert("proof", sealed.expose()).await?)
//!     }
//!
//!     async fn forget(&self, browser: &Browser) -> Result<(), BoxError> {
//!         Ok(session(browser)?.flush().await?)
//!     }
//! }
//! ```
//!
//! # What stays with the host
//!
//! Passwords, and how often one may be tried. The deadline for headers, which belongs to the server
//! below axum. TLS: the cookies are `Secure`, which Chromium also accepts on a loopback address;
//! for anything else without TLS there is [`GateBuilder::danger_plain_http`].

pub mod html;
pub mod json;

mod administering;

mod acts;
mod flow;
mod fresh;

mod builder;
mod layer;
mod logged_in;

mod gate;
mod plain_pages;

mod api_request;
mod csrf_form;
mod pages;
mod session_transport;
mod step_up_link;

mod browser;

mod body;
mod csrf;

mod config;
mod problem;

mod address;
mod addresses;
mod flash;
mod jar;
mod redirect_path;
mod unknown_users;
mod user_agent;

mod seconds;

pub use administering::Administering;
pub use api_request::{ApiRequest, JsonProblem};
pub use browser::Browser;
pub use builder::{GateBuilder, SetupError};
pub use config::WeakSessions;
pub use csrf::CsrfFields;
pub use csrf_form::CsrfForm;
pub use flash::Flash;
pub use fresh::{Fresh, RequireLayer, RequireService, StepUp};
pub use gate::Gate;
pub use jar::SameSite;
pub use layer::{GateLayer, GateService};
pub use logged_in::LoggedIn;
pub use pages::{
    AnotherWayPage, CodePage, LinkAppPage, PageForm, Pages, ProblemPage, Stopped, StoppedPage,
};
pub use plain_pages::PlainPages;
pub use problem::Problem;
pub use redirect_path::RedirectPath;
pub use session_transport::{CookieTransport, NewSession, SessionTransport};

/// The JSON side as an OpenAPI 3.1 document. A test holds it against the real routes and answers.
pub const OPENAPI: &str = include_str!("../openapi.json");
