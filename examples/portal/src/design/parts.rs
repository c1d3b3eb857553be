//! The parts that pages are put together from.
//!
//! Each knows how it is read aloud: a field has its label, hint and error tied to it, a table has a
//! caption, a badge has words and not only a color.

use countersign_axum::CsrfFields;
use maud::{Markup, html};

use super::words::Words;
use crate::language::Language;

/// One line to type into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    name: &'a str,
    label: &'a str,
    kind: &'a str,
    value: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    autocomplete: Option<&'a str>,
    code: bool,
    focused: bool,
}

impl<'a> Field<'a> {
    /// A field for a word or two. Its id is its name.
    pub(crate) fn text(name: &'a str, label: &'a str) -> Self {
        Self {
            name,
            label,
            kind: "text",
            value: "",
            hint: None,
            error: None,
            autocomplete: None,
            code: false,
            focused: false,
        }
    }

    /// A field for an e-mail address.
    pub(crate) fn email(name: &'a str, label: &'a str) -> Self {
        Self { kind: "email", autocomplete: Some("email"), ..Self::text(name, label) }
    }

    /// A field for a date, `2026-12-31`.
    pub(crate) fn date(name: &'a str, label: &'a str) -> Self {
        Self { kind: "date", ..Self::text(name, label) }
    }

    /// A field for a number.
    pub(crate) fn number(name: &'a str, label: &'a str) -> Self {
        Self { kind: "number", ..Self::text(name, label) }
    }

    /// A field for a password. It never shows an earlier entry again.
    pub(crate) fn password(name: &'a str, label: &'a str, autocomplete: &'a str) -> Self {
        Self { kind: "password", autocomplete: Some(autocomplete), ..Self::text(name, label) }
    }

    /// The field of a security code: digits from left to right in every language.
    pub(crate) fn code(label: &'a str) -> Self {
        let autocomplete = Some("one-time-code");
        Self { code: true, autocomplete, ..Self::text("code", label) }
    }

    pub(crate) fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    pub(crate) fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(crate) fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    pub(crate) fn autocomplete(mut self, purpose: &'a str) -> Self {
        self.autocomplete = Some(purpose);
        self
    }

    /// The field that is ready to be typed into when the page opens.
    pub(crate) fn focused(mut self, focused: bool) -> Self {
        self.focused = focused;
        self
    }

    pub(crate) fn show(self, language: Language) -> Markup {
        let described = described_by(self.name, self.hint, self.error);
        let is_password = self.kind == "password";
        html! {
            div.field.wrong[self.error.is_some()] {
                label for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint { p.hint id={ (self.name) "-hint" } { (hint) } }
                @if let Some(error) = self.error { p.error id={ (self.name) "-error" } { (error) } }
                div.entry {
                    input
                        .code[self.code]
                        id=(self.name) name=(self.name) type=(self.kind)
                        value=[(!is_password && !self.value.is_empty()).then_some(self.value)]
                        autocomplete=[self.autocomplete]
                        inputmode=[self.code.then_some("numeric")]
                        dir=[(self.code || self.kind == "email").then_some("ltr")]
                        spellcheck=[self.autocomplete.map(|_| "false")]
                        autocapitalize=[self.autocomplete.map(|_| "none")]
                        aria-describedby=[described]
                        aria-invalid=[self.error.map(|_| "true")]
                        autofocus[self.focused];
                    @if is_password {
                        button.quiet.reveal type="button" hidden aria-pressed="false"
                            aria-controls=(self.name) data-reveal=(self.name) {
                            (Words::of(language).show)
                        }
                    }
                }
            }
        }
    }
}

/// One of several things to choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice<'a> {
    pub(crate) value: &'a str,
    pub(crate) words: &'a str,
}

/// A native dropdown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Select<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) choices: &'a [Choice<'a>],
    pub(crate) chosen: &'a str,
    pub(crate) hint: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
}

impl Select<'_> {
    pub(crate) fn show(self) -> Markup {
        let described = described_by(self.name, self.hint, self.error);
        html! {
            div.field.wrong[self.error.is_some()] {
                label for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint { p.hint id={ (self.name) "-hint" } { (hint) } }
                @if let Some(error) = self.error { p.error id={ (self.name) "-error" } { (error) } }
                select id=(self.name) name=(self.name) aria-describedby=[described]
                    aria-invalid=[self.error.map(|_| "true")] {
                    @for choice in self.choices {
                        option value=(choice.value) selected[choice.value == self.chosen] {
                            (choice.words)
                        }
                    }
                }
            }
        }
    }
}

fn described_by(name: &str, hint: Option<&str>, error: Option<&str>) -> Option<String> {
    let hint = hint.map(|_| format!("{name}-hint"));
    let error = error.map(|_| format!("{name}-error"));
    let both: Vec<String> = error.into_iter().chain(hint).collect();
    (!both.is_empty()).then(|| both.join(" "))
}

/// The errors of a form, at its top, each with a link to its field. It takes the focus.
pub(crate) fn error_summary(language: Language, errors: &[(&str, &str)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.summary #problem tabindex="-1" autofocus role="group" aria-labelledby="problem-title" {
                h2 #problem-title { (Words::of(language).problem) }
                ul {
                    @for (field, sentence) in errors {
                        li { a href={ "#" (field) } { (sentence) } }
                    }
                }
            }
        }
    }
}

/// One of the other things.
pub(crate) fn quiet_button(words: &str) -> Markup {
    html! { button.quiet type="submit" { (words) } }
}

/// A link that looks like the other things to do.
pub(crate) fn link_button(place: &str, words: &str) -> Markup {
    html! { a.quiet.button href=(place) { (words) } }
}

/// Good news about the request before this page.
pub(crate) fn status(words: &Markup) -> Markup {
    html! { div.status role="status" { (words) } }
}

/// More, for those who ask.
pub(crate) fn disclosure(summary: &str, body: &Markup) -> Markup {
    html! { details.more { summary { (summary) } div.inner { (body) } } }
}

/// A part of a page with a heading of its own.
pub(crate) fn card(id: &str, heading: &str, body: &Markup) -> Markup {
    html! {
        section.card aria-labelledby={ (id) "-title" } id=(id) {
            h2 id={ (id) "-title" } { (heading) }
            (body)
        }
    }
}

/// Rows under headings. On narrow screens each cell repeats its heading.
pub(crate) fn table(caption: &str, heads: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @let head = heads.get(at).copied().unwrap_or_default();
                                @if at == 0 { th scope="row" data-head=(head) { (cell) } }
                                @else { td data-head=(head) { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How a state is meant. The words say it; the color only repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Plain,
    Wary,
    Bad,
}

/// A state in a word or two.
pub(crate) fn badge(tone: Tone, words: &str) -> Markup {
    let class = match tone {
        Tone::Good => "badge good",
        Tone::Plain => "badge",
        Tone::Wary => "badge wary",
        Tone::Bad => "badge bad",
    };
    html! { span class=(class) { (words) } }
}

/// The hidden fields of a form.
pub(crate) fn hidden(hidden: &CsrfFields) -> Markup {
    html! {
        @for (name, value) in hidden.fields() { input type="hidden" name=(name) value=(value); }
    }
}
