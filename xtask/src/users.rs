//! The crates as their users build them: without what only our tests bring along, and with the Rust
//! that the manifests promise.
//!
//! `cargo clippy --all-targets` joins the features of dev-dependencies with those of the library, so
//! it compiles a library that lacks one. Nobody who depends on it can.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::command::{command, everything, features, name, packages, read, step};

/// Lints the library of each published package by itself: bare, on each of its features, and on all.
///
/// # Errors
///
/// The first that does not compile, or warns.
pub(crate) fn libraries() -> Result<(), String> {
    for package in packages()?.iter().filter(|package| is_published(package)) {
        let features = features(package);
        lint(name(package)?, &["--no-default-features"])?;
        for feature in &features {
            lint(name(package)?, &["--no-default-features", "--features", feature])?;
        }
        if features.len() > 1 {
            lint(name(package)?, &["--all-features"])?;
        }
    }
    Ok(())
}

fn lint(package: &str, on: &[&str]) -> Result<(), String> {
    let mut cargo = command("cargo", &["clippy", "--lib", "--package", package]);
    cargo.args(on).args(["--", "-D", "warnings"]);
    step(cargo)
}

/// Holds every published package to the Rust that its manifest promises.
///
/// No crate below it may ask for a later Rust; that is always looked at. Where a toolchain of that
/// version is installed, the library is compiled with it. clippy says what of the standard library
/// is too new, from the same line of the manifest.
///
/// # Errors
///
/// What asks for more than is promised, or does not compile.
pub(crate) fn minimum_rust() -> Result<(), String> {
    let packages = packages()?;
    let published: Vec<&Value> = packages.iter().filter(|package| is_published(package)).collect();
    let toolchains = read(command("rustup", &["toolchain", "list"])).unwrap_or_default();
    let everything = everything()?;
    let asked = asked_for(&everything);
    let mut missing = Vec::new();
    for package in &published {
        let name = name(package)?;
        let promised = rust(package);
        let newer = newer(&published, promised);
        let features = features(package);
        let fit = features.iter().filter(|feature| !reaches(package, feature, &newer));
        let fit = fit.copied().collect::<Vec<_>>().join(",");
        let on = ["--package", name, "--no-default-features", "--features", &fit];
        too_new(name, promised, &tree(&on)?, &asked)?;
        match installed(&toolchains, promised) {
            Some(toolchain) => {
                let mut cargo = command("rustup", &["run", toolchain, "cargo", "check", "--lib"]);
                cargo.args(on);
                step(cargo)?;
            }
            None if missing.contains(&promised) => {}
            None => missing.push(promised),
        }
    }
    for promised in missing {
        eprintln!(
            "!!! Rust {promised} is not installed: what promises it was not compiled with it"
        );
    }
    Ok(())
}

fn is_published(package: &Value) -> bool {
    package.get("publish").is_some_and(Value::is_null)
}

/// The Rust that a package promises to need; nothing if it is silent.
fn rust(package: &Value) -> &str {
    package.get("rust_version").and_then(Value::as_str).unwrap_or_default()
}

/// The names of packages that need a later Rust than this.
fn newer<'a>(packages: &[&'a Value], promised: &str) -> Vec<&'a str> {
    let newer = packages.iter().filter(|package| parts(rust(package)) > parts(promised));
    newer.filter_map(|package| name(package).ok()).collect()
}

/// Whether a feature brings one of these packages along, which its documentation says.
fn reaches(package: &Value, feature: &str, newer: &[&str]) -> bool {
    let brings = package.pointer(&format!("/features/{feature}")).and_then(Value::as_array);
    brings.into_iter().flatten().filter_map(Value::as_str).any(|brought| {
        let brought = brought.strip_prefix("dep:").unwrap_or(brought);
        let of = brought.split(['/', '?']).next().unwrap_or(brought);
        newer.contains(&of) || brought != feature && reaches(package, brought, newer)
    })
}

