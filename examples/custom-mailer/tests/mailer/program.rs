//! The program that newcomers run says what happened.

use std::process::Command;

#[test]
fn the_program_logs_ada_in_and_tells_a_failure_from_a_refusal() {
    let ran = Command::new(env!("CARGO_BIN_EXE_custom-mailer")).output().unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{said}");
    for line in [
        "4. Ada is in, by pwd and otp.",
        "5. For ben the API says 503 down: 1 to be tried again, 0 refused for good.",
        "6. For chiara the API says 422 recipient_unknown: 0 to be tried again, 1 refused for good.",
    ] {
        assert!(said.lines().any(|said| said == line), "{said}");
    }
}
