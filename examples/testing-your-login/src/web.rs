//! The same portal with pages, on axum: the gate of countersign does what comes after the password.

use countersign::web::{Browser, CsrfForm, Gate, LoggedIn, Problem, SetupError};
use countersign::{AccountKey, FirstFactor, Mfa};

use axum::response::{Html, Response};
use axum::{Router, routing::get};

#[derive(serde::Deserialize)]
struct Login {
    user: String,
    password: String,
}

/// Everything that the program serves.
///
/// # Errors
///
/// The gate was told something that cannot work.
pub fn portal(mfa: Mfa) -> Result<Router, SetupError> {
    let gate = Gate::builder(mfa).build()?;
    let home = async |who: LoggedIn| format!("Hello {}.", who.key().user());
    let routes = Router::new().route("/", get(home)).route("/login", get(form).post(login));
    Ok(routes.merge(gate.routes()).layer(gate.layer()))
}

async fn form(browser: Browser) -> Result<Html<String>, Problem> {
    let fields = "<input name=user><input name=password type=password><button>Login</button>";
    Ok(Html(format!("<form method=post>{}{fields}</form>", browser.csrf_fields()?.to_html())))
}

async fn login(gate: Gate, form: CsrfForm<Login>) -> Result<Response, Problem> {
    // A real portal compares a slow hash, such as Argon2.
    if form.fields.password != "correct horse" {
        return Ok(gate.login_page().see_other());
    }
    let key = AccountKey::new("larkfield", &form.fields.user)?;
    gate.begin(&form.browser, &key, FirstFactor::Password).await
}
