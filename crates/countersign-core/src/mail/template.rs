//! Templates: the words of one kind of mail in one language, with places for values.
//!
//! A template that exists can be rendered: every placeholder is one that its kind offers, a code
//! mail shows its code and no other number like it, an invitation shows its link, and no template
//! brings a link of its own.

use super::message::MailKind;
use super::value::{Placeholder, has_long_number};
use crate::types::{Locale, is_override};

const SUBJECT_BYTES: usize = 200;
const BODY_BYTES: usize = 4096;
const PLACEHOLDERS: usize = 32;

/// The words of one kind of mail in one language.
///
/// The body is plain text; an empty line parts two paragraphs. `{tenant}` and the like are filled
/// in, `{{` and `}}` are braces. A line whose value is not known is left out, so put a browser or
/// a reason on a line of its own. `{code}` and `{link}` end a line and are set apart; the words
/// before them become their label.
///
/// ```
/// use countersign_core::mail::{MailKind, Template};
/// use countersign_core::Locale;
///
/// let locale = Locale::english();
/// let body = "Your code: {code}\n\nIt works until {until}.\nBrowser: {client}";
/// let template = Template::parse(MailKind::LoginCode, &locale, "Your {company} code", body)?;
/// assert_eq!(template.subject(), "Your {company} code");
///
/// let refused = Template::parse(MailKind::LoginCode, &locale, "Your code", "{coed}").unwrap_err();
/// assert!(refused.to_string().starts_with("template login-code.en: unknown placeholder {coed};"));
/// # Ok::<(), countersign_core::mail::TemplateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    kind: MailKind,
    locale: Locale,
    subject: String,
    body: String,
    pub(super) subject_line: Vec<Piece>,
    pub(super) paragraphs: Vec<Vec<Line>>,
}

/// Words, or the place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    Value(Placeholder),
}

/// One line of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) pieces: Vec<Piece>,
    // The code or the link that ends the line. It is shown even if the words before it are not.
    pub(super) vital: Option<Placeholder>,
}

impl Template {
    /// Parses a subject of one line and at most 200 bytes, and a body of at most 4 KiB.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] names the template, the fault, and what to write instead.
    pub fn parse(
        kind: MailKind,
        locale: &Locale,
        subject: &str,
        body: &str,
    ) -> Result<Self, TemplateError> {
        let refuse = |fault| TemplateError { kind, locale: locale.clone(), fault };
        let subject_line = parse_subject(kind, subject).map_err(refuse)?;
        let paragraphs = parse_body(kind, body).map_err(refuse)?;
        Ok(Self {
            kind,
            locale: locale.clone(),
            subject: subject.to_owned(),
            body: body.to_owned(),
            subject_line,
            paragraphs,
        })
    }

    /// What is rendered if no text exists: the tenant, and the code, the link or the bare kind.
    pub(super) fn bare(kind: MailKind) -> Self {
        let vital = Placeholder::vital(kind);
        let pieces = match vital {
            Some(_) => Vec::new(),
            None => vec![Piece::Words(kind.to_string())],
        };
        Self {
            kind,
            locale: Locale::english(),
            subject: "{company}".to_owned(),
            body: vital.map_or_else(|| kind.to_string(), |vital| format!("{{{}}}", vital.name())),
            subject_line: vec![Piece::Value(Placeholder::Company)],
            paragraphs: vec![vec![Line { pieces, vital }]],
        }
    }

    /// The kind of mail it is for.
    #[must_use]
    pub fn kind(&self) -> MailKind {
        self.kind
    }

