//! How the tour speaks and listens: scenes, what happens, what somebody sees on a screen, and
//! what the visitor types.

use std::fmt::Display;
use std::io::{BufRead, Read, Write, stdin, stdout};
use std::time::Duration;

/// Most bytes taken for one answer; more of them are the next answer.
const LONGEST_ANSWER: u64 = 200;

/// Opens a scene after a pause for the reader.
pub(crate) fn scene(pause_millis: u64, title: &str) {
    pause(pause_millis);
    line(format_args!("\n── {title} ──"));
}

/// Says what happened.
pub(crate) fn say(sentence: impl Display) {
    line(format_args!("  {sentence}"));
}

/// Shows what somebody has before their eyes.
pub(crate) fn show(text: &str) {
    for shown in text.lines() {
        line(format!("    │ {shown}").trim_end());
    }
}

/// Prints a line. Whoever closed the pipe has seen enough.
pub(crate) fn line(text: impl Display) {
    if writeln!(stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// What the visitor types, or nothing if there is no more input.
pub(crate) fn ask(prompt: &str) -> Option<String> {
    let mut typed = Vec::new();
    write!(stdout(), "  {prompt}: ").and_then(|()| stdout().flush()).ok()?;
    let read = stdin().lock().take(LONGEST_ANSWER).read_until(b'\n', &mut typed);
    match read {
        Ok(0) | Err(_) => {
            line("");
            None
        }
        Ok(_) => Some(String::from_utf8_lossy(&typed).into_owned()),
    }
}

#[expect(clippy::disallowed_methods, reason = "the reader is real, and so is their time")]
fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}
