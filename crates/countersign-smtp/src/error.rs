//! Why a mail was not sent, and whether that is the address's fault.
//!
//! Why it is safe: an error holds a place in the conversation, a number and a status code of a fixed
//! shape. Nothing that a server wrote, and nothing of the mail, can be in it.

use std::fmt;
use std::io;

use countersign_core::MailError;
use countersign_core::mail::{MailFailure, MailPhase, MailReason};

/// Why a conversation with a mail server did not end well.
///
/// # Which refusals are final
///
/// [`MailError::Refused`] marks a user's address: no more mail is sent there, and an administrator
/// sees it. So it is said only where the server judged the *recipient*. If it does not like us (login,
/// sender, our address, the content), then every user's mail fails alike, and marking them all
/// would turn a wrong password in a settings file into a locked tenant. That is
/// [`MailError::NotNow`]: the courier tries again, and the operator reads why in the log.
///
/// | where | answer | verdict |
/// | --- | --- | --- |
/// | resolving, connecting, TLS | anything | not now |
/// | greeting, `EHLO`, `STARTTLS`, login, `MAIL FROM` | any refusal | not now |
/// | anywhere | `4xx`, silence, garbage, a broken connection | not now |
/// | `RCPT TO`, `DATA`, end of the mail | `5xx` with a status of the table below | **refused** |
/// | `RCPT TO`, `DATA`, end of the mail | every other `5xx`, also a bare `550`, `551` or `553` | not now |
/// | before `MAIL FROM` | the recipient needs SMTPUTF8, and the server does not offer it | **refused** |
///
/// A refusal without a status says nothing about whom it means. An Exim that cannot verify *our* sender
/// says `550 Sender verify failed` in answer to `RCPT TO`, and so it does where it may not relay, where
/// we were too fast, and where it takes us for spam. So the number alone never marks an address.
///
/// | status (RFC 3463) | means | verdict |
/// | --- | --- | --- |
/// | 5.1.1, 5.1.2, 5.1.3, 5.1.4, 5.1.6, 5.1.10 | no such mailbox or domain, moved, takes no mail | **refused** |
/// | 5.2.1 | the mailbox is disabled | **refused** |
/// | 5.6.7 | the server cannot carry an address in this script | **refused** |
/// | 5.1.0, 5.1.7, 5.1.8 | *our* sender address is wrong, or an address that is not named | not now |
/// | 5.2.0, 5.2.2, 5.2.3, 5.2.4 | full, too large, a list | not now |
/// | 5.3.x, 5.4.x, 5.5.x, other 5.6.x, 5.7.x | system, routing, protocol, content, policy | not now |
///
/// # Examples
///
/// ```
/// use countersign_core::MailError;
/// use countersign_smtp::SmtpError;
///
/// /// What an operator's page shows about the last failure.
/// fn short(error: &MailError) -> Option<String> {
///     let (MailError::NotNow(failure) | MailError::Refused(failure)) = error;
///     let smtp = failure.error().downcast_ref::<SmtpError>()?;
///     Some(format!("{}: {:?}", smtp.phase(), smtp.code()))
/// }
/// ```
pub struct SmtpError {
    phase: Phase,
    cause: Cause,
}

impl SmtpError {
    pub(crate) fn new(phase: Phase, cause: Cause) -> Self {
        Self { phase, cause }
    }

    /// Where in the conversation it happened.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The number of the reply, if the server gave one.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        if let Cause::Said { code, .. } = self.cause { Some(code) } else { None }
    }

    /// Where it failed and with which numbers, as the activity log keeps it.
    #[must_use]
    pub fn reason(&self) -> MailReason {
        let reason = MailReason::at(self.phase.into());
        match self.cause {
            Cause::Said { code, status: None } => reason.with_reply(code),
            Cause::Said { code, status: Some(Status { class, subject, detail }) } => {
                reason.with_reply(code).with_status(class, subject, detail)
            }
            // What a server without SMTPUTF8 would answer (RFC 6531).
            Cause::NoUtf8(_) => reason.with_status(5, 6, 7),
            _ => reason,
        }
    }

    pub(crate) fn cause(&self) -> &Cause {
        &self.cause
    }

    /// Whether the server will never take a mail for this address.
    pub(crate) fn is_about_the_recipient(&self) -> bool {
        match (self.phase, &self.cause) {
            (Phase::Sender, Cause::NoUtf8(Whose::Recipient)) => true,
            (
                Phase::Recipient | Phase::Data | Phase::Body,
                Cause::Said { code: 500..=599, status: Some(status) },
            ) => status.is_about_the_recipient(),
            _ => false,
        }
    }
}

impl From<SmtpError> for MailError {
    fn from(error: SmtpError) -> Self {
        let refuses = error.is_about_the_recipient();
        let failure = MailFailure::new(error.reason(), error);
        match refuses {
            true => Self::Refused(failure),
            false => Self::NotNow(failure),
        }
    }
}

impl fmt::Display for SmtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.phase, self.cause)
    }
}

// The sentence, since `main` shows an error by this.
impl fmt::Debug for SmtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for SmtpError {}

