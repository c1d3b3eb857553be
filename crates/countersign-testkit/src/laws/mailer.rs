//! The contract of [`Mailer`](countersign_core::Mailer), sentence by sentence.

use std::error::Error;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use countersign_core::mail::Message;
use countersign_core::{
    DAY, EmailAddress, HOUR, LetterId, Locale, MINUTE, Mail, MailError, SecretText, Timestamp,
};

use super::scene::{address, word};
use crate::fail::{fail, must};
use crate::mailer::{Arrived, MailerSubject, Treatment};
use crate::race::{beside, pause};
use crate::random::SeededRandom;

const CODE: &str = "482913";
const AT: Timestamp = Timestamp::from_seconds(1_795_530_720);

/// Addresses that something on the way might take for others.
const ADDRESSES: [&str; 6] = [
    "ada@larkfield.example",
    "Ada.Lovelace@larkfield.example",
    "ada+tag@larkfield.example",
    "o'brien=x/y!%{z}|~@sub.larkfield.example",
    "a-@xn--mller-kva.example",
    "0123456789.0123456789.0123456789.0123456789.0123456789@larkfield.example",
];

/// *The mail goes to exactly one address, the one of [`Mail::to`], byte for byte.*
///
/// A service may be unable to reach an address in another script. Then the mail goes to nobody.
pub async fn a_mail_goes_to_exactly_its_address(subject: &MailerSubject) {
    for to in ADDRESSES {
        let told = sends(subject, &code_mail(address(to))).await;
        must(told, "send a mail to an ordinary address");
        let arrived = subject.service().arrived().await;
        let newest = arrived.last().map(|arrived| &arrived.recipients[..]);
        assert_eq!(newest, Some(&[to.to_owned()][..]), "a mail went to others than its address");
    }
    let to = "zoë@larkfield.example";
    let before = subject.service().arrived().await.len();
    let told = sends(subject, &code_mail(address(to))).await;
    let arrived = subject.service().arrived().await;
    for new in arrived.iter().skip(before) {
        assert_eq!(new.recipients, [to], "a mail went to others than its address");
    }
    assert!(told.is_err() || arrived.len() > before, "a mail was sent and has not arrived");
}

/// *A mailer sends subject, text and HTML as they are*: nothing is lost on the way, in whatever
/// language and however long the lines are.
pub async fn what_arrives_is_what_was_written(subject: &MailerSubject) {
    for (number, mail) in mails().iter().enumerate() {
        must(sends(subject, mail).await, "send a mail");
        let arrived = subject.service().arrived().await;
        let Some(newest) = arrived.last().filter(|_| arrived.len() == number + 1) else {
            fail("a mail that was sent did not arrive")
        };
        assert_is(newest, mail);
    }
}

/// *`Ok` means that the service took responsibility for it.*
pub async fn a_mail_that_was_sent_has_arrived(subject: &MailerSubject) {
    let mail = code_mail(address("ada@larkfield.example"));
    for treatment in [
        Treatment::FailForNow,
        Treatment::Accept,
        Treatment::BreakOff,
        Treatment::RefuseForGood,
        Treatment::Accept,
    ] {
        subject.service().treats_mails(treatment).await;
        let before = subject.service().arrived().await.len();
        let told = sends(subject, &mail).await;
        let arrived = subject.service().arrived().await.len();
        match told {
            Ok(()) => assert_eq!(arrived, before + 1, "a mail was sent and has not arrived"),
            Err(error) => assert!(
                treatment != Treatment::Accept,
                "the service takes mails, and the mailer says: {error}"
            ),
        }
    }
}

/// *An error is `Refused` only where the service will never take this mail for this address.*
pub async fn an_address_refused_for_good_is_refused(subject: &MailerSubject) {
    let told = sends_under(subject, Treatment::RefuseForGood).await;
    assert!(
        matches!(told, Err(MailError::Refused(_))),
        "the service refused the address for good, and the mailer says {told:?}"
    );
}

/// *Everything else is `NotNow`, and the courier tries again.*
pub async fn a_failure_is_not_now(subject: &MailerSubject) {
    let told = sends_under(subject, Treatment::FailForNow).await;
    assert!(
        matches!(told, Err(MailError::NotNow(_))),
        "the service takes no mail at the moment, and the mailer says {told:?}"
    );
    subject.service().treats_mails(Treatment::Accept).await;
    let told = sends(subject, &code_mail(address("ada@larkfield.example"))).await;
    must(told, "send a mail when the service is well again");
}

