//! What the host of the README's program has already: a tenant, passwords, cookies, pages.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE};
use axum::http::{StatusCode, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use countersign::{
    AccountKey, Challenge, Client, EmailAddress, Enrollment, InvalidValue, Locale, Mfa, NewTenant,
    NewUser, Policy, Proof, Qr, Requirement, Start, Step, TenantId, Ticket,
};

#[derive(serde::Deserialize)]
pub(crate) struct Login {
    user: String,
    password: String,
}

#[derive(serde::Deserialize)]
pub(crate) struct Code {
    pub(crate) code: String,
}

/// Whatever broke: the user learns nothing of it, and nothing was counted.
pub(crate) struct Oops(pub(crate) String);

impl<E: std::error::Error> From<E> for Oops {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        (StatusCode::SERVICE_UNAVAILABLE, "Nothing was changed. Try again.").into_response()
    }
}

/// The tenant exists, its people are known, and it asks for a code by e-mail.
pub(crate) async fn found_company(mfa: &Mfa) -> Result<(), Oops> {
    let tenant = TenantId::new("larkfield")?;
    let name = "Larkfield Freight";
    mfa.create_tenant(NewTenant::new(tenant.as_str(), name, Locale::english())?).await?;
    let ben = NewUser::at(EmailAddress::new("ben@larkfield.example")?);
    mfa.add_existing_user(&AccountKey::new("larkfield", "ben")?, ben).await?;
    let mut operator = mfa.operator(tenant, "install script", "first policy")?;
    let (_, revision) = operator.policy().await?;
    let policy = Policy::requiring(Requirement::Email);
    let _ = operator.set_policy(policy, revision, Start::Now).await?;
    Ok(())
}

pub(crate) fn check_password(form: &Login) -> Option<AccountKey> {
    (form.password == "correct horse").then(|| AccountKey::new("larkfield", &form.user).ok())?
}

/// The cookies of one request.
pub(crate) struct Jar(String);

impl<S: Sync> FromRequestParts<S> for Jar {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let cookies = parts.headers.get(COOKIE).and_then(|value| value.to_str().ok());
        Ok(Self(cookies.unwrap_or_default().to_owned()))
    }
}

impl Jar {
    fn cookie(&self, name: &str) -> &str {
        let pairs = self.0.split("; ").filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value).unwrap_or_default()
    }

    pub(crate) fn client(&self) -> Result<Client, InvalidValue> {
        Client::bound_to(self.cookie("browser"))
    }

    pub(crate) fn ticket(&self) -> Ticket {
        Ticket::from_browser(self.cookie("ticket"))
    }

    pub(crate) fn session(&self, proof: Proof) -> Result<Response, Oops> {
        page(&format!("Logged in as {} by {}.", proof.key().user(), proof.amr().join(", ")))
    }

    /// The page of a step; its ticket goes into a cookie.
    pub(crate) fn show(&self, step: Step) -> Result<Response, Oops> {
        match step {
            Step::EnterCode(challenge) => self.ask(challenge),
            Step::LinkApp(enrollment) => self.show_qr(enrollment),
        }
    }

    fn ask(&self, challenge: Challenge) -> Result<Response, Oops> {
        let shown = page(&format!("Enter the code we sent to {}.", challenge.hint))?;
        Ok(([(SET_COOKIE, set("ticket", challenge.ticket.expose()))], shown).into_response())
    }

    fn show_qr(&self, enrollment: Enrollment) -> Result<Response, Oops> {
        let qr = Qr::encode(enrollment.app.uri().expose())?;
        let shown = page(&qr.svg("Scan this with your authenticator app"))?;
        Ok(([(SET_COOKIE, set("ticket", enrollment.ticket.expose()))], shown).into_response())
    }
}

fn set(name: &str, value: &str) -> String {
    format!("{name}={value}; HttpOnly; SameSite=Strict; Path=/login")
}

pub(crate) fn page(text: &str) -> Result<Response, Oops> {
    Ok(([(CACHE_CONTROL, "no-store")], Html(text.to_owned())).into_response())
}
