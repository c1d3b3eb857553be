//! From a template and its values to a subject, a text part and an HTML part.
//!
//! Words of the template and values alike are escaped as they are written, so nothing but the
//! constants of this file is ever markup. Tables carry the layout because Outlook knows no other;
//! colors are solid, so a program that inverts them keeps them readable.
//!
//! In a language from right to left every value is isolated, with `<bdi>` on the page and with
//! U+2068 and U+2069 in plain text, so that a Latin name moves nothing around it. A code and a link
//! have a line of their own and need none of that: what is copied there is the code or the link.
//! Subjects have none either, as not every list of mails hides what is invisible.

use super::message::MailKind;
use super::template::{Line, Piece, Template};
use super::value::{Placeholder, Values, has_long_number, without_long_numbers};
use crate::types::{Direction, SecretText};

/// Room for both parts from the start, so that growing leaves no copy of a code behind.
const ROOM: usize = 16 * 1024;

/// A stretch of a line: words of the template, or an inserted value.
enum Run<'a> {
    Words(&'a str),
    Value(String),
}

impl Run<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Value(value) => value,
        }
    }
}

/// The line with its values, or nothing if one of them is not known.
///
/// A name that ends with a full stop ends a sentence too: one stop is enough for both.
fn fill<'a>(pieces: &'a [Piece], values: &Values<'_>) -> Option<Vec<Run<'a>>> {
    let mut runs: Vec<Run<'a>> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let stopped = matches!(runs.last(), Some(Run::Value(value)) if value.ends_with('.'));
        runs.push(match piece {
            Piece::Words(words) if stopped => Run::Words(words.strip_prefix('.').unwrap_or(words)),
            Piece::Words(words) => Run::Words(words),
            Piece::Value(place) => Run::Value(values.get(*place)?),
        });
    }
    Some(runs)
}

