//! No password, code, link or address in an error, a debug output or a log.

use std::error::Error;

use countersign_core::Mailer;
use countersign_smtp::SmtpMailer;
use data_encoding::BASE64;

use crate::log;
use crate::server::{At, Fault, Mode, PASSWORD};
use crate::stage::{CODE, Told, address, builder, mail_to, mailer, send, server};

const PERSON: &str = "somebody";

/// Everything that must not be said, in each form that it is handled in.
fn secrets() -> Vec<String> {
    let both = format!("\0portal\0{PASSWORD}");
    let mut all = vec![CODE.to_owned(), PERSON.to_owned(), PASSWORD.to_owned()];
    all.push("hunter2".to_owned());
    all.push(BASE64.encode(PASSWORD.as_bytes()));
    all.push(BASE64.encode(both.as_bytes()));
    all
}

#[track_caller]
fn holds_none(said: &str, what: &str) {
    for secret in secrets() {
        assert!(!said.contains(&secret), "{what} holds {secret}: {said}");
    }
}

#[tokio::test]
async fn an_error_holds_nothing_that_the_server_repeats() {
    let echo = format!("<{PERSON}@larkfield.example> {CODE} portal {PASSWORD} hunter2");
    for at in [At::Greeting, At::Hello, At::Login, At::Sender, At::Recipient, At::Data, At::Body] {
        for code in ["421", "451 4.3.0", "550", "550 5.1.1", "554 5.7.1", "999", "55"] {
            let server = server(Mode::Tls).await;
            let at = if at == At::Hello { At::HelloAgain } else { at };
            server.fails(at, Fault::Say(format!("{code} {echo}")));
            let mailer = mailer(&server, Mode::Tls);
            let to = mail_to(&format!("{PERSON}@larkfield.example"));
            let Err(error) = mailer.send(&to).await else { panic!("{at:?} {code}") };
            let mut said = format!("{error:?}\n{error:#?}");
            let mut cause: Option<&dyn Error> = Some(&error);
            while let Some(error) = cause {
                said.push_str(&format!("\n{error}\n{error:?}"));
                cause = error.source();
            }
            holds_none(&said, "an error");
            let server = builder(&server, Mode::Tls).build().unwrap();
            holds_none(&server.probe().await.to_string(), "a probe");
        }
    }
}

#[tokio::test]
async fn debug_output_never_shows_a_login() {
    let server = server(Mode::Plain).await;
    let builder = builder(&server, Mode::Plain);
    holds_none(&format!("{builder:?}\n{builder:#?}"), "the builder");
    let mailer = builder.build().unwrap();
    holds_none(&format!("{mailer:?}\n{mailer:#?}"), "the mailer");
    assert!(format!("{mailer:?}").contains("localhost"), "it says which server");
    let url = "smtp://portal:hunter2 x@localhost";
    let error = SmtpMailer::from_url(url, address("security@larkfield.example")).unwrap_err();
    holds_none(&format!("{error}\n{error:?}"), "the error of a URL");
}

#[tokio::test]
async fn no_log_line_shows_a_code_or_a_login() {
    let to = mail_to(&format!("{PERSON}@larkfield.example"));
    for mode in [Mode::Plain, Mode::StartTls, Mode::Tls] {
        let server = server(mode).await;
        let mailer = mailer(&server, mode);
        assert_eq!(send(&mailer, &to).await, Told::Sent);
        assert!(mailer.probe().await.is_fine());
        server.fails(At::Body, Fault::Say(format!("550 5.1.6 {PERSON} {CODE}")));
        assert!(matches!(send(&mailer, &to).await, Told::Refused(_)));
    }
    // Of this test, and of every other that ran so far.
    let log = log::lines();
    let why = "a mail was not sent error=handing the mail over: the server answered 550 5.1.6\n";
    assert_eq!(log.matches(why).count(), 3, "{log}");
    holds_none(&log, "the log");
}
