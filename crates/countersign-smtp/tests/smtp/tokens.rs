//! A login with access tokens.

use std::sync::Mutex;

use countersign_core::{SecretText, async_trait};
use countersign_smtp::{SmtpMailer, SmtpMailerBuilder, TokenSource};

use crate::log;
use crate::server::{Mode, Server, TOKEN, USER};
use crate::stage::{PATIENT, Told, address, authority, mail, send, server};

/// Gives these, the last first, and then none.
#[derive(Debug)]
struct Given(Mutex<Vec<&'static str>>);

#[async_trait]
impl TokenSource for Given {
    async fn token(&self) -> Result<SecretText, Box<dyn std::error::Error + Send + Sync>> {
        let token = self.0.lock().unwrap().pop().ok_or("hunter4: no more tokens")?;
        Ok(SecretText::new(token.to_owned()))
    }
}

fn builder(server: &Server, tokens: &[&'static str]) -> SmtpMailerBuilder {
    let url = format!("smtp://localhost:{}?starttls=required", server.port);
    SmtpMailer::builder(&url, address("security@larkfield.example"))
        .trust_pem(authority().pem().as_bytes())
        .deadline(PATIENT)
        .xoauth2(USER, Given(Mutex::new(tokens.to_vec())))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_host_logs_in_and_is_asked_for_again_before_each_mail() {
    let server = server(Mode::StartTls).await;
    server.offers(&["AUTH PLAIN XOAUTH2"]);
    let mailer = builder(&server, &["control\u{1}", TOKEN, "ya29.expired", TOKEN]).build().unwrap();
    assert_eq!(send(&mailer, &mail()).await, Told::Sent);
    let told = send(&mailer, &mail()).await;
    assert_eq!(told, Told::NotNow("logging in: the server answered 535 5.7.8".into()));
    assert_eq!(send(&mailer, &mail()).await, Told::Sent);
    for _ in 0..2 {
        let told = send(&mailer, &mail()).await;
        assert_eq!(told, Told::NotNow("logging in: there is no access token".into()));
    }
    let debug = format!("{mailer:?}");
    for shown in [debug, log::lines()] {
        assert!(!shown.contains("ya29") && !shown.contains("hunter4"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_goes_to_a_server_that_asks_for_none() {
    let server = server(Mode::StartTls).await;
    let told = send(&builder(&server, &[TOKEN]).build().unwrap(), &mail()).await;
    let sentence = "logging in: the server does not offer the login XOAUTH2";
    assert_eq!(told, Told::NotNow(sentence.into()));
    let said = String::from_utf8(server.sessions()[0].said.clone()).unwrap();
    assert!(!said.contains("AUTH"), "{said}");
}

#[test]
fn a_login_that_is_given_twice_is_refused() {
    let sender = address("security@larkfield.example");
    let both = SmtpMailer::builder("smtps://portal:hunter2@mail.larkfield.example", sender)
        .xoauth2("portal", Given(Mutex::default()));
    let error = both.build().unwrap_err().to_string();
    assert_eq!(error, "the login is given twice; take user name and password out of the URL");
}
