//! An independent program answers a login: `oathtool`, of the OATH Toolkit.

use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

use countersign_core::{Requirement, Timestamp};

use crate::stage::{Stage, passed};

/// What `oathtool` shows for this key at this time; nothing if it is not installed.
fn shown(key: &str, now: Timestamp) -> Option<String> {
    // The key goes through a pipe: arguments can be read by everybody on the machine.
    let spawned = Command::new("oathtool")
        .args(["--totp", "-b", "--now", &now.to_string().replace('Z', " UTC"), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut running = match spawned {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        spawned => spawned.unwrap(),
    };
    running.stdin.take().unwrap().write_all(format!("{key}\n").as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "oathtool failed");
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[expect(clippy::disallowed_methods, reason = "a test asks whether it may be skipped")]
fn must_not_skip() -> bool {
    std::env::var("CI").is_ok()
}

#[test]
fn an_app_that_is_not_ours_links_from_the_typed_key_and_logs_in() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let enrollment = stage.enrollment("ben");
    let key = enrollment.app.key().expose().replace(' ', "");
    let Some(code) = shown(&key, stage.now()) else {
        assert!(!must_not_skip(), "oathtool is not installed; CI must have it");
        eprintln!("SKIPPED: oathtool is not installed, so no independent program checked a code");
        return;
    };
    let _ = passed(stage.answer(&enrollment.ticket, &code));
    for _ in 0..20 {
        stage.advance(30 + 86_400 * 17);
        let ticket = stage.challenge("ben").ticket;
        let code = shown(&key, stage.now()).unwrap();
        let _ = passed(stage.answer(&ticket, &code));
    }
}
