//! A form as it stands on a page, and what is sent when somebody fills it in.

use super::html::{Piece, Tag};

/// A form with everything in it that can be sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    action: String,
    posted: bool,
    controls: Vec<Control>,
}

#[derive(Debug, Clone)]
struct Control {
    name: String,
    value: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Somebody types here.
    Typed,
    /// Sent as it is.
    Fixed,
    /// A box or a button to choose, and whether it is chosen already.
    Chosen(bool),
    /// Sends the form; it says this.
    Button(String),
}

impl Form {
    /// Every form on a page.
    pub(super) fn all(pieces: &[Piece]) -> Vec<Self> {
        let mut forms = Vec::new();
        let mut open: Option<Self> = None;
        for (at, piece) in pieces.iter().enumerate() {
            match (piece, &mut open) {
                (Piece::Open(tag), _) if tag.name == "form" => {
                    forms.extend(open.replace(Self::new(tag)));
                }
                (Piece::Close(name), _) if name == "form" => forms.extend(open.take()),
                (Piece::Open(tag), Some(form)) => {
                    form.controls.extend(control(tag, pieces.get(at + 1..).unwrap_or_default()));
                }
                _ => {}
            }
        }
        forms.extend(open);
        forms
    }

    fn new(tag: &Tag) -> Self {
        let action = tag.get("action").unwrap_or_default().to_owned();
        let posted = tag.get("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        Self { action, posted, controls: Vec::new() }
    }

    pub(super) fn action(&self) -> &str {
        &self.action
    }

    pub(super) fn is_posted(&self) -> bool {
        self.posted
    }

    /// What is sent with these fields filled in; nothing if the form has them not.
    pub(super) fn filled<'a>(
        &'a self,
        fields: &[(&'a str, &'a str)],
    ) -> Option<Vec<(&'a str, &'a str)>> {
        let fits = |(name, value): &(&str, &str)| {
            self.controls.iter().any(|control| {
                let free = control.kind == Kind::Typed;
                control.name == *name && (free || control.value == *value)
            })
        };
        let given = |control: &Control| fields.iter().any(|(name, _)| *name == control.name);
        let stands = self.controls.iter().filter(|control| !given(control) && control.is_sent());
        let mut sent: Vec<_> = stands.map(Control::pair).collect();
        sent.extend_from_slice(fields);
        fields.iter().all(fits).then_some(sent)
    }

    /// What is sent when the button that says this is pressed; nothing if there is none.
    pub(super) fn pressed(&self, says: &str) -> Option<Vec<(&str, &str)>> {
        let button = self.controls.iter().find(|control| control.kind == Kind::Button(says.into()));
        let named = button?.pair();
        let sent = self.controls.iter().filter(|control| control.is_sent()).map(Control::pair);
        Some(sent.chain(Some(named).filter(|(name, _)| !name.is_empty())).collect())
    }

    /// The names of its fields, for a sentence about a form that was not found.
    pub(super) fn names(&self) -> Vec<&str> {
        self.controls.iter().map(|control| control.name.as_str()).collect()
    }
}

impl Control {
    fn pair(&self) -> (&str, &str) {
        (&self.name, &self.value)
    }

    fn is_sent(&self) -> bool {
        let stands = !matches!(self.kind, Kind::Chosen(false) | Kind::Button(_));
        stands && !self.name.is_empty()
    }
}

fn control(tag: &Tag, inside: &[Piece]) -> Option<Control> {
    if tag.get("disabled").is_some() {
        return None;
    }
    let name = tag.get("name").unwrap_or_default().to_owned();
    let value = tag.get("value").unwrap_or_default().to_owned();
    let (value, kind) = match tag.name.as_str() {
        "input" => match tag.get("type").unwrap_or("text").to_ascii_lowercase().as_str() {
            "hidden" => (value, Kind::Fixed),
            "checkbox" | "radio" => {
                let value = tag.get("value").unwrap_or("on").to_owned();
                (value, Kind::Chosen(tag.get("checked").is_some()))
            }
            "submit" => (value.clone(), Kind::Button(value)),
            "button" | "reset" | "image" | "file" => return None,
            _ => (value, Kind::Typed),
        },
        "button" => match tag.get("type") {
            Some("button" | "reset") => return None,
            _ => (value, Kind::Button(text_until(inside, "button"))),
        },
        "select" => (selected(inside), Kind::Typed),
        "textarea" => (text_until(inside, "textarea"), Kind::Typed),
        _ => return None,
    };
    Some(Control { name, value, kind })
}

