//! Why a mail was not sent, in numbers: what the activity log keeps and an administrator sees.
//!
//! Why it is safe: a reason has a place of a fixed list and numbers of a fixed shape. No address, no
//! code and nothing that a server wrote fits into it.

use std::fmt;
use std::str::FromStr;

use crate::types::InvalidValue;

const WORD: &str = "the reason of a mail that was not sent";
const NEXT: &str = "give a phase, a reply and a status, such as recipient 550 5.1.1";

/// Why a mail was not sent, in numbers: where, the service's reply, and its status.
///
/// Its text, such as `recipient 550 5.1.1`, is read back by [`FromStr`].
///
/// ```
/// use countersign_core::mail::{MailPhase, MailReason};
///
/// let reason = MailReason::at(MailPhase::Sender).with_reply(550);
/// assert_eq!(reason.to_string(), "sender 550");
/// assert_eq!("sender 550".parse(), Ok(reason));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailReason {
    phase: MailPhase,
    reply: Option<u16>,
    status: Option<[u16; 3]>,
}

impl MailReason {
    /// A failure in this phase, with no number yet.
    #[must_use]
    pub fn at(phase: MailPhase) -> Self {
        Self { phase, reply: None, status: None }
    }

    /// The reply that the service gave: of SMTP such as 550, of HTTP such as 429. A number above 999
    /// is left out.
    #[must_use]
    pub fn with_reply(self, reply: u16) -> Self {
        Self { reply: (reply <= MOST).then_some(reply), ..self }
    }

    /// The enhanced status (RFC 3463) that the service gave, such as 5, 1, 1. One with a number above
    /// 999 is left out.
    #[must_use]
    pub fn with_status(self, class: u16, subject: u16, detail: u16) -> Self {
        let status = [class, subject, detail];
        Self { status: status.iter().all(|part| *part <= MOST).then_some(status), ..self }
    }

    /// Where it failed.
    #[must_use]
    pub fn phase(self) -> MailPhase {
        self.phase
    }

    /// The reply, if the service gave one: 0 to 999.
    #[must_use]
    pub fn reply(self) -> Option<u16> {
        self.reply
    }

    /// The three numbers of the enhanced status, if the service gave one.
    pub(crate) fn status_numbers(self) -> Option<[u16; 3]> {
        self.status
    }

    /// The enhanced status as text such as `5.1.1`, if the service gave one.
    #[must_use]
    pub fn status(self) -> Option<String> {
        self.status.map(|[class, subject, detail]| format!("{class}.{subject}.{detail}"))
    }
}

/// Where in the sending of a mail it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a page has a word for each")]
pub enum MailPhase {
    /// The mailer does not say.
    Unknown,
    /// The service was not found or not reached, or the connection was not safe.
    Connection,
    /// The service does not take our login.
    Login,
    /// The service does not take our sender's address.
    Sender,
    /// The service does not take the recipient's address.
    Recipient,
    /// The service does not take the mail itself.
    Content,
}

impl MailPhase {
    const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Connection,
        Self::Login,
        Self::Sender,
        Self::Recipient,
        Self::Content,
    ];

    /// Its name: one word in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Connection => "connection",
            Self::Login => "login",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Content => "content",
        }
    }
}

impl fmt::Display for MailPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for MailReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.phase)?;
        if let Some(reply) = self.reply {
            write!(f, " {reply}")?;
        }
        match self.status() {
            Some(status) => write!(f, " {status}"),
            None => Ok(()),
        }
    }
}

impl FromStr for MailReason {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let wrong = || InvalidValue::new(WORD, "it is no phase with numbers", NEXT);
        let mut words = text.split(' ');
        let name = words.next().unwrap_or_default();
        let phase = MailPhase::ALL.into_iter().find(|phase| phase.as_str() == name);
        let mut reason = Self::at(phase.ok_or_else(wrong)?);
        for word in words {
            let numbers: Option<Vec<u16>> = word.split('.').map(number).collect();
            match numbers.ok_or_else(wrong)?[..] {
                [reply] if reason.reply.is_none() && reason.status.is_none() => {
                    reason.reply = Some(reply);
                }
                [class, subject, detail] if reason.status.is_none() => {
                    reason.status = Some([class, subject, detail]);
                }
                _ => return Err(wrong()),
            }
        }
        Ok(reason)
    }
}

/// A number as it is written here: no sign, no zeros in front.
fn number(text: &str) -> Option<u16> {
    let number: u16 = text.parse().ok()?;
    (number <= MOST && number.to_string() == text).then_some(number)
}

const MOST: u16 = 999;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_as_it_was_written() {
        for phase in MailPhase::ALL {
            for reason in [
                MailReason::at(phase),
                MailReason::at(phase).with_reply(0),
                MailReason::at(phase).with_status(5, 7, 515),
                MailReason::at(phase).with_reply(550).with_status(5, 1, 1),
            ] {
                assert_eq!(reason.to_string().parse(), Ok(reason));
            }
        }
    }

    #[test]
    fn no_part_of_a_mail_fits_into_a_reason() {
        let reason = MailReason::at(MailPhase::Content).with_reply(48291).with_status(5, 1000, 1);
        assert_eq!(reason.to_string(), "content");
        for text in [
            "",
            "ada@larkfield.example",
            "content 482913",
            "content 550 550",
            "content 5.1",
            "content 5.1.1 550",
            "content 5.1.1 5.1.1",
            "content 05.1.1",
            "content  550",
            "content 550 ",
            "content +55",
            "Content 550",
        ] {
            assert!(text.parse::<MailReason>().is_err(), "{text:?}");
        }
    }
}
