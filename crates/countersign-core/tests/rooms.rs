//! The rooms of the core stand on floors, and no file knows one that knows it.
//!
//! The test reads what each file imports, as `use` lines and as paths in the code. What is written
//! in comments, and what tests use, counts for nothing.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot read the sources fails, and should"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the ground up. A room may know those of lower floors, and itself.
const FLOORS: [&[&str]; 7] = [
    &["types"],
    &["mail", "codes", "policy"],
    &["login"],
    &["seal"],
    &["account"],
    &["store"],
    &["mfa"],
];

/// A file by the path of its module, such as `account::misses`, and the modules it knows.
type Files = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_room_knows_one_on_its_own_floor_or_above() {
    let files = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    assert!(files.len() > 50, "the sources were read");
    assert_eq!(arrows_up(&files), Vec::<String>::new());
}

#[test]
fn no_file_knows_one_that_knows_it() {
    let files = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    assert_eq!(circles(&files), Vec::<String>::new());
}

#[test]
fn a_wrong_arrow_and_a_circle_are_noticed() {
    let known = [
        "types::id",
        "mail::letter",
        "login::step",
        "login::ticket",
        "policy",
        "seal",
        "seal::keys",
    ];
    let known: Vec<_> = known.map(str::to_owned).into();
    let planted = [
        ("types::id", "fn f() { crate::login::step::next() }"),
        ("mail::letter", "use crate::policy::Policy;\nuse crate::types::{\n    id::UserId,\n};"),
        ("login::step", "use super::ticket::{self, Ticket}; // crate::mfa is far above"),
        ("login::ticket", "use super::step::Step;\n#[cfg(test)]\nmod tests { use crate::mfa::X; }"),
        ("seal", "mod keys;\npub use keys::Key;"),
        ("seal::keys", "use super::Key;"),
    ];
    let files: Files =
        planted.map(|(file, code)| (file.to_owned(), knows(file, code, &known))).into();
    assert_eq!(arrows_up(&files), ["mail::letter -> policy", "types::id -> login::step"]);
    assert_eq!(circles(&files), ["login::step", "login::ticket", "seal", "seal::keys"]);
}

fn arrows_up(files: &Files) -> Vec<String> {
    let floor = |module: &str| {
        let room = module.split("::").next().unwrap();
        FLOORS.iter().position(|rooms| rooms.contains(&room)).expect("every room has a floor")
    };
    let room = |module: &str| module.split("::").next().unwrap().to_owned();
    let arrows = files.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    let up = arrows.filter(|(from, to)| room(from) != room(to) && floor(from) <= floor(to));
    up.map(|(from, to)| format!("{from} -> {to}")).collect()
}

/// The files from which a way leads back to themselves.
fn circles(files: &Files) -> Vec<String> {
    let leads_back = |start: &String| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<_> = files[start].iter().collect();
        while let Some(file) = open.pop() {
            if file == start {
                return true;
            }
            if seen.insert(file) {
                open.extend(files.get(file).into_iter().flatten());
            }
        }
        false
    };
    files.keys().filter(|file| leads_back(file)).cloned().collect()
}

/// The modules among `known` that this code names, each by the longest path that is a file.
fn knows(file: &str, code: &str, known: &[String]) -> BTreeSet<String> {
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap();
    let code: String = code.lines().map(|line| line.split("//").next().unwrap()).collect();
    // A room's file knows the parts that it declares, so a part must not know its room's file.
    let declared = |part: &&String| {
        let name = part.strip_prefix(file).and_then(|rest| rest.strip_prefix("::"));
        name.is_some_and(|name| code.contains(&format!("mod {name};")))
    };
    let mut found: BTreeSet<String> = known.iter().filter(declared).cloned().collect();
    for (start, base) in [("crate::", 0), ("super::super::", 2), ("super::", 1)] {
        for (at, _) in code.match_indices(start) {
            if code[..at].ends_with("super::") || code[at + start.len()..].starts_with("super::") {
                continue;
            }
            let parents: Vec<&str> = file.split("::").collect();
            let kept = if base == 0 { 0 } else { parents.len().saturating_sub(base) };
            for path in leaves(&code[at + start.len()..]) {
                let whole = [&parents[..kept], &path].concat();
                let longest = (1..=whole.len()).rev().map(|n| whole[..n].join("::"));
                found.extend(longest.into_iter().find(|path| known.contains(path)));
            }
        }
    }
    found.remove(file);
    found
}

/// The paths that a tree of imports holds: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn leaves(tree: &str) -> Vec<Vec<&str>> {
    let end = tree.find(|c: char| !(c.is_alphanumeric() || "_:".contains(c))).unwrap_or(tree.len());
    let path: Vec<&str> = tree[..end].split("::").filter(|part| !part.is_empty()).collect();
    if !tree[end..].starts_with('{') || !tree[..end].ends_with("::") {
        return vec![path];
    }
    let mut depth = 0;
    let mut start = end + 1;
    let mut found = Vec::new();
    for (at, c) in tree[end..].char_indices().map(|(at, c)| (at + end, c)) {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 || (depth == 1 && c == ',') {
            let inside = leaves(tree[start..at].trim());
            found.extend(inside.into_iter().map(|leaf| [&path[..], &leaf].concat()));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn read(src: &Path) -> Files {
    let mut sources = Vec::new();
    let mut folders: Vec<PathBuf> = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|rs| rs == "rs") && !path.ends_with("tests.rs") {
                sources.push(path);
            }
        }
    }
    let module = |path: &PathBuf| {
        let inside = path.strip_prefix(src).unwrap().with_extension("");
        inside.iter().map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("::")
    };
    let known: Vec<String> = sources.iter().map(module).filter(|name| name != "lib").collect();
    let texts = sources.iter().map(|path| (module(path), std::fs::read_to_string(path).unwrap()));
    let files = texts.filter(|(name, _)| name != "lib");
    files.map(|(name, code)| (name.clone(), knows(&name, &code, &known))).collect()
}
