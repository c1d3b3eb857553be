//! What a person does with a page: by mouse, and by keyboard alone.

use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::key::Key;
use serde_json::json;

use crate::browser::{Browser, until};
use crate::tree::Node;

impl Browser {
    /// Opens an address, as if it were typed or bookmarked.
    pub(crate) async fn visit(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|why| panic!("{address}: {why}"));
    }

    /// Clicks the one button, link or box of this name, where it is on the screen.
    pub(crate) async fn click(&self, name: &str) {
        let node = self.find(name, "button or link", Node::can_be_clicked).await;
        self.click_on(&node).await;
    }

    /// Types over what is in the field of this name.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        self.empty(label).await;
        self.type_text(text).await;
    }

    /// Puts the text into the field all at once, as pasting does: a limit on its length would cut it.
    pub(crate) async fn paste(&self, label: &str, text: &str) {
        self.empty(label).await;
        self.tell("Input.insertText", json!({ "text": text })).await;
    }

    async fn empty(&self, label: &str) {
        let node = self.find(label, "field", Node::can_be_filled).await;
        self.click_on(&node).await;
        self.hold(Key::Control, "a").await;
        self.press(Key::Backspace).await;
    }

    /// Picks an option of a drop-down, by the keys that every browser has for it.
    pub(crate) async fn choose(&self, label: &str, option: &str) {
        let node = self.find(label, "drop-down", Node::can_be_chosen_from).await;
        self.tell("DOM.focus", json!({ "backendNodeId": node.backend })).await;
        self.choose_here(option).await;
    }

    /// Picks an option of the drop-down that has the keyboard.
    pub(crate) async fn choose_here(&self, option: &str) {
        self.press(Key::Home).await;
        let mut passed = Vec::new();
        loop {
            let value = self.focused().await.map(|node| node.value).unwrap_or_default();
            if value.to_lowercase() == option.to_lowercase() {
                return;
            }
            assert!(passed.last() != Some(&value), "no option is called {option:?}: {passed:?}");
            passed.push(value);
            self.press(Key::Down).await;
        }
    }

    pub(crate) async fn press(&self, key: Key) {
        self.type_text(&char::from(key).to_string()).await;
    }

    pub(crate) async fn type_text(&self, text: &str) {
        let mut keys = KeyActions::new("keys".to_owned());
        for value in text.chars() {
            keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(keys).await.expect("keys can be pressed");
    }

    /// Presses a key while another is held down.
    pub(crate) async fn hold(&self, held: Key, text: &str) {
        let held = char::from(held);
        let mut keys = KeyActions::new("keys".to_owned()).then(KeyAction::Down { value: held });
        for value in text.chars() {
            keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        let keys = keys.then(KeyAction::Up { value: held });
        self.client.perform_actions(keys).await.expect("keys can be pressed");
    }

    /// Presses Tab until this has the keyboard, and says how often.
    pub(crate) async fn tab_to(&self, name: &str) -> usize {
        let mut passed = Vec::new();
        for presses in 1..=80 {
            self.press(Key::Tab).await;
            let node = self.focused().await;
            if node.as_ref().is_some_and(|node| node.is_called(name)) {
                return presses;
            }
            passed.push(node.map(|node| node.name).unwrap_or_default());
        }
        panic!("Tab never reaches {name:?}; it goes through {passed:?}")
    }

    /// Waits until this has the keyboard.
    pub(crate) async fn has_the_keyboard(&self, name: &str) {
        until(async || match self.focused().await {
            Some(node) if node.is_called(name) => Ok(()),
            other => Err(format!("{name:?} has not got the keyboard, but {other:?}")),
        })
        .await;
    }

    pub(super) async fn click_on(&self, node: &Node) {
        let backend = json!({ "backendNodeId": node.backend });
        self.tell("DOM.scrollIntoViewIfNeeded", backend.clone()).await;
        let quads = until(async || {
            let quads = self.tell("DOM.getContentQuads", backend.clone()).await;
            let first = quads["quads"][0].as_array().cloned();
            first.ok_or_else(|| format!("{:?} takes no room on the screen", node.name))
        })
        .await;
        // Four corners, each an x and a y; the middle is halfway between two that are opposite.
        let at = |corner: usize| quads[corner].as_f64().expect("a place is a number");
        let x = f64::midpoint(at(0), at(4)).round();
        let y = f64::midpoint(at(1), at(5)).round();
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(mouse).await.expect("the mouse can be clicked");
    }
}
