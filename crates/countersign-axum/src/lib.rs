//! The second step of a login in an axum application: a gate, extractors, pages and JSON.
//!
//! The host checks the password. The gate does the rest: it asks for the code, shows the QR code of a
//! new authenticator app, sends a code again, stops who typed too many wrong ones, and at the end
//! makes the session, from a [`Proof`](countersign_core::login::Proof) and from nothing else.
//!
//! # One login
//!
//! ```
//! use axum::response::{Html, Response};
//! use axum::{Router, routing::get};
//! use countersign_axum::{Browser, Gate, LoggedIn, Problem, SetupError, Submitted};
//! use countersign_core::mfa::Mfa;
//! use countersign_core::types::{AccountKey, FirstFactor};
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
//!     Ok(Html(format!("<form method=post>{}{fields}</form>", browser.form()?.to_html())))
//! }
//!
//! async fn login(gate: Gate, form: Submitted<Login>) -> Result<Response, Problem> {
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
//! [`Gate::routes`] adds `/login/code`, `/login/code/again`, `/login/link-app`, `/login/another-way`,
//! `/login/stopped`, `/step-up`, `/step-up/again` and `/logout`. [`Gate::json_routes`] adds the same
//! for programs, described in [`OPENAPI`]. [`html`] and [`json`] have them one by one, for hosts that
//! replace some. `/login` itself is the host's.
//!
//! # What a host brings, and what it may leave
//!
//! | part | by default | of the host's own |
//! | --- | --- | --- |
//! | [`Keeper`] | the sealed proof is the session, in a cookie | a session of its own |
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
//! - **Nothing of a request is believed** that anybody can write: no `Host` and no `X-Forwarded-*`
//!   is in any answer, and the address of a client is known only from where the host said.
//! - **A redirect stays on this site**, because a [`Target`] cannot be anything else.
//! - **Whatever a request brings has an end**: headers, bodies, forms, and the time for each.
//! - **Whoever forgets the layer is told the line to add**, in the answer and in the log.
//! - **No secret is logged**, and no page of a login is kept by a cache.
//!
//! # Beside sessions of the host's own
//!
//! With tower-sessions a [`Keeper`] puts the sealed proof into the session and gives it a new id;
//! with axum-login it also says who the person is. The example `axum-sessions` in the repository is
//! both, with the tests that matter: a login that is half done is no session in either world, and
//! each login gets a new id. In short:
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
//! use countersign_axum::{Browser, Keeper, NewSession};
//! use countersign_core::login::SealedProof;
//! use tower_sessions::Session;
//!
//! #[derive(Debug)]
//! struct SessionKeeper;
//!
//! fn session(browser: &Browser) -> Result<Session, BoxError> {
//!     browser.parts().extensions.get::<Session>().cloned().ok_or_else(|| "no session layer".into())
//! }
//!
//! #[async_trait::async_trait]
//! impl Keeper for SessionKeeper {
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
//! below axum. TLS: the cookies are `Secure`, which Chromium also accepts on a loopback address; for
//! anything else without TLS there is [`GateBuilder::danger_plain_http`].

mod builder;
mod gate;
mod layer;

mod administering;
mod browser;
mod fresh;
mod logged_in;
mod program;
mod submitted;

mod errand;
mod flow;
pub mod html;
pub mod json;
mod pages;
mod plain;
mod said;
mod step_up;

mod keeper;
mod problem;

mod address;
mod forgery;
mod jar;
mod seen_as;
mod target;

pub use administering::Administering;
pub use browser::{Browser, Hidden};
pub use builder::{GateBuilder, SetupError};
pub use fresh::{Fresh, RequireLayer, RequireService, StepUp};
pub use gate::Gate;
pub use jar::SameSite;
pub use keeper::{CookieKeeper, Keeper, NewSession};
pub use layer::{GateLayer, GateService};
pub use logged_in::LoggedIn;
pub use pages::{
    AnotherWayPage, CodePage, LinkAppPage, PageForm, Pages, ProblemPage, Stopped, StoppedPage,
};
pub use plain::PlainPages;
pub use problem::Problem;
pub use program::{JsonProblem, Program};
pub use said::Said;
pub use submitted::Submitted;
pub use target::Target;

/// The JSON side as an OpenAPI 3.1 document. A test holds it against the real routes and answers.
pub const OPENAPI: &str = include_str!("../openapi.json");
