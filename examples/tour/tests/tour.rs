//! The tour is run as a new_user runs it, and answered as a person with a phone would.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

use countersign::{Clock, SystemClock};
use countersign_testkit::FakePhone;

fn tour(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tour")).args(args).stdin(Stdio::null()).output().unwrap()
}

fn told(args: &[&str]) -> String {
    let told = tour(args);
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success() && told.stderr.is_empty(), "{args:?}: {text}");
    text
}

/// Each of these is in the text, in this order.
#[track_caller]
fn check(text: &str, sentences: &[&str]) {
    let mut rest = text;
    for sentence in sentences {
        let after = rest.split_once(sentence).map(|(_, after)| after);
        rest = after.unwrap_or_else(|| panic!("missing or too early: {sentence}\n{text}"));
    }
}

/// The QR codes on the screen.
fn pictures(text: &str) -> Vec<String> {
    let drawn = |line: &&str| line.len() > 40 && line.chars().all(|c| " █▀▄".contains(c));
    let lines: Vec<_> = text.lines().collect();
    let groups = lines.chunk_by(|one, next| drawn(one) == drawn(next));
    groups.filter(|group| group.iter().any(drawn)).map(|group| group.join("\n")).collect()
}

#[test]
fn the_tour_tells_the_whole_story_and_ends_well() {
    check(
        &told(&["--speed", "none"]),
        &[
            "an operator at the command line makes",
            "If the picture does not scan, start again with --light.",
            "The page asks for the code of Larkfield Freight (ada@larkfield.example).",
            "applies to 4 people, 3 will get codes by e-mail.",
            "Existing people get no mail about it: 0 sent.",
            "│ Your security code:\n",
            "Ben mistypes it: That code is not right.",
            "Ben pastes it, with a space: passed (pwd + otp)\n",
            "The same code once more: That code was already used",
            "Chiara types the app's code: passed (pwd + otp + mfa)",
            "A second time: that invitation has ended.",
            "1 will link an app.",
            "Ben types the app's code: passed (pwd + otp + mfa)",
            "The code from the login: Each code works once.",
            "The next code: passed (pwd + otp + mfa)",
            "The fifth guess: Too many wrong codes.",
            "Even the right code now: Too many wrong codes.",
            "Ben types the same code again: passed (pwd + otp + mfa)",
            "refused (admin.not_fresh)",
            "Erin logs in with her password alone.",
            "keeps Ada's words: her mailbox moves to a new server.",
            "4 ready, 1 within grace, 0 cannot be reached.",
            "Dev types a mailed code and is in. The page adds: App MFA from 2026-12-09",
            "That was the tour.",
        ],
    );
}

#[test]
fn a_lost_phone_is_replaced_and_counts_no_more() {
    check(
        &told(&["--speed", "none"]),
        &[
            "── Ben loses his phone ──",
            "│ Reset by: ada\n",
            "The page asks for the code we sent to b••@larkfield.example.",
            "The code is right, and one more step follows: the page shows a QR code.",
            "▀",
            "The phone reads the QR code and shows Larkfield Freight (ben@larkfield.example).",
            "Ben types the new app's code: passed (pwd + otp + mfa)",
            "The code of the old phone: That code is not right.",
            "The code of the new phone: passed (pwd + otp + mfa)",
        ],
    );
}

#[test]
fn everybody_ends_with_a_reason_of_their_own() {
    check(
        &told(&["--speed", "none"]),
        &[
            "  ada     App MFA, because of the person's own choice\n",
            "  ben     App MFA, because of a role\n",
            "  chiara  App MFA, because of the person's rule\n",
            "  dev     Email MFA, because of the company setting\n",
            "  erin    No MFA, because of an exemption until 2026-12-02",
            "  dev     Email MFA, because of the company setting\n          App MFA from 2026-12-09",
        ],
    );
}

#[test]
fn the_invitation_is_shown_and_its_link_cannot_be_used_by_a_reader() {
    let text = told(&["--speed", "none"]);
    check(
        &text,
        &[
            "│ Your invitation to Larkfield Freight\n    │\n    │ You are invited",
            "│ https://larkfield.example/invite/csi1.",
            "…",
            "│ The link works once, until 1 December 2026",
            "The link is shortened here; in the mail it has ",
        ],
    );
    let link = text.lines().find(|line| line.contains("csi1.")).unwrap();
    assert!(link.chars().count() < 70 && text.matches("csi1.").count() == 1, "{link}");
}

