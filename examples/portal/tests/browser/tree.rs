//! The accessibility tree: what a page is to somebody who does not see it.

use serde_json::{Value, json};

use crate::browser::{Browser, until};

/// One thing on the page that has a role: a button, a field, a heading, a status.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) description: String,
    properties: Vec<(String, Value)>,
    pub(super) backend: i64,
}

impl Node {
    fn read(node: &Value) -> Option<Self> {
        if node["ignored"].as_bool()? {
            return None;
        }
        let text = |key: &str| match &node[key]["value"] {
            Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let properties = node["properties"].as_array().map(Vec::as_slice).unwrap_or_default();
        let property = |p: &Value| {
            (p["name"].as_str().unwrap_or_default().to_owned(), p["value"]["value"].clone())
        };
        Some(Self {
            role: text("role"),
            name: text("name"),
            value: text("value"),
            description: text("description"),
            properties: properties.iter().map(property).collect(),
            backend: node["backendDOMNodeId"].as_i64()?,
        })
    }

    /// A property such as `focused`, `invalid`, `expanded`, `level`.
    pub(crate) fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn is(&self, property: &str) -> bool {
        matches!(self.property(property), Some(Value::Bool(true)))
            || matches!(self.property(property), Some(Value::String(text)) if text == "true")
    }

    /// Styles may show a label in capitals; it is still the same label.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.to_lowercase()
    }

    pub(crate) fn can_be_clicked(&self) -> bool {
        let roles = ["button", "link", "DisclosureTriangle", "checkbox", "radio", "menuitem"];
        roles.contains(&self.role.as_str())
    }

    pub(crate) fn can_be_filled(&self) -> bool {
        ["textbox", "searchbox", "spinbutton", "Date", "InputTime"].contains(&self.role.as_str())
    }

    pub(crate) fn can_be_chosen_from(&self) -> bool {
        ["combobox", "listbox"].contains(&self.role.as_str())
    }
}

impl Browser {
    /// Everything on the page that has a role, in reading order.
    pub(crate) async fn tree(&self) -> Vec<Node> {
        let tree = self.tell("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().expect("the tree is a list of nodes");
        nodes.iter().filter_map(Node::read).collect()
    }

    /// The one thing of this name that is fit for what is asked. Waits for it.
    pub(crate) async fn find(&self, name: &str, kind: &str, fit: impl Fn(&Node) -> bool) -> Node {
        until(async || {
            let tree = self.tree().await;
            let mut found = tree.iter().filter(|node| fit(node) && node.is_called(name));
            match (found.next(), found.next()) {
                (Some(node), None) => Ok(node.clone()),
                (Some(_), Some(_)) => Err(format!("two or more {kind} are called {name:?}")),
                (None, _) => {
                    let names: Vec<_> =
                        tree.iter().filter(|node| fit(node)).map(|node| &node.name).collect();
                    Err(format!("no {kind} is called {name:?}; there are {names:?}"))
                }
            }
        })
        .await
    }

    /// What has the keyboard.
    pub(crate) async fn focused(&self) -> Option<Node> {
        let tree = self.tree().await;
        // The page itself counts as focused when nothing on it is, and stands first.
        tree.into_iter().rfind(|node| node.is("focused") && node.role != "RootWebArea")
    }

    /// Waits until this is a heading of the page, or of the dialog over it.
    pub(crate) async fn shows(&self, heading: &str) {
        let fit = |node: &Node| node.role == "heading";
        self.find(heading, "heading", fit).await;
    }

    /// The heading of the page.
    pub(crate) async fn heading(&self) -> String {
        let headings = self.headings().await;
        assert_eq!(headings.len(), 1, "a page has one first heading, and not {headings:?}");
        headings.into_iter().next().expect("it was counted")
    }

    pub(crate) async fn headings(&self) -> Vec<String> {
        let first = |node: &Node| {
            node.role == "heading" && node.property("level").is_some_and(|level| level == 1)
        };
        self.tree().await.into_iter().filter(first).map(|node| node.name).collect()
    }
}
