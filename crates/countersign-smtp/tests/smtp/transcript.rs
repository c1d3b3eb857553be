//! What a client said, judged as strictly as the most careless server could misread it.

use mail_parser::{MessageParser, MimeHeaders};

use crate::server::Session;

/// A mail as a reader's program sees it.
pub(crate) struct Written {
    /// The names of the headers, in order.
    pub(crate) headers: Vec<String>,
    pub(crate) from: Vec<(Option<String>, String)>,
    pub(crate) to: Vec<(Option<String>, String)>,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

pub(crate) fn read(raw: &[u8]) -> Written {
    let mail = MessageParser::default().parse(raw).unwrap();
    let list = |list: Option<&mail_parser::Address<'_>>| {
        let one = |address: &mail_parser::Addr<'_>| {
            (address.name().map(str::to_owned), address.address().unwrap().to_owned())
        };
        list.into_iter().flat_map(|list| list.iter().map(one)).collect()
    };
    let parts: Vec<_> = mail.parts.iter().skip(1).collect();
    assert_eq!(parts.len(), 2, "a text part and an HTML part");
    for (part, kind) in parts.iter().zip(["plain", "html"]) {
        let content = part.content_type().unwrap();
        assert_eq!((content.ctype(), content.subtype()), ("text", Some(kind)));
        assert_eq!(content.attribute("charset"), Some("utf-8"));
    }
    Written {
        headers: mail.headers().iter().map(|header| header.name().to_owned()).collect(),
        from: list(mail.from()),
        to: list(mail.to()),
        subject: mail.subject().unwrap().to_owned(),
        text: mail.body_text(0).unwrap().into_owned(),
        html: mail.body_html(0).unwrap().into_owned(),
    }
}

/// The commands of a session, and the one mail in it as it went over the wire.
pub(crate) fn dissect(session: &Session) -> (Vec<String>, Vec<u8>) {
    let said = &session.said;
    for (at, byte) in said.iter().enumerate() {
        match byte {
            b'\n' => assert!(at > 0 && said[at - 1] == b'\r', "a line feed of its own at {at}"),
            b'\r' => assert!(said.get(at + 1) == Some(&b'\n'), "a carriage return alone at {at}"),
            0 => panic!("a NUL at {at}"),
            _ => {}
        }
    }
    for line in said.split(|byte| *byte == b'\n') {
        assert!(line.len() <= 999, "a line of {} bytes", line.len());
    }
    let text = String::from_utf8(said.clone()).expect("what was said is UTF-8");
    let (before, rest) = text.split_once("\r\nDATA\r\n").expect("a mail was announced");
    let (mail, after) = rest.split_once("\r\n.\r\n").expect("the mail has an end");
    assert!(!after.contains("\r\n.\r\n"), "the mail has two ends");
    // A mail that another could be smuggled in behind has such a line somewhere.
    assert!(!mail.lines().any(|line| line == "."), "a line with a dot alone in the mail");
    let mut commands: Vec<_> = before.split("\r\n").map(str::to_owned).collect();
    commands.extend(after.split("\r\n").filter(|line| !line.is_empty()).map(str::to_owned));
    (commands, mail.as_bytes().to_vec())
}
