//! The arrows between our crates point at the core, never sideways, never back.
//!
//! The table below says who may know whom. It is read against the manifests, optional and
//! platform dependencies included, so no feature hides an arrow. A crate that is not in the table
//! fails the test: whoever adds one says here what it may know. Crates by others need a line in
//! `docs/dependencies.md`.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot read what cargo wrote fails, and should"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

const CORE: &str = "countersign-core";
const FACADE: &str = "countersign";
const QR: &str = "countersign-qr";
const TESTKIT: &str = "countersign-testkit";

/// Which of our crates a crate may have in its program. Tests may use the testkit as well.
fn may_know(name: &str) -> Option<Allowed> {
    match name {
        CORE => Some(Allowed::Nobody),
        // The pages that the adapter brings along show a QR code.
        "countersign-axum" => Some(Allowed::CoreAnd(QR)),
        "countersign-passkey" | QR | "countersign-smtp" | "countersign-sql" | TESTKIT => {
            Some(Allowed::Core)
        }
        FACADE => Some(Allowed::Everybody),
        _ => None,
    }
}

enum Allowed {
    Nobody,
    Core,
    /// The core and one of its neighbors, for a reason that stands beside it.
    CoreAnd(&'static str),
    Everybody,
}

/// What the core must never bring along, whatever its features say.
const FOREIGN_TO_THE_CORE: [&str; 10] = [
    "actix-web",
    "axum",
    "hyper",
    "lettre",
    "libsqlite3",
    "reqwest",
    "rusqlite",
    "smol",
    "sqlx",
    "tokio",
];

#[test]
fn every_arrow_points_at_the_core() {
    let packages = packages();
    assert!(packages.iter().any(|package| package["name"] == CORE), "the core is a package");
    assert_eq!(wrong_arrows(&packages), Vec::<String>::new());
}

#[test]
fn the_core_brings_no_database_no_smtp_no_http_and_no_runtime() {
    // `cargo tree` and not the graph in `cargo metadata`, which joins the features of the whole
    // workspace and so shows edges that a user of the core alone never compiles.
    let tree = cargo(&[
        "tree",
        "--package",
        CORE,
        "--all-features",
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]);
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(CORE) && names.contains("totp-rs"), "this is the tree of the core");
    let foreign: Vec<_> = names.iter().filter(|name| is_foreign(name)).collect();
    assert!(foreign.is_empty(), "the core brings along {foreign:?}");
}

#[test]
fn each_feature_of_the_facade_brings_what_it_says_and_nothing_else() {
    let tls = ["openssl", "native-tls", "aws-lc-rs", "aws-lc-sys"];
    let check = |features: &str, brings: &[&str], not: &[&str]| {
        let edges = ["--edges", "normal", "--prefix", "none", "--no-default-features"];
        let package = ["tree", "--package", FACADE, "--features", features];
        let tree = cargo(&[&package[..], &edges].concat());
        let names: BTreeSet<&str> = tree.lines().filter_map(|l| l.split(' ').next()).collect();
        for name in brings {
            assert!(names.contains(name), "{features} does not bring {name}");
        }
        for name in not.iter().chain(&tls) {
            assert!(!names.contains(name), "{features} brings {name}");
        }
    };
    check(
        "",
        &[CORE],
        &["tokio", "axum", "sqlx", "lettre", "qrcode-generator", "miniz_oxide", "mockall"],
    );
    check("qr", &["qrcode-generator"], &["tokio", "sqlx", "lettre", "miniz_oxide"]);
    check("png", &["qrcode-generator", "miniz_oxide"], &["tokio", "sqlx", "lettre"]);
    check("sqlite", &["sqlx-sqlite"], &["lettre", "rustls", "sqlx-postgres", "sqlx-mysql"]);
    check("postgres", &["sqlx-postgres", "rustls"], &["lettre", "sqlx-sqlite", "sqlx-mysql"]);
    check("smtp", &["lettre", "rustls"], &["sqlx", "qrcode-generator"]);
    check("axum", &["axum", "qrcode-generator"], &["sqlx", "lettre", "rustls", "tower-sessions"]);
    check("tokio", &["tokio"], &["sqlx", "lettre", "rustls"]);
    check(
        "axum,qr,png,sqlite,smtp,tokio",
        &["axum", "sqlx-sqlite", "lettre"],
        &["sqlx-postgres", "mockall"],
    );
}

#[test]
fn every_outside_dependency_is_explained() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dependencies.md");
    let page = std::fs::read_to_string(page).unwrap();
    let packages = packages();
    let declared = packages.iter().flat_map(|package| package["dependencies"].as_array().unwrap());
    let outside = declared.filter(|dependency| dependency["path"].is_null()).map(name);
    let silent: BTreeSet<_> =
        outside.filter(|name| !page.contains(&format!("| `{name}` |"))).collect();
    assert!(silent.is_empty(), "docs/dependencies.md says nothing about {silent:?}");
}