fn plain(runs: &[Run<'_>]) -> String {
    runs.iter().map(Run::as_str).collect()
}

/// As plain text in which no value changes the order of the words around it.
fn isolated(runs: &[Run<'_>]) -> String {
    let run = |run: &Run<'_>| match run {
        Run::Words(words) => (*words).to_owned(),
        Run::Value(value) => format!("\u{2068}{value}\u{2069}"),
    };
    runs.iter().map(run).collect()
}

/// The subject, with the reference that tells several mails of one login apart.
pub(super) fn subject(template: &Template, values: &Values<'_>) -> String {
    let subject = fill(&template.subject_line, values).map(|runs| plain(&runs)).unwrap_or_default();
    match values.get(Placeholder::Reference) {
        Some(reference) => format!("{subject} ({reference})"),
        None => subject,
    }
}

/// The text part: the lines as they were written, the code or the link on a line of its own.
pub(super) fn text(template: &Template, values: &Values<'_>) -> SecretText {
    let mut out = String::with_capacity(ROOM);
    for paragraph in &template.paragraphs {
        let begun = out.len();
        for line in paragraph {
            let words = sentence(line, template, values);
            if !words.is_empty() {
                out.push_str(&words);
                out.push('\n');
            }
            if let (Some(_), Some(vital)) = (line.vital, values.vital()) {
                out.extend(vital.expose().chars().filter(is_printed));
                out.push('\n');
            }
        }
        if out.len() > begun {
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    SecretText::new(out)
}

/// The words of a line as plain text, without what could be taken for the code.
fn sentence(line: &Line, template: &Template, values: &Values<'_>) -> String {
    let runs = fill(&line.pieces, values).unwrap_or_default();
    let words = plain(&runs);
    let is_code_mail = values.kind() == MailKind::LoginCode;
    match template.locale().direction() {
        // Isolated digits side by side are one number to the eye, so it is looked at without.
        _ if is_code_mail && has_long_number(&words) => without_long_numbers(words.trim()),
        Direction::RightToLeft => isolated(&runs).trim().to_owned(),
        Direction::LeftToRight => words.trim().to_owned(),
    }
}

/// The HTML part: one card, readable without pictures, in light and dark.
pub(super) fn html(template: &Template, values: &Values<'_>, subject: &str) -> SecretText {
    let mut out = String::with_capacity(ROOM);
    let lang = template.locale().as_str();
    let dir = template.locale().direction().as_html();
    let tongue = format!(" lang=\"{lang}\" dir=\"{dir}\"");
    out.extend(["<!DOCTYPE html>\n<html", &tongue, ">\n", HEAD, "<title>"]);
    escape(&mut out, subject);
    out.extend(["</title>\n", STYLE, BODY]);
    escape(&mut out, &preview(template, values));
    // Padding keeps the code below out of the preview, which shows on lock screens.
    out.extend(std::iter::repeat_n(PAD, 80));
    out.extend([OUTER, &tongue, CARD]);
    html_runs(&mut out, values.get(Placeholder::Company).map(Run::Value).as_slice());
    out.push_str("</h1>\n");
    for paragraph in &template.paragraphs {
        html_paragraph(&mut out, paragraph, values);
    }
    out.push_str(END);
    SecretText::new(out)
}

/// The sentences that a list of mails shows beside the subject: what follows the code or the link,
/// and the last paragraph, which says what to do if it was somebody else.
fn preview(template: &Template, values: &Values<'_>) -> String {
    let vital =
        template.paragraphs.iter().position(|lines| lines.iter().any(|l| l.vital.is_some()));
    let follows = template.paragraphs.iter().skip(vital.map_or(0, |at| at + 1));
    let sentences = |lines: &Vec<Line>| -> String {
        let words = lines.iter().map(|line| sentence(line, template, values));
        words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let mut told = follows.map(sentences).filter(|words| !words.is_empty());
    let first = told.next().unwrap_or_default();
    match told.next_back() {
        Some(last) => format!("{first} {last}"),
        None => first,
    }
}

fn html_paragraph(out: &mut String, paragraph: &[Line], values: &Values<'_>) {
    let mut open = false;
    for line in paragraph {
        let runs = fill(&line.pieces, values).unwrap_or_default();
        let in_button = line.vital == Some(Placeholder::Link);
        if !in_button && runs.iter().any(|run| !run.as_str().trim().is_empty()) {
            out.push_str(if open { "<br>\n" } else { P });
            open = true;
            html_runs(out, &runs);
        }
        if let (Some(place), Some(vital)) = (line.vital, values.vital()) {
            out.push_str(if std::mem::take(&mut open) { "</p>\n" } else { "" });
            if place == Placeholder::Link {
                html_link(out, &plain(&runs), vital);
            } else {
                html_code(out, vital);
            }
        }
    }
    out.push_str(if open { "</p>\n" } else { "" });
}

fn html_runs(out: &mut String, runs: &[Run<'_>]) {
    for run in runs {
        match run {
            Run::Words(words) => escape(out, words),
            Run::Value(value) => {
                // Isolated, so that a name in another script does not reorder the sentence.
                out.push_str("<bdi>");
                escape(out, value);
                out.push_str("</bdi>");
            }
        }
    }
}

/// The code, with a gap in the middle that is drawn and not written: what is copied has none.
fn html_code(out: &mut String, code: &SecretText) {
    let digits = code.expose();
    let (left, right) = digits.split_at_checked(digits.len() / 2).unwrap_or((digits, ""));
    out.push_str(CODE);
    escape(out, left);
    out.push_str(GAP);
    escape(out, right);
    out.push_str("</span></p>\n");
}

/// The one link of an invitation, as a button with the words before it as its label.
fn html_link(out: &mut String, label: &str, link: &SecretText) {
    let label = label.trim().trim_end_matches([':', '：']).trim_end();
    let address = SecretText::new(link.expose().chars().filter(is_printed).collect());
    let label = if label.is_empty() { address.expose() } else { label };
    out.push_str(BUTTON);
    escape(out, address.expose());
    out.push_str(BUTTON_LABEL);
    escape(out, label);
    out.push_str("</a></p>\n");
}

/// Whether a character may stand in a code or a link.
fn is_printed(c: &char) -> bool {
    c.is_ascii_graphic()
}

/// Writes the text so that HTML reads it as text, in an element and in a quoted attribute.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
}

const HEAD: &str = r#"<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
"#;

const STYLE: &str = "<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
.page { background-color: #12161c !important; }
.card { background-color: #1d232b !important; border-color: #3a424d !important; }
.ink { color: #e9edf2 !important; }
.code { background-color: #2b333d !important; color: #ffffff !important; }
}
</style>
</head>
";

const BODY: &str = r#"<body class="page" style="margin:0; padding:0; background-color:#f1f3f6;">
<div style="display:none; max-height:0; overflow:hidden; mso-hide:all;">"#;

const PAD: &str = "&#847;&zwnj;&nbsp;";

const OUTER: &str = r#"</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0""#;

const CARD: &str = r#" class="page" style="background-color:#f1f3f6;">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="card" style="max-width:520px; background-color:#ffffff; border:1px solid #d3d9e0;">
<tr><td class="ink" style="padding:28px 28px 12px; font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif; font-size:16px; line-height:24px; color:#1b222b;">
<h1 style="margin:0 0 20px; font-size:18px; line-height:24px;">"#;

const P: &str = r#"<p style="margin:0 0 16px;">"#;

const CODE: &str = r#"<p class="code" dir="ltr" style="margin:0 0 16px; padding:16px 2px 16px 8px; unicode-bidi:isolate; text-align:center; font-family:Consolas,Menlo,monospace; font-size:32px; line-height:40px; font-weight:bold; letter-spacing:6px; -webkit-user-select:all; user-select:all; background-color:#e8edf3; color:#10161d;">"#;

const GAP: &str = r#"<span style="padding-left:16px;">"#;

const BUTTON: &str = r#"<p style="margin:0 0 16px;"><a href=""#;

const BUTTON_LABEL: &str = r#"" style="display:inline-block; padding:12px 20px; background-color:#1d4fb8; color:#ffffff; font-weight:bold; text-decoration:none; overflow-wrap:anywhere;">"#;

const END: &str = "</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
";
