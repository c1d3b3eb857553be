//! The example is killed where it hurts and started again: no mail is lost, no code counts twice.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod post_office;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use post_office::PostOffice;

/// One run of the example, with its screen and its keyboard.
struct Run {
    process: Child,
    screen: BufReader<ChildStdout>,
    keyboard: ChildStdin,
    seen: String,
}

impl Run {
    fn start(url: &str, folder: &Path, more: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_mail"))
            .args([url, "ben@larkfield.example", "--folder"])
            .arg(folder)
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let screen = BufReader::new(process.stdout.take().unwrap());
        let keyboard = process.stdin.take().unwrap();
        Self { process, screen, keyboard, seen: String::new() }
    }

    /// Reads until this stands on the screen.
    #[track_caller]
    fn until(&mut self, sentence: &str) -> &mut Self {
        loop {
            let mut line = String::new();
            let read = self.screen.read_line(&mut line).unwrap();
            self.seen.push_str(&line);
            if line.contains(sentence) {
                return self;
            }
            assert!(read > 0, "it ended before it said {sentence:?}:\n{}", self.seen);
        }
    }

    fn types(&mut self, line: &str) -> &mut Self {
        self.keyboard.write_all(format!("{line}\n").as_bytes()).unwrap();
        self
    }

    /// Reads so many lines, types the newest code where one is asked for, and counts logins. It
    /// stops where the program waits for itself or is done.
    fn some_lines(&mut self, office: &PostOffice, most: usize) -> usize {
        let mut entered = 0;
        for _ in 0..most {
            let mut line = String::new();
            let read = self.screen.read_line(&mut line).unwrap();
            self.seen.push_str(&line);
            entered += usize::from(line.contains("You are in"));
            if read == 0 || entered > 0 || line.contains("stopped holds") {
                break;
            }
            if line.contains("Code:") {
                self.types(&office.newest());
            }
        }
        entered
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("mail-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_whole_chain_is_shown_and_the_typed_code_is_accepted_once() {
    let office = PostOffice::open();
    let folder = Folder::new();
    let mut run = Run::start(&office.url(), &folder.0, &[]);
    run.until("1. The password is right").until("3. The mail server took the mail");
    let code = office.code();
    run.until("Code:").types("000 00").until("6 digits");
    run.types(&code).until("5. You are in, by pwd and otp");
    run.types(&code).until("already used");
    assert_eq!(office.mails(), 1);
}

#[test]
fn killed_between_the_commit_and_the_courier_it_sends_the_mail_at_the_next_start() {
    let office = PostOffice::open();
    let folder = Folder::new();
    let mut run = Run::start(&office.url(), &folder.0, &["--step"]);
    run.until("Press Enter").kill();
    assert_eq!(office.mails(), 0);
    let mut run = Run::start(&office.url(), &folder.0, &[]);
    run.until("begun before; it goes on").until("3. The mail server took the mail");
    run.until("Code:").types(&office.code()).until("5. You are in");
    assert_eq!(office.mails(), 1);
}

#[test]
fn killed_before_the_code_is_typed_it_sends_no_second_mail_and_takes_the_code() {
    let office = PostOffice::open();
    let folder = Folder::new();
    Run::start(&office.url(), &folder.0, &[]).until("Code:").kill();
    let code = office.code();
    let mut run = Run::start(&office.url(), &folder.0, &[]);
    run.until("begun before; it goes on").until("Code:").types(&code).until("5. You are in");
    assert_eq!(office.mails(), 1);
}

#[test]
fn a_code_that_was_accepted_before_the_kill_is_accepted_by_no_later_run() {
    let office = PostOffice::open();
    let folder = Folder::new();
    let mut run = Run::start(&office.url(), &folder.0, &[]);
    run.until("Code:").types(&office.code());
    let code = office.code();
    run.until("5. You are in").kill();
    let mut run = Run::start(&office.url(), &folder.0, &[]);
    run.until("is over: That code was already used").until("1. The password is right");
    run.until("Code:").types(&code).until("That code is not right.");
    run.types(&office.code_after(1)).until("5. You are in");
}

#[test]
fn a_mail_server_that_is_away_is_named_and_its_mail_waits_for_it() {
    let office = PostOffice::open();
    let folder = Folder::new();
    let mut run = Run::start("smtp://127.0.0.1:1", &folder.0, &[]);
    run.until("wrong: connecting").until("It stays in the outbox; the next try is in").kill();
    let mut run = Run::start(&office.url(), &folder.0, &[]);
    run.until("begun before; it goes on").until("3. The mail server took the mail");
    run.until("Code:").types(&office.code()).until("5. You are in");
}

#[test]
fn killed_after_any_line_the_letter_is_sent_or_waits_and_one_code_logs_in_at_most_once() {
    let mut entered = 0;
    for lines in 1..=16 {
        let office = PostOffice::open();
        let folder = Folder::new();
        let mut first = Run::start(&office.url(), &folder.0, &[]);
        let before = first.some_lines(&office, lines);
        first.kill();
        let mut second = Run::start(&office.url(), &folder.0, &[]);
        let after = second.some_lines(&office, 30);
        let waits = second.seen.contains("A courier that was stopped holds the letter");
        assert!(waits || office.mails() > 0, "a letter is lost:\n{}{}", first.seen, second.seen);
        assert!(waits || after > 0, "nobody got in:\n{}{}", first.seen, second.seen);
        // Whoever was in before the kill gets in again, with the code of another mail.
        assert!(before + after <= office.mails(), "a code logged in twice:\n{}", second.seen);
        entered += after;
    }
    assert!(entered > 0, "every letter was held");
}

#[test]
fn a_wrong_call_gets_a_sentence_and_the_help() {
    for args in [&[][..], &["smtp://127.0.0.1"], &["a", "b", "--quick"], &["a", "b", "c"]] {
        let told = Command::new(env!("CARGO_BIN_EXE_mail")).args(args).output().unwrap();
        let text = String::from_utf8(told.stdout).unwrap();
        assert_eq!(told.status.code(), Some(2), "{text}");
        assert!(text.contains("cargo run -p mail --"), "{text}");
    }
}
