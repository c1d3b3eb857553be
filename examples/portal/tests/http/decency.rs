//! What is true of every page: it is whole, labeled, calm, and speaks to people.

use std::collections::BTreeSet;

use crate::wire::Answer;

/// Words that are for us and not for people, and words that no page uses.
const JARGON: [&str; 22] = [
    "totp",
    "hotp",
    "otp ",
    "jwt",
    "token",
    "cookie",
    "csrf",
    "session",
    "credential",
    "argon",
    "hash",
    "tenant",
    "authenticate ",
    "2fa",
    "second factor",
    "enrol",
    "invalid",
    "please",
    "oops",
    "sorry",
    "countersign",
    "{{",
];

/// Elements without content.
const VOID: [&str; 7] = ["meta", "link", "input", "br", "hr", "img", "wbr"];

/// Looks at a page from every side that needs no eyes.
pub(crate) fn check(answer: &Answer, language: &str) {
    let page = &answer.body;
    headers(answer);
    let direction = if language == "ar" { "rtl" } else { "ltr" };
    let opening = format!("<!DOCTYPE html><html lang=\"{language}\" dir=\"{direction}\">");
    assert!(page.starts_with(&opening), "{page}");
    balanced(page);
    let ids = ids(page);
    for (what, times) in [("<h1>", 1), ("<main ", 1), ("<title>", 1)] {
        assert_eq!(page.matches(what).count(), times, "{what} in {page}");
    }
    assert!(page.matches("class=\"primary\"").count() <= 1, "one thing to do: {page}");
    for tag in tags(page) {
        let id = attribute(tag, "id");
        let named = ["aria-label", "aria-labelledby", "hidden"].iter().any(|a| tag.contains(a));
        let is_field = tag.starts_with("input ") || tag.starts_with("select ");
        if is_field && attribute(tag, "type").as_deref() != Some("hidden") {
            let label = format!("<label for=\"{}\"", id.clone().unwrap_or_default());
            assert!(named || page.contains(&label), "a field without a label: {tag}");
        }
        for reference in ["for", "aria-labelledby", "aria-describedby", "aria-controls"] {
            let named = attribute(tag, reference).unwrap_or_default();
            for id in named.split_whitespace() {
                assert!(ids.contains(id), "{reference} names {id}, which is not there: {page}");
            }
        }
        if let Some(place) =
            attribute(tag, "href").and_then(|h| h.strip_prefix('#').map(String::from))
        {
            assert!(ids.contains(&place), "a link to #{place}, which is not there");
        }
        for inline in [" style=", " onclick=", " onload=", "javascript:"] {
            assert!(!tag.contains(inline), "{tag}");
        }
    }
    assert!(!page.contains("<style") && !page.contains("<script>"), "nothing is inline");
    words(page);
}

fn headers(answer: &Answer) {
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(["same-origin", "no-referrer"].contains(&answer.header("referrer-policy")));
    assert_eq!(answer.headers("content-security-policy").len(), 1);
}

/// Every element that is opened is closed, in order.
fn balanced(page: &str) {
    let mut open = Vec::new();
    for tag in tags(page) {
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "in {page}");
            continue;
        }
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        let closed = tag.ends_with('/') || VOID.contains(&name) || name.starts_with('!');
        if !closed {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

fn ids(page: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for id in tags(page).filter_map(|tag| attribute(tag, "id")) {
        assert!(ids.insert(id.clone()), "the id {id} is there twice: {page}");
    }
    ids
}

/// No jargon, no shouting.
fn words(page: &str) {
    let text = plain(page);
    let lower = text.to_lowercase();
    for word in JARGON {
        assert!(!lower.contains(word), "{word:?} is on the page:\n{text}");
    }
    assert!(!text.contains('!'), "nobody shouts:\n{text}");
}

/// The text of a page, as it is read.
pub(crate) fn plain(page: &str) -> String {
    let body = page.split_once("<main").map_or(page, |(_, rest)| rest);
    let body = body.split_once("</main>").map_or(body, |(main, _)| main);
    let mut text = String::new();
    let mut inside = true;
    for letter in body.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            other if !inside => text.push(other),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    Some(value.split('"').next()?.to_owned())
}

#[test]
#[should_panic(expected = "without a label")]
fn a_field_without_a_label_is_noticed() {
    check(&example("<input id=\"x\" name=\"x\" type=\"text\">"), "en");
}

#[test]
#[should_panic(expected = "is there twice")]
fn an_id_that_is_there_twice_is_noticed() {
    check(&example("<p id=\"x\"></p><p id=\"x\"></p>"), "en");
}

#[test]
#[should_panic(expected = "is on the page")]
fn jargon_is_noticed() {
    check(&example("<p>Your TOTP secret</p>"), "en");
}

#[test]
#[should_panic(expected = "one thing to do")]
fn two_primary_buttons_are_noticed() {
    let button = "<button class=\"primary\">x</button>";
    check(&example(&format!("{button}{button}")), "en");
}

#[test]
fn a_decent_page_passes() {
    check(&example("<label for=\"x\">x</label><input id=\"x\" type=\"text\">"), "en");
}

#[cfg(test)]
fn example(body: &str) -> Answer {
    let head = "HTTP/1.1 200 OK\r\ncontent-security-policy: default-src 'none'; style-src 'self'; \
         script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n\
         referrer-policy: same-origin\r\n\r\n";
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\" dir=\"ltr\"><head><title>x</title></head><body>\
         <main id=\"content\"><h1>x</h1>{body}</main></body></html>"
    );
    Answer::read(format!("{head}{page}").as_bytes())
}