/// *Everything else, also doubt, is `NotNow`.*
pub async fn doubt_is_not_now(subject: &MailerSubject) {
    let told = sends_under(subject, Treatment::BreakOff).await;
    assert!(
        matches!(told, Err(MailError::NotNow(_))),
        "the service broke off before it said anything, and the mailer says {told:?}"
    );
}

/// *The call ends by itself within a bounded time.*
pub async fn a_call_ends_by_itself(subject: &MailerSubject) {
    let service = subject.service();
    service.treats_mails(Treatment::Hang).await;
    let mailer = service.mailer();
    let mail = code_mail(address("ada@larkfield.example"));
    let call = beside(subject.drive(), async move { mailer.send(&mail).await });
    // A pause is a millisecond or more. A second on top is for a busy machine.
    for _ in 0..service.longest_call().as_millis() + 1000 {
        if call.has_ended() {
            let told = call.end().await;
            assert!(
                matches!(told, Err(MailError::NotNow(_))),
                "the service said nothing, and the mailer says {told:?}"
            );
            return;
        }
        pause().await;
    }
    fail("the service hangs, and so does the mailer")
}

/// *A dropped call harms no later one.*
pub async fn a_dropped_call_harms_no_later_one(subject: &MailerSubject) {
    let service = subject.service();
    let mails = mails();
    let dropped = code_mail(address("dropped@larkfield.example"));
    let points = [(Treatment::Accept, 0), (Treatment::Hang, 0), (Treatment::Hang, 20)];
    for ((treatment, pauses), mail) in points.into_iter().zip(&mails) {
        service.treats_mails(treatment).await;
        drop_after(pauses, subject, &dropped).await;
        service.treats_mails(Treatment::Accept).await;
        let before = service.arrived().await.len();
        must(sends(subject, mail).await, "send a mail after a call was dropped");
        let arrived = service.arrived().await;
        let new: Vec<_> = arrived.iter().skip(before).collect();
        let ours: Vec<_> =
            new.iter().filter(|new| new.recipients == [mail.to().as_str()]).collect();
        let [ours] = ours[..] else { fail("after a dropped call a mail does not arrive once") };
        assert_is(ours, mail);
        assert!(
            new.iter().all(|new| new.recipients.len() == 1),
            "after a dropped call a mail goes to several addresses"
        );
    }
}

/// *Sending the same mail again is allowed: at least once, the same code each time.*
pub async fn the_same_mail_may_be_sent_again(subject: &MailerSubject) {
    let mail = code_mail(address("ada@larkfield.example"));
    for sent in 1..=3 {
        must(sends(subject, &mail).await, "send a mail again");
        let arrived = subject.service().arrived().await;
        assert_eq!(arrived.len(), sent, "a mail was not handed over again");
        arrived.iter().for_each(|arrived| assert_is(arrived, &mail));
    }
}

/// *The mail goes to exactly one address*, also where many are sent at once through one mailer.
pub async fn mails_sent_at_once_do_not_mix(subject: &MailerSubject) {
    let mails = mails();
    let calls: Vec<_> = mails
        .iter()
        .map(|mail| {
            let mailer = subject.service().mailer();
            let mail = mail.clone();
            beside(subject.drive(), async move { mailer.send(&mail).await })
        })
        .collect();
    for call in calls {
        must(call.end().await, "send several mails at once");
    }
    let arrived = subject.service().arrived().await;
    assert_eq!(arrived.len(), mails.len(), "of mails sent at once some are missing, or come twice");
    for mail in &mails {
        let to = mail.to().as_str();
        let Some(arrived) = arrived.iter().find(|arrived| arrived.recipients == [to]) else {
            fail("of mails sent at once one did not go to its address alone")
        };
        assert_is(arrived, mail);
    }
}

/// *It holds no part of the mail*: errors end up in logs, codes and addresses must not.
pub async fn an_error_holds_no_part_of_the_mail(subject: &MailerSubject) {
    let mail = code_mail(address("somebody@larkfield.example"));
    for treatment in [Treatment::RefuseForGood, Treatment::FailForNow, Treatment::BreakOff] {
        subject.service().treats_mails(treatment).await;
        let Err(error) = sends(subject, &mail).await else {
            fail(format_args!("the service does {treatment:?}, and the mailer says that it sent"))
        };
        let mut said = format!("{error:?}");
        let mut cause: Option<&dyn Error> = Some(&error);
        while let Some(error) = cause {
            said.push_str(&format!("\n{error}\n{error:?}"));
            cause = error.source();
        }
        for part in [CODE, "somebody"] {
            assert!(!said.contains(part), "an error of the mailer holds a part of the mail");
        }
    }
}

