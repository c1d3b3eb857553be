//! A small portal on a loopback address, with a clock that is moved by hand, an inbox and phones.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use countersign_axum::{
    Administering, ApiRequest, Browser as Visitor, CsrfForm, Flash, Fresh, Gate, GateBuilder,
    JsonProblem, LoggedIn, Problem, RedirectPath, StepUp,
};
use countersign_core::{
    AccountKey, Courier, EmailAddress, FirstFactor, Keys, Locale, MINUTE, MemoryStore, Method, Mfa,
    NewTenant, NewUser, OsRandom, Policy, Purpose, Requirement, Start, TenantId,
};
use countersign_testkit::{FailingStore, FakeClock, FakePhone, Inbox};

use crate::client::{Answered, Browser};

pub(crate) struct Stage {
    pub(crate) at: SocketAddr,
    pub(crate) mfa: Mfa,
    pub(crate) courier: Courier,
    pub(crate) store: FailingStore,
    pub(crate) clock: FakeClock,
    pub(crate) inbox: Inbox,
    served: tokio::task::JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.served.abort();
    }
}

#[derive(serde::Deserialize)]
struct Login {
    user: String,
    password: String,
}

#[derive(serde::Deserialize)]
struct Setting {
    rule: String,
}

/// A whole portal: the pages of a host, and the routes of the gate.
pub(crate) fn portal(gate: &Gate) -> Router {
    pages(gate).nest("/api/login", gate.json_routes()).merge(gate.routes())
}

/// The pages of a host: its login, its home, its settings, something to pay.
pub(crate) fn pages(gate: &Gate) -> Router {
    let by_app = StepUp::by(Method::App).within(15 * MINUTE);
    let one_act = StepUp::by(Method::Email).only_for("close the account").unwrap();
    let new_one = StepUp::to_change_address();
    Router::new()
        .route("/login", get(login_page).post(login))
        .route("/home", get(home))
        .route("/account", get(account))
        .route("/settings", get(settings).post(save))
        .route("/pay", get(pay).route_layer(gate.require(by_app)))
        .route("/close", get(pay).route_layer(gate.require(one_act)))
        .route("/address/new", get(new_address).route_layer(gate.require(new_one)))
        .route("/unguarded", get(pay))
        .route("/address", get(address))
        .route("/open/hook", post(async || "hooked"))
        .route("/api/begin", post(begin_json))
}

/// The sentence of the flash message, or nothing.
fn take_message(gate: &Gate, browser: &Visitor) -> String {
    let message = |flash: Flash| flash.message(&Locale::english(), gate.mfa().now());
    browser.take_flash().map(message).unwrap_or_default()
}

async fn login_page(gate: Gate, browser: Visitor) -> Result<Html<String>, Problem> {
    let message = take_message(&gate, &browser);
    let hidden = browser.csrf_fields()?.to_html();
    let action = browser.parts().uri.to_string().replace('&', "&amp;");
    Ok(Html(format!(
        "<p>{message}</p><form method=\"post\" action=\"{action}\">{hidden}<input name=\"user\">\
         <input name=\"password\" type=\"password\"></form>"
    )))
}

async fn login(gate: Gate, form: CsrfForm<Login>) -> Result<Response, Problem> {
    if form.fields.password != "correct horse" {
        return Ok(Html("That e-mail address and password do not match.").into_response());
    }
    let key = AccountKey::new("larkfield", form.fields.user)?;
    gate.begin(&form.browser, &key, FirstFactor::Password).await
}

async fn begin_json(gate: Gate, asked: ApiRequest<Login>) -> Result<Response, JsonProblem> {
    if asked.body.password != "correct horse" {
        let title = "That e-mail address and password do not match.";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "host.no_match", title).into());
    }
    let key = AccountKey::new("larkfield", &asked.body.user)?;
    gate.begin_json(&asked, &key, FirstFactor::Password).await
}

async fn home(gate: Gate, who: LoggedIn, browser: Visitor) -> Result<Html<String>, Problem> {
    let message = take_message(&gate, &browser);
    let hidden = browser.csrf_fields()?.to_html();
    let user = who.key().user();
    let amr = who.proof().amr().join("+");
    Ok(Html(format!(
        "<p>{message}</p><p>in: {user} by {amr}, weaker than {:?}</p>\
         <form method=\"post\" action=\"/logout\">{hidden}</form>",
        who.weaker_than(),
    )))
}

async fn account(gate: Gate, who: LoggedIn, browser: Visitor) -> Result<Html<String>, Problem> {
    let back = RedirectPath::new("/account").unwrap();
    let message = take_message(&gate, &browser);
    let links = [Purpose::LinkApp, Purpose::ReplaceApp, Purpose::ConfirmAddress];
    let mut page = format!("<p>{message}</p><p>{}</p>", who.key().user());
    for purpose in links {
        page.push_str(&format!("<a href=\"{}\">{purpose}</a>", browser.step_up(&purpose, &back)?));
    }
    Ok(Html(page))
}

async fn settings(
    Administering(admin): Administering,
    browser: Visitor,
) -> Result<Html<String>, Problem> {
    let (policy, _) = admin.policy().await?;
    let hidden = browser.csrf_fields()?.to_html();
    let form = format!("<form method=\"post\" action=\"/settings\">{hidden}</form>");
    Ok(Html(format!("<p>rule: {}</p>{form}", policy.required())))
}

