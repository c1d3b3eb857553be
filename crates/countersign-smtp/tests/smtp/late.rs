//! An answer that comes late must not be taken for the answer to another mail.
//!
//! This is how a mail is lost without a word: a send is given up while the server still thinks about
//! it, the connection is used again, and from then on every answer is one too late.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::server::{At, Fault, Mode};
use crate::stage::{HASTY, Told, builder, mail_to, mailer, send, server};

const REFUSED: &str = "554 5.1.1 no such user";

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_to_a_dropped_mail_is_not_taken_for_the_next_one() {
    for at in [At::Greeting, At::Login, At::Recipient, At::Data, At::Body] {
        let server = server(Mode::StartTls).await;
        let mailer = mailer(&server, Mode::StartTls);
        let bell = Arc::new(Notify::new());
        let reply = match at {
            At::Greeting => "220 hello",
            At::Login => "235 welcome",
            At::Data => "354 go ahead",
            _ => "250 fine",
        };
        server.fails(at, Fault::SayWhen(Arc::clone(&bell), reply.to_owned()));

        // The host gives up, as one does whose visitor has left.
        let first = timeout(HASTY, send(&mailer, &mail_to("ada@larkfield.example"))).await;
        assert!(first.is_err(), "{at:?}: the server has not answered yet");

        server.fails(At::Body, Fault::Say(REFUSED.to_owned()));
        bell.notify_one();
        let second = send(&mailer, &mail_to("ben@larkfield.example")).await;
        assert!(
            matches!(second, Told::Refused(_)),
            "{at:?}: the server refused, we say {second:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_after_our_own_deadline_is_not_taken_for_the_next_one() {
    let server = server(Mode::StartTls).await;
    let mailer = builder(&server, Mode::StartTls)
        .final_dot_deadline(Duration::from_millis(500))
        .build()
        .unwrap();
    let bell = Arc::new(Notify::new());
    server.fails(At::Body, Fault::SayWhen(Arc::clone(&bell), "250 taken".to_owned()));
    let first = send(&mailer, &mail_to("ada@larkfield.example")).await;
    assert!(matches!(first, Told::NotNow(_)), "{first:?}");

    server.fails(At::Body, Fault::Say(REFUSED.to_owned()));
    bell.notify_one();
    let second = send(&mailer, &mail_to("ben@larkfield.example")).await;
    assert!(matches!(second, Told::Refused(_)), "the server refused, we say {second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_thinks_longer_than_a_mail_may_take_gets_no_copy() {
    let server = server(Mode::StartTls).await;
    let bell = Arc::new(Notify::new());
    server.fails(At::Body, Fault::SayWhen(Arc::clone(&bell), "250 taken".to_owned()));
    let mailer = builder(&server, Mode::StartTls).deadline(HASTY * 3).build().unwrap();
    let sending = mail_to("ada@larkfield.example");
    let mut sending = std::pin::pin!(send(&mailer, &sending));
    let early = timeout(HASTY * 6, &mut sending).await;
    assert!(early.is_err(), "a mail that the server has whole was given up: {early:?}");
    bell.notify_one();
    assert_eq!(sending.await, Told::Sent);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_too_many_is_not_taken_for_the_next_one() {
    // From the first of these on, every answer would be read one step too early, and the refusal at
    // the end not at all.
    for at in [At::Greeting, At::Hello, At::StartTls, At::HelloAgain, At::Login, At::Sender] {
        let server = server(Mode::StartTls).await;
        server.fails(at, Fault::SayMore("250 2.0.0 fine".to_owned()));
        let told = send(&mailer(&server, Mode::StartTls), &mail_to("ada@larkfield.example")).await;
        let Told::NotNow(why) = told else { panic!("{at:?}: {told:?}") };
        assert!(why.ends_with("the server answered before it was asked"), "{at:?}: {why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_answer_that_a_step_waits_for_lets_it_go_on() {
    for (at, reply) in [
        (At::Greeting, "250 fine"),
        (At::Hello, "220 fine"),
        (At::StartTls, "250 fine"),
        (At::Login, "250 fine"),
        (At::Login, "334 "),
        (At::Sender, "354 go ahead"),
        (At::Recipient, "354 go ahead"),
        (At::Data, "250 fine"),
        (At::Body, "354 go ahead"),
        (At::Body, "220 fine"),
    ] {
        let server = server(Mode::StartTls).await;
        server.fails(at, Fault::Say(reply.to_owned()));
        let told = send(&mailer(&server, Mode::StartTls), &mail_to("ada@larkfield.example")).await;
        assert!(matches!(told, Told::NotNow(_)), "{at:?} {reply}: {told:?}");
        assert_eq!(server.mails().len(), 0, "{at:?} {reply}");
    }
}
