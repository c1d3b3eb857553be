//! Tables as files for spreadsheets (RFC 4180), with cells that no spreadsheet takes for formulas.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// A table that is written line by line.
#[derive(Debug)]
pub(super) struct Csv(String);

impl Csv {
    pub(super) fn new() -> Self {
        // Spreadsheets take a file for UTF-8 only if it begins like this.
        Self("\u{feff}".to_owned())
    }

    pub(super) fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        let cells: Vec<String> = cells.into_iter().map(cell).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    /// As a file of this name.
    pub(super) fn download(self, name: &'static str) -> Response {
        let mut response = self.0.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        if let Ok(kept) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
            headers.insert(CONTENT_DISPOSITION, kept);
        }
        response
    }
}

/// A cell: quoted, without the marks that only guide the eye, and never a formula.
///
/// Where numbers have a comma, spreadsheets part cells at a semicolon, in the middle of ours too.
fn cell(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}')).collect();
    let parts = plain.split_inclusive([';', '\t', '\r', '\n']);
    let guard = |part: &str| if is_formula(part) { "'" } else { "" };
    let guarded: String = parts.flat_map(|part| [guard(part), part]).collect();
    format!("\"{}\"", guarded.replace('"', "\"\""))
}

/// Whether the first letter that is seen begins a formula, in its wide form too.
fn is_formula(part: &str) -> bool {
    let unseen = |c: &char| {
        let mark = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
        mark || c.is_whitespace() || c.is_control()
    };
    let first = part.chars().find(|c| !unseen(c));
    first.is_some_and(|first| "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_survives_quotes_commas_and_lines_and_is_never_a_formula() {
        for (text, written) in [
            ("Ada Moreau", "\"Ada Moreau\""),
            ("Moreau, Ada", "\"Moreau, Ada\""),
            ("the \"boss\"", "\"the \"\"boss\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(\"http://evil.example\")", "\"'=HYPERLINK(\"\"http://evil.example\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\u{ff1d}1+1", "\"'\u{ff1d}1+1\""),
            (" \u{200f}=1+1", "\"' \u{200f}=1+1\""),
            ("Fay;=1+1", "\"Fay;'=1+1\""),
            ("Fay; \t+1", "\"Fay; \t'+1\""),
            ("Moreau, Ada; Osei, Ben", "\"Moreau, Ada; Osei, Ben\""),
            ("until \u{2066}14:32 UTC\u{2069}", "\"until 14:32 UTC\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }

    #[test]
    fn a_line_ends_as_the_standard_says() {
        let mut csv = Csv::new();
        csv.line(["Name", "E-mail"]);
        assert_eq!(csv.0, "\u{feff}\"Name\",\"E-mail\"\r\n");
    }
}
