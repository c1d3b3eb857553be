//! Each snippet is run as a new_user runs it, and says what its header promises.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

/// Runs an example that `cargo test` has built next to this test.
#[track_caller]
fn prints(example: &str, lines: &[&str]) {
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap().join("examples");
    let program = built.join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{example} is not built; run `cargo test -p snippets` as a whole");
    let ran = Command::new(program).output().unwrap();
    let text = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{text}{}", String::from_utf8_lossy(&ran.stderr));
    for line in lines {
        assert!(text.contains(line), "{example} does not say {line:?}, but:\n{text}");
    }
}

#[test]
fn email_code() {
    prints(
        "email_code",
        &[
            "The page asks for the code we sent to b••@larkfield.example.",
            "That code is not right.",
            "In, by pwd and otp.",
            "already used",
        ],
    );
}

#[test]
fn authenticator_app() {
    prints(
        "authenticator_app",
        &[
            "Its app shows Larkfield Freight: ",
            "First login. The app is linked.",
            "The same code: Each code works once.",
            "The next code: In, at aal2.",
        ],
    );
}

#[test]
fn company_policy() {
    prints(
        "company_policy",
        &[
            "No MFA     company default   No MFA, because nobody asks for more",
            "No MFA     App MFA           App MFA, because of the person's rule",
            "Email MFA  company default   Email MFA, because of the company setting",
            "App MFA    Email MFA         App MFA, because of the company setting",
            "Email MFA  company default   App MFA, because of the person's own choice",
            "exempt from the company setting until 2026-12-01",
            "the company setting       App MFA, set aside",
        ],
    );
}

#[test]
fn step_up() {
    prints(
        "step_up",
        &[
            "Her session pays 4711: no",
            "The fresh proof pays 4711: yes",
            "The fresh proof pays 4712: no",
            "Ten minutes later: it has ended",
        ],
    );
}
