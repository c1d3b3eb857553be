//! Says which field of two values differs.

use std::fmt::Debug;

use crate::fail::fail;

/// Returns if what was read is what was written; else ends the law with the first field that is
/// not.
#[track_caller]
pub(super) fn same<T: PartialEq + Debug>(found: &T, written: &T, what: &str) {
    if found != written {
        fail(format_args!("{what} is read differently: {}", difference(found, written)));
    }
}

/// The first field that differs, and how; the names are those that `Debug` shows.
fn difference(found: &impl Debug, written: &impl Debug) -> String {
    let found = format!("{found:#?}");
    let written = format!("{written:#?}");
    let mut path: Vec<(usize, &str)> = Vec::new();
    let mut lines = found.lines();
    for line in written.lines() {
        let text = line.trim_start();
        let depth = line.len() - text.len();
        path.retain(|(outer, _)| *outer < depth);
        path.extend(field(text).map(|name| (depth, name)));
        let other = lines.next().unwrap_or_default();
        if other != line {
            return format!("{} is {} instead of {text}", joined(&path), other.trim_start());
        }
    }
    "a part of it that `Debug` hides".to_owned()
}

/// The field that begins on this line.
fn field(text: &str) -> Option<&str> {
    let name = text.split_once(": ")?.0;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_name).then_some(name)
}

fn joined(path: &[(usize, &str)]) -> String {
    let names: Vec<_> = path.iter().map(|(_, name)| *name).collect();
    if names.is_empty() { "it".to_owned() } else { format!("`{}`", names.join(".")) }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[derive(Debug)]
    #[expect(dead_code, reason = "they are only shown")]
    struct Outer {
        first: u8,
        inner: Within,
    }

    #[derive(Debug)]
    #[expect(dead_code, reason = "they are only shown")]
    struct Within {
        number: Option<u8>,
        text: &'static str,
    }

    fn outer(first: u8, number: Option<u8>, text: &'static str) -> Outer {
        Outer { first, inner: Within { number, text } }
    }

    #[test]
    fn a_difference_is_told_by_the_path_of_its_field() {
        let told = difference(&outer(1, None, "a: b"), &outer(1, None, "a: c"));
        assert_eq!(told, r#"`inner.text` is text: "a: b", instead of text: "a: c","#);
        let told = difference(&outer(2, None, ""), &outer(1, None, ""));
        assert_eq!(told, "`first` is first: 2, instead of first: 1,");
        let told = difference(&outer(1, Some(7), ""), &outer(1, Some(8), ""));
        assert_eq!(told, "`inner.number` is 7, instead of 8,");
        assert_eq!(difference(&1, &2), "it is 1 instead of 2");
        assert_eq!(difference(&1, &1), "a part of it that `Debug` hides");
    }
}
