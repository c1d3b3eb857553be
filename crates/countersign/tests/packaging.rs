//! What a registry gets of each crate: a README, both licenses, and documentation that shows every
//! item.
//!
//! `cargo package --list` is asked, since it and not the folder decides what is uploaded.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot read what cargo wrote fails, and should"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

#[test]
fn every_package_carries_its_readme_and_both_licenses() {
    for package in published() {
        let name = package["name"].as_str().unwrap();
        let list = cargo(&["package", "--list", "--allow-dirty", "--package", name]);
        for file in ["README.md", "LICENSE-APACHE", "LICENSE-MIT"] {
            assert!(list.lines().any(|line| line == file), "{name} is published without {file}");
        }
    }
}

#[test]
fn a_license_text_is_the_same_everywhere() {
    for package in published() {
        for file in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let ours = read(&root().join(file));
            let copy = read(&folder(&package).join(file));
            assert!(ours == copy, "{} differs in {}", file, package["name"]);
        }
    }
}

#[test]
fn a_registry_is_told_what_each_package_is() {
    for package in published() {
        let name = package["name"].as_str().unwrap();
        for key in ["keywords", "categories"] {
            let words = package[key].as_array().unwrap();
            assert!((1..=5).contains(&words.len()), "{name}: {key} are {words:?}");
        }
        assert!(package["description"].as_str().is_some_and(|text| text.len() > 20), "{name}");
        assert_eq!(package["readme"], "README.md", "{name}");
        assert_eq!(package["documentation"], format!("https://docs.rs/{name}"));
    }
}

#[test]
fn docs_rs_shows_every_item_and_the_feature_it_needs() {
    let asked = json!({ "all-features": true, "rustdoc-args": ["--cfg", "docsrs"] });
    for package in published() {
        let name = package["name"].as_str().unwrap();
        assert_eq!(package["metadata"]["docs"]["rs"], asked, "{name}");
        let has_features = package["features"].as_object().is_some_and(|all| !all.is_empty());
        let root = read(&folder(&package).join("src/lib.rs"));
        let says = root.contains("#![cfg_attr(docsrs, feature(doc_cfg))]");
        assert_eq!(says, has_features, "{name}: items say their feature if there is any");
    }
}

#[test]
fn a_readme_says_the_minimum_rust_and_the_sqlx_of_a_pool() {
    let packages = published();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let readme = read(&folder(package).join("README.md"));
        let rust = package["rust_version"].as_str().unwrap();
        assert!(readme.contains(&format!("Minimum Rust: {rust}")), "{name} needs Rust {rust}");
        assert!(readme.lines().count() <= 60, "{name}: whoever wants more reads the documentation");
    }
    let sql = packages.iter().find(|package| package["name"] == "countersign-sql").unwrap();
    let rust = sql["rust_version"].as_str().unwrap();
    let sqlx = requirement(sql, "sqlx");
    let facade = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["README.md", "src/lib.rs", "../../README.md", "../countersign-sql/README.md"] {
        let text = read(&facade.join(page)).replace('`', "");
        let words = text.split_whitespace().filter(|word| *word != "//!").collect::<Vec<_>>();
        let text = words.join(" ");
        assert!(text.contains(rust), "{page} does not say that SQLite needs Rust {rust}");
        let ours = format!("sqlx {sqlx}");
        let theirs = format!("sqlx that this crate uses, which is {sqlx}");
        assert!(text.contains(&ours) || text.contains(&theirs), "{page} does not say {ours}");
    }
}

/// Major and minor of what a package asks for: `0.9`.
fn requirement(package: &Value, name: &str) -> String {
    let dependencies = package["dependencies"].as_array().unwrap();
    let found = dependencies.iter().find(|dependency| dependency["name"] == name).unwrap();
    let version = found["req"].as_str().unwrap().trim_start_matches('^');
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

fn published() -> Vec<Value> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap().clone();
    let published: Vec<_> =
        packages.into_iter().filter(|package| package["publish"] != json!([])).collect();
    assert!(published.len() >= 7, "these are the packages under crates/");
    published
}

fn folder(package: &Value) -> PathBuf {
    Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|why| format!("{}: {why}", path.display()))
}

fn cargo(args: &[&str]) -> String {
    let output = Command::new("cargo")
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
