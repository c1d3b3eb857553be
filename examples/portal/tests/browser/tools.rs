//! Programs by others, which give a second opinion.

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

/// The one QR code that `zbarimg` finds in a picture; nothing if it is not installed.
pub(crate) fn zbarimg(test: &str, picture: &[u8]) -> Option<String> {
    let asked = run("zbarimg", &["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-"], picture);
    let text = match asked {
        Some(text) => text,
        None => return skip(test, "zbarimg is missing: install zbar-tools"),
    };
    let text = text.trim_end();
    assert!(!text.is_empty(), "zbarimg finds no QR code in the picture");
    Some(text.to_owned())
}

/// The code that `oathtool` makes of this key at this second; nothing if it is not installed.
pub(crate) fn oathtool(test: &str, key: &str, seconds: i64) -> Option<String> {
    let now = format!("--now=@{seconds}");
    let Some(text) = run("oathtool", &["--totp", "--base32", &now, key], &[]) else {
        return skip(test, "oathtool is missing: install oathtool");
    };
    let code = text.trim();
    assert_eq!(code.len(), 6, "oathtool made {code:?}");
    Some(code.to_owned())
}

/// What a program makes of this input. It goes through pipes, so that no file is left behind.
fn run(program: &str, args: &[&str], input: &[u8]) -> Option<String> {
    let spawned = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut running = match spawned {
        Err(why) if why.kind() == ErrorKind::NotFound => return None,
        spawned => spawned.unwrap(),
    };
    // A program that takes no input may have ended before it is offered any.
    let _closed = running.stdin.take().unwrap().write_all(input);
    Some(String::from_utf8(running.wait_with_output().unwrap().stdout).unwrap())
}

/// Says loudly that something is not shown. Under continuous integration a skip would be a lie.
pub(crate) fn skip<T: Default>(test: &str, why: &str) -> T {
    assert!(std::env::var_os("CI").is_none_or(|value| value.is_empty()), "{why}");
    // The test harness swallows what println! writes, and a skip must be seen.
    writeln!(std::io::stderr().lock(), "!!! SKIPPED {test}: {why}").unwrap();
    T::default()
}