#[test]
fn the_screen_holds_no_secret_in_text_and_no_line_that_wraps() {
    for options in [&["--speed", "none"][..], &["--speed", "none", "--light"]] {
        let text = told(options);
        for secret in ["otpauth", "secret", "cst1.", "csp1.", "The key is"] {
            assert!(!text.contains(secret), "{secret}\n{text}");
        }
        let widest = text.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(widest.chars().count() <= 105, "{widest}");
    }
}

#[test]
fn a_phone_scans_both_pictures_in_a_dark_and_in_a_light_terminal() {
    let options = [
        (&[][..], '█', "--light."),
        (&["--dark"], '█', "--light."),
        (&["--light"], ' ', "--dark."),
    ];
    for (option, ground, other) in options {
        let text = told(&[&["--speed", "none"], option].concat());
        assert!(text.contains(&format!("does not scan, start again with {other}")), "{text}");
        let pictures = pictures(&text);
        let mut scanned = Vec::new();
        for picture in &pictures {
            assert!(picture.starts_with(ground), "{picture}");
            let mut phone = FakePhone::new();
            phone.scan_terminal(picture).unwrap();
            scanned.extend(phone.entries().map(|(_, label)| label.to_owned()));
        }
        assert_eq!(scanned, ["ada@larkfield.example", "ben@larkfield.example"], "{text}");
    }
}

#[test]
fn a_visitor_who_types_nonsense_gets_sentences_and_an_end() {
    let wrong = "000000\n".repeat(6);
    let typed = [b"\n", &b"my code\n"[..], b"\xff\xfe\n", b"12 34\n", wrong.as_bytes()].concat();
    check(
        &visited(&typed),
        &[
            "Enter the security code.",
            "The code has digits only.",
            "The code has digits only.",
            "The code has 6 digits. You typed 4.",
            "That code is not right.",
            "One try left before we lock this login for a while.",
            "Too many wrong codes.",
            "Until then no code is judged.",
            "You left the tour.",
        ],
    );
    check(&visited(b""), &["Security code: \n", "You left the tour."]);
    check(&visited(b"7"), &["You typed 1.", "You left the tour."]);
    for endless in ["y\n".repeat(200), "7".repeat(10_000)] {
        check(&visited(endless.as_bytes()), &["Those were 20 answers.", "You left the tour."]);
    }
}

/// What a visitor sees who types this and no more.
fn visited(typed: &[u8]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tour"))
        .arg("--try-it")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The tour may have said goodbye before it read everything.
    let _ = child.stdin.take().unwrap().write_all(typed);
    let seen = child.wait_with_output().unwrap();
    let text = String::from_utf8(seen.stdout).unwrap();
    assert!(seen.status.success(), "{text}");
    text
}

#[test]
fn an_unknown_option_gets_a_sentence_and_the_help() {
    let refused = tour(&["--fast"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stdout).unwrap();
    assert!(said.contains("There is no option --fast.") && said.contains("--try-it"));
}

#[test]
fn a_person_with_a_phone_can_type_the_codes() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tour"))
        .arg("--try-it")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut typing = child.stdin.take().unwrap();
    let mut screen = BufReader::new(child.stdout.take().unwrap());
    let mut codes_from_mail = 0;
    let mut seen = String::new();
    let mut line = String::new();
    // The prompt does not end its line, so it is met in front of what is printed next.
    while screen.read_line(&mut line).unwrap() > 0 {
        seen.push_str(&line);
        let words: Vec<_> = line.trim_start_matches(['│', ' ']).split_whitespace().collect();
        if let [code] = words[..]
            && code.len() == 6
            && code.bytes().all(|byte| byte.is_ascii_digit())
        {
            codes_from_mail += 1;
            let (start, end) = code.split_at(3);
            writeln!(typing, " {start} {end}").unwrap();
        }
        if let Some((_, key)) = line.split_once("The key is ") {
            let mut phone = FakePhone::new();
            phone.type_key("Larkfield Freight", "you", key.trim()).unwrap();
            writeln!(typing, "{}", phone.code(SystemClock.now())).unwrap();
            break;
        }
        line.clear();
    }
    drop(typing);
    let rest: String = screen.lines().map(|line| line.unwrap() + "\n").collect();
    assert!(child.wait().unwrap().success());
    assert_eq!(codes_from_mail, 2, "{seen}");
    assert!(seen.contains("You are in: pwd + otp."), "{seen}");
    assert!(rest.contains("You are in: pwd + otp + mfa."), "{rest}");
    assert!(rest.contains("Open your authenticator app"), "{rest}");
    assert!(rest.contains("You left the tour."), "{rest}");
}
