//! A portal that does as little as a portal can, on SQLite that flushes each commit, full of people
//! with a linked app.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::response::{Html, Response};
use axum::routing::get;
use countersign::{
    AccountKey, Answer, Begun, Client, Continued, EmailAddress, FirstFactor, Keys, Locale, Mfa,
    NewTenant, NewUser, OsRandom, Policy, Requirement, SessionCheck, Start, Step, TenantId, Ticket,
    Verdict,
};
use countersign_axum::{Browser as Visitor, CsrfForm, Gate, LoggedIn, Problem};
use countersign_sql::SqliteStore;
use countersign_testkit::{FakeClock, FakePhone, Inbox};
use serde::Deserialize;

use super::Kind;
use super::browser::{Browser, Page};
use crate::Done;

pub(super) struct House {
    pub(super) clock: FakeClock,
    inside: Arc<Inside>,
}

struct Inside {
    mfa: Mfa,
    clock: FakeClock,
    door: SocketAddr,
    phones: Vec<Vec<FakePhone>>,
}

impl House {
    pub(super) async fn open(file: &Path, tasks: usize, people: usize) -> Done<Self> {
        let clock = FakeClock::default();
        let store = SqliteStore::options().clock(clock.clone()).open(file).await?;
        let (mfa, _courier) = Mfa::builder()
            .store(store)
            .mailer(Inbox::new())
            .keys(Keys::ephemeral(&OsRandom)?)
            .clock(clock.clone())
            .build()?;
        mfa.create_tenant(NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?)
            .await?;
        let mut operator = mfa.operator(TenantId::new("larkfield")?, "bench", "measuring")?;
        let _ = operator.set_policy(Policy::requiring(Requirement::App), 0, Start::Now).await?;
        let mut phones = Vec::new();
        for task in 0..tasks {
            let mut of_task = Vec::new();
            for person in 0..people {
                of_task.push(link(&mfa, &clock, &user(task, person)).await?);
            }
            phones.push(of_task);
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let door = listener.local_addr()?;
        let routes = routes(mfa.clone())?;
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let inside = Inside { mfa, clock: clock.clone(), door, phones };
        Ok(Self { clock, inside: Arc::new(inside) })
    }

    /// The work of one task: everybody of it, one after the other.
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
    pub(super) fn task(
        &self,
        kind: Kind,
        task: usize,
    ) -> impl Future<Output = Done<Vec<Duration>>> + Send + 'static {
        let inside = self.inside.clone();
        async move {
            let mut browser = Browser::open(inside.door).await?;
            let mut times = Vec::new();
            for (person, phone) in inside.phones.get(task).into_iter().flatten().enumerate() {
                let user = user(task, person);
                let code = phone.code(inside.clock.now());
                let began = Instant::now();
                match kind {
                    Kind::Requests => requests(&mut browser).await?,
                    Kind::Calls => calls(&inside.mfa, &user, &code).await?,
                    Kind::Login => login(&mut browser, &user, &code).await?,
                }
                times.push(began.elapsed());
            }
            Ok(times)
        }
    }
}

fn routes(mfa: Mfa) -> Done<Router> {
    #[derive(Deserialize)]
    struct Login {
        user: String,
    }
    let form = async |browser: Visitor| -> Result<Html<String>, Problem> {
        Ok(Html(format!("<form method=post>{}<input name=user>", browser.csrf_fields()?.to_html())))
    };
    let log_in = async |gate: Gate, form: CsrfForm<Login>| -> Result<Response, Problem> {
        let key = AccountKey::new("larkfield", form.fields.user.as_str());
        let key = key.map_err(|error| Problem::internal(&error))?;
        gate.begin(&form.browser, &key, FirstFactor::Password).await
    };
    let home = async |who: LoggedIn| format!("Hello {}.", who.key().user());
    let gate = Gate::builder(mfa).home("/home").build()?;
    Ok(Router::new()
        .route("/login", get(form).post(log_in))
        .route("/home", get(home))
        .merge(gate.routes())
        .layer(gate.layer())
        .route("/nothing", get(async || "nothing").post(async || "nothing")))
}

async fn requests(browser: &mut Browser) -> Done {
    for _ in 0..5 {
        browser.get("/nothing").await?;
    }
    Ok(())
}

async fn calls(mfa: &Mfa, user: &str, code: &str) -> Done {
    let ticket = begin(mfa, user).await?;
    let Continued::Step(Step::EnterCode(again)) = mfa.resume(&ticket, &client()?).await? else {
        return Err("the step did not go on".into());
    };
    let Verdict::Passed(passed) =
        mfa.verify(&again.ticket, &Answer::code(code), &client()?).await?
    else {
        return Err("the code did not pass".into());
    };
    match mfa.open_session(&mfa.seal(&passed.proof)?).await? {
        SessionCheck::Valid(_) => Ok(()),
        other => Err(format!("the proof does not stand: {other:?}").into()),
    }
}

async fn login(browser: &mut Browser, user: &str, code: &str) -> Done {
    browser.forget();
    let form = browser.get("/login").await?;
    let step = browser.submit("/login", &form, &format!("user={user}")).await?;
    sent_to(&step, "/login/code")?;
    let page = browser.get("/login/code").await?;
    let judged = browser.submit("/login/code", &page, &format!("code={code}")).await?;
    sent_to(&judged, "/home")?;
    let home = browser.get("/home").await?;
    if home.text == format!("Hello {user}.") {
        return Ok(());
    }
    Err(format!("not in: {} {}", home.status, home.text).into())
}

fn sent_to(page: &Page, place: &str) -> Done {
    match page.location.as_deref() {
        Some(there) if there == place => Ok(()),
        other => {
            Err(format!("not sent to {place}: {} {other:?} {}", page.status, page.text).into())
        }
    }
}

async fn link(mfa: &Mfa, clock: &FakeClock, user: &str) -> Done<FakePhone> {
    let key = AccountKey::new("larkfield", user)?;
    mfa.add_existing_user(
        &key,
        NewUser::at(EmailAddress::new(&format!("{user}@larkfield.example"))?),
    )
    .await?;
    let Begun::Step(Step::LinkApp(step)) =
        mfa.begin(&key, FirstFactor::Password, &client()?).await?
    else {
        return Err("no app was asked for".into());
    };
    let mut phone = FakePhone::new();
    phone.scan(&step.app);
    let code = Answer::code(phone.code(clock.now()));
    match mfa.verify(&step.ticket, &code, &client()?).await? {
        Verdict::Passed(_) => Ok(phone),
        other => Err(format!("the first code did not pass: {other:?}").into()),
    }
}

async fn begin(mfa: &Mfa, user: &str) -> Done<Ticket> {
    let key = AccountKey::new("larkfield", user)?;
    match mfa.begin(&key, FirstFactor::Password, &client()?).await? {
        Begun::Step(Step::EnterCode(challenge)) => Ok(challenge.ticket),
        other => Err(format!("no code was asked for: {other:?}").into()),
    }
}

fn client() -> Done<Client> {
    Ok(Client::bound_to("a random cookie of 128 bits")?)
}

fn user(task: usize, person: usize) -> String {
    format!("user-{task}-{person}")
}
