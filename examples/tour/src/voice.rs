//! How the tour speaks: scenes, things that happen, and what somebody sees on a screen.

use std::time::Duration;

/// Opens a scene after a pause for the reader.
pub(crate) fn scene(pause_millis: u64, title: &str) {
    pause(pause_millis);
    println!("\n── {title} ──");
}

/// Says what happened.
pub(crate) fn say(sentence: impl AsRef<str>) {
    println!("  {}", sentence.as_ref());
}

/// Shows what somebody has before their eyes.
pub(crate) fn show(text: &str) {
    for line in text.lines() {
        println!("    │ {line}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the reader is real, and so is their time")]
fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}
