//! `cargo xtask check`: what continuous integration asks for besides tests.
//!
//! Features are read from the packages themselves, so a new feature is checked from its first day.

use crate::command::{command, exists, features, name, packages, step};
use crate::tools::under_ci;
use crate::{openapi, retired, users};

/// Format, words, lints, minimum Rust, documentation, the OpenAPI document and licenses, in this order,
/// up to the first failure.
pub(crate) fn run() -> Result<(), String> {
    step(command("cargo", &["fmt", "--all", "--check"]))?;
    retired::run()?;
    lints()?;
    users::libraries()?;
    users::minimum_rust()?;
    documentation()?;
    openapi::run()?;
    licenses()
}

// The workspace at both ends, and every package on each of its features alone: Cargo joins the
// features of packages that are built together, so only a package by itself shows what it lacks.
fn lints() -> Result<(), String> {
    clippy(&["--workspace", "--no-default-features"])?;
    for package in packages()? {
        let name = name(&package)?;
        let features = features(&package);
        if !features.is_empty() {
            clippy(&["--package", name, "--no-default-features"])?;
        }
        for feature in features {
            clippy(&["--package", name, "--no-default-features", "--features", feature])?;
        }
    }
    clippy(&["--workspace", "--all-features"])
}

fn clippy(on: &[&str]) -> Result<(), String> {
    let mut cargo = command("cargo", &["clippy", "--all-targets"]);
    cargo.args(on).args(["--", "-D", "warnings"]);
    step(cargo)
}

fn documentation() -> Result<(), String> {
    let mut cargo = command("cargo", &["doc", "--no-deps", "--workspace", "--all-features"]);
    cargo.env("RUSTDOCFLAGS", "-D warnings");
    step(cargo)
}

// Advisories are not asked for: they need a network, and a push must not fail on somebody's news.
fn licenses() -> Result<(), String> {
    if !exists("cargo-deny")
        && let Err(why) = install_cargo_deny()
    {
        if under_ci() {
            return Err(why);
        }
        eprintln!("!!! cargo-deny is missing: licenses, bans and sources were not checked. {why}");
        return Ok(());
    }
    // It looks at every platform, and offline it cannot fetch what only another platform needs.
    step(command("cargo", &["fetch"]))?;
    let mut deny = command("cargo", &["deny", "--offline", "--all-features", "--workspace"]);
    deny.args(["check", "licenses", "bans", "sources"]);
    step(deny)
}

// Unoptimized: that compiles in a minute or two instead of many, and one run takes three seconds.
fn install_cargo_deny() -> Result<(), String> {
    let install = || {
        let mut cargo = command("cargo", &["install", "--locked", "--debug", "cargo-deny"]);
        cargo.args(["--version", CARGO_DENY]);
        step(cargo)
    };
    install().or_else(|why| {
        eprintln!("{why}; trying once more");
        install()
    })
}

const CARGO_DENY: &str = "0.20.2";
