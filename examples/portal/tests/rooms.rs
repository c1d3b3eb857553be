//! The rooms of the portal: a newcomer reads down, because no file leads back up.
//!
//! A file leads to the files that it declares and to those that its paths name. A room is a file of
//! the first floor together with its folder.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read the sources fails, and should"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The text of each file by its path below `src`, without the ending; `""` is `lib.rs`.
type Sources = BTreeMap<String, String>;
type Arrows = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_circle_of_files() {
    let sources = sources();
    assert!(sources.len() > 50, "only {} files were found", sources.len());
    assert_eq!(circle(&arrows(&sources)), None);
}

#[test]
fn no_circle_of_rooms() {
    let room = |file: &str| file.split('/').next().unwrap_or_default().to_owned();
    let mut rooms = Arrows::new();
    for (file, named) in arrows(&sources()) {
        let others = named.iter().map(|named| room(named)).filter(|other| *other != room(&file));
        rooms.entry(room(&file)).or_default().extend(others);
    }
    assert_eq!(circle(&rooms), None);
}

#[test]
fn every_way_to_name_a_file_above_is_seen() {
    for planted in [
        "use crate::top::Top;",
        "use crate::{\n    low::other,\n    top::{self, Top},\n};",
        "use super::super::top::Top;",
        "use super::Low;",
        "fn top() -> crate::top::Top { crate::top::Top }",
        "fn low(_: super::Low) {}",
        "use crate::Library;",
    ] {
        let found = circle(&arrows(&planted_in_leaf(planted)));
        assert!(found.is_some_and(|circle| circle.contains("low/leaf")), "{planted}");
    }
    for harmless in ["// use crate::top::Top;", "use top::Top;", "use super::twig::Twig;"] {
        assert_eq!(circle(&arrows(&planted_in_leaf(harmless))), None, "{harmless}");
    }
}

fn planted_in_leaf(text: &str) -> Sources {
    let files = [
        ("", "mod low;\nmod top;"),
        ("top", "use crate::low::leaf::Leaf;"),
        ("low", "mod leaf;\npub(crate) mod twig;"),
        ("low/leaf", text),
        ("low/twig", ""),
    ];
    files.map(|(file, text)| (file.to_owned(), text.to_owned())).into()
}

fn sources() -> Sources {
    fn read(folder: &Path, root: &Path, into: &mut Sources) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, root, into);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root).unwrap().with_extension("");
                let name = name.to_str().unwrap().replace('\\', "/");
                let name = if name == "lib" { String::new() } else { name };
                into.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Sources::new();
    read(&root, &root, &mut sources);
    sources
}

fn arrows(sources: &Sources) -> Arrows {
    let named = |(file, text): (&String, &String)| {
        let without_tests = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let lines = without_tests.lines().map(|line| line.split("//").next().unwrap_or_default());
        let code: Vec<&str> = lines.collect();
        let mut paths = Vec::new();
        for line in &code {
            let child = line.split_once("mod ").and_then(|(_, name)| name.strip_suffix(';'));
            paths.extend(child.map(|child| join(file, child)));
        }
        let code = code.concat();
        let above = file.rsplit_once('/').map_or("", |(above, _)| above);
        for (start, base) in [("crate::", ""), ("super::", above)] {
            for (at, _) in code.match_indices(start) {
                // What follows `super::super::` is read where the second one is found.
                let (before, rest) = code.split_at(at);
                let twice = before.ends_with("super::");
                let base =
                    if twice { base.rsplit_once('/').map_or("", |(up, _)| up) } else { base };
                if !rest.starts_with("super::super::") {
                    follow(base, &rest[start.len()..], &mut paths);
                }
            }
        }
        let found = paths.iter().map(|path| nearest(path, sources)).filter(|path| path != file);
        (file.clone(), found.collect())
    };
    sources.iter().map(named).collect()
}

/// Follows a path, and each branch of it, to the names it ends in.
fn follow(base: &str, rest: &str, paths: &mut Vec<String>) {
    let rest = rest.trim_start();
    if let Some(group) = rest.strip_prefix('{') {
        let mut depth = 0;
        let ends = |letter: char| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            depth < 0 || depth == 0 && letter == ','
        };
        let group = group.split_inclusive(ends);
        for part in group {
            follow(base, part, paths);
            if part.ends_with('}') && part.matches('{').count() < part.matches('}').count() {
                break;
            }
        }
        return;
    }
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
    match rest.strip_prefix("::") {
        Some(rest) if !name.is_empty() => follow(&join(base, name), rest, paths),
        _ if name == "self" => paths.push(base.to_owned()),
        _ => paths.push(join(base, name)),
    }
}

fn join(base: &str, name: &str) -> String {
    if base.is_empty() { name.to_owned() } else { format!("{base}/{name}") }
}

/// The file that holds what this path names.
fn nearest(path: &str, sources: &Sources) -> String {
    let mut path = path;
    while !sources.contains_key(path) {
        path = path.rsplit_once('/').map_or("", |(above, _)| above);
    }
    path.to_owned()
}

/// A way that comes back to where it began, if there is one.
fn circle(arrows: &Arrows) -> Option<String> {
    fn walk<'a>(
        at: &'a str,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
        arrows: &'a Arrows,
    ) -> Option<String> {
        if let Some(before) = way.iter().position(|file| *file == at) {
            return Some(format!("{} -> {at}", way[before..].join(" -> ")));
        }
        if !done.insert(at) {
            return None;
        }
        way.push(at);
        let found = arrows.get(at)?.iter().find_map(|next| walk(next, way, done, arrows));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|file| walk(file, &mut Vec::new(), &mut done, arrows))
}
