//! The layer was forgotten: the page and the log name the line to add.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use crate::stage::{Stage, portal};

/// Keeps what is logged.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Everything that this thread logs from now on, from the finest level up.
    pub(crate) fn listening() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }
}

#[tokio::test]
async fn forgetting_the_layer_names_the_line_to_add() {
    let (log, _listening) = Log::listening();
    let stage = Stage::serving(|gate| gate, portal).await;
    let mut browser = stage.browser();
    for path in ["/login", "/home", "/account", "/settings", "/pay", "/login/code", "/step-up"] {
        let answered = browser.get(path).await;
        assert_eq!(answered.status, 500, "{path}");
        assert!(answered.body.contains(".layer(gate.layer())"), "{path}: {}", answered.body);
    }
    let form = ("content-type", "application/x-www-form-urlencoded");
    for path in ["/login", "/login/code", "/logout"] {
        let answered = browser.send("POST", path, &[form], b"").await;
        assert_eq!(answered.status, 500, "{path}");
        assert!(answered.body.contains(".layer(gate.layer())"), "{path}: {}", answered.body);
    }
    assert_eq!(log.text().matches("add `.layer(gate.layer())` to the router").count(), 10);
}

#[tokio::test]
async fn taking_a_fresh_proof_where_none_is_asked_for_names_the_line_to_add() {
    let (log, _listening) = Log::listening();
    let stage = Stage::open().await;
    let answered = stage.browser().get("/unguarded").await;
    assert_eq!(answered.status, 500);
    assert!(answered.body.contains("gate.require(StepUp::by(Method::App))"), "{}", answered.body);
    assert!(log.text().contains("gate.require(StepUp::by(Method::App))"));
}
