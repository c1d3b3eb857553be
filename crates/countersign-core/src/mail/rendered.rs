//! One mail, rendered: the subject, the text part and the HTML part that a mailer sends.

use std::fmt;

use super::message::{MailKind, Message};
use super::page;
use super::texts::Texts;
use super::value::{Values, one_line};

use crate::types::{EmailAddress, LetterId, Locale, SecretText};

/// One mail, ready for a mailer: its text, its language and its address.
///
/// A mailer sends [`subject`](Self::subject), [`text`](Self::text) and [`html`](Self::html) as they
/// are, or writes its own text from [`message`](Self::message).
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    envelope: Envelope,
    company: String,
    locale: Locale,
    message: Message,
    subject: String,
    // Both parts hold the code or the link.
    text: SecretText,
    html: SecretText,
}

impl Mail {
    /// A mail with a standard text that no letter stands behind: for the tests of a mailer, and for
    /// an operator who asks whether mail arrives at all.
    ///
    /// The id names it as a letter's would; draw a fresh one for each mail.
    ///
    /// ```
    /// use countersign_core::{LetterId, Locale, Mail, OsRandom, SecretText, Timestamp};
    /// use countersign_core::mail::Message;
    ///
    /// let mail = Mail::trial(
    ///     LetterId::draw(&OsRandom)?,
    ///     "ada@larkfield.example".parse()?,
    ///     &Locale::english(),
    ///     "Larkfield Freight",
    ///     Message::LoginCode {
    ///         code: SecretText::new("482913".to_owned()),
    ///         at: Timestamp::from_seconds(1_795_530_720),
    ///         until: Timestamp::from_seconds(1_795_531_320),
    ///         client: None,
    ///         reference: None,
    ///     },
    /// );
    /// assert!(mail.text().contains("482913"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trial(
        letter: LetterId,
        to: EmailAddress,
        locale: &Locale,
        company: &str,
        message: Message,
    ) -> Self {
        let envelope = Envelope { to, letter, attempt: 1 };
        render(&Texts::default(), std::slice::from_ref(locale), company, envelope, message)
    }

    /// The one mailbox it goes to.
    #[must_use]
    pub fn to(&self) -> &EmailAddress {
        &self.envelope.to
    }

    /// What kind of mail it is.
    #[must_use]
    pub fn kind(&self) -> MailKind {
        self.message.kind()
    }

    /// The facts it tells, for a mailer that writes its own text.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// The language it is written in, for `Content-Language`.
    #[must_use]
    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    /// The tenant it speaks of: one line, at most 80 characters, not escaped.
    #[must_use]
    pub fn tenant_name(&self) -> &str {
        &self.company
    }

    /// The subject: one line without control characters, never with a code.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The text part. It holds the code or the link, so it belongs in no log.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.expose()
    }

    /// The HTML part. It holds the code or the link, so it belongs in no log.
    #[must_use]
    pub fn html(&self) -> &str {
        self.html.expose()
    }

    /// Names the letter: the left half of a `Message-ID`.
    ///
    /// It is the same at each attempt, so a mailbox that gets a letter twice can show it once, and an
    /// interface with idempotency keys takes it as one. What stands in the mail may differ between two
    /// attempts, where the tenant's texts were changed meanwhile: a service that minds has failed for
    /// now. It says nothing about the user.
    #[must_use]
    pub fn message_ref(&self) -> String {
        self.envelope.letter.to_string()
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("letter", &self.envelope.letter)
            .field("attempt", &self.envelope.attempt)
            .field("to", &self.envelope.to.masked())
            .field("kind", &self.kind())
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

/// Whom a mail goes to, for which letter, on which attempt.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) to: EmailAddress,
    pub(crate) letter: LetterId,
    pub(crate) attempt: u32,
}

/// Writes the mail in the first of the `wanted` languages that has a text.
///
/// For each language the exact tag comes before the language alone, and a tenant's own text before
/// the standard one. English is the last resort.
pub(crate) fn render(
    texts: &Texts,
    wanted: &[Locale],
    company: &str,
    envelope: Envelope,
    message: Message,
) -> Mail {
    let template = texts.choose(message.kind(), wanted);
    let company = one_line(company, 80).unwrap_or_else(|| "…".to_owned());
    let values = Values::new(&company, &message, template.locale());
    let subject = page::subject(&template, &values);
    let text = page::text(&template, &values);
    let html = page::html(&template, &values, &subject);
    Mail { envelope, locale: template.locale().clone(), subject, text, html, company, message }
}
