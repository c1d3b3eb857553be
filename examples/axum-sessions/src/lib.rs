//! The gate beside tower-sessions, and beside axum-login on top of it.
//!
//! You will see who keeps what. tower-sessions keeps the session: an id in a cookie, and data at
//! the host. The gate puts the sealed proof into that session and reads it back, and decides by it:
//! [`LoggedIn`] asks at each request whether the proof still stands. axum-login goes on telling
//! handlers who the person is; the one credential that it takes is a proof.
//!
//! Guard routes with the gate and not with `login_required!`: axum-login looks at its own note in
//! the session, so it does not notice a reset, a new password, or signing out everywhere.
//!
//! `tests/sessions.rs` shows that a session gets a new id at each login, and that a login that is
//! half done is no session in either world.

mod login;
mod sessions;

pub use login::{AxumLogin, Backend, User, UserName};
pub use sessions::TowerSessions;

use axum::extract::Request;
use axum::middleware::{Next, from_extractor};
use axum::response::{Html, Response};
use axum::routing::get;
use axum::{Router, middleware};
use axum_login::{AuthManagerLayerBuilder, AuthSession};
use countersign::web::{Browser, CsrfForm, Gate, LoggedIn, Problem, SetupError};
use countersign::{AccountKey, FirstFactor, Mfa};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

/// A portal that keeps its sessions with tower-sessions.
///
/// # Errors
///
/// The gate cannot be built so.
pub fn with_sessions(mfa: Mfa) -> Result<Router, SetupError> {
    let gate = Gate::builder(mfa).session_transport(TowerSessions).home("/home").build()?;
    let home = async |who: LoggedIn, basket: Session| {
        let seen: u32 = basket.get("seen").await.ok().flatten().unwrap_or_default();
        let _ = basket.insert("seen", seen + 1).await;
        format!("Hello {}, for the time {}.", who.key().user(), seen + 1)
    };
    Ok(Router::new()
        .route("/login", get(form).post(login))
        .route("/home", get(home))
        .merge(gate.routes())
        .layer(gate.layer())
        // Outside of the gate, which finds the session in the request.
        .layer(SessionManagerLayer::new(MemoryStore::default())))
}

/// The same portal, where handlers ask axum-login who the person is.
///
/// # Errors
///
/// The gate cannot be built so.
pub fn with_axum_login(mfa: Mfa) -> Result<Router, SetupError> {
    let backend = Backend::new(mfa.clone());
    let gate = Gate::builder(mfa).session_transport(AxumLogin).home("/home").build()?;
    let home = async |auth: AuthSession<Backend>| match auth.user {
        Some(user) => format!("Hello {}.", user.key().user()),
        None => "Hello stranger.".to_owned(),
    };
    let sessions = SessionManagerLayer::new(MemoryStore::default());
    Ok(Router::new()
        .route("/home", get(home))
        // What decides whether somebody is in.
        .route_layer(from_extractor::<LoggedIn>())
        .route("/peek", get(peek))
        .route("/login", get(form).post(login))
        .merge(gate.routes())
        .layer(gate.layer())
        .layer(AuthManagerLayerBuilder::new(backend, sessions).build())
        .layer(middleware::from_fn(unkept)))
}

/// What axum-login by itself thinks.
async fn peek(auth: AuthSession<Backend>) -> String {
    auth.user.map_or_else(|| "nobody".to_owned(), |user| user.key().to_string())
}

/// Pages of people belong into no cache.
async fn unkept(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let no_store = axum::http::HeaderValue::from_static("no-store");
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, no_store);
    response
}

#[derive(serde::Deserialize)]
struct Login {
    user: String,
    password: String,
}

async fn form(browser: Browser) -> Result<Html<String>, Problem> {
    let hidden = browser.csrf_fields()?.to_html();
    let fields =
        "<input name=\"user\"><input name=\"password\" type=\"password\"><button>Login</button>";
    Ok(Html(format!("<form method=\"post\">{hidden}{fields}</form>")))
}

async fn login(gate: Gate, form: CsrfForm<Login>) -> Result<Response, Problem> {
    if form.fields.password != "correct horse" {
        let status = axum::http::StatusCode::UNAUTHORIZED;
        return Err(Problem::new(status, "login.no_match", "That does not match."));
    }
    let key = AccountKey::new("larkfield", form.fields.user)?;
    gate.begin(&form.browser, &key, FirstFactor::Password).await
}