/// What each crate in the whole tree asks for, by `name vVersion` as `cargo tree` writes it.
fn asked_for(metadata: &Value) -> BTreeMap<String, &str> {
    let packages = metadata.get("packages").and_then(Value::as_array);
    let named = packages.into_iter().flatten().filter_map(|package| {
        let version = package.get("version").and_then(Value::as_str)?;
        Some((format!("{} v{version}", name(package).ok()?), rust(package)))
    });
    named.collect()
}

fn tree(on: &[&str]) -> Result<String, String> {
    let mut cargo = command("cargo", &["tree", "--edges", "normal,build", "--target", "all"]);
    cargo.args(["--prefix", "none", "--format", "{p}"]).args(on);
    read(cargo)
}

fn too_new(
    package: &str,
    promised: &str,
    tree: &str,
    asked: &BTreeMap<String, &str>,
) -> Result<(), String> {
    for line in tree.lines() {
        let named = line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        if let Some(asks) = asked.get(&named).filter(|asks| parts(asks) > parts(promised)) {
            return Err(format!(
                "FAILED: {package} promises Rust {promised}, and {named} asks for {asks}"
            ));
        }
    }
    Ok(())
}

/// The numbers of a version, without zeros at the end: 1.89.0 is 1.89.
fn parts(version: &str) -> Vec<u64> {
    let mut parts: Vec<u64> = version.split('.').map_while(|part| part.parse().ok()).collect();
    while parts.last() == Some(&0) {
        parts.pop();
    }
    parts
}

/// The toolchain of this version, among those that rustup lists.
fn installed<'a>(toolchains: &'a str, version: &str) -> Option<&'a str> {
    let names = toolchains.lines().filter_map(|line| line.split_whitespace().next());
    let mut fit = names.filter(|name| {
        name.strip_prefix(version)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    });
    fit.next()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{asked_for, installed, newer, reaches, too_new};

    #[test]
    fn a_feature_that_brings_a_later_rust_is_noticed_however_deep() {
        let sql = json!({ "name": "sql", "rust_version": "1.94" });
        let facade = json!({ "name": "facade", "rust_version": "1.89", "features": {
            "default": ["qr"], "qr": ["dep:qr"], "sqlite": ["dep:sql"],
            "all": ["qr", "sqlite"], "weak": ["sql?/x"],
        }});
        let newer = newer(&[&sql, &facade], "1.89.0");
        assert_eq!(newer, ["sql"]);
        let check = |feature, expected| assert_eq!(reaches(&facade, feature, &newer), expected);
        check("default", false);
        check("qr", false);
        check("sqlite", true);
        check("all", true);
        check("weak", true);
    }

    #[test]
    fn a_crate_that_asks_for_more_than_is_promised_is_named() {
        let metadata = json!({ "packages": [
            { "name": "old", "version": "1.0.0", "rust_version": "1.9.1" },
            { "name": "silent", "version": "1.0.0", "rust_version": null },
            { "name": "new", "version": "2.0.0", "rust_version": "1.90" },
        ]});
        let asked = asked_for(&metadata);
        let check = |tree| too_new("ours", "1.89", tree, &asked);
        assert_eq!(check("old v1.0.0\nsilent v1.0.0 (/x)\nnew v1.0.0"), Ok(()));
        assert!(
            check("old v1.0.0\nnew v2.0.0 (*)").unwrap_err().contains("new v2.0.0 asks for 1.90")
        );
        assert_eq!(too_new("ours", "1.90.0", "new v2.0.0", &asked), Ok(()));
    }

    #[test]
    fn a_toolchain_is_known_by_its_whole_version() {
        let list = "stable-x86_64 (active, default)\n1.89.1-x86_64\n1.8-x86_64\n1.95.0-x86_64\n";
        assert_eq!(installed(list, "1.89"), Some("1.89.1-x86_64"));
        assert_eq!(installed(list, "1.95.0"), Some("1.95.0-x86_64"));
        assert_eq!(installed(list, "1.9"), None);
    }
}
