//! The new_user's tools: an inbox, two phones and a clock, in the demo and nowhere else.

mod clock;
mod guard;
mod journey;
mod mail;
mod phone;

use crate::house::House;
use crate::visitor::Visitor;
use crate::wire::Answer;

/// Sends the form of a tool and returns the page that comes after it.
pub(crate) async fn act(
    visitor: &mut Visitor,
    page: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let answer = visitor.submit(page, action, fields).await;
    assert_eq!(answer.status, 303, "{}", answer.all());
    let next = answer.header("location").to_owned();
    assert!(next.starts_with("/dev/"), "{next}");
    visitor.get(&next).await
}

/// What stands between two pieces of a page.
pub(crate) fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("no {start} in:\n{page}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} after {start}")).0
}

/// Looks at a page until it is like this: the courier is another task.
pub(crate) async fn until(
    visitor: &mut Visitor,
    path: &str,
    is_so: impl Fn(&Answer) -> bool + Send + Sync,
) -> Answer {
    let patience = std::time::Duration::from_secs(20);
    let looking = async {
        let mut beat = tokio::time::interval(std::time::Duration::from_millis(10));
        loop {
            let answer = visitor.get(path).await;
            if is_so(&answer) {
                return answer;
            }
            beat.tick().await;
        }
    };
    let found = tokio::time::timeout(patience, looking).await;
    found.unwrap_or_else(|_| panic!("{path} never became what was waited for"))
}

/// Looks at the inbox until it says this.
pub(crate) async fn inbox_until(
    visitor: &mut Visitor,
    says: impl Fn(&str) -> bool + Send + Sync,
) -> String {
    until(visitor, "/dev/mail", |inbox| says(&inbox.body)).await.body
}

/// Every address of the tools, with the methods they take.
pub(crate) const ROUTES: [(&str, &str); 15] = [
    ("GET", "/dev/mail"),
    ("GET", "/dev/mail/1"),
    ("GET", "/dev/mail/1/frame"),
    ("POST", "/dev/mail/next"),
    ("GET", "/dev/phone"),
    ("POST", "/dev/phone/page"),
    ("POST", "/dev/phone/link"),
    ("POST", "/dev/phone/picture"),
    ("POST", "/dev/phone/clock"),
    ("POST", "/dev/phone/entry/delete"),
    ("POST", "/dev/phone/app/delete"),
    ("GET", "/dev/clock"),
    ("POST", "/dev/clock"),
    ("GET", "/dev/tools.css"),
    ("GET", "/dev/tools.js"),
];

#[tokio::test]
async fn without_the_demo_none_of_the_tools_is_there() {
    let args = ["--no-demo", "--mail", "smtp://127.0.0.1:9", "--listen", "127.0.0.1:0"];
    let house = House::started_with(&args).await;
    let mut visitor = house.visitor();
    for (method, path) in ROUTES {
        let asking =
            visitor.asking(method, path).header("Origin", &format!("http://{}", house.host()));
        let answer = visitor.send(asking).await;
        let unknown = visitor.send(visitor.asking(method, "/dev/nothing")).await;
        assert_eq!(answer.status, unknown.status, "{method} {path}");
        assert!(answer.status >= 400 && !answer.body.contains("Demo tool"), "{}", answer.all());
    }
    house.close().await;
}

#[tokio::test]
async fn every_tool_says_in_each_language_that_it_is_no_part_of_a_portal() {
    let house = House::open().await;
    inbox_until(&mut house.visitor(), |inbox| inbox.contains("/dev/mail/1")).await;
    for (language, says) in [
        ("en", "Demo tool — not part of your portal"),
        ("de", "Demo-Werkzeug — nicht Teil Ihres Portals"),
        ("ar", "أداة للعرض التجريبي — ليست جزءًا من بوابتك"),
    ] {
        let mut visitor = house.visitor().always("Accept-Language", language);
        for path in ["/dev/mail", "/dev/mail/1", "/dev/phone", "/dev/clock"] {
            let page = visitor.get(path).await;
            let tongue = format!("<html lang=\"{language}\" dir=\"");
            assert!(page.body.contains(&tongue) && page.body.contains(says), "{}", page.all());
            assert_eq!(page.header("cache-control"), "no-store");
            assert!(page.header("content-security-policy").contains("script-src 'self'"));
            for inline in [" style=", "<style", "onclick", "<script>"] {
                assert!(!page.body.contains(inline), "{inline} in {path}");
            }
        }
    }
    house.close().await;
}
