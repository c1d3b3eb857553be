//! Arrows between the files of this crate lead down, so no circle of files can form.
//!
//! The list below says who stands on whom: a file may name files on lower floors, each by its own
//! path, and nothing at the crate root. Only `lib.rs`, which re-exports, is on no floor.
#![expect(clippy::unwrap_used, reason = "a test that cannot read the source has failed")]

use std::iter::successors;
use std::path::Path;

const FLOORS: &[&[&str]] = &[
    &["seconds"],
    &["address", "addresses", "jar", "flash", "redirect_path", "unknown_users", "user_agent"],
    &["config", "problem"],
    &["body", "csrf"],
    &["browser"],
    &["step_up_link", "session_transport", "pages", "api_request", "csrf_form"],
    &["gate", "plain_pages"],
    &["builder", "layer", "logged_in"],
    &["acts", "flow", "fresh", "json::shape"],
    &["administering", "html::fields", "json"],
    &["html::step_up"],
    &["html"],
];

fn floor_of(file: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&file))
}

/// What the source of a file names that does not stand below it, as sentences.
fn wrong_arrows(file: &str, source: &str) -> Vec<String> {
    let Some(floor) = floor_of(file) else { return vec![format!("{file} is on no floor")] };
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    let named = lines.flat_map(|line| named_in(file, line));
    let wrong = named.filter_map(|path| {
        // A path goes on past its file, to an item: the longest part that is a file counts.
        let mut parts = successors(Some(&*path), |at| at.rsplit_once("::").map(|(up, _)| up));
        match parts.find_map(floor_of) {
            Some(below) if below < floor => None,
            Some(_) => Some(format!("{file} names {path}, which is not below it")),
            None => Some(format!("{file} names {path} and not a file by its own path")),
        }
    });
    wrong.collect()
}

/// Each path of this crate in one line, from its root: `crate::a::B` is `a::B`.
fn named_in(file: &str, line: &str) -> Vec<String> {
    let child =
        line.trim_start_matches("pub ").strip_prefix("mod ").and_then(|m| m.split_once(';'));
    let mut found: Vec<_> = child.map(|(name, _)| format!("{file}::{name}")).into_iter().collect();
    let in_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    for word in line.split(|c| !in_path(c)).filter(|word| word.contains("::")) {
        let mut parts = word.split("::").filter(|part| !part.is_empty()).peekable();
        let mut from: Vec<&str> = file.split("::").collect();
        match parts.next() {
            Some("crate") => from.clear(),
            Some("self") => {}
            Some("super") => drop(from.pop()),
            Some(_) | None => continue,
        }
        while parts.next_if_eq(&"super").is_some() {
            from.pop();
        }
        from.extend(parts);
        found.push(from.join("::"));
    }
    found
}

/// Every file below `src` but `lib.rs`, as the path of its module, with its source.
fn files() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name =
                path.strip_prefix(&src).unwrap().to_str().unwrap().replace(['/', '\\'], "::");
            match name.strip_suffix(".rs") {
                Some("lib") => {}
                Some(file) => files.push((file.into(), std::fs::read_to_string(path).unwrap())),
                None => folders.push(path),
            }
        }
    }
    files
}

#[test]
fn every_arrow_between_files_leads_down() {
    let files = files();
    let wrong: Vec<_> =
        files.iter().flat_map(|(file, source)| wrong_arrows(file, source)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(files.len(), FLOORS.concat().len(), "a file of the list is gone");
}

#[test]
fn an_arrow_that_leads_up_is_noticed() {
    for (file, line) in [
        ("jar", "use crate::browser::Browser;"),
        ("jar", "    crate::redirect_path::decoded(text)"), // beside it, which is how a circle begins
        ("html::fields", "use super::step_up::show;"),
        ("html::fields", "use super::super::html::code;"),
        ("browser", "pub use crate::Problem;"),
        ("browser", "use crate::{jar, problem};"),
        ("gate", "use crate::builder::{GateBuilder, SetupError};"),
        ("browser", "mod cookies;"),
        ("new", ""),
    ] {
        assert_eq!(wrong_arrows(file, line).len(), 1, "{file}: {line}");
    }
    for (file, line) in [
        ("browser", "use crate::jar::{Jar, SameSite};"),
        ("browser", "/// Like crate::gate::Gate."),
        ("html", "mod fields;"),
        ("html::step_up", "use super::fields::Typed;"),
        ("browser", "pub(crate) fn new() -> Self { Self::of(std::net::self_addr()) }"),
    ] {
        assert_eq!(wrong_arrows(file, line), [""; 0], "{file}: {line}");
    }
}