/// A place in the conversation with a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The mail is written.
    Writing,
    /// The name of the server is looked up.
    Resolving,
    /// A connection is made.
    Connecting,
    /// The connection is encrypted.
    Tls,
    /// The server says its name.
    Greeting,
    /// We say ours, and the server says what it offers.
    Hello,
    /// Encryption is asked for.
    StartTls,
    /// User name and password are handed over.
    Login,
    /// The sender is named.
    Sender,
    /// The recipient is named.
    Recipient,
    /// The mail is announced.
    Data,
    /// The mail is handed over.
    Body,
}

impl From<Phase> for MailPhase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Resolving
            | Phase::Connecting
            | Phase::Tls
            | Phase::Greeting
            | Phase::Hello
            | Phase::StartTls => Self::Connection,
            Phase::Login => Self::Login,
            Phase::Sender => Self::Sender,
            Phase::Recipient => Self::Recipient,
            Phase::Writing | Phase::Data | Phase::Body => Self::Content,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writing => "writing the mail",
            Self::Resolving => "looking up the mail server",
            Self::Connecting => "connecting to the mail server",
            Self::Tls => "encrypting the connection",
            Self::Greeting => "waiting for the greeting",
            Self::Hello => "saying hello",
            Self::StartTls => "asking for encryption",
            Self::Login => "logging in",
            Self::Sender => "naming the sender",
            Self::Recipient => "naming the recipient",
            Self::Data => "announcing the mail",
            Self::Body => "handing the mail over",
        })
    }
}

/// What went wrong there.
#[derive(Debug)]
pub(crate) enum Cause {
    /// The server answered, and not what was hoped for.
    Said { code: u16, status: Option<Status> },
    /// The server wrote what is no reply.
    Garbage,
    /// The server spoke without being asked.
    Unasked,
    /// A reply without an end.
    Endless,
    /// The server closed the connection.
    Closed,
    /// The connection broke, or was never made.
    Broken(io::ErrorKind),
    /// The whole took longer than it may.
    Deadline,
    /// The name has no address.
    Unknown,
    /// A server that was to be on this machine is on another.
    NotHere,
    /// The server does not offer encryption.
    NoStartTls,
    /// The server does not offer a login that we know.
    NoLogin,
    /// The server does not offer a login with tokens.
    NoXoauth2,
    /// The host's source gave no token.
    NoToken,
    /// The server cannot carry an address that is not in ASCII.
    NoUtf8(Whose),
    /// Encryption failed.
    Tls(TlsFault),
    /// The mail cannot be written as one that every server understands.
    Unwritable,
}

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The sender's, or where answers go: every mail fails alike.
    Ours,
    /// Only the recipient's.
    Recipient,
}

/// Why the connection could not be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsFault {
    Issuer,
    Expired,
    NotYet,
    Name,
    Certificate,
    Protocol,
}

impl Cause {
    pub(crate) fn broken(error: io::Error) -> Self {
        match error.kind() {
            // rustls says so where the other side hangs up without a goodbye.
            io::ErrorKind::UnexpectedEof => Self::Closed,
            kind => Self::Broken(kind),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Said { code, status: None } => {
                return write!(f, "the server answered {code}");
            }
            Self::Said { code, status: Some(status) } => {
                return write!(f, "the server answered {code} {status}");
            }
            Self::Broken(kind) => return write!(f, "{kind}"),
            Self::Garbage => "the server does not speak SMTP",
            Self::Unasked => "the server answered before it was asked",
            Self::Endless => "the answer of the server has no end",
            Self::Closed => "the server closed the connection",
            Self::Deadline => "it took longer than the deadline",
            Self::Unknown => "the name of the server has no address",
            Self::NotHere => "the server was to be on this machine and is on another",
            Self::NoStartTls => "the server does not offer STARTTLS",
            Self::NoLogin => "the server does not offer the login PLAIN or LOGIN",
            Self::NoXoauth2 => "the server does not offer the login XOAUTH2",
            Self::NoToken => "there is no access token",
            Self::NoUtf8(_) => {
                "the address is not in ASCII, and the server does not offer SMTPUTF8"
            }
            Self::Tls(fault) => return write!(f, "{fault}"),
            Self::Unwritable => "the mail cannot be written in plain lines",
        })
    }
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issuer => "the certificate of the server comes from nobody we trust",
            Self::Expired => "the certificate of the server has expired",
            Self::NotYet => "the certificate of the server is not valid yet",
            Self::Name => "the certificate of the server is for another name",
            Self::Certificate => "the certificate of the server is not valid",
            Self::Protocol => "the server and we cannot agree on TLS",
        })
    }
}

/// An enhanced status code (RFC 3463), such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    class: u16,
    subject: u16,
    detail: u16,
}

impl Status {
    /// The status that the text begins with, if it fits the number of the reply.
    pub(crate) fn parse(code: u16, text: &str) -> Option<Self> {
        let word = text.split(' ').next()?;
        let mut parts = word.split('.').map(|part| {
            let plain = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            part.parse().ok().filter(|_| plain)
        });
        let status =
            Self { class: parts.next()??, subject: parts.next()??, detail: parts.next()?? };
        (parts.next().is_none() && status.class == code / 100).then_some(status)
    }