    /// The language it is written in.
    #[must_use]
    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    /// The subject as it was given.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The body as it was given.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

fn parse_subject(kind: MailKind, subject: &str) -> Result<Vec<Piece>, Fault> {
    if subject.trim().is_empty() {
        return Err(Fault::Empty { part: "subject" });
    }
    if subject.len() > SUBJECT_BYTES {
        return Err(Fault::Long { part: "subject", bytes: subject.len(), most: SUBJECT_BYTES });
    }
    if subject.contains(['\r', '\n']) {
        return Err(Fault::Lines);
    }
    check_words(kind, subject)?;
    // A subject is seen on lock screens and in mail logs, and stays whole when a value is missing.
    parse_pieces(subject.trim(), &[Placeholder::Company]).map_err(|fault| {
        if let Fault::Unknown { name, .. } = fault { Fault::Subject { name } } else { fault }
    })
}

fn parse_body(kind: MailKind, body: &str) -> Result<Vec<Vec<Line>>, Fault> {
    if body.trim().is_empty() {
        return Err(Fault::Empty { part: "body" });
    }
    if body.len() > BODY_BYTES {
        return Err(Fault::Long { part: "body", bytes: body.len(), most: BODY_BYTES });
    }
    let vital = Placeholder::vital(kind);
    let mut paragraphs = vec![Vec::new()];
    let mut shown = 0;
    let mut placeholders = 0;
    for text in body.lines().map(str::trim) {
        if text.is_empty() {
            paragraphs.push(Vec::new());
            continue;
        }
        check_words(kind, text)?;
        let line = parse_line(text, kind)?;
        shown += usize::from(line.vital.is_some());
        placeholders += line.pieces.iter().filter(|piece| matches!(piece, Piece::Value(_))).count();
        if let Some(paragraph) = paragraphs.last_mut() {
            paragraph.push(line);
        }
    }
    match vital {
        Some(vital) if shown != 1 => Err(Fault::Vital { name: vital.name() }),
        _ if placeholders > PLACEHOLDERS => Err(Fault::Many),
        _ => {
            paragraphs.retain(|paragraph| !paragraph.is_empty());
            Ok(paragraphs)
        }
    }
}

fn parse_line(text: &str, kind: MailKind) -> Result<Line, Fault> {
    let vital = Placeholder::vital(kind);
    let is_vital = |piece: &Piece| matches!(piece, Piece::Value(place) if Some(*place) == vital);
    let mut pieces = parse_pieces(text, Placeholder::of(kind))?;
    let ending = pieces.pop_if(|last| is_vital(last)).and(vital);
    match vital {
        Some(vital) if pieces.iter().any(is_vital) => Err(Fault::Vital { name: vital.name() }),
        _ => Ok(Line { pieces, vital: ending }),
    }
}

fn parse_pieces(text: &str, offered: &[Placeholder]) -> Result<Vec<Piece>, Fault> {
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        words.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            words.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            words.push('}');
            rest = after;
        } else {
            let inside = from.strip_prefix('{').ok_or(Fault::Brace)?;
            let (name, after) = inside.split_once('}').ok_or(Fault::Brace)?;
            if name.contains('{') {
                return Err(Fault::Brace);
            }
            let place = offered.iter().find(|place| place.name() == name);
            let place = place.ok_or_else(|| Fault::unknown(name, offered))?;
            if !words.is_empty() {
                pieces.push(Piece::Words(std::mem::take(&mut words)));
            }
            pieces.push(Piece::Value(*place));
            rest = after;
        }
    }
    words.push_str(rest);
    if !words.is_empty() {
        pieces.push(Piece::Words(words));
    }
    Ok(pieces)
}

/// What no template may hold, whatever its placeholders.
fn check_words(kind: MailKind, text: &str) -> Result<(), Fault> {
    if text.chars().any(|c| c.is_control() || is_override(c)) {
        return Err(Fault::Control);
    }
    let lower = text.to_ascii_lowercase();
    if lower.contains("://") || lower.contains("www.") {
        return Err(Fault::Link);
    }
    if kind == MailKind::LoginCode && has_long_number(text) {
        return Err(Fault::Number);
    }
    Ok(())
}

/// Why a template was refused: which template, what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template {kind}.{locale}: {fault}")]
pub struct TemplateError {
    kind: MailKind,
    locale: Locale,
    fault: Fault,
}

impl TemplateError {
    pub(super) fn too_many(template: &Template, most: usize) -> Self {
        let kind = template.kind;
        let locale = template.locale.clone();
        Self { kind, locale, fault: Fault::TooMany { most } }
    }

    /// The kind of mail that the template was for.
    #[must_use]
    pub fn kind(&self) -> MailKind {
        self.kind
    }

    /// The language that the template was for.
    #[must_use]
    pub fn locale(&self) -> &Locale {
        &self.locale
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("unknown placeholder {{{name}}}; use one of {offered}")]
    Unknown { name: String, offered: String },
    #[error("the subject cannot hold {{{name}}}; use {{company}} or plain words there")]
    Subject { name: String },
    #[error(
        "a brace stands alone; close it on its line, or write {{{{ or }}}} for the sign itself"
    )]
    Brace,
    #[error("the body must show {{{name}}} once, at the end of a line")]
    Vital { name: &'static str },
    #[error("the {part} is empty; write one")]
    Empty { part: &'static str },
    #[error("the {part} has {bytes} bytes; give at most {most}")]
    Long { part: &'static str, bytes: usize, most: usize },
    #[error("the subject has more than one line; give one")]
    Lines,
    #[error("the body has more than {PLACEHOLDERS} placeholders; use fewer")]
    Many,
    #[error("a control character stands in it; use plain text, with spaces for tabs")]
    Control,
    #[error("a link stands in it; only {{link}} of an invitation may be one")]
    Link,
    #[error("a number of six or more digits could be taken for the code; take it out")]
    Number,
    #[error("there are {most} templates already; remove one first")]
    TooMany { most: usize },
}

impl Fault {
    fn unknown(name: &str, offered: &[Placeholder]) -> Self {
        let offered: Vec<String> =
            offered.iter().map(|place| format!("{{{}}}", place.name())).collect();
        Self::Unknown { name: name.chars().take(40).collect(), offered: offered.join(", ") }
    }
}
