//! The headers of a mail: these, in this order, and no others.

use countersign_core::mail::Message;
use countersign_core::{SecretText, Timestamp};
use countersign_testkit::FakeClock;

use crate::server::{Mode, Server};
use crate::stage::{NOW, Told, address, builder, code, mail, mailer, send, server, trial};
use crate::transcript::{Written, read};

pub(crate) const HEADERS: [&str; 11] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Language",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Reply-To",
];

fn line<'a>(raw: &'a str, name: &str) -> &'a str {
    let (head, _) = raw.split_once("\r\n\r\n").unwrap();
    let mut found = head.split("\r\n").filter_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
    let line = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(found.next().is_none(), "two {name}");
    line
}

fn last(server: &Server) -> (String, Written) {
    let raw = server.mails().pop().unwrap().raw;
    (String::from_utf8(raw.clone()).unwrap(), read(&raw))
}

#[tokio::test]
async fn a_mail_has_the_headers_that_people_and_filters_expect_and_no_others() {
    let server = server(Mode::Plain).await;
    let mailer =
        builder(&server, Mode::Plain).reply_to(address("help@larkfield.example")).build().unwrap();
    let mail = trial(1, "ada@larkfield.example", "de", "Larkfield Freight", code(None));
    assert_eq!(send(&mailer, &mail).await, Told::Sent);
    let (raw, written) = last(&server);

    let mut names: Vec<_> = written.headers.iter().map(String::as_str).collect();
    let mut expected = HEADERS;
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for (name, value) in [
        ("From", "\"Larkfield Freight\" <security@larkfield.example>"),
        ("Reply-To", "help@larkfield.example"),
        ("To", "ada@larkfield.example"),
        ("Date", "Tue, 24 Nov 2026 14:32:00 +0000"),
        ("Content-Language", "de"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(line(&raw, name), value, "{name}");
    }
    assert_eq!(line(&raw, "Message-ID"), format!("<{}@larkfield.example>", mail.message_ref()));
    assert!(written.headers.iter().all(|name| !name.starts_with("List-") && name != "Precedence"));
}

#[tokio::test]
async fn a_mail_that_is_sent_again_is_the_same_to_the_byte() {
    let server = server(Mode::Plain).await;
    let mailer = mailer(&server, Mode::Plain);
    for _ in 0..2 {
        assert_eq!(send(&mailer, &mail()).await, Told::Sent);
    }
    let other = trial(2, "ada@larkfield.example", "en", "Larkfield Freight", code(None));
    assert_eq!(send(&mailer, &other).await, Told::Sent);
    let mails = server.mails();
    assert_eq!(mails[0].raw, mails[1].raw);
    let id =
        |at: usize| line(std::str::from_utf8(&mails[at].raw).unwrap(), "Message-ID").to_owned();
    assert_ne!(id(0), id(2));
}

#[tokio::test]
async fn the_source_of_a_mail_is_what_the_server_gets() {
    let server = server(Mode::Plain).await;
    let mailer = mailer(&server, Mode::Plain);
    assert_eq!(send(&mailer, &mail()).await, Told::Sent);
    let source = mailer.source(&mail()).unwrap();
    let taken = server.mails().pop().unwrap().raw;
    assert_eq!(source.expose().trim_end(), String::from_utf8(taken).unwrap().trim_end());
    assert!(!format!("{source:?}").contains("482913"));
}

#[tokio::test]
async fn text_in_any_script_arrives_in_lines_that_every_server_takes() {
    let server = server(Mode::Plain).await;
    let name = "Größe & Söhne, \"Fracht\" 日本通運";
    let mailer = builder(&server, Mode::Plain).sender_name(name).build().unwrap();
    let japanese = "日本通運 & Söhne 🦆 Fracht, Spedition und Lagerung, alles aus einer Hand";
    for (locale, company) in [("de", japanese), ("ar", "لاركفيلد للشحن والتخزين")]
    {
        let browser = code(Some("Zoë's Firefox"));
        let mail = trial(1, "ada@larkfield.example", locale, company, browser);
        assert_eq!(send(&mailer, &mail).await, Told::Sent);
        let (raw, written) = last(&server);
        assert!(raw.is_ascii(), "no server needs to know of other scripts");
        let (_, body) = raw.split_once("\r\n\r\n").unwrap();
        assert!(body.lines().all(|line| line.len() <= 76), "{body}");
        assert!(
            raw.split_whitespace().all(|word| !word.starts_with("=?") || word.len() <= 75),
            "{raw}"
        );
        assert_eq!(line(&raw, "Content-Language"), locale);
        assert_eq!(written.subject, mail.subject());
        let from = (Some(name.to_owned()), "security@larkfield.example".to_owned());
        assert_eq!(written.from, [from]);
        assert!(written.text.contains("482913"), "the code is one run of digits");
        assert_eq!(written.text.replace("\r\n", "\n").trim_end(), mail.text().trim_end());
    }
}

#[tokio::test]
async fn a_very_long_link_arrives_whole() {
    let server = server(Mode::Plain).await;
    let link = format!("https://portal.example/invite/csi1.{}", "a=.b_C-9".repeat(300));
    let message = Message::Invitation {
        link: SecretText::new(link.clone()),
        until: NOW,
        invited_by: Some("Ada".to_owned()),
    };
    let mail = trial(1, "dev@larkfield.example", "en", "Larkfield Freight", message);
    assert_eq!(send(&mailer(&server, Mode::Plain), &mail).await, Told::Sent);
    assert!(last(&server).1.text.contains(&link));
}

#[tokio::test]
async fn no_clock_stops_a_mail() {
    let server = server(Mode::Plain).await;
    for (now, date) in [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (-1, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (i64::MIN, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (1_772_323_199, "Sat, 28 Feb 2026 23:59:59 +0000"),
        (i64::MAX, "Fri, 31 Dec 9999 23:59:59 +0000"),
    ] {
        let clock = FakeClock::at(Timestamp::from_seconds(now));
        let mailer = builder(&server, Mode::Plain).clock(clock).build().unwrap();
        assert_eq!(send(&mailer, &mail()).await, Told::Sent);
        assert_eq!(line(&last(&server).0, "Date"), date);
    }
}
