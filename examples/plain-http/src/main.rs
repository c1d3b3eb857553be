//! The second step of a login on hyper alone: no framework, no adapter, every cookie in sight.
//!
//! You will see what an adapter does for you: the ticket in a cookie of its own, a redirect after
//! each form, a session that is made from a proof and from nothing else. Open
//! `http://127.0.0.1:3000/login`, and log in as `ben` or `chiara` with `correct horse`; mails are
//! printed here. To write an adapter for another framework, start from `portal.rs`.
#![expect(clippy::print_stdout, reason = "the terminal is the mail service of this example")]

mod pages;
mod portal;
mod visit;

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use countersign::{
    AccountKey, Keys, Locale, Mail, MailError, Mailer, MemoryStore, Mfa, NewTenant, NewUser,
    OsRandom, Requirement, spawn_courier,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::portal::Portal;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = MemoryStore::new();
    let keys = Keys::ephemeral(&OsRandom)?;
    let (mfa, courier) = Mfa::builder().store(store).mailer(Terminal).keys(keys).build()?;
    found(&mfa).await?;
    let _courier = spawn_courier(courier);
    serve(TcpListener::bind("127.0.0.1:3000").await?, mfa).await
}

/// Answers every connection in a task of its own.
async fn serve(listener: TcpListener, mfa: Mfa) -> Result<(), Box<dyn Error>> {
    let portal = Arc::new(Portal::new(mfa));
    loop {
        let (stream, _) = listener.accept().await?;
        let portal = portal.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let portal = portal.clone();
                async move { Ok::<_, Infallible>(portal.answer(request).await) }
            });
            // The timer gives headers a deadline too: somebody who never finishes them is let go.
            let mut server = http1::Builder::new();
            let server = server.timer(TokioTimer::new()).max_buf_size(32 * 1024);
            // An error means that the browser has gone, which is its right.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Larkfield Freight, where Ben gets codes by e-mail and Chiara links an app.
async fn found(mfa: &Mfa) -> Result<(), Box<dyn Error>> {
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    mfa.create_tenant(company).await?;
    for (user, rule) in [("ben", Requirement::Email), ("chiara", Requirement::App)] {
        let address = format!("{user}@larkfield.example").parse()?;
        let new_user = NewUser::at(address).with_rule(rule);
        mfa.add_existing_user(&AccountKey::new("larkfield", user)?, new_user).await?;
    }
    Ok(())
}

/// Prints mails.
#[derive(Debug)]
struct Terminal;

#[async_trait::async_trait]
impl Mailer for Terminal {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        println!("To: {}\nSubject: {}\n\n{}", mail.to(), mail.subject(), mail.text());
        Ok(())
    }
}
