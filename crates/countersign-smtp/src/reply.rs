//! What a mail server answers: read within bounds, and kept without its words.
//!
//! Why it is safe: a line and a reply have a largest size, so no server fills our memory. Of the
//! text only a status code of a known shape is kept, because servers like to repeat the address or
//! the mail in it. What stands behind a reply that nobody asked for is never taken for an answer.

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::{Cause, Status};

/// RFC 5321 asks for 512 bytes; some servers are more talkative.
const LONGEST_LINE: usize = 1000;
/// Ten times what the most talkative greeting needs.
const MOST_LINES: usize = 100;
const CHUNK: usize = 2048;

/// One reply, of one line or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    pub(crate) status: Option<Status>,
    /// What the server offers, if this answers a greeting. It goes nowhere else.
    lines: Vec<String>,
}

impl Reply {
    /// The text of every line, for the parser of what a server offers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}

/// Bytes that arrived and were not read yet.
#[derive(Debug, Default)]
pub(crate) struct Ahead(Vec<u8>);

impl Ahead {
    /// Whether the server said more than it was asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads one reply.
    pub(crate) async fn reply(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
    ) -> Result<Reply, Cause> {
        let mut reply: Option<Reply> = None;
        for _ in 0..MOST_LINES {
            let line = self.line(from).await?;
            let Line { code, last, text } = Line::parse(&line).ok_or(Cause::Garbage)?;
            let reply = reply.get_or_insert_with(|| Reply {
                code,
                status: Status::parse(code, &text),
                lines: Vec::new(),
            });
            if reply.code != code {
                return Err(Cause::Garbage);
            }
            reply.lines.push(text);
            if last {
                return Ok(reply.clone());
            }
        }
        Err(Cause::Endless)
    }

    async fn line(&mut self, from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, Cause> {
        loop {
            if let Some(end) = self.0.iter().position(|byte| *byte == b'\n') {
                if end > LONGEST_LINE {
                    return Err(Cause::Endless);
                }
                let mut line: Vec<u8> = self.0.drain(..=end).collect();
                line.pop();
                line.pop_if(|byte| *byte == b'\r');
                return Ok(line);
            }
            if self.0.len() > LONGEST_LINE {
                return Err(Cause::Endless);
            }
            let mut chunk = [0; CHUNK];
            match from.read(&mut chunk).await.map_err(Cause::broken)? {
                0 => return Err(Cause::Closed),
                read => self.0.extend(chunk.iter().take(read)),
            }
        }
    }
}

struct Line {
    code: u16,
    last: bool,
    text: String,
}

impl Line {
    fn parse(line: &[u8]) -> Option<Self> {
        let (code, rest) = line.split_at_checked(3)?;
        let [first @ b'2'..=b'5', second @ b'0'..=b'5', third @ b'0'..=b'9'] = *code else {
            return None;
        };
        let digit = |byte: u8| u16::from(byte - b'0');
        let code = digit(first) * 100 + digit(second) * 10 + digit(third);
        let (last, text) = match rest {
            [] => (true, rest),
            [b' ', text @ ..] => (true, text),
            [b'-', text @ ..] => (false, text),
            _ => return None,
        };
        Some(Self { code, last, text: String::from_utf8_lossy(text).into_owned() })
    }
}

/// What a server offers, as its answer to `EHLO` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Offers {
    pub(crate) starttls: bool,
    pub(crate) utf8: bool,
    /// How a password is handed over.
    pub(crate) login: Option<Mechanism>,
    pub(crate) xoauth2: bool,
}

/// How one logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mechanism {
    Plain,
    Login,
    Xoauth2,
}

impl Offers {
    /// Reads the answer to `EHLO`; its first line is a greeting.
    pub(crate) fn of(reply: &Reply) -> Self {
        let mut offers = Self::default();
        for line in reply.lines().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split([' ', '=', '\t']).filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => offers.starttls = true,
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("AUTH") => words.for_each(|word| match word {
                    "PLAIN" => offers.login = Some(Mechanism::Plain),
                    "XOAUTH2" => offers.xoauth2 = true,
                    "LOGIN" => offers.login = offers.login.or(Some(Mechanism::Login)),
                    _ => {}
                }),
                _ => {}
            }
        }
        offers
    }
}

impl Mechanism {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::Xoauth2 => "XOAUTH2",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> Result<Reply, Cause> {
        Ahead::default().reply(&mut &bytes[..]).await
    }

    #[tokio::test]
    async fn a_reply_is_read_to_its_last_line_and_no_further() {
        let mut bytes = &b"250-mail.larkfield.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n220"[..];
        let mut ahead = Ahead::default();
        let reply = ahead.reply(&mut bytes).await.unwrap();
        assert_eq!(reply.code, 250);
        assert_eq!(reply.lines().count(), 3);
        assert!(!ahead.is_empty(), "what follows is left for whoever asks");
    }

    #[tokio::test]
    async fn what_is_no_reply_is_garbage() {
        for bytes in [
            &b"\r\n"[..],
            b"2\r\n",
            b"hello\r\n",
            b"199 too low\r\n",
            b"650 too high\r\n",
            b"260 no such second digit\r\n",
            b"250_x\r\n",
            b"250-one\r\n251 other\r\n",
            b"\xff\xfe\xfd\r\n",
            b" 250 x\r\n",
            b"HTTP/1.1 400 Bad Request\r\n",
        ] {
            assert!(matches!(read(bytes).await, Err(Cause::Garbage)), "{bytes:?}");
        }
        assert!(matches!(read(b"250 half").await, Err(Cause::Closed)));
        assert!(matches!(read(b"250-half\r\n").await, Err(Cause::Closed)));
        assert!(matches!(read(b"").await, Err(Cause::Closed)));
    }

    #[tokio::test]
    async fn a_reply_has_a_largest_size() {
        for bytes in [vec![b'2'; 1 << 20], b"250-more\r\n".repeat(1 << 16)] {
            let mut left = &bytes[..];
            let mut ahead = Ahead::default();
            assert!(matches!(ahead.reply(&mut left).await, Err(Cause::Endless)));
            let read = bytes.len() - left.len();
            assert!(read < 10_000, "read {read} bytes before giving up");
        }
    }

    #[tokio::test]
    async fn offers_are_read_from_every_line_but_the_first() {
        let check = async |bytes: &[u8], expected| {
            assert_eq!(Offers::of(&read(bytes).await.unwrap()), expected, "{bytes:?}");
        };
        check(b"250 STARTTLS\r\n", Offers::default()).await;
        check(
            b"250-x\r\n250-auth=LOGIN\r\n250-AUTH CRAM-MD5 login plain\r\n250 SmtpUtf8\r\n",
            Offers { utf8: true, login: Some(Mechanism::Plain), ..Offers::default() },
        )
        .await;
        check(
            b"250-x\r\n250-AUTH LOGIN\r\n250 STARTTLS\r\n",
            Offers { starttls: true, login: Some(Mechanism::Login), ..Offers::default() },
        )
        .await;
        let tokens = Offers { xoauth2: true, ..Offers::default() };
        check(b"250-x\r\n250 AUTH XOAUTH2\r\n", tokens).await;
    }
}
