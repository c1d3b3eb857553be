//! A login with a second step. Open http://127.0.0.1:3000/login and log in as "ben" with "correct
//! horse": you will see the mail with the code in this terminal, and then a page that greets you.
use axum::{Router, http::StatusCode, response::Html, response::Response, routing::get};
use countersign::web::{Browser, CsrfForm, Gate, LoggedIn, Problem, SetupError};
use countersign::{AccountKey, FirstFactor, Keys, MemoryStore, Mfa, OsRandom, spawn_courier};

mod company;
#[cfg(test)]
mod tests;

async fn form(browser: Browser) -> Result<Html<String>, Problem> {
    let fields = "<input name=user><input name=password type=password><button>Login</button>";
    Ok(Html(format!("<form method=post>{}{fields}</form>", browser.csrf_fields()?.to_html())))
}

async fn login(gate: Gate, form: CsrfForm<company::Login>) -> Result<Response, Problem> {
    if !company::knows(&form.fields) {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "login.no_match", "No match."));
    }
    let key = AccountKey::new("larkfield", &form.fields.user)?;
    gate.begin(&form.browser, &key, FirstFactor::Password).await
}

fn portal(mfa: Mfa) -> Result<Router, SetupError> {
    let gate = Gate::builder(mfa).build()?;
    let home = async |who: LoggedIn| format!("Hello {}.", who.key().user());
    let routes = Router::new().route("/", get(home)).route("/login", get(form).post(login));
    Ok(routes.merge(gate.routes()).layer(gate.layer()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();
    let keys = Keys::ephemeral(&OsRandom)?;
    let (mfa, courier) = Mfa::builder().store(store).mailer(company::Post).keys(keys).build()?;
    company::found(&mfa).await?;
    let _courier = spawn_courier(courier);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, portal(mfa)?).await?)
}
