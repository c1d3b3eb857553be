//! What a person sees of a page.

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::browser::{Browser, until};

impl Browser {
    /// Waits until the page shows this text.
    pub(crate) async fn sees(&self, text: &str) {
        until(async || {
            let page = self.text().await;
            let seen = same(&page).contains(&same(text));
            if seen { Ok(()) } else { Err(format!("the page does not say {text:?}:\n{page}")) }
        })
        .await;
    }

    /// Fails when the page shows this text now.
    pub(crate) async fn does_not_see(&self, text: &str) {
        let page = self.text().await;
        assert!(!same(&page).contains(&same(text)), "the page says {text:?}:\n{page}");
    }

    /// The text of the page as it is drawn.
    pub(crate) async fn text(&self) -> String {
        let Ok(body) = self.client.find(Locator::Css("body")).await else { return String::new() };
        body.text().await.unwrap_or_default()
    }

    /// Where the browser is, without the origin.
    pub(crate) async fn path(&self) -> String {
        let address = self.client.current_url().await.expect("a browser is somewhere");
        address.path().to_owned()
    }

    /// Waits until the browser is there.
    pub(crate) async fn arrives(&self, path: &str) {
        until(async || {
            let here = self.path().await;
            if here == path { Ok(()) } else { Err(format!("the browser is at {here}, not {path}")) }
        })
        .await;
    }

    pub(crate) async fn title(&self) -> String {
        self.client.title().await.expect("a page has a title")
    }

    /// The page as the server sent it and the browser understood it.
    pub(crate) async fn source(&self) -> String {
        self.client.source().await.expect("a page has a source")
    }

    /// A picture of what is on the screen, as PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("a browser can take a picture of itself")
    }

    /// Runs a measuring script of ours in the page. The page's own policy does not bind it.
    pub(crate) async fn measure(&self, script: &str) -> Value {
        let measured = self.client.execute(script, Vec::new()).await;
        measured.unwrap_or_else(|why| panic!("cannot measure: {why}"))
    }

    /// An attribute of the first element that this selector finds.
    pub(crate) async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let found = self.client.find(Locator::Css(selector)).await;
        let element = found.unwrap_or_else(|_| panic!("nothing on the page is {selector}"));
        element.attr(name).await.expect("attributes can be read")
    }

    /// Brings this part of the page onto the screen.
    pub(crate) async fn look_at(&self, node: &crate::tree::Node) {
        self.tell("DOM.scrollIntoViewIfNeeded", json!({ "backendNodeId": node.backend })).await;
    }
}

// Line breaks are the browser's business and capitals the style's.
fn same(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