fn selected(inside: &[Piece]) -> String {
    let end = inside.iter().position(|piece| *piece == Piece::Close("select".to_owned()));
    let inside = inside.get(..end.unwrap_or(inside.len())).unwrap_or(inside);
    let mut options = inside.iter().enumerate().filter_map(|(at, piece)| match piece {
        Piece::Open(tag) if tag.name == "option" => {
            let after = inside.get(at + 1..).unwrap_or_default();
            let value = tag.get("value").map(str::to_owned);
            let value = value.unwrap_or_else(|| text_until(after, "option"));
            Some((tag.get("selected").is_some(), value))
        }
        Piece::Open(_) | Piece::Close(_) | Piece::Text(_) => None,
    });
    let first = options.next();
    let chosen = first.iter().cloned().chain(options).find(|(selected, _)| *selected);
    chosen.or(first).map(|(_, value)| value).unwrap_or_default()
}

/// The text up to the end of an element, with its white space joined.
pub(super) fn text_until(pieces: &[Piece], name: &str) -> String {
    let inside = pieces.iter().take_while(|piece| **piece != Piece::Close(name.to_owned()));
    text(inside)
}

/// What a user reads, with its white space joined.
pub(super) fn text<'a>(pieces: impl Iterator<Item = &'a Piece>) -> String {
    let mut read = String::new();
    let mut in_title = false;
    for piece in pieces {
        match piece {
            // It stands on the tab and not on the page.
            Piece::Open(tag) if tag.name == "title" => in_title = true,
            Piece::Close(name) if name == "title" => in_title = false,
            Piece::Text(_) if in_title => {}
            Piece::Text(text) => read.push_str(text),
            // Words of two blocks are two words, and those of two spans are one.
            Piece::Open(tag) if !is_inline(&tag.name) => read.push(' '),
            Piece::Close(name) if !is_inline(name) => read.push(' '),
            Piece::Open(_) | Piece::Close(_) => {}
        }
    }
    read.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_inline(name: &str) -> bool {
    ["a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "time"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::html::pieces;

    const PAGE: &str = "<form method=POST action='/login/code?next=%2F&amp;a=b'>\
        <input type=hidden name=form_token value='t&quot;k'><input type=hidden name=form_attempt value=7>\
        <label>Code <input name=code></label><input type=checkbox name=keep checked>\
        <input type=checkbox name=tell value=yes><input name=gone disabled>\
        <select name=lang><option value=en>English<option value=de selected>Deutsch</select>\
        <button>Log <b>in</b></button></form>\
        <form method=post action=/again><input type=hidden name=form_token value=t>\
        <button name=method value=email>Send</button><button name=method value=app>Use app</button></form>\
        <form action=/search><input name=q><textarea name=more> x </textarea>";

    #[test]
    fn a_form_is_found_by_its_fields_and_carries_the_rest_along() {
        let forms = Form::all(&pieces(PAGE));
        let check = |fields: &[(&str, &str)], form: usize, expected: &str| {
            let found = forms.iter().position(|form| form.filled(fields).is_some());
            assert_eq!(found, Some(form), "{fields:?}");
            let sent = forms[form].filled(fields).unwrap();
            let sent: Vec<_> = sent.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(sent.join("&"), expected, "{fields:?}");
        };
        let hidden = "form_token=t\"k&form_attempt=7";
        check(&[("code", "123")], 0, &format!("{hidden}&keep=on&lang=de&code=123"));
        let chosen = [("lang", "en"), ("tell", "yes")];
        check(&chosen, 0, &format!("{hidden}&code=&keep=on&lang=en&tell=yes"));
        check(&[("method", "app")], 1, "form_token=t&method=app");
        check(&[("q", "a")], 2, "more=x&q=a");
        for absent in [("gone", "1"), ("tell", "no"), ("form_token", "forged"), ("method", "sms")] {
            assert!(forms.iter().all(|form| form.filled(&[absent]).is_none()), "{absent:?}");
        }
        assert_eq!(forms[0].action(), "/login/code?next=%2F&a=b");
        assert_eq!(forms.iter().map(Form::is_posted).collect::<Vec<_>>(), [true, true, false]);
    }

    #[test]
    fn a_button_is_found_by_what_it_says() {
        let forms = Form::all(&pieces(PAGE));
        let sent = forms[1].pressed("Use app").unwrap();
        assert_eq!(sent, [("form_token", "t"), ("method", "app")]);
        assert_eq!(forms[0].pressed("Log in").unwrap().len(), 5);
        assert!(forms.iter().all(|form| form.pressed("Buy").is_none()));
    }
}
