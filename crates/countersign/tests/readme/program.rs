use std::net::SocketAddr;

use axum::{Form, Router, extract::State, response::Response, routing};
use countersign::{
    Answer, Begun, FirstFactor, Keys, Locale, Mfa, SmtpMailer, SqliteStore, Verdict, spawn_courier,
};

use crate::portal::{Code, Jar, Login, Oops, check_password, found_company, page};

pub(crate) async fn serve(mail_server: &str, door: SocketAddr) -> Result<(), Oops> {
    let (mfa, courier) = Mfa::builder()
        .store(SqliteStore::open("portal.db").await?)
        .mailer(SmtpMailer::from_url(mail_server, "security@larkfield.example".parse()?)?)
        .keys(Keys::from_file("countersign.keys")?)
        .build()?;
    found_company(&mfa).await?;
    let courier = spawn_courier(courier);
    let login = routing::post(login);
    let code = routing::post(code);
    let routes = Router::new().route("/login", login).route("/login/code", code);
    let listener = tokio::net::TcpListener::bind(door).await?;
    axum::serve(listener, routes.with_state(mfa)).await?;
    Ok(courier.shutdown().await?)
}

async fn login(State(mfa): State<Mfa>, jar: Jar, form: Form<Login>) -> Result<Response, Oops> {
    let Some(key) = check_password(&form) else { return page("No match.") };
    match mfa.begin(&key, FirstFactor::Password, &jar.client()?).await? {
        Begun::Passed(passed) => jar.session(passed.proof),
        Begun::Step(step) => jar.show(step),
        Begun::Refused(refusal) => page(&refusal.message(&Locale::english(), mfa.now())),
    }
}

async fn code(State(mfa): State<Mfa>, jar: Jar, form: Form<Code>) -> Result<Response, Oops> {
    match mfa.verify(&jar.ticket(), &Answer::code(&form.code), &jar.client()?).await? {
        Verdict::Passed(passed) => jar.session(passed.proof),
        Verdict::Step(step) => jar.show(step),
        Verdict::Wrong(wrong) => page(&wrong.message(&Locale::english())),
        Verdict::Locked(locked) => page(&locked.message(&Locale::english(), mfa.now())),
        Verdict::Stale(staleness) => page(&staleness.message(&Locale::english())),
    }
}
