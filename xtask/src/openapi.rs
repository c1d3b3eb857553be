//! The OpenAPI document of the axum adapter, before two judges that know nothing of us.
//!
//! Our own test holds the document against the real answers. Whether it is one that the tools of
//! others can read, only the tools of others can say. Both are fetched once, in one version each,
//! into the target folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{command, exists, read, step, test_folder};
use crate::tools::{install, may_install, under_ci};

const DOCUMENT: &str = "crates/countersign-axum/openapi.json";

/// Has each judge read the document.
///
/// # Errors
///
/// Fails when a judge finds something, and under CI also when the validator could not be fetched.
/// Redocly may be missing there too, with a loud line: it asks for a newer Node.js than Debian has.
pub(crate) fn run() -> Result<(), String> {
    if (!exists("python3") || !exists("npm")) && may_install() {
        install(["python3-venv", "npm"]);
    }
    let folder = test_folder()?;
    let validator = validator(&folder);
    if let (Err(why), true) = (&validator, under_ci()) {
        return Err(format!("FAILED: under CI {VALIDATOR} must be there: {why}"));
    }
    judge(VALIDATOR, validator, &[DOCUMENT])?;
    judge(REDOCLY, redocly(&folder), &["lint", "--extends", "recommended-strict", DOCUMENT])
}

const VALIDATOR: &str = "openapi-spec-validator==0.9.0";
const REDOCLY: &str = "@redocly/cli@2.77.0";

fn judge(name: &str, program: Result<PathBuf, String>, args: &[&str]) -> Result<(), String> {
    match program {
        Ok(program) => {
            let mut judge = command(&program.to_string_lossy(), args);
            judge.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
            step(judge)
        }
        Err(why) => {
            eprintln!("!!! {name} is missing: {DOCUMENT} was not read by it. {why}");
            Ok(())
        }
    }
}

fn validator(folder: &Path) -> Result<PathBuf, String> {
    let home = folder.join(VALIDATOR);
    let program = home.join("bin/openapi-spec-validator");
    if answers(&program).is_err() {
        step(with_path(&["python3", "-m", "venv"], &home))?;
        let pip = home.join("bin/pip");
        step(command(&pip.to_string_lossy(), &["install", "--quiet", VALIDATOR]))?;
    }
    answers(&program).map(|()| program)
}

fn redocly(folder: &Path) -> Result<PathBuf, String> {
    let home = folder.join(REDOCLY.replace('/', "-"));
    let program = home.join("node_modules/.bin/redocly");
    if answers(&program).is_err() {
        fs::create_dir_all(&home).map_err(|why| format!("cannot make {home:?}: {why}"))?;
        // What npm brings runs when it lints, and not while it is fetched.
        let quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
        let install = [&["npm", "install", REDOCLY][..], &quiet, &["--prefix"]].concat();
        step(with_path(&install, &home))?;
    }
    answers(&program).map(|()| program)
}

fn with_path(line: &[&str], path: &Path) -> std::process::Command {
    let (program, args) = line.split_first().unwrap_or((&"", &[]));
    let mut command = command(program, args);
    command.arg(path);
    command
}

// A program that is there and cannot run, for want of a newer Node.js perhaps, is no judge.
fn answers(program: &Path) -> Result<(), String> {
    read(command(&program.to_string_lossy(), &["--version"])).map(drop)
}
