//! Nothing is said in the clear to a server that ought to be encrypted, and nothing to a stranger.

use std::time::Duration;

use countersign_core::DAY;
use countersign_smtp::SmtpMailer;
use countersign_testkit::FakeClock;

use crate::authority::{Authority, Kind};
use crate::server::{At, Fault, Mode, Server};
use crate::stage::{NOW, PATIENT, Told, address, authority, builder, mail, mailer, send, server};

#[tokio::test]
async fn a_mail_arrives_however_the_server_is_reached() {
    for mode in [Mode::Plain, Mode::StartTls, Mode::Tls] {
        let server = server(mode).await;
        assert_eq!(send(&mailer(&server, mode), &mail()).await, Told::Sent, "{mode:?}");
        let session = server.sessions().pop().unwrap();
        let clear = String::from_utf8_lossy(&session.said[..session.in_the_clear]).into_owned();
        match mode {
            Mode::StartTls => assert_eq!(clear, "EHLO [127.0.0.1]\r\nSTARTTLS\r\n"),
            Mode::Plain | Mode::Tls => assert_eq!(clear, "", "{mode:?}"),
        }
    }
}

#[tokio::test]
async fn both_ways_to_log_in_work() {
    for offer in ["AUTH PLAIN", "AUTH LOGIN", "AUTH CRAM-MD5 LOGIN", "AUTH=PLAIN"] {
        let server = server(Mode::Tls).await;
        server.offers(&[offer]);
        assert_eq!(send(&mailer(&server, Mode::Tls), &mail()).await, Told::Sent, "{offer}");
    }
    let server = server(Mode::Tls).await;
    server.offers(&["AUTH CRAM-MD5 XOAUTH2"]);
    let told = send(&mailer(&server, Mode::Tls), &mail()).await;
    let why = "logging in: the server does not offer the login PLAIN or LOGIN";
    assert_eq!(told, Told::NotNow(why.to_owned()));
}

#[tokio::test]
async fn a_certificate_that_does_not_fit_gets_no_mail_and_no_password() {
    for (kind, why) in [
        (Kind::Expired, "the certificate of the server has expired"),
        (Kind::NotYet, "the certificate of the server is not valid yet"),
        (Kind::ForAnother, "the certificate of the server is for another name"),
    ] {
        for mode in [Mode::StartTls, Mode::Tls] {
            let server = Server::start(mode, authority(), kind).await;
            let told = send(&mailer(&server, mode), &mail()).await;
            assert_eq!(told, Told::NotNow(format!("encrypting the connection: {why}")), "{mode:?}");
            says_nothing(&server);
        }
    }
}

#[tokio::test]
async fn a_stranger_gets_no_mail_and_no_password() {
    // One with a name of its own, and one with the name of an authority that we trust.
    let strangers = ["Oakmoor", "Larkfield"].map(Authority::new);
    for (stranger, mode) in strangers.iter().zip([Mode::StartTls, Mode::Tls]) {
        let server = Server::start(mode, stranger, Kind::Good).await;
        let told = send(&mailer(&server, mode), &mail()).await;
        let why =
            "encrypting the connection: the certificate of the server comes from nobody we trust";
        assert_eq!(told, Told::NotNow(why.to_owned()), "{mode:?}");
        says_nothing(&server);
    }
}

#[tokio::test]
async fn a_certificate_is_judged_by_the_clock_that_was_handed_in() {
    let server = server(Mode::Tls).await;
    let clock = FakeClock::at(NOW);
    // The certificates of the test end in the year 4096.
    (0..800).for_each(|_| clock.advance(1000 * DAY));
    let mailer = builder(&server, Mode::Tls).clock(clock).build().unwrap();
    let told = send(&mailer, &mail()).await;
    assert!(matches!(&told, Told::NotNow(why) if why.ends_with("has expired")), "{told:?}");
}

#[tokio::test]
async fn a_server_that_leaves_encryption_out_gets_no_mail_and_no_password() {
    // Somebody on the way took the offer out, or the server is not the one that was meant.
    let server = server(Mode::Plain).await;
    let mailer = mailer(&server, Mode::StartTls);
    let told = send(&mailer, &mail()).await;
    let why = "asking for encryption: the server does not offer STARTTLS";
    assert_eq!(told, Told::NotNow(why.to_owned()));
    says_nothing(&server);
}

#[tokio::test]
async fn what_was_said_before_the_encryption_is_not_read_after_it() {
    let server = server(Mode::StartTls).await;
    let whole = "250-mail.larkfield.example\r\n250 AUTH PLAIN";
    server.fails(At::StartTls, Fault::SayMore(whole.to_owned()));
    let told = send(&mailer(&server, Mode::StartTls), &mail()).await;
    let why = "asking for encryption: the server answered before it was asked";
    assert_eq!(told, Told::NotNow(why.to_owned()));
    says_nothing(&server);
}

#[tokio::test]
async fn a_password_is_not_said_to_another_machine_in_the_clear() {
    // The name of this machine is taken at its word only where it leads to this machine. A name that
    // leads elsewhere needs encryption, whatever else the URL says.
    let url = "smtp://portal:hunter2@192.0.2.1:25";
    let mailer = SmtpMailer::builder(url, address("security@larkfield.example"));
    let mailer = mailer.deadline(Duration::from_millis(100)).build().unwrap();
    assert!(format!("{mailer:?}").contains("StartTls"), "{mailer:?}");

    let dangerous = SmtpMailer::builder(url, address("security@larkfield.example"));
    let dangerous = dangerous.danger_unencrypted().build().unwrap();
    assert!(format!("{dangerous:?}").contains("Danger"), "{dangerous:?}");

    let server = server(Mode::Tls).await;
    let still = builder(&server, Mode::Tls).danger_unencrypted().deadline(PATIENT);
    assert_eq!(send(&still.build().unwrap(), &mail()).await, Told::Sent);
}

/// Nothing but what everybody may hear.
#[track_caller]
fn says_nothing(server: &Server) {
    for session in server.sessions() {
        let said = String::from_utf8_lossy(&session.said).into_owned();
        assert!(!said.contains("AUTH") && !said.contains("MAIL"), "{said}");
    }
    assert!(server.mails().is_empty());
}
