//! Text in the query of an address, there and back.

/// Text as the value of a query: everything but letters, digits and a few marks is escaped.
pub(crate) fn in_query(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                written.push(char::from(byte));
            }
            _ => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

/// The first value of a query under this name, decoded.
pub(crate) fn from_query(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_a_query_is_read_back() {
        for text in ["/a?b=c&d=e f", "päß/%25", "=&?#", ""] {
            let query = format!("x=1&next={}", in_query(text));
            assert_eq!(from_query(&query, "next").as_deref(), Some(text));
        }
        for broken in ["next=%", "next=%zz", "next=%ff", "nxt=1", ""] {
            assert_eq!(from_query(broken, "next"), None);
        }
    }
}
