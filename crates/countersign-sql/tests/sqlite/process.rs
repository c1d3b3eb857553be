//! Other processes: this test binary once more, told to play one part.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};

use crate::{block_on, fixture, full, host, kill, two_processes};

/// The test that is a part in another process, and nothing in this one.
const TEST: &str = "process::plays_its_part";

/// A running part. What it says arrives line by line.
pub(crate) struct Actor {
    child: Child,
    says: BufReader<ChildStderr>,
    hears: ChildStdin,
}

/// The command that plays this part on this file.
pub(crate) fn command(part: &str, path: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    // The test runner takes the last two for further names of tests; there are none.
    let path = format!("path={}", path.display());
    command.args([TEST, "--exact", "--nocapture", &format!("part={part}"), &path]);
    command
}

impl Actor {
    pub(crate) fn start(part: &str, path: &Path) -> Self {
        Self::run(&mut command(part, path))
    }

    pub(crate) fn run(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let says = BufReader::new(child.stderr.take().unwrap());
        let hears = child.stdin.take().unwrap();
        Self { child, says, hears }
    }

    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.hears, "{line}").unwrap();
    }

    /// The next thing it says; nothing once it has ended.
    pub(crate) fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.says.read_line(&mut line).unwrap();
        (read > 0 && line.ends_with('\n')).then(|| line.trim_end().to_owned())
    }

    /// Hears this next, and nothing else.
    pub(crate) fn hear_only(&mut self, expected: &str) {
        assert_eq!(self.hear().as_deref(), Some(expected));
    }

    /// Everything it still says until its end.
    pub(crate) fn hear_out(mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = self.hear() {
            lines.push(line);
        }
        let _ = self.child.wait().unwrap();
        lines
    }

    /// Ends it as a power cut would, and returns what it had said by then.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.hear_out()
    }
}

/// Says a line to the process that started this one. It goes out whole and at once.
pub(crate) fn say(line: &str) {
    io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// The next line that this process is told.
pub(crate) fn told() -> String {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

#[test]
fn plays_its_part() {
    let argument =
        |name: &str| env::args().find_map(|arg| arg.strip_prefix(name).map(str::to_owned));
    let (Some(part), Some(path)) = (argument("part="), argument("path=")) else { return };
    let path = PathBuf::from(path);
    match &*part {
        "writes until it is killed" => block_on(kill::writes_until_it_is_killed(&path)),
        "fills its file" => block_on(full::fills_its_file(&path)),
        "opens" => block_on(host::opens(&path)),
        "answers" => block_on(two_processes::answers(&path)),
        "counts" => block_on(two_processes::counts(&path)),
        "makes the fixture" => block_on(fixture::makes_the_fixture(&path)),
        other => panic!("no part is called {other}"),
    }
}
