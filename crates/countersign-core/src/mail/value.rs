//! Placeholders, and the values that stand in for them.
//!
//! Every value passes through [`one_line`], so whoever chose it can change what a line says and
//! never how many lines there are, which way they run, or what follows them.

use super::message::{MailKind, Message};
use crate::types::{Locale, SecretText, Shown, is_invisible, moment, on_one_day};

/// A place in a template that a value fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placeholder {
    Code,
    Link,
    Company,
    At,
    Until,
    Client,
    Reference,
    InvitedBy,
    By,
    Reason,
    Old,
    New,
}

impl Placeholder {
    /// The placeholders that a kind of mail offers.
    pub(super) fn of(kind: MailKind) -> &'static [Self] {
        match kind {
            MailKind::LoginCode => {
                &[Self::Code, Self::Company, Self::At, Self::Until, Self::Client, Self::Reference]
            }
            MailKind::Invitation => &[Self::Link, Self::Company, Self::Until, Self::InvitedBy],
            MailKind::AppLinked | MailKind::AppReplaced | MailKind::AppRemoved => {
                &[Self::Company, Self::At, Self::Client]
            }
            MailKind::MfaReset => &[Self::Company, Self::At, Self::By, Self::Reason],
            MailKind::Locked => &[Self::Company, Self::At, Self::Until],
            MailKind::AddressChanged => &[Self::Company, Self::At, Self::Old, Self::New],
        }
    }

    /// The one that a kind of mail is sent for, if it has one.
    pub(super) fn vital(kind: MailKind) -> Option<Self> {
        match kind {
            MailKind::LoginCode => Some(Self::Code),
            MailKind::Invitation => Some(Self::Link),
            MailKind::AppLinked
            | MailKind::AppReplaced
            | MailKind::AppRemoved
            | MailKind::MfaReset
            | MailKind::Locked
            | MailKind::AddressChanged => None,
        }
    }

    /// What a translator writes between the braces.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Link => "link",
            Self::Company => "company",
            Self::At => "at",
            Self::Until => "until",
            Self::Client => "client",
            Self::Reference => "reference",
            Self::InvitedBy => "invited_by",
            Self::By => "by",
            Self::Reason => "reason",
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

/// The values of one mail.
pub(super) struct Values<'a> {
    company: &'a str,
    message: &'a Message,
    locale: &'a Locale,
}

impl<'a> Values<'a> {
    /// The values of `message`, spoken in this language for a tenant whose name is one line
    /// already.
    pub(super) fn new(company: &'a str, message: &'a Message, locale: &'a Locale) -> Self {
        Self { company, message, locale }
    }

    /// The kind of mail they are for.
    pub(super) fn kind(&self) -> MailKind {
        self.message.kind()
    }

    /// The code or the link.
    pub(super) fn vital(&self) -> Option<&'a SecretText> {
        match self.message {
            Message::LoginCode { code, .. } => Some(code),
            Message::Invitation { link, .. } => Some(link),
            Message::AppLinked { .. }
            | Message::AppReplaced { .. }
            | Message::AppRemoved { .. }
            | Message::MfaReset { .. }
            | Message::Locked { .. }
            | Message::AddressChanged { .. } => None,
        }
    }

    /// What stands in for a placeholder, or nothing if this mail has no such value.
    ///
    /// Codes and links are not among them; see [`Self::vital`].
    pub(super) fn get(&self, placeholder: Placeholder) -> Option<String> {
        let value = match placeholder {
            Placeholder::Company => Some(self.company.to_owned()),
            Placeholder::At | Placeholder::Until => self.time(placeholder),
            Placeholder::Client => self.written(placeholder).map(without_host_names),
            written => self.written(written).map(str::to_owned),
        };
        let most = if placeholder == Placeholder::Reason { 200 } else { 80 };
        let value = one_line(&value?, most)?;
        let beside_a_code = self.kind() == MailKind::LoginCode;
        Some(if beside_a_code { without_long_numbers(&value) } else { value })
    }

    /// What somebody wrote, as it was written.
    fn written(&self, placeholder: Placeholder) -> Option<&str> {
        match (self.message, placeholder) {
            (
                Message::LoginCode { client, .. }
                | Message::AppLinked { client, .. }
                | Message::AppReplaced { client, .. }
                | Message::AppRemoved { client, .. },
                Placeholder::Client,
            ) => client.as_deref(),
            (Message::LoginCode { reference, .. }, Placeholder::Reference) => reference.as_deref(),
            (Message::Invitation { invited_by, .. }, Placeholder::InvitedBy) => {
                invited_by.as_deref()
            }
            (Message::MfaReset { by, .. }, Placeholder::By) => Some(by),
            (Message::MfaReset { reason, .. }, Placeholder::Reason) => reason.as_deref(),
            (Message::AddressChanged { old, .. }, Placeholder::Old) => old.as_deref(),
            (Message::AddressChanged { new, .. }, Placeholder::New) => Some(new),
            _ => None,
        }
    }

    /// A time in UTC: with its date, except in a code mail that lives within one day.
    fn time(&self, placeholder: Placeholder) -> Option<String> {
        let (at, until) = match self.message {
            Message::LoginCode { at, until, .. } if on_one_day(*at, *until) => {
                let asked = if placeholder == Placeholder::At { at } else { until };
                return Some(moment(*asked, Shown::Time, self.locale));
            }
            Message::LoginCode { at, until, .. } | Message::Locked { at, until } => {
                (Some(at), Some(until))
            }
            Message::Invitation { until, .. } => (None, Some(until)),
            Message::AppLinked { at, .. }
            | Message::AppReplaced { at, .. }
            | Message::AppRemoved { at, .. }
            | Message::MfaReset { at, .. }
            | Message::AddressChanged { at, .. } => (Some(at), None),
        };
        let asked = if placeholder == Placeholder::At { at } else { until };
        asked.map(|asked| moment(*asked, Shown::DayAndTime, self.locale))
    }
}

/// The text on one line: white space single, nothing invisible that steers, no `://`, and at most
/// `most` characters. Nothing if nothing is left.
pub(super) fn one_line(text: &str, most: usize) -> Option<String> {
    // A value is shown, never read to its end: what is cut off is not worth the walk.
    let visible: String = text
        .chars()
        .take(most.saturating_mul(4))
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    let line = words.join(" ").replace("://", ": ");
    if line.chars().count() <= most {
        return Some(line).filter(|line| !line.is_empty());
    }
    Some(line.chars().take(most.saturating_sub(1)).chain(['…']).collect())
}

/// Parts what looks like a host name, so that no mail program makes a link of it.
///
/// Whoever tries to log in chooses the name of the browser.
fn without_host_names(text: &str) -> String {
    let mut parted = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joins = c == '.' && rest.peek().is_some_and(|next| next.is_alphabetic());
        parted.push(if joins { ' ' } else { c });
    }
    parted
}

/// Replaces numbers of six or more digits, which could be taken for the code.
pub(super) fn without_long_numbers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for run in text.split_inclusive(|c: char| !c.is_numeric()) {
        let digits = run.chars().take_while(|c| c.is_numeric()).count();
        if digits >= 6 {
            kept.push('…');
            kept.extend(run.chars().skip(digits));
        } else {
            kept.push_str(run);
        }
    }
    kept
}

/// Whether a number of six or more digits stands in it.
pub(super) fn has_long_number(text: &str) -> bool {
    without_long_numbers(text) != text
}