async fn sends(subject: &MailerSubject, mail: &Mail) -> Result<(), MailError> {
    let mailer = subject.service().mailer();
    mailer.send(mail).await
}

/// Sends one mail under this treatment. Nothing may arrive that the service did not take.
async fn sends_under(subject: &MailerSubject, treatment: Treatment) -> Result<(), MailError> {
    subject.service().treats_mails(treatment).await;
    sends(subject, &code_mail(address("ada@larkfield.example"))).await
}

/// Polls the call once, and then for this many pauses, and drops it if it has not ended.
async fn drop_after(pauses: usize, subject: &MailerSubject, mail: &Mail) {
    let mut call = pin!(sends(subject, mail));
    for round in 0..=pauses {
        let mut pause = pin!(pause());
        let ended = std::future::poll_fn(|context| {
            if call.as_mut().poll(context).is_ready() || round == pauses {
                return Poll::Ready(true);
            }
            pause.as_mut().poll(context).map(|()| false)
        });
        if ended.await {
            return;
        }
    }
}

#[track_caller]
fn assert_is(arrived: &Arrived, mail: &Mail) {
    assert_eq!(arrived.recipients, [mail.to().as_str()], "a mail went to others than its address");
    // Compared and not shown: the parts hold codes and links.
    assert!(arrived.subject == mail.subject(), "the subject of a mail was changed on the way");
    assert!(
        lines(&arrived.text) == lines(mail.text()),
        "the text of a mail was changed on the way"
    );
    assert!(
        lines(&arrived.html) == lines(mail.html()),
        "the HTML of a mail was changed on the way"
    );
}

/// The lines, however they end on the way.
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().collect()
}

/// A mail with a code. No two have one letter, which a service may take for the key of what it sends
/// once.
fn code_mail(to: EmailAddress) -> Mail {
    static NUMBER: AtomicU64 = AtomicU64::new(1_000);
    let code = SecretText::new(CODE.to_owned());
    let until = AT.plus(10 * MINUTE);
    let message = Message::LoginCode { code, at: AT, until, client: None, reference: None };
    write(NUMBER.fetch_add(1, Ordering::Relaxed), to, "en", "Larkfield Freight", message)
}

/// Mails of several kinds and languages, each to an address of its own.
fn mails() -> Vec<Mail> {
    let code = |code: &str| Message::LoginCode {
        code: SecretText::new(code.to_owned()),
        at: AT,
        until: AT.plus(10 * MINUTE),
        client: Some("Zoë's Firefox <on> \"Windows\" & more 🦆".to_owned()),
        reference: Some("KXMT".to_owned()),
    };
    let long = format!("https://portal.example/invite/csi1.{}", "a=.b_C-9".repeat(120));
    let invitation = Message::Invitation {
        link: SecretText::new(long),
        until: AT.plus(7 * DAY),
        invited_by: Some("Грейс Хоппер".to_owned()),
    };
    let reset = Message::MfaReset {
        at: AT,
        by: "Ada".to_owned(),
        reason: Some(".".repeat(10) + &"verloren ".repeat(20)),
    };
    let company = "日本通運 & Söhne, \"Freight\" = 100 %";
    let written = [
        ("en", "Larkfield Freight", code("000042")),
        ("de", company, code("48291377")),
        ("de", company, invitation),
        ("en", company, reset),
        ("en", "x", Message::Locked { at: AT, until: AT.plus(HOUR) }),
    ];
    (2..)
        .zip(ADDRESSES)
        .zip(written)
        .map(|((seed, to), (locale, company, message))| {
            write(seed, address(to), locale, company, message)
        })
        .collect()
}

fn write(seed: u64, to: EmailAddress, locale: &str, company: &str, message: Message) -> Mail {
    let letter = must(LetterId::draw(&SeededRandom::new(seed)), "draw a letter id");
    Mail::trial(letter, to, &word::<Locale>(locale), company, message)
}
