//! Every log line of every test, at the finest level.
//!
//! One for the whole binary: whether a line is wanted is remembered for the place that logs, whichever
//! thread came there first, so a log for one test alone would miss lines.

use std::io;
use std::sync::{Mutex, Once};

use tracing_subscriber::filter::LevelFilter;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static BEGUN: Once = Once::new();

/// Keeps every line from now on.
pub(crate) fn keep() {
    BEGUN.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(|| Writer)
            .init();
    });
}

/// Every line so far.
pub(crate) fn lines() -> String {
    String::from_utf8(LINES.lock().unwrap().clone()).unwrap()
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
