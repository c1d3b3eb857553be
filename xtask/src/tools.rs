//! Outside tools: looked for, installed where that is our business, and asked for otherwise.
//!
//! Only a Debian machine on which we are root is ours to change. On any other a loud line names
//! what to install, and the tests that need it say that they were skipped. Under continuous
//! integration a skipped test would be a lie, so there a missing tool fails.

use std::fmt;

use crate::command::{command, exists, read, step};

/// Something from outside that some tests ask for a second opinion.
pub(crate) struct Tool {
    /// How one sees that it is there.
    pub(crate) sign: Sign,
    /// The Debian package that holds it.
    pub(crate) package: &'static str,
    /// What is not shown without it.
    pub(crate) shows: &'static str,
}

/// What shows that a tool is there.
pub(crate) enum Sign {
    /// A program of this name can be started.
    Program(&'static str),
    /// A server program of PostgreSQL is there. Debian keeps it off the path, one folder a version.
    Postgres,
    /// Text in this language finds letters to be drawn with, by the name fontconfig has for it.
    Letters(&'static str),
}

impl Sign {
    fn is_there(&self) -> bool {
        match self {
            Self::Program(program) => exists(program),
            Self::Postgres => {
                let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
                versions.flatten().any(|version| version.path().join("bin/postgres").exists())
            }
            Self::Letters(language) => {
                let fonts = command("fc-list", &[&format!(":lang={language}"), "family"]);
                read(fonts).is_ok_and(|fonts| !fonts.trim().is_empty())
            }
        }
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(program) => f.write_str(program),
            Self::Postgres => f.write_str("the server of PostgreSQL"),
            Self::Letters(language) => write!(f, "a font for the language {language}"),
        }
    }
}

/// Installs the tools that are missing, as far as this machine is ours to change.
///
/// # Errors
///
/// Fails when a tool is still missing and the variable `CI` is set.
pub(crate) fn ensure(tools: &[Tool]) -> Result<(), String> {
    if !missing(tools).is_empty() && may_install() {
        install(missing(tools).into_iter().map(|tool| tool.package));
    }
    let missing = missing(tools);
    for tool in &missing {
        eprintln!(
            "!!! {} is missing: tests that check {} will be skipped. Install the Debian package {}.",
            tool.sign, tool.shows, tool.package
        );
    }
    if !missing.is_empty() && under_ci() {
        return Err("FAILED: under CI every tool must be there".to_owned());
    }
    Ok(())
}

fn missing(tools: &[Tool]) -> Vec<&Tool> {
    tools.iter().filter(|tool| !tool.sign.is_there()).collect()
}

/// Says whether this machine is ours to change: a Debian machine, and we are root.
pub(crate) fn may_install() -> bool {
    let root = read(command("id", &["-u"])).is_ok_and(|user| user.trim() == "0");
    root && exists("apt-get")
}

/// Installs Debian packages, with a second try when another installation is in the way.
///
/// What fails here is not the last word: whoever called looks again and reports what is missing.
pub(crate) fn install(packages: impl IntoIterator<Item = &'static str>) {
    let apt_get = |args: &[&str]| {
        let mut apt_get = command("apt-get", &["-o", "DPkg::Lock::Timeout=120"]);
        apt_get.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        step(apt_get)
    };
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages);
    let done = apt_get(&["update"]).and_then(|()| apt_get(&install)).or_else(|why| {
        eprintln!("{why}; trying once more");
        apt_get(&install)
    });
    if let Err(why) = done {
        eprintln!("{why}");
    }
}

/// Says whether nobody is watching, so that a skip would go unseen.
#[expect(clippy::disallowed_methods, reason = "CI is how a machine says that nobody is watching")]
pub(crate) fn under_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}
