//! The courier on tokio: `courier.run(tokio::time::sleep)`, and nothing around it.

use countersign_core::MINUTE;
use countersign_core::policy::AddressState;
use tokio::time::timeout;

use crate::portal::{World, begin, found_company, passes, until};
use crate::server::{At, Fault, Mode};
use crate::stage::{PATIENT, mailer, server};
use crate::transcript::read;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_sent_as_soon_as_it_is_asked_for() {
    let world = World::new();
    let server = server(Mode::StartTls).await;
    let (mfa, courier) = world.process(mailer(&server, Mode::StartTls));
    found_company(&mfa).await;
    let post = tokio::spawn(courier.run(tokio::time::sleep));
    let ticket = begin(&mfa).await;
    // Far less than the minute after which the courier looks by itself.
    timeout(PATIENT, until(|| server.mails().len() == 1)).await.expect("the mail arrives");
    let mail = server.mails().remove(0);
    assert_eq!(mail.to, ["ada@larkfield.example"]);
    assert!(passes(&mfa, &ticket, &read(&mail.raw).text).await);
    post.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courier_that_is_stopped_within_a_mail_loses_nothing() {
    for at in [At::Greeting, At::Recipient, At::Body] {
        let world = World::new();
        let server = server(Mode::StartTls).await;
        let (mfa, courier) = world.process(mailer(&server, Mode::StartTls));
        found_company(&mfa).await;
        server.fails(at, Fault::Hang);
        let post = tokio::spawn(courier.run(tokio::time::sleep));
        let ticket = begin(&mfa).await;
        let hangs = || server.sessions().first().is_some_and(|session| session.failed);
        timeout(PATIENT, until(hangs)).await.expect("a send begins");
        post.abort();
        assert!(post.await.unwrap_err().is_cancelled());

        // The next process finds the letter when the lease of the first has ended.
        server.is_well();
        let (mfa, courier) = world.process(mailer(&server, Mode::StartTls));
        assert_eq!(courier.drain().await.unwrap().sent, 0, "{at:?}: the letter is held");
        world.clock.advance(2 * MINUTE);
        assert_eq!(courier.drain().await.unwrap().sent, 1, "{at:?}");
        let mails = server.mails();
        assert_eq!(mails.len(), 1, "{at:?}");
        assert!(passes(&mfa, &ticket, &read(&mails[0].raw).text).await, "{at:?}");
    }
}

#[tokio::test]
async fn a_wrong_login_at_the_mail_server_marks_nobody() {
    let world = World::new();
    let server = server(Mode::StartTls).await;
    let (mfa, courier) = world.process(mailer(&server, Mode::StartTls));
    found_company(&mfa).await;
    let ticket = begin(&mfa).await;
    let before = format!("{:?}", world.account().await);
    for (at, reply) in [
        (At::Login, "535 5.7.8 no such login"),
        (At::Sender, "550 5.1.1 no such sender"),
        (At::Recipient, "554 5.7.1 relay access denied"),
        (At::Body, "550 5.7.1 this looks like spam"),
    ] {
        server.fails(at, Fault::Say(reply.to_owned()));
        let drained = courier.drain().await.unwrap();
        assert_eq!((drained.sent, drained.refused, drained.delayed), (0, 0, 1), "{at:?}");
        assert_eq!(format!("{:?}", world.account().await), before, "{at:?}");
        world.clock.advance(MINUTE);
    }
    server.is_well();
    assert_eq!(courier.drain().await.unwrap().sent, 1);
    assert!(passes(&mfa, &ticket, &read(&server.mails()[0].raw).text).await);
}

#[tokio::test]
async fn a_refusal_without_a_status_marks_nobody_and_the_mail_is_tried_again() {
    let world = World::new();
    let server = server(Mode::StartTls).await;
    let (mfa, courier) = world.process(mailer(&server, Mode::StartTls));
    found_company(&mfa).await;
    let ticket = begin(&mfa).await;
    let before = format!("{:?}", world.account().await);
    for reply in [
        "550 Sender verify failed",
        "550 relay not permitted",
        "550 too many mails in an hour",
        "550 this looks like spam",
        "551 user not local",
        "553 sorry, not in my list of hosts",
    ] {
        server.fails(At::Recipient, Fault::Say(reply.to_owned()));
        let drained = courier.drain().await.unwrap();
        assert_eq!((drained.sent, drained.refused, drained.delayed), (0, 0, 1), "{reply}");
        assert_eq!(format!("{:?}", world.account().await), before, "{reply}");
        world.clock.advance(drained.wait.expect("the mail waits"));
    }
    server.is_well();
    assert_eq!(courier.drain().await.unwrap().sent, 1);
    assert!(passes(&mfa, &ticket, &read(&server.mails()[0].raw).text).await);
}

#[tokio::test]
async fn an_address_that_the_server_refuses_is_marked() {
    let world = World::new();
    let server = server(Mode::StartTls).await;
    let (mfa, courier) = world.process(mailer(&server, Mode::StartTls));
    found_company(&mfa).await;
    let _ = begin(&mfa).await;
    server.fails(At::Recipient, Fault::Say("550 5.1.1 no such user".to_owned()));
    let drained = courier.drain().await.unwrap();
    assert_eq!((drained.sent, drained.refused, drained.delayed), (0, 1, 0));
    let state = world.account().await.facts().address;
    assert_eq!(state, AddressState::Refused);
}