    fn is_about_the_recipient(self) -> bool {
        matches!(
            (self.class, self.subject, self.detail),
            (5, 1, 1..=4 | 6 | 10) | (5, 2, 1) | (5, 6, 7)
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_final(phase: Phase, code: u16, text: &str) -> bool {
        let cause = Cause::Said { code, status: Status::parse(code, text) };
        let error: MailError = SmtpError::new(phase, cause).into();
        matches!(error, MailError::Refused(_))
    }

    #[test]
    fn only_a_judgment_on_the_recipient_marks_the_address() {
        use Phase::{Body, Data, Recipient};
        let check = |code, text: &str, refused| {
            for phase in [Recipient, Data, Body] {
                assert_eq!(is_final(phase, code, text), refused, "{phase:?} {code} {text}");
            }
        };
        for detail in [1, 2, 3, 4, 6, 10] {
            check(550, &format!("5.1.{detail} no such mailbox"), true);
            check(554, &format!("5.1.{detail} no such mailbox"), true);
        }
        check(550, "5.2.1 disabled", true);
        check(553, "5.6.7 not in ASCII", true);
        for status in [
            "5.1.0", "5.1.5", "5.1.7", "5.1.8", "5.1.9", "5.1.11", "5.2.0", "5.2.2", "5.2.3",
            "5.2.4", "5.3.0", "5.3.4", "5.4.1", "5.4.4", "5.4.6", "5.5.1", "5.5.4", "5.6.0",
            "5.6.6", "5.7.0", "5.7.1", "5.7.25", "5.7.26", "5.7.27", "5.7.515",
        ] {
            check(550, status, false);
        }
        // A passing failure stays one, whatever its text says.
        check(450, "4.1.1 greylisted", false);
        check(450, "5.1.1 of another class", false);
        check(451, "4.7.1 try again later", false);
        check(421, "4.3.2 closing", false);
    }

    #[test]
    fn a_refusal_that_says_no_more_than_its_number_marks_no_address() {
        for phase in [Phase::Recipient, Phase::Data, Phase::Body] {
            for code in [500, 550, 551, 552, 553, 554] {
                for text in [
                    "",
                    "No such user",
                    "Sender verify failed",
                    "relay not permitted",
                    "5.1 x",
                    "5.1.1.1 x",
                    "5..1 x",
                    "5.1.0001 x",
                    "4.1.1 x",
                ] {
                    assert!(!is_final(phase, code, text), "{phase:?} {code} {text}");
                }
            }
        }
    }

    #[test]
    fn a_sender_in_another_script_marks_no_recipient() {
        let at = |whose| SmtpError::new(Phase::Sender, Cause::NoUtf8(whose));
        assert!(!at(Whose::Ours).is_about_the_recipient());
        assert!(at(Whose::Recipient).is_about_the_recipient());
    }

    #[test]
    fn a_reason_says_where_and_with_which_numbers() {
        for (phase, code, text, reason) in [
            (Phase::Recipient, 550, "5.1.1 no <ada@larkfield.example>", "recipient 550 5.1.1"),
            (Phase::Recipient, 550, "no <ada@larkfield.example>", "recipient 550"),
            (Phase::Body, 451, "4.7.1 later", "content 451 4.7.1"),
            (Phase::Login, 535, "5.7.8 hunter2", "login 535 5.7.8"),
            (Phase::Greeting, 554, "", "connection 554"),
        ] {
            let cause = Cause::Said { code, status: Status::parse(code, text) };
            let error: MailError = SmtpError::new(phase, cause).into();
            assert_eq!(error.reason().to_string(), reason);
        }
        let silent: MailError = SmtpError::new(Phase::Connecting, Cause::Deadline).into();
        assert_eq!(silent.reason().to_string(), "connection");
    }

    #[test]
    fn a_refusal_of_ours_marks_no_address() {
        use Phase::{
            Connecting, Greeting, Hello, Login, Resolving, Sender, StartTls, Tls, Writing,
        };
        for phase in [Writing, Resolving, Connecting, Tls, Greeting, Hello, StartTls, Login, Sender]
        {
            for text in ["", "5.1.1 no such user", "5.1.10 null MX", "5.2.1 disabled"] {
                for code in [421, 450, 500, 535, 550, 551, 554] {
                    assert!(!is_final(phase, code, text), "{phase:?} {code} {text}");
                }
            }
        }
    }

    #[test]
    fn everything_but_an_answer_is_doubt() {
        for phase in [Phase::Sender, Phase::Recipient, Phase::Data, Phase::Body] {
            for cause in [
                Cause::Garbage,
                Cause::Unasked,
                Cause::Endless,
                Cause::Closed,
                Cause::Broken(io::ErrorKind::ConnectionReset),
                Cause::Deadline,
                Cause::Unwritable,
            ] {
                let error = SmtpError::new(phase, cause);
                assert!(!error.is_about_the_recipient(), "{error}");
            }
        }
    }
}
