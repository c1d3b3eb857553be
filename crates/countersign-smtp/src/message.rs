//! A mail as bytes: its headers, a text part and an HTML part, in lines that every server takes.
//!
//! Why it is safe: words reach a header only through an encoder, both parts are quoted-printable, and
//! the boundary between them holds a `=_`, which quoted-printable text cannot hold. The finished
//! bytes are looked at once more: no line end but CR LF, no NUL, no line that a server would cut.

use std::time::{Duration, SystemTime};

use countersign_core::{EmailAddress, Mail, Timestamp};
use data_encoding::BASE64;
use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use zeroize::Zeroizing;

use crate::error::{Cause, Whose};

/// Whom mails come from, and where answers go.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) address: EmailAddress,
    pub(crate) name: Option<String>,
    pub(crate) reply_to: Option<EmailAddress>,
}

impl Sender {
    /// Writes the mail as of now. The same mail has the same `Message-ID` each time.
    pub(crate) fn write(&self, mail: &Mail, now: Timestamp) -> Result<Zeroizing<Vec<u8>>, Cause> {
        let (_, domain) = parts(&self.address);
        let reference = mail.message_ref();
        let mut message = Message::builder()
            .from(Mailbox::new(self.name.clone(), address(&self.address)?))
            .to(Mailbox::new(None, address(mail.to())?))
            .raw_header(subject(mail.subject()))
            .date(date(now))
            .message_id(Some(format!("<{reference}@{domain}>")));
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(Mailbox::new(None, address(reply_to)?));
        }
        for (name, value) in [
            ("Content-Language", mail.locale().as_str()),
            // RFC 3834, and its older cousin for Exchange: no holiday notes, please.
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
        ] {
            message = message.raw_header(header(name, value));
        }
        let parts = MultiPart::alternative()
            .boundary(format!("=_{reference}"))
            .singlepart(part(ContentType::TEXT_PLAIN, mail.text()))
            .singlepart(part(ContentType::TEXT_HTML, mail.html()));
        let message = message.multipart(parts).map_err(|_| Cause::Unwritable)?;
        let bytes = Zeroizing::new(message.formatted());
        match is_plain(&bytes, self.utf8(mail).is_none()) {
            true => Ok(bytes),
            false => Err(Cause::Unwritable),
        }
    }

    /// Whose address in the mail is not in ASCII, so that the server must know of it.
    pub(crate) fn utf8(&self, mail: &Mail) -> Option<Whose> {
        match self.is_ascii() {
            false => Some(Whose::Ours),
            true => (!mail.to().as_str().is_ascii()).then_some(Whose::Recipient),
        }
    }

    /// Whether our own addresses are in ASCII.
    pub(crate) fn is_ascii(&self) -> bool {
        let ours = [Some(&self.address), self.reply_to.as_ref()];
        ours.into_iter().flatten().all(|address| address.as_str().is_ascii())
    }
}

fn parts(address: &EmailAddress) -> (&str, &str) {
    address.as_str().split_once('@').unwrap_or_default()
}

fn address(address: &EmailAddress) -> Result<Address, Cause> {
    let (local, domain) = parts(address);
    Address::new(local, domain).map_err(|_| Cause::Unwritable)
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The subject. Text that looks encoded already would be decoded by the reader's program, and what
/// comes out of that nobody has looked at; so it is encoded once more.
fn subject(text: &str) -> HeaderValue {
    if !text.contains("=?") {
        return header("Subject", text);
    }
    let mut words = vec![String::new()];
    for c in text.chars() {
        // 45 bytes are 60 in Base64, and 72 with what stands around them.
        match words.last_mut().filter(|word| word.len() + c.len_utf8() <= 45) {
            Some(word) => word.push(c),
            None => words.push(c.to_string()),
        }
    }
    let word = |word: &String| format!("=?utf-8?b?{}?=", BASE64.encode(word.as_bytes()));
    let words: Vec<_> = words.iter().map(word).collect();
    let name = HeaderName::new_from_ascii_str("Subject");
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), words.join("\r\n "))
}

/// The time, kept within the years that a mail can name.
fn date(now: Timestamp) -> SystemTime {
    let seconds = u64::try_from(now.seconds()).unwrap_or(0).min(END_OF_9999);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(kind)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.to_owned())
}

/// Whether every server reads the same lines in these bytes.
fn is_plain(bytes: &[u8], ascii: bool) -> bool {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.into_iter().all(|line| {
        line.strip_suffix(b"\r\n").is_some_and(|line| {
            line.len() <= LONGEST_LINE
                && !line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
                && (!ascii || line.is_ascii())
        })
    })
}

/// RFC 5322 2.1.1.
const LONGEST_LINE: usize = 998;
/// The last second that four digits of a year can name.
const END_OF_9999: u64 = 253_402_300_799;
