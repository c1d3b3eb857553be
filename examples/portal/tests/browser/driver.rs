//! The one chromedriver of this test program.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A running chromedriver. It ends with the last test that holds it.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    // Kept open, since chromedriver would fail to write into a closed pipe.
    _stdout: BufReader<ChildStdout>,
    port: u16,
}

impl Driver {
    /// The running one, or a new one; nothing if chromedriver is not installed.
    pub(crate) fn shared() -> Option<Arc<Self>> {
        // A static is never dropped, and would leave the process behind.
        static RUNNING: Mutex<Weak<Driver>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = running.upgrade() {
            return Some(driver);
        }
        let driver = Arc::new(Self::start()?);
        *running = Arc::downgrade(&driver);
        Some(driver)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn start() -> Option<Self> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let port = loop {
            let mut line = String::new();
            let read = stdout.read_line(&mut line).expect("chromedriver writes text");
            assert!(read > 0, "chromedriver ended before it named its port");
            let port = line.split_once("successfully on port ").map(|(_, port)| port);
            if let Some(port) = port {
                break port.trim().trim_end_matches('.').parse().expect("a port is a number");
            }
        };
        Some(Self { child, _stdout: stdout, port })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}
