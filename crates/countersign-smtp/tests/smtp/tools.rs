//! Programs by others that tests ask for a second opinion.

use std::io::{ErrorKind, Write as _};
use std::process::{Command, Output, Stdio};

/// What a program answers; nothing where it is not installed, which is fine except under CI.
pub(crate) fn ask(program: &str, args: &[&str], input: &[u8], shows: &str) -> Option<Output> {
    let spawned = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = match spawned {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            skip(&format!("{program} is not installed, so it did not show {shows}"));
            return None;
        }
        spawned => spawned.unwrap(),
    };
    running.stdin.take().unwrap().write_all(input).unwrap();
    Some(running.wait_with_output().unwrap())
}

/// Says loudly that something was not tested; under CI it fails.
pub(crate) fn skip(why: &str) {
    assert!(!under_ci(), "{why}; CI must have it");
    // Not `eprintln!`, which the harness keeps to itself while a test passes.
    let mut stderr = std::io::stderr();
    writeln!(stderr, "!!! SKIPPED: {why}").unwrap();
}

#[expect(clippy::disallowed_methods, reason = "a test asks whether it may be skipped")]
fn under_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}
