//! The layer was forgotten: the page and the log name the line to add.

use crate::log::Log;
use crate::stage::{Stage, portal};

#[tokio::test]
async fn forgetting_the_layer_names_the_line_to_add() {
    let log = Log::listening();
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
    let log = Log::listening();
    let stage = Stage::open().await;
    let answered = stage.browser().get("/unguarded").await;
    assert_eq!(answered.status, 500);
    assert!(answered.body.contains("gate.require(StepUp::by(Method::App))"), "{}", answered.body);
    assert!(log.text().contains("gate.require(StepUp::by(Method::App))"));
}
