//! Queries of addresses, read and written.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

use super::desk::Desk;

/// The characters that are escaped: all but the unreserved ones of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The query of this request; its default where it cannot be read.
pub(super) fn read<T: DeserializeOwned + Default>(desk: &Desk) -> T {
    let uri = &desk.visit.browser.parts().uri;
    axum::extract::Query::try_from_uri(uri).map(|query| query.0).unwrap_or_default()
}

/// The query with these names and values, from its question mark on; empty values are left out.
pub(super) fn write<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, ESCAPED)))
        .collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn what_is_empty_is_left_out_and_what_is_odd_is_escaped() {
        assert_eq!(write([("search", ""), ("sort", "")]), "");
        assert_eq!(
            write([("search", "a&b=c/d é"), ("sort", "-name")]),
            "?search=a%26b%3Dc%2Fd%20%C3%A9&sort=-name"
        );
    }
}
