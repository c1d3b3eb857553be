//! No text of anybody becomes a recipient, a header, or a second mail.
//!
//! Each mail goes through a whole conversation whose every byte is recorded, and the record is read as
//! strictly as RFC 5321 allows and as loosely as any server has been caught doing.

use countersign_core::mail::Message;
use countersign_core::{DisplayName, EmailAddress, Mail, SecretText};

use crate::headers::HEADERS;
use crate::server::{Mode, Server};
use crate::stage::{NOW, Told, builder, code, mailer, send, server, trial};
use crate::transcript::{dissect, read};

const HOSTILE: [&str; 22] = [
    "\r\n.\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\n",
    "\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\nhi\r\n.\r\n",
    "\n.\nMAIL FROM:<eve@evil.example>\n",
    "\n.\r\nMAIL FROM:<eve@evil.example>\r\n",
    "\r\n.\nMAIL FROM:<eve@evil.example>\r\n",
    "\r.\rMAIL FROM:<eve@evil.example>\r",
    "\r\n.\rRSET\r\n",
    ".\r\n.",
    ".",
    "..",
    "\r\nBcc: eve@evil.example\r\n\r\n<h1>hi</h1>",
    "\nBcc: eve@evil.example",
    "\rBcc: eve@evil.example",
    "x\u{85}Bcc: eve@evil.example",
    "x\u{2028}Bcc: eve@evil.example\u{2029}",
    "x\u{b}Bcc: eve@evil.example\u{c}",
    "\0\u{7}\u{1b}[2J\u{7f}",
    "=?utf-8?q?=0D=0ABcc:_eve=40evil.example?=",
    "=?utf-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?= \u{202e}txet",
    "--=_boundary\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    "eve@evil.example, \"Ada\" <ada@evil.example>; a:b;",
    "<img src=x onerror=alert(1)>&\"'",
];

fn hostile() -> Vec<String> {
    let mut all: Vec<_> = HOSTILE.map(str::to_owned).to_vec();
    all.push("A".repeat(100_000));
    all.push(format!("{}\r\n.\r\nRCPT TO:<eve@evil.example>", "A".repeat(997)));
    all.push("\u{1f986}".repeat(400));
    all
}

/// One mail for one address, whatever stands in it.
async fn check(server: &Server, mailer: &countersign_smtp::SmtpMailer, mail: &Mail, what: &str) {
    let to = mail.to().as_str();
    assert_eq!(send(mailer, mail).await, Told::Sent, "{what}");
    let session = server.sessions().pop().unwrap();
    let (commands, wire) = dissect(&session);
    let expected = [
        "EHLO [127.0.0.1]".to_owned(),
        "AUTH PLAIN AHBvcnRhbABodW50ZXIyL3BAc3M=".to_owned(),
        format!(
            "MAIL FROM:<security@larkfield.example>{}",
            if to.is_ascii() { "" } else { " SMTPUTF8" }
        ),
        format!("RCPT TO:<{to}>"),
        "QUIT".to_owned(),
    ];
    assert_eq!(commands, expected, "{what}");
    assert_eq!(session.mails.len(), 1, "{what}");
    assert_eq!(session.mails[0].from, "security@larkfield.example", "{what}");
    assert_eq!(session.mails[0].to, [to], "{what}");
    assert!(to.is_ascii() == wire.is_ascii(), "{what}");

    let written = read(&session.mails[0].raw);
    let mut names = written.headers.clone();
    names.sort_unstable();
    let mut expected: Vec<_> = HEADERS.into_iter().filter(|name| *name != "Reply-To").collect();
    expected.sort_unstable();
    assert_eq!(names, expected, "{what}");
    // Literally, since readers differ about an address that looks like encoded text.
    let head = String::from_utf8_lossy(&session.mails[0].raw).into_owned();
    assert_eq!(head.matches(&format!("\r\nTo: {to}\r\n")).count(), 1, "{what}");
    assert_eq!(written.to.len(), 1, "{what}");
    assert_eq!(written.from.len(), 1, "{what}");
    assert_eq!(written.subject, mail.subject(), "{what}");
    assert!(!written.subject.chars().any(char::is_control), "{what}");
    assert!(!written.html.contains("<script") && !written.html.contains("<img"), "{what}");
}

