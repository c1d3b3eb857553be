//! As much of HTML as a login needs: tags with their attributes, and the text between them.

/// A part of a page, in the order in which it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Open(Tag),
    Close(String),
    Text(String),
}

/// A tag that opens, its name and the names of its attributes in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute; empty if the attribute stands there alone.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Takes a page apart. Comments, scripts and styles are left out.
pub(super) fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        if !text.is_empty() {
            pieces.push(Piece::Text(decode(text)));
        }
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic());
        rest = if let Some(comment) = tag.strip_prefix("!--") {
            comment.split_once("-->").map_or("", |(_, rest)| rest)
        } else if let Some(closed) = tag.strip_prefix('/') {
            let (name, rest) = closed.split_once('>').unwrap_or((closed, ""));
            pieces.push(Piece::Close(name.trim().to_ascii_lowercase()));
            rest
        } else if is_tag {
            let (tag, rest) = tag_at(tag);
            let skipped = ["script", "style"].contains(&tag.name.as_str());
            let rest = if skipped { after_end(rest, &tag.name) } else { rest };
            pieces.push(Piece::Open(tag));
            rest
        } else {
            tag.split_once('>').map_or("", |(_, rest)| rest)
        };
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(decode(rest)));
    }
    pieces
}

/// What comes at the end of an element whose inside is no HTML.
fn after_end<'a>(rest: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    rest.find(&end).and_then(|at| rest.get(at..)).unwrap_or("")
}

fn tag_at(text: &str) -> (Tag, &str) {
    let (name, mut rest) = split_where(text, |c| c.is_ascii_whitespace() || c == '/' || c == '>');
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=');
        if let Some(after) = rest.strip_prefix('>') {
            rest = after;
            break;
        }
        if rest.is_empty() {
            break;
        }
        let (attribute, after) =
            split_where(rest, |c| c.is_ascii_whitespace() || matches!(c, '=' | '/' | '>'));
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(value) => value_at(value.trim_start()),
            None => ("", after),
        };
        attributes.push((attribute.to_ascii_lowercase(), decode(value)));
        rest = after;
    }
    (Tag { name: name.to_ascii_lowercase(), attributes }, rest)
}

fn value_at(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    split_where(text, |c| c.is_ascii_whitespace() || c == '>')
}

fn split_where(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// The text that a user reads where this is written.
fn decode(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        read.push_str(before);
        let named = after.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest)));
        match named {
            Some((letter, after)) => {
                read.push(letter);
                rest = after;
            }
            None => {
                read.push('&');
                rest = after;
            }
        }
    }
    read.push_str(rest);
    read
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &[&str]) {
        let shown: Vec<String> = pieces(html)
            .iter()
            .map(|piece| match piece {
                Piece::Open(tag) => format!("<{} {:?}", tag.name, tag.attributes),
                Piece::Close(name) => format!("</{name}"),
                Piece::Text(text) => text.clone(),
            })
            .collect();
        assert_eq!(shown, expected, "{html}");
    }

    #[test]
    fn tags_are_read_in_every_way_to_write_them() {
        check("<INPUT Name=\"a\">", &["<input [(\"name\", \"a\")]"]);
        check("<a href='x>y' b>c</a >", &["<a [(\"href\", \"x>y\"), (\"b\", \"\")]", "c", "</a"]);
        check("<br/><i a=b/c d = e>", &["<br []", "<i [(\"a\", \"b/c\"), (\"d\", \"e\")]"]);
        check("<a title=\"&lt;&#39;&#x41;&amp;lt;&no;\">", &["<a [(\"title\", \"<'A&lt;&no;\")]"]);
    }

    #[test]
    fn what_is_no_page_is_left_out_and_nothing_panics() {
        check("<!doctype html><p>1 &lt; 2</p>", &["<p []", "1 < 2", "</p"]);
        check("a<!-- <form> -->b", &["a", "b"]);
        check("<script>if (a<b) '<form>'</script>c", &["<script []", "</script", "c"]);
        for broken in ["<", "<a", "<a b=", "<a b=\"", "</", "<!--", "&", "&#;", "<style>", "< a"] {
            let _ = pieces(broken);
        }
    }
}
