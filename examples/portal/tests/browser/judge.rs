//! Judges of a page: a ruler, the keyboard, and axe-core.

use std::path::Path;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::look::Look;
use crate::tools::skip;

impl Browser {
    /// What is wrong with the page in every look a person may have chosen, as sentences.
    ///
    /// The page stays where it is; only what is around it changes.
    pub(crate) async fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut say = |look: &str, found: Vec<String>| {
            faults.extend(found.into_iter().map(|fault| format!("{look}: {fault}")));
        };
        self.wear(Look::PLAIN).await;
        say("light", self.axe().await);
        say("light", self.ruler().await);
        say("by keyboard", self.keyboard().await);
        self.wear(Look::PLAIN.dark()).await;
        say("dark", self.axe().await);
        self.wear(Look::PLAIN.forced_colors()).await;
        say("forced colors", self.keyboard().await);
        self.wear(Look::PLAIN.phone()).await;
        say("phone", self.ruler().await);
        self.wear(Look::PLAIN.zoomed()).await;
        say("at 400 %", self.ruler().await);
        say("at 400 % by keyboard", self.keyboard().await);
        self.dress().await;
        faults
    }

    /// Sizes, edges, lines, and what every page must have.
    async fn ruler(&self) -> Vec<String> {
        sentences(&self.measure(include_str!("measures.js")).await)
    }

    /// Whether one sees where the keyboard is.
    async fn keyboard(&self) -> Vec<String> {
        sentences(&self.measure(include_str!("focus.js")).await)
    }

    /// What axe-core finds serious or critical.
    async fn axe(&self) -> Vec<String> {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe-core/axe.min.js");
        let Ok(script) = std::fs::read_to_string(file) else {
            return skip("accessibility", "axe-core is missing: run cargo xtask test");
        };
        self.tell("Runtime.evaluate", json!({ "expression": script })).await;
        let run = "axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': \
            { enabled: true } } }).then((found) => found.violations.map(({ id, impact, help, nodes }) => \
            ({ id, impact, help, where: nodes.map((node) => node.html) })))";
        let run = json!({ "expression": run, "awaitPromise": true, "returnByValue": true });
        let answer = self.tell("Runtime.evaluate", run).await;
        let found = answer["result"]["value"].as_array();
        let found = found.unwrap_or_else(|| panic!("axe-core did not answer: {answer}"));
        let grave =
            found.iter().filter(|fault| ["serious", "critical"].contains(&text(fault, "impact")));
        grave
            .map(|fault| {
                let id = text(fault, "id");
                let help = text(fault, "help");
                format!("{id}: {help}: {}", fault["where"])
            })
            .collect()
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn sentences(value: &Value) -> Vec<String> {
    let sentences = value.as_array().expect("a measure answers with a list");
    sentences.iter().map(|sentence| sentence.as_str().unwrap().to_owned()).collect()
}
