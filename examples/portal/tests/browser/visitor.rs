//! A visitor without a browser: cookies and forms, no drawing. Fast, and as rude as a test needs.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::wire::{Answer, Asking};

/// Somebody who keeps cookies and sends the forms of pages back.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) server: SocketAddr,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Headers that go along with every request.
    pub(crate) always: Vec<(String, String)>,
}

impl Visitor {
    pub(crate) fn new(server: SocketAddr) -> Self {
        Self { server, cookies: BTreeMap::new(), always: Vec::new() }
    }

    /// Takes over the cookies of somebody else, such as a browser.
    pub(crate) fn with_cookies(mut self, cookies: BTreeMap<String, String>) -> Self {
        self.cookies = cookies;
        self
    }

    pub(crate) fn always(mut self, name: &str, value: &str) -> Self {
        self.always.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A request of this visitor, to be changed before it is sent.
    pub(crate) fn asking(&self, method: &str, path: &str) -> Asking {
        let cookies: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut asking = Asking::new(method, path).header("Accept", "text/html");
        if !cookies.is_empty() {
            asking = asking.header("Cookie", &cookies.join("; "));
        }
        for (name, value) in &self.always {
            asking = asking.header(name, value);
        }
        asking
    }

    /// Sends a request and keeps the cookies that come back. Follows nothing.
    pub(crate) async fn send(&mut self, asking: Asking) -> Answer {
        let answer = asking.ask(self.server).await;
        for line in answer.headers("set-cookie") {
            let (name, rest) = line.split_once('=').expect("a cookie has a value");
            let value = rest.split(';').next().unwrap_or_default();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(self.asking("GET", path)).await
    }

    /// Loads a page, fills its form for this action, and sends it.
    pub(crate) async fn submit(
        &mut self,
        page: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let shown = self.get(page).await;
        let form = Form::on(&shown.body, action);
        self.send(self.filled(&form, fields)).await
    }

    /// A form with these fields, as this visitor would send it.
    pub(crate) fn filled(&self, form: &Form, fields: &[(&str, &str)]) -> Asking {
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = hidden.filter(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        let all: Vec<_> = kept.chain(fields.iter().copied()).collect();
        self.asking("POST", &form.action)
            .header("Origin", &format!("http://{}", self.server))
            .header("Sec-Fetch-Site", "same-origin")
            .form(&all)
    }
}

/// A form on a page: where it goes, and what it sends along unseen.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

impl Form {
    /// The first form on this page whose action has this path.
    pub(crate) fn on(page: &str, action: &str) -> Self {
        let mut forms = page.split("<form").skip(1).map(|form| {
            let form = form.split("</form").next().unwrap_or_default();
            let (tag, inside) = form.split_once('>').unwrap_or((form, ""));
            let sent_to = attribute(tag, "action").unwrap_or_default();
            let inputs = inside.split("<input").skip(1).filter_map(|input| input.split('>').next());
            let hidden = inputs.filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"));
            let hidden =
                hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)));
            Self { action: sent_to, hidden: hidden.collect() }
        });
        let found = forms.find(|form| form.action.split('?').next() == Some(action));
        found.unwrap_or_else(|| panic!("no form goes to {action} on this page:\n{page}"))
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    let value = value.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

#[test]
fn a_form_is_read_with_what_it_hides() {
    let page = r#"<form action="/other"></form><form method="post" action="/login/code?next=%2F">
        <input type="hidden" name="form_token" value="a&amp;b"><input name="code" value="1"></form>"#;
    let form = Form::on(page, "/login/code");
    assert_eq!(form.hidden, [("form_token".to_owned(), "a&b".to_owned())]);
    assert_eq!(form.action, "/login/code?next=%2F");
}
