//! The layer or the routes were forgotten: the page and the log name the line to add.

use countersign_core::Requirement;

use crate::client::Browser;
use crate::log::Log;
use crate::openapi::check;
use crate::stage::{Stage, pages, portal};

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
    let answered = Browser::program(stage.at).get("/api/login/session").await;
    check("get", "/session", &answered);
    assert_eq!(answered.json()["code"], "setup.layer_missing");
}

#[tokio::test]
async fn forgetting_the_routes_names_the_line_to_add() {
    let log = Log::listening();
    let stage = Stage::serving(|gate| gate, |gate| pages(gate).layer(gate.layer())).await;
    let mut stranger = stage.browser();
    for path in ["/login/code", "/login/stopped", "/step-up", "/logout", "/nowhere"] {
        assert_eq!(stranger.get(path).await.status, 404, "{path} is none of ours to a stranger");
    }
    assert!(!log.text().contains("gate.routes()"));
    stage.require(Requirement::Email).await;
    let mut browser = stage.browser();
    stage.password(&mut browser, "ben").await.goes_to("/login/code");
    for path in ["/login/code", "/login/another-way", "/step-up?for=link-app&next=/account"] {
        let answered = browser.get(path).await;
        assert_eq!(answered.status, 500, "{path}");
        assert!(answered.body.contains(".merge(gate.routes())"), "{path}: {}", answered.body);
    }
    assert_eq!(browser.get("/nowhere").await.status, 404);
    assert_eq!(log.text().matches("add `.merge(gate.routes())` to the router").count(), 3);
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

#[tokio::test]
async fn a_user_who_was_never_added_is_logged_once_with_what_to_call() {
    let log = Log::listening();
    let stage = Stage::open().await;
    for user in ["dora", "dora", "ben", "emil"] {
        stage.password(&mut stage.browser(), user).await;
    }
    let body = br#"{"user":"dora","password":"correct horse"}"#;
    let json = ("content-type", "application/json");
    let answered = Browser::program(stage.at).send("POST", "/api/begin", &[json], body).await;
    assert_eq!(answered.json()["code"], "refused.unknown");
    let text = log.text();
    let lines: Vec<_> =
        text.lines().filter(|line| line.contains("`Mfa::add_existing_user`")).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines.iter().all(|line| line.contains("WARN") && line.contains("larkfield")));
    assert!(!text.contains("dora") && !text.contains("emil"), "people are in no log: {text}");
}
