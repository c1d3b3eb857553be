//! Outside tools: looked for, installed where that is our business, and asked for otherwise.
//!
//! Only a Debian machine on which we are root is ours to change. On any other a loud line names
//! what to install, and the tests that need it say that they were skipped. Under continuous
//! integration a skipped test would be a lie, so there a missing tool fails.

use crate::command::{command, exists, read, step};

/// A program from outside that some tests ask for a second opinion.
pub(crate) struct Tool {
    /// What is started.
    pub(crate) program: &'static str,
    /// The Debian package that holds it.
    pub(crate) package: &'static str,
    /// What is not shown without it.
    pub(crate) shows: &'static str,
}

/// Installs the tools that are missing, as far as this machine is ours to change.
///
/// # Errors
///
/// Fails when a tool is still missing and the variable `CI` is set.
pub(crate) fn ensure(tools: &[Tool]) -> Result<(), String> {
    if !missing(tools).is_empty() && may_install() {
        install(&missing(tools));
    }
    let missing = missing(tools);
    for tool in &missing {
        eprintln!(
            "!!! {} is missing: tests that check {} will be skipped. Install the Debian package {}.",
            tool.program, tool.shows, tool.package
        );
    }
    if !missing.is_empty() && under_ci() {
        return Err("FAILED: under CI every tool must be there".to_owned());
    }
    Ok(())
}

fn missing(tools: &[Tool]) -> Vec<&Tool> {
    tools.iter().filter(|tool| !exists(tool.program)).collect()
}

fn may_install() -> bool {
    let root = read(command("id", &["-u"])).is_ok_and(|user| user.trim() == "0");
    root && exists("apt-get")
}

// What fails here is not the last word: whoever called looks again and reports what is missing.
fn install(tools: &[&Tool]) {
    let apt_get = |args: &[&str]| {
        let mut apt_get = command("apt-get", &["-o", "DPkg::Lock::Timeout=120"]);
        apt_get.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        step(apt_get)
    };
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(tools.iter().map(|tool| tool.package));
    let done = apt_get(&["update"]).and_then(|()| apt_get(&install)).or_else(|why| {
        eprintln!("{why}; trying once more");
        apt_get(&install)
    });
    if let Err(why) = done {
        eprintln!("{why}");
    }
}

#[expect(clippy::disallowed_methods, reason = "CI is how a machine says that nobody is watching")]
fn under_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}
