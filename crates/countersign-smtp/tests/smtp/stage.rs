//! A mailer in front of the test's mail server, and mails to send.

use std::sync::LazyLock;
use std::time::Duration;

use countersign_core::mail::{MailFailure, Message};
use countersign_core::{
    EmailAddress, LetterId, Locale, MINUTE, Mail, MailError, Mailer, SecretText, Timestamp,
};
use countersign_smtp::{SmtpError, SmtpMailer, SmtpMailerBuilder};
use countersign_testkit::{FakeClock, SeededRandom};

use crate::authority::{Authority, Kind};
use crate::log;
use crate::server::{Mode, Server};

/// What no error and no log may show.
pub(crate) const CODE: &str = "482913";
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_795_530_720);
/// Long enough that only a hang reaches it, on a machine with other work to do as well.
pub(crate) const PATIENT: Duration = Duration::from_secs(20);
pub(crate) const HASTY: Duration = Duration::from_millis(300);

static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new("Larkfield"));

pub(crate) fn authority() -> &'static Authority {
    &AUTHORITY
}

pub(crate) async fn server(mode: Mode) -> Server {
    log::keep();
    Server::start(mode, authority(), Kind::Good).await
}

/// A mailer for this server that has more to be said about.
pub(crate) fn builder(server: &Server, mode: Mode) -> SmtpMailerBuilder {
    let (scheme, query) = match mode {
        Mode::Plain => ("smtp", ""),
        Mode::StartTls => ("smtp", "?starttls=required"),
        Mode::Tls => ("smtps", ""),
    };
    let url = format!("{scheme}://portal:hunter2%2Fp%40ss@localhost:{}{query}", server.port);
    let sender = address("security@larkfield.example");
    SmtpMailer::builder(&url, sender)
        .sender_name("Larkfield Freight")
        .trust_pem(authority().pem().as_bytes())
        .clock(FakeClock::at(NOW))
        .deadline(PATIENT)
}

pub(crate) fn mailer(server: &Server, mode: Mode) -> SmtpMailer {
    builder(server, mode).build().unwrap()
}

pub(crate) fn address(address: &str) -> EmailAddress {
    address.parse().unwrap()
}

pub(crate) fn mail() -> Mail {
    mail_to("ada@larkfield.example")
}

pub(crate) fn mail_to(to: &str) -> Mail {
    trial(1, to, "en", "Larkfield Freight", code(None))
}

pub(crate) fn code(client: Option<&str>) -> Message {
    Message::LoginCode {
        code: SecretText::new(CODE.to_owned()),
        at: NOW,
        until: NOW.plus(10 * MINUTE),
        client: client.map(str::to_owned),
        reference: Some("KXMT".to_owned()),
    }
}

pub(crate) fn trial(seed: u64, to: &str, locale: &str, company: &str, message: Message) -> Mail {
    let letter = LetterId::draw(&SeededRandom::new(seed)).unwrap();
    let locale: Locale = locale.parse().unwrap();
    Mail::trial(letter, address(to), &locale, company, message)
}

pub(crate) async fn send(mailer: &SmtpMailer, mail: &Mail) -> Told {
    Told::from(mailer.send(mail).await)
}

/// What came of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Sent,
    NotNow(String),
    Refused(String),
}

impl From<Result<(), MailError>> for Told {
    fn from(told: Result<(), MailError>) -> Self {
        let sentence = |failure: &MailFailure| {
            failure.error().downcast_ref::<SmtpError>().expect("an error of ours").to_string()
        };
        match told {
            Ok(()) => Self::Sent,
            Err(MailError::NotNow(error)) => Self::NotNow(sentence(&error)),
            Err(MailError::Refused(error)) => Self::Refused(sentence(&error)),
        }
    }
}