/// The crate itself, or a part of its family: `sqlx-core`, `tokio-util`.
fn is_foreign(name: &str) -> bool {
    FOREIGN_TO_THE_CORE.iter().any(|foreign| {
        name.strip_prefix(foreign).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// Every arrow that the table does not allow, as a sentence.
fn wrong_arrows(packages: &[Value]) -> Vec<String> {
    let ours: BTreeSet<&str> = packages.iter().map(name).collect();
    packages.iter().flat_map(|package| wrong_arrows_of(package, &ours)).collect()
}

fn wrong_arrows_of(package: &Value, ours: &BTreeSet<&str>) -> Vec<String> {
    let from = name(package);
    if !is_in_crates(package) {
        // Examples, benches and chores may know everybody, because nobody can know them.
        let published = package["publish"] != json!([]);
        return published
            .then(|| format!("{from} is published and not in crates/"))
            .into_iter()
            .collect();
    }
    let Some(allowed) = may_know(from) else {
        return vec![format!("{from} is not in the table of this test: say what it may know")];
    };
    let dependencies = package["dependencies"].as_array().unwrap();
    let arrows = dependencies.iter().filter(|to| ours.contains(name(to)));
    let wrong = arrows.filter(|to| {
        let in_a_test = to["kind"] == "dev";
        let fine = match allowed {
            Allowed::Nobody => false,
            Allowed::Core => name(to) == CORE,
            Allowed::CoreAnd(neighbor) => [CORE, neighbor].contains(&name(to)),
            Allowed::Everybody => true,
        };
        !(fine || in_a_test && name(to) == TESTKIT)
    });
    wrong.map(|to| format!("{from} must not depend on {}", name(to))).collect()
}

fn is_in_crates(package: &Value) -> bool {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let folder = manifest.parent().and_then(Path::parent).and_then(Path::file_name);
    folder.is_some_and(|folder| folder == "crates")
}

fn name(of: &Value) -> &str {
    of["name"].as_str().unwrap()
}

fn packages() -> Vec<Value> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    metadata["packages"].as_array().unwrap().clone()
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

#[test]
fn a_wrong_arrow_is_noticed() {
    let check = |from: &str, to: &str, kind: Value, expected: &[&str]| {
        let packages = [
            json!({
                "name": from,
                "manifest_path": format!("/w/crates/{from}/Cargo.toml"),
                "dependencies": [{ "name": to, "kind": kind }, { "name": "serde", "kind": null }],
            }),
            // Out in the open and unpublished, so that it adds nothing of its own to the list.
            json!({ "name": to, "manifest_path": "/w/examples/x/Cargo.toml", "publish": [] }),
        ];
        assert_eq!(wrong_arrows(&packages), expected, "{from} -> {to}");
    };
    let normal = Value::Null;
    let dev = json!("dev");
    let build = json!("build");

    check("countersign", "countersign-sql", normal.clone(), &[]);
    check("countersign-sql", CORE, normal.clone(), &[]);
    check(CORE, TESTKIT, dev.clone(), &[]);
    check("countersign-axum", QR, normal.clone(), &[]);

    check(
        CORE,
        TESTKIT,
        normal.clone(),
        &["countersign-core must not depend on countersign-testkit"],
    );
    check(
        CORE,
        "countersign-qr",
        dev.clone(),
        &["countersign-core must not depend on countersign-qr"],
    );
    check(
        "countersign-sql",
        "countersign-smtp",
        normal.clone(),
        &["countersign-sql must not depend on countersign-smtp"],
    );
    check(
        "countersign-axum",
        "countersign-smtp",
        normal.clone(),
        &["countersign-axum must not depend on countersign-smtp"],
    );
    check("countersign-qr", FACADE, build, &["countersign-qr must not depend on countersign"]);
    check(TESTKIT, FACADE, dev, &["countersign-testkit must not depend on countersign"]);
    check(
        "countersign-fax",
        CORE,
        normal,
        &["countersign-fax is not in the table of this test: say what it may know"],
    );
}

#[test]
fn a_package_outside_of_crates_is_never_published() {
    let package =
        json!({ "name": "tour", "manifest_path": "/w/examples/tour/Cargo.toml", "publish": null });
    assert_eq!(wrong_arrows(&[package]), ["tour is published and not in crates/"]);
}

#[test]
fn a_family_is_foreign_and_a_namesake_is_not() {
    assert!(is_foreign("tokio") && is_foreign("sqlx-core"));
    assert!(!is_foreign("tokioception") && !is_foreign("totp-rs"));
}
