//! The inbox keeps mails as they came, reads them as a user would, and fails as it was told.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test may")]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use countersign_core::mail::Message;
use countersign_core::{LetterId, Locale, Mail, MailError, Mailer, SecretText, Timestamp};
use countersign_testkit::{Failing, Inbox, SeededRandom};

const AT: Timestamp = Timestamp::from_seconds(1_795_530_720);

fn mail(to: &str, message: Message) -> Mail {
    let letter = LetterId::draw(&SeededRandom::new(1)).unwrap();
    Mail::trial(letter, to.parse().unwrap(), &Locale::english(), "Larkfield 2026", message)
}

fn code(code: &str) -> Message {
    Message::LoginCode {
        code: SecretText::new(code.to_owned()),
        at: AT,
        until: Timestamp::from_seconds(1_795_531_320),
        client: Some("Firefox 12345678 on Windows".to_owned()),
        reference: Some("KXMT".to_owned()),
    }
}

fn invitation(link: &str) -> Message {
    let link = SecretText::new(link.to_owned());
    Message::Invitation { link, until: AT, invited_by: Some("Ada".to_owned()) }
}

fn send(inbox: &Inbox, mail: &Mail) -> Result<(), MailError> {
    pollster::block_on(inbox.send(mail))
}

#[test]
fn the_newest_code_and_the_newest_link_are_read_from_the_text() {
    let inbox = Inbox::new();
    let link = "https://portal.example/invite/csi1.abc-123456";
    for message in [code("123456"), code("00482913"), invitation(link)] {
        send(&inbox, &mail("ada@larkfield.example", message)).unwrap();
    }
    assert_eq!(inbox.code(), "00482913");
    assert_eq!(inbox.link(), link);
}

#[test]
fn mails_are_kept_in_order_and_by_address_and_clones_share_them() {
    let inbox = Inbox::new();
    let [ada, bo] = ["ada@larkfield.example", "bo@larkfield.example"];
    for (to, digits) in [(ada, "111111"), (bo, "222222"), (ada, "333333")] {
        send(&inbox.clone(), &mail(to, code(digits))).unwrap();
    }
    let texts = |mails: Vec<Mail>| -> Vec<bool> {
        mails.iter().map(|mail| mail.text().contains("333333")).collect()
    };
    assert_eq!(texts(inbox.mails()), [false, false, true]);
    assert_eq!(texts(inbox.to(&ada.parse().unwrap())), [false, true]);
    assert_eq!(inbox.last().unwrap().to().as_str(), ada);
    inbox.clear();
    assert!(inbox.mails().is_empty() && inbox.last().is_none());
}

#[test]
fn it_fails_as_often_and_in_the_way_it_was_told() {
    let inbox = Inbox::new();
    let mail = mail("ada@larkfield.example", code("482913"));
    inbox.fail_next(Failing::NotNow);
    inbox.fail_next(Failing::Refused);
    inbox.fail_next(Failing::Hang);
    assert!(matches!(send(&inbox, &mail), Err(MailError::NotNow(_))));
    assert!(matches!(send(&inbox, &mail), Err(MailError::Refused(_))));
    {
        let mut hanging = pin!(inbox.send(&mail));
        let mut context = Context::from_waker(Waker::noop());
        assert!((0..10).all(|_| hanging.as_mut().poll(&mut context).is_pending()));
    }
    assert!(inbox.mails().is_empty());
    send(&inbox, &mail).unwrap();
    assert_eq!(inbox.mails(), [mail]);
}

#[test]
#[should_panic(expected = "no login-code mail has arrived, only [\"invitation\"]")]
fn a_code_that_is_not_there_is_missed_with_what_is() {
    let inbox = Inbox::new();
    send(&inbox, &mail("ada@larkfield.example", invitation("https://x.example/"))).unwrap();
    let _ = inbox.code();
}

#[test]
fn debug_output_never_shows_a_code_or_an_address() {
    let inbox = Inbox::new();
    send(&inbox, &mail("ada@larkfield.example", code("482913"))).unwrap();
    let shown = format!("{inbox:?}");
    assert!(shown.contains("LoginCode"), "{shown}");
    assert!(!shown.contains("482913") && !shown.contains("ada@"), "{shown}");
}
