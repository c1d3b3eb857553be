//! The catalogue in `examples/README.md` is held against the folder.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_example_has_a_row_and_no_row_is_stale() {
    let folder = in_the_folder();
    let table = in_the_table();
    let there: Vec<_> = folder.keys().collect();
    let told: Vec<_> = table.keys().collect();
    assert_eq!(there, told, "left is the folder, right is the table");
    for (what, lines) in &folder {
        let told = table[what];
        let near = told.abs_diff(*lines) * 10 <= *lines;
        assert!(near, "{what} has {lines} lines, and the table says {told}");
    }
}

#[test]
fn a_snippet_is_short_enough_to_read_at_once() {
    for (what, lines) in in_the_folder() {
        assert!(!what.contains("--example") || lines <= 120, "{what} has {lines} lines");
    }
}

/// Everything there is to run, by what its command names, with its lines of Rust. What is tested
/// rather than run counts with its tests.
fn in_the_folder() -> BTreeMap<String, usize> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = BTreeMap::new();
    for package in inside(all).into_iter().filter(|path| path.join("Cargo.toml").exists()) {
        let name = stem(&package);
        for snippet in rust_files(&package.join("examples")) {
            found.insert(format!("{name} --example {}", stem(&snippet)), lines(&snippet));
        }
        let mut files = rust_files(&package.join("src"));
        if !package.join("src/main.rs").exists() {
            files.extend(rust_files(&package.join("tests")));
        }
        if package.join("src").exists() {
            found.insert(name, files.iter().map(|file| lines(file)).sum());
        }
    }
    found
}

/// The rows of the table. One with options of its own is a further row of its package.
fn in_the_table() -> BTreeMap<String, usize> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(all.join("README.md")).unwrap();
    let mut rows = BTreeMap::new();
    for row in text.lines().filter(|line| line.starts_with("| `cargo")) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [command, shows, needs, seconds, lines] = cells[..] else {
            panic!("not five cells: {row}");
        };
        assert!(![shows, needs, seconds].contains(&""), "an empty cell: {row}");
        let (_, what) = command.trim_matches('`').split_once(" -p ").unwrap();
        let (what, _) = what.split_once(" -- ").unwrap_or((what, ""));
        let lines: usize = lines.parse().unwrap();
        let before = rows.insert(what.to_owned(), lines);
        assert!(before.is_none_or(|before| before == lines), "{what} has two sizes");
    }
    rows
}

fn inside(folder: &Path) -> Vec<PathBuf> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    }
}

/// The Rust files in a folder and in the folders below it.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) = inside(folder).into_iter().partition(|p| p.is_dir());
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|end| end == "rs");
    let below = folders.iter().flat_map(|folder| rust_files(folder));
    files.into_iter().filter(is_rust).chain(below).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn lines(path: &Path) -> usize {
    fs::read_to_string(path).unwrap().lines().count()
}
