//! Programs by others, which give a second opinion.

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

/// The one text that `zbarimg` finds in a picture of any format; nothing if it is not installed.
pub(crate) fn zbarimg(test: &str, picture: &[u8]) -> Option<String> {
    let asked = run("zbarimg", &["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-"], picture);
    let text = asked.or_else(|| skip(test, "zbarimg is missing: install zbar-tools"))?;
    let text = String::from_utf8(text).unwrap();
    Some(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

/// The PNG that `rsvg-convert` paints; nothing if it is not installed.
pub(crate) fn rsvg_convert(test: &str, svg: &str, pixels: usize) -> Option<Vec<u8>> {
    let width = format!("--width={pixels}");
    let asked = run("rsvg-convert", &[&width, "--keep-aspect-ratio"], svg.as_bytes());
    asked.or_else(|| skip(test, "rsvg-convert is missing: install librsvg2-bin"))
}

/// What a program makes of this input. It goes through pipes, so that no file is left behind.
fn run(program: &str, args: &[&str], input: &[u8]) -> Option<Vec<u8>> {
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
    // Both read their input to its end before they write a word.
    running.stdin.take().unwrap().write_all(input).unwrap();
    Some(running.wait_with_output().unwrap().stdout)
}

#[expect(clippy::disallowed_methods, reason = "under CI a skipped test would be a lie")]
fn skip<T>(test: &str, why: &str) -> Option<T> {
    assert!(std::env::var_os("CI").is_none_or(|value| value.is_empty()), "{why}");
    // The test harness swallows what eprintln! writes, and a skip must be seen.
    writeln!(std::io::stderr().lock(), "!!! SKIPPED {test}: {why}").unwrap();
    None
}
