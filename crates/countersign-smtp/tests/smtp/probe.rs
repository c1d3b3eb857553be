//! What a probe says about servers, and that it sends no mail.

use countersign_smtp::{Finding, SmtpMailer};
use tokio::net::TcpListener;

use crate::authority::{Authority, Kind};
use crate::server::{At, Fault, Mode, Server};
use crate::stage::{HASTY, address, authority, builder, mailer, server};

#[tokio::test]
async fn a_good_server_is_described() {
    for (mode, encrypted) in [
        (Mode::Plain, "fine: not encrypted, which is fine on this machine"),
        (
            Mode::StartTls,
            "fine: encrypted with TLS 1.3, and the certificate of the server is trusted",
        ),
        (Mode::Tls, "fine: encrypted with TLS 1.3, and the certificate of the server is trusted"),
    ] {
        let server = server(mode).await;
        let probe = mailer(&server, mode).probe().await;
        assert!(probe.is_fine(), "{probe}");
        let expected = format!(
            "fine: connected to 127.0.0.1:{}\n{encrypted}\nfine: logged in with AUTH PLAIN\nfine: the \
             server takes mails from security@larkfield.example\nfine: the server takes mails to that \
             address as well",
            server.port
        );
        assert_eq!(probe.to_string(), expected);
        assert!(server.mails().is_empty(), "a probe sends no mail");
        let said = String::from_utf8(server.sessions()[0].said.clone()).unwrap();
        assert!(!said.contains("DATA") && said.ends_with("QUIT\r\n"), "{said}");
        assert_eq!(said.matches("RCPT").count(), 1, "{said}");
        assert!(
            said.contains("RCPT TO:<security@larkfield.example>"),
            "nobody else is named: {said}"
        );
    }
}

#[tokio::test]
async fn what_is_missing_is_said_and_is_not_wrong() {
    let server = server(Mode::Plain).await;
    server.offers(&["8BITMIME"]);
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let probe = SmtpMailer::from_url(&url, address("security@larkfield.example"));
    let probe = probe.unwrap().probe().await;
    assert!(probe.is_fine(), "{probe}");
    let notes: Vec<_> =
        probe.findings().iter().filter(|finding| matches!(finding, Finding::Note(_))).collect();
    assert_eq!(notes.len(), 2, "{probe}");
    assert!(notes[0].to_string().contains("not logged in"), "{probe}");
    assert!(notes[1].to_string().contains("SMTPUTF8"), "{probe}");
}

#[tokio::test]
async fn a_probe_says_what_a_server_would_do_with_a_mail_to_the_senders_own_address() {
    for (reply, fine, sentence) in [
        (
            "550 Sender verify failed",
            false,
            "wrong: naming the recipient: the server answered 550; the server refuses a mail to the \
             sender's own address, and so perhaps every mail: no address is marked for that, and each \
             mail is tried until its code ends; see in the log of the server whether it can verify the \
             sender, may relay, or limits us",
        ),
        (
            "550 5.1.1 no such user",
            true,
            "note: naming the recipient: the server answered 550 5.1.1: the sender's address takes no \
             mail, so answers and bounces are lost; give a reply_to that is read",
        ),
        (
            "451 4.7.1 greylisted",
            true,
            "note: naming the recipient: the server answered 451 4.7.1 for the sender's own address: \
             such a mail is tried again until its code ends",
        ),
    ] {
        let server = server(Mode::Plain).await;
        server.fails(At::Recipient, Fault::Say(reply.to_owned()));
        let probe = mailer(&server, Mode::Plain).probe().await;
        assert_eq!(probe.is_fine(), fine, "{probe}");
        assert_eq!(probe.findings().last().unwrap().to_string(), sentence);
    }
}

#[tokio::test]
async fn danger_is_named_where_it_was_asked_for() {
    let server = server(Mode::Plain).await;
    // As to another machine, which this one stands for.
    let mailer = builder(&server, Mode::StartTls).danger_unencrypted().build().unwrap();
    let probe = mailer.probe().await;
    assert!(probe.is_fine(), "{probe}");
    let note =
        "note: not encrypted: codes and links can be read on the way; take out danger_unencrypted";
    assert!(probe.to_string().contains(note), "{probe}");
}

#[tokio::test]
async fn what_is_wrong_is_said_in_one_sentence_with_what_to_do() {
    let check = async |server: Server, mode, sentence: &str| {
        let mailer = builder(&server, mode).deadline(HASTY * 3).build().unwrap();
        let probe = mailer.probe().await;
        assert!(!probe.is_fine(), "{probe}");
        let last = probe.findings().last().unwrap().to_string();
        assert_eq!(last, sentence);
    };
    let failing = async |mode, at, fault| {
        let server = server(mode).await;
        server.fails(at, fault);
        server
    };
    let say = |reply: &str| Fault::Say(reply.to_owned());
    let with = async |mode, kind| Server::start(mode, authority(), kind).await;

    check(
        server(Mode::Plain).await,
        Mode::StartTls,
        "wrong: asking for encryption: the server does not offer STARTTLS; if the server speaks TLS \
         from the first byte, write smtps in the URL; if it cannot encrypt at all, let no codes \
         travel over it",
    )
    .await;
    check(
        server(Mode::Plain).await,
        Mode::Tls,
        "wrong: encrypting the connection: the server and we cannot agree on TLS; if the server \
         begins without TLS, write smtp in the URL",
    )
    .await;
    check(
        server(Mode::Tls).await,
        Mode::StartTls,
        "wrong: waiting for the greeting: it took longer than the deadline; if the server speaks TLS \
         from the first byte, write smtps in the URL; else see that a mail server listens at this \
         port",
    )
    .await;
    check(
        Server::start(Mode::Tls, &Authority::new("Oakmoor"), Kind::Good).await,
        Mode::Tls,
        "wrong: encrypting the connection: the certificate of the server comes from nobody we trust; \
         if the certificate comes from an authority of your own, add it with trust_pem",
    )
    .await;
    check(
        with(Mode::StartTls, Kind::Expired).await,
        Mode::StartTls,
        "wrong: encrypting the connection: the certificate of the server has expired; renew the \
         certificate, and see that the clock of this machine is right",
    )
    .await;
    check(
        with(Mode::Tls, Kind::ForAnother).await,
        Mode::Tls,
        "wrong: encrypting the connection: the certificate of the server is for another name; write \
         the name that the certificate is for in the URL",
    )
    .await;
    check(
        failing(Mode::Tls, At::Login, say("535 5.7.8 portal hunter2/p@ss")).await,
        Mode::Tls,
        "wrong: logging in: the server answered 535 5.7.8; see that user name and password in the \
         URL are right and percent-encoded",
    )
    .await;
    check(
        failing(Mode::Tls, At::Sender, say("553 5.7.1 not yours")).await,
        Mode::Tls,
        "wrong: naming the sender: the server answered 553 5.7.1; see that this login may send as the \
         sender's address",
    )
    .await;
    check(
        failing(Mode::Tls, At::Hello, Fault::Hang).await,
        Mode::Plain,
        "wrong: waiting for the greeting: it took longer than the deadline; if the server speaks TLS \
         from the first byte, write smtps in the URL; else see that a mail server listens at this \
         port",
    )
    .await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_so() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let sender = address("security@larkfield.example");
    let mailer = SmtpMailer::from_url(&format!("smtp://{free}"), sender).unwrap();
    assert_eq!(
        mailer.probe().await.to_string(),
        "wrong: connecting to the mail server: connection refused; see that the server runs, and that \
         host and port in the URL are right"
    );
}
