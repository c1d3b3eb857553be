//! A real Redis in a folder of its own, for the tests of this binary.
//!
//! A shell stands beside each: when its input ends it kills the server and removes the folder. So
//! nothing is left behind, however the tests end.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A `redis-server` that listens to a socket in its folder and to no port.
#[derive(Debug)]
pub(crate) struct Server {
    folder: PathBuf,
    shell: Child,
    orders: ChildStdin,
    told: Lines<BufReader<ChildStdout>>,
}

/// The one that most tests share. None where Redis is not installed.
pub(crate) static SHARED: LazyLock<Option<Server>> = LazyLock::new(|| Server::start(SAFE));

/// The settings that the store asks for.
pub(crate) const SAFE: &[&str] = &["--appendonly", "yes", "--appendfsync", "always"];

impl Server {
    /// Starts one with these settings; none where Redis is not installed, which is fine except under
    /// CI.
    pub(crate) fn start(settings: &[&'static str]) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let there = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
        if there.is_err() {
            skip("redis-server is not installed, so no store was kept in Redis");
            return None;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("custom-store-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", include_str!("beside.sh"), "beside"]).args(settings);
        // A signal to all, such as Ctrl-C, must not end the shell before it has cleaned up.
        shell.process_group(0);
        shell.current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        let orders = shell.stdin.take().unwrap();
        let told = BufReader::new(shell.stdout.take().unwrap()).lines();
        let mut server = Self { folder, shell, orders, told };
        server.hears(READY);
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("redis.sock")
    }

    /// Ends it without a word, as a power cut would.
    pub(crate) fn kill(&mut self) {
        writeln!(self.orders, "kill").unwrap();
        self.hears("killed");
    }

    /// Starts it again on what its disk holds.
    pub(crate) fn start_again(&mut self) {
        writeln!(self.orders, "start").unwrap();
        self.hears(READY);
    }

    fn hears(&mut self, word: &str) {
        let heard = self.told.any(|line| line.unwrap().contains(word));
        assert!(heard, "redis-server in {} did not say: {word}", self.folder.display());
    }
}

/// How each release of Redis says that it takes connections.
const READY: &str = "ready to accept connections";

impl Drop for Server {
    fn drop(&mut self) {
        let _ = writeln!(self.orders, "end");
        let _ = self.shell.wait();
    }
}

/// Says loudly that something was not tested; under CI it fails.
fn skip(why: &str) {
    assert!(!under_ci(), "{why}; CI must have it");
    // Not `eprintln!`, which the harness keeps to itself while a test passes.
    let mut stderr = std::io::stderr();
    writeln!(stderr, "!!! SKIPPED: {why}").unwrap();
}

#[expect(clippy::disallowed_methods, reason = "a test asks whether it may be skipped")]
fn under_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}