async fn save(
    Administering(mut admin): Administering,
    form: CsrfForm<Setting>,
) -> Result<Response, Problem> {
    let required = match form.fields.rule.as_str() {
        "app" => Requirement::App,
        "email" => Requirement::Email,
        _ => Requirement::None,
    };
    let (_, revision) = admin.policy().await?;
    let _ = admin.set_policy(Policy::requiring(required), revision, Start::Now).await?;
    Ok(RedirectPath::new("/settings").unwrap().see_other())
}

async fn pay(fresh: Fresh) -> String {
    format!("paid by {} for {}", fresh.proof().key().user(), fresh.proof().purpose())
}

async fn new_address(
    gate: Gate,
    browser: Visitor,
    who: LoggedIn,
    fresh: Fresh,
) -> Result<Response, Problem> {
    let new = EmailAddress::new("ben@elsewhere.example")?;
    let act = gate.mfa().propose_address(fresh.into_proof(), new).await?;
    gate.carry_over(&browser, who, act).await?;
    Ok(RedirectPath::new("/account").unwrap().see_other())
}

async fn address(browser: Visitor, ConnectInfo(_): ConnectInfo<SocketAddr>) -> String {
    format!("{:?}", browser.address())
}

impl Stage {
    pub(crate) async fn open() -> Self {
        Self::with(|gate| gate).await
    }

    /// The same, with a gate that was changed.
    pub(crate) async fn with(change: impl FnOnce(GateBuilder) -> GateBuilder) -> Self {
        Self::serving(change, |gate| portal(gate).layer(gate.layer())).await
    }

    /// The same, with a router of one's own.
    pub(crate) async fn serving(
        change: impl FnOnce(GateBuilder) -> GateBuilder,
        router: impl FnOnce(&Gate) -> Router,
    ) -> Self {
        let clock = FakeClock::default();
        let inbox = Inbox::new();
        let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
        let (mfa, courier) = Mfa::builder()
            .store(store.clone())
            .clock(clock.clone())
            .mailer(inbox.clone())
            .keys(Keys::ephemeral(&OsRandom).unwrap())
            .build()
            .unwrap();
        let name = "Larkfield Freight";
        let company = NewTenant::new("larkfield", name, Locale::english()).unwrap();
        mfa.create_tenant(company).await.unwrap();
        for user in ["ada", "ben", "chiara"] {
            let address = EmailAddress::new(&format!("{user}@larkfield.example")).unwrap();
            let new_user = NewUser::at(address);
            let new_user = if user == "ada" { new_user.admin() } else { new_user };
            mfa.add_existing_user(&key(user), new_user).await.unwrap();
        }
        let gate = change(Gate::builder(mfa.clone()).home("/home")).build().unwrap();
        let router = router(&gate).into_make_service_with_connect_info::<SocketAddr>();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let served = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Self { at, mfa, courier, store, clock, inbox, served }
    }

    pub(crate) async fn require(&self, required: Requirement) {
        let tenant = TenantId::new("larkfield").unwrap();
        let mut operator = self.mfa.operator(tenant, "test", "setting the stage").unwrap();
        let (_, revision) = operator.policy().await.unwrap();
        let policy = Policy::requiring(required);
        let _ = operator.set_policy(policy, revision, Start::Now).await.unwrap();
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.at)
    }

    /// The code of the newest mail.
    pub(crate) async fn mailed(&self) -> String {
        self.courier.drain().await.unwrap();
        self.inbox.code()
    }

    pub(crate) fn minutes_pass(&self, minutes: u32) {
        self.clock.advance(minutes * MINUTE);
    }

    /// Sends the right password, and returns where the browser is sent.
    pub(crate) async fn password(&self, browser: &mut Browser, user: &str) -> Answered {
        let page = browser.get("/login").await;
        let fields = [("user", user), ("password", "correct horse")];
        browser.fill(&page, "/login", &fields).await
    }

    /// Logs in with a mailed code.
    pub(crate) async fn by_mail(&self, user: &str) -> Browser {
        let mut browser = self.browser();
        self.password(&mut browser, user).await.goes_to("/login/code");
        let page = browser.get("/login/code").await;
        let code = self.mailed().await;
        browser.fill(&page, "/login/code", &[("code", &code)]).await.goes_to("/home");
        browser
    }

    /// Logs in and links an app on the way.
    pub(crate) async fn by_new_app(&self, user: &str) -> (Browser, FakePhone) {
        let mut browser = self.browser();
        self.password(&mut browser, user).await.goes_to("/login/link-app");
        let page = browser.get("/login/link-app").await;
        let phone = scan(&page);
        let code = phone.code(self.clock.now());
        browser.fill(&page, "/login/link-app", &[("code", &code)]).await.goes_to("/home");
        (browser, phone)
    }
}

/// Reads the link of the page, which is what the QR code holds.
pub(crate) fn scan(page: &Answered) -> FakePhone {
    let start = page.body.find("otpauth://").unwrap_or_else(|| panic!("no link: {}", page.body));
    let uri = page.body[start..].split('"').next().unwrap().replace("&amp;", "&");
    let mut phone = FakePhone::new();
    phone.scan_uri(&uri).unwrap();
    phone
}

pub(crate) fn key(user: &str) -> AccountKey {
    AccountKey::new("larkfield", user).unwrap()
}
