//! `cargo xtask figures`: how large things are, so that growth is seen and not guessed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{command, name, packages, read, root};

/// Prints lines per source file and crates per dependency tree.
pub(crate) fn run() -> Result<(), String> {
    lines()?;
    println!();
    crates()
}

fn lines() -> Result<(), String> {
    println!(
        "{:<24} {:>6} {:>7} {:>7} {:>8}  largest file",
        "lines in src", "files", "lines", "median", "largest"
    );
    for package in entries(&root().join("crates"))? {
        let src = package.join("src");
        let mut files = Vec::new();
        if src.is_dir() {
            collect(&src, &mut files)?;
        }
        files.sort();
        let total: usize = files.iter().map(|(lines, _)| lines).sum();
        let median = files.get(files.len() / 2).map_or(0, |(lines, _)| *lines);
        let Some((largest, file)) = files.last() else { continue };
        let name = package.file_name().unwrap_or_default().to_string_lossy();
        let file = file.strip_prefix(&src).unwrap_or(file).display();
        println!("{name:<24} {:>6} {total:>7} {median:>7} {largest:>8}  {file}", files.len());
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<(usize, PathBuf)>) -> Result<(), String> {
    for path in entries(folder)? {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).map_err(|why| unreadable(&path, &why))?;
            files.push((text.lines().count(), path));
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let found = fs::read_dir(folder).map_err(|why| unreadable(folder, &why))?;
    let paths: Result<Vec<_>, _> = found.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(|why| unreadable(folder, &why))?;
    paths.sort();
    Ok(paths)
}

fn unreadable(path: &Path, why: &std::io::Error) -> String {
    format!("cannot read {}: {why}", path.display())
}

fn crates() -> Result<(), String> {
    println!("{:<24} {:>8} {:>13}", "crates in the tree", "default", "all features");
    let packages = packages()?;
    let known: Vec<&str> = packages.iter().map(name).collect::<Result<_, _>>()?;
    for package in ["countersign-core", "countersign", "tour"] {
        if known.contains(&package) {
            let default = tree(package, &[])?;
            let all = tree(package, &["--all-features"])?;
            println!("{package:<24} {default:>8} {all:>13}");
        } else {
            println!("{package:<24} {:>8}", "no such package");
        }
    }
    Ok(())
}

// Normal and build edges: what a user of the package compiles. The package itself counts.
fn tree(package: &str, features: &[&str]) -> Result<usize, String> {
    let mut cargo = command("cargo", &["tree", "--package", package, "--edges", "normal,build"]);
    cargo.args(["--prefix", "none", "--format", "{p}"]).args(features);
    Ok(distinct(&read(cargo)?))
}

fn distinct(tree: &str) -> usize {
    let crates = tree.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?, words.next()?))
    });
    crates.collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn a_crate_that_is_reached_twice_counts_once() {
        assert_eq!(distinct("a v1.0.0 (/a)\nb v2.0.0\nb v2.0.0 (*)\nb v1.0.0\n"), 3);
    }
}