#[tokio::test]
async fn no_text_of_anybody_becomes_a_recipient_a_header_or_a_second_mail() {
    let server = server(Mode::Plain).await;
    let mailer = mailer(&server, Mode::Plain);
    let to = "ada@larkfield.example";
    for (seed, text) in (0..).zip(hostile()) {
        let shown: String = text.chars().take(60).collect();
        for (field, company, message) in [
            ("company", text.as_str(), code(None)),
            ("browser", "Larkfield Freight", code(Some(&text))),
            (
                "reason",
                "Larkfield Freight",
                Message::MfaReset { at: NOW, by: text.clone(), reason: Some(text.clone()) },
            ),
            (
                "link",
                "Larkfield Freight",
                Message::Invitation {
                    link: SecretText::new(format!("https://portal.example/{text}")),
                    until: NOW,
                    invited_by: Some(text.clone()),
                },
            ),
        ] {
            let mail = trial(seed, to, "en", company, message);
            check(&server, &mailer, &mail, &format!("{field}: {shown:?}")).await;
        }
    }
}

#[tokio::test]
async fn an_odd_address_is_the_one_recipient_or_is_never_stored() {
    let server = server(Mode::Plain).await;
    let mailer = mailer(&server, Mode::Plain);
    for to in [
        "o'brien=x/y!%{z}|~@sub.larkfield.example",
        "=?utf-8?q?eve=40evil?=@larkfield.example",
        "a#$%&*+^_`{|}~@larkfield.example",
        "0123456789012345678901234567890123456789012345678901234567890123@larkfield.example",
        "zoë@larkfield.example",
        "m\u{131}ke@larkfield.example",
        "日本@larkfield.example",
    ] {
        check(&server, &mailer, &trial(7, to, "en", "Larkfield Freight", code(None)), to).await;
    }
    let long = format!("ada@{}example", "a23456789.".repeat(24));
    check(&server, &mailer, &trial(7, &long, "en", "Larkfield Freight", code(None)), &long).await;

    for text in hostile() {
        for to in [format!("ada{text}@larkfield.example"), format!("ada@larkfield.example{text}")] {
            // A dot may stand in a name; what is taken is one mailbox and nothing else.
            match EmailAddress::new(&to) {
                Err(_) => {}
                Ok(address) => {
                    let mail = trial(7, address.as_str(), "en", "Larkfield Freight", code(None));
                    check(&server, &mailer, &mail, &to).await;
                }
            }
        }
    }
    for to in [
        "eve@evil.example,ada@larkfield.example",
        "\"ada@evil.example\" @larkfield.example",
        "ada@larkfield.example> SIZE=1",
        "ada@larkfield.example>\r\nRCPT TO:<eve@evil.example",
        "-oQ/tmp@larkfield.example",
    ] {
        assert!(EmailAddress::new(to).is_err(), "{to:?}");
    }
}

#[tokio::test]
async fn no_setting_of_the_host_becomes_a_header_or_a_command() {
    let server = server(Mode::Plain).await;
    for name in hostile() {
        let shown: String = name.chars().take(60).collect();
        let Ok(mailer) = builder(&server, Mode::Plain).sender_name(name.as_str()).build() else {
            assert!(DisplayName::new(name.as_str()).is_err(), "{shown:?} is a name");
            continue;
        };
        assert!(DisplayName::new(name.as_str()).is_ok(), "{shown:?} is no name");
        let mail = trial(9, "ada@larkfield.example", "en", "Larkfield Freight", code(None));
        check(&server, &mailer, &mail, &shown).await;
        let written = read(&server.mails().pop().unwrap().raw);
        assert_eq!(written.from[0].1, "security@larkfield.example", "{shown:?}");
    }
    for name in ["Larkfield\u{202e}thgierF", "Lark\u{200b}field", "\u{200d}", "", "two\nlines"] {
        let error = builder(&server, Mode::Plain).sender_name(name).build().unwrap_err();
        assert!(error.to_string().starts_with("the sender's name "), "{error}");
    }
    for hello in ["", "a b", "a\r\nMAIL FROM:<eve@evil.example>", "mäil.example", &"a".repeat(300)]
    {
        assert!(builder(&server, Mode::Plain).hello(hello).build().is_err(), "{hello:?}");
    }
}
