//! A person of the demo in front of the portal: what they type, and what they read.

use countersign_testkit::FakePhone;

use crate::dev::between;
use crate::house::House;
use crate::visitor::Visitor;
use crate::wire::Answer;

pub(crate) const LARKFIELD: &str = "/login?company=larkfield";
pub(crate) const OAKMOOR: &str = "/login?company=oakmoor";
pub(crate) const ADA: &str = "ada@larkfield.example";

/// Types address and password on a login page. The answer is the redirect.
pub(crate) async fn log_in(visitor: &mut Visitor, page: &str, email: &str) -> Answer {
    let fields = [("email", email), ("password", portal::DEMO_PASSWORD)];
    visitor.submit(page, "/login", &fields).await
}

/// Follows redirects, as a browser does, and returns the page at their end.
pub(crate) async fn follow(visitor: &mut Visitor, mut answer: Answer) -> Answer {
    for _ in 0..5 {
        if answer.status != 303 {
            return answer;
        }
        let next = answer.header("location").to_owned();
        answer = visitor.get(&next).await;
    }
    panic!("redirects without an end: {}", answer.all());
}

/// Logs in to a company that asks for nothing more, and returns Home.
pub(crate) async fn come_home(visitor: &mut Visitor, email: &str) -> Answer {
    let answer = log_in(visitor, LARKFIELD, email).await;
    let home = follow(visitor, answer).await;
    assert!(home.body.contains("<h1>Hello"), "{}", home.all());
    home
}

/// Logs Ada in to Oakmoor, where everybody has an app, by linking one. Returns her phone.
pub(crate) async fn link_at_oakmoor(house: &House, visitor: &mut Visitor) -> FakePhone {
    let answer = log_in(visitor, OAKMOOR, ADA).await;
    let page = follow(visitor, answer).await;
    let phone = scan(&page);
    let code = phone.code(house.now());
    let answer = visitor.submit("/login/link-app", "/login/link-app", &[("code", &code)]).await;
    let home = follow(visitor, answer).await;
    assert!(home.body.contains("Authenticator app set up."), "{}", home.all());
    phone
}

/// Opens the link of the page in an app.
pub(crate) fn scan(page: &Answer) -> FakePhone {
    let link = between(&page.body, "href=\"otpauth://", "\"").replace("&amp;", "&");
    let mut phone = FakePhone::new();
    phone.scan_uri(&format!("otpauth://{link}")).expect("the link is one for an app");
    phone
}

/// The code in the newest mail to somebody, read in the demo's inbox.
pub(crate) async fn mailed_code(visitor: &mut Visitor, to: &str, newer_than: u32) -> (u32, String) {
    let (number, mail) = mail_to(visitor, to, newer_than, "id=\"code\"").await;
    (number, between(&mail, "class=\"code\" dir=\"ltr\">", "<").to_owned())
}

/// The newest mail to somebody that holds this, and its number; it waits for the courier.
pub(crate) async fn mail_to(
    visitor: &mut Visitor,
    to: &str,
    newer_than: u32,
    holds: &str,
) -> (u32, String) {
    let looking = async {
        let mut beat = tokio::time::interval(std::time::Duration::from_millis(10));
        loop {
            let inbox = visitor.get("/dev/mail").await.body;
            for number in numbers(&inbox, to).into_iter().filter(|number| *number > newer_than) {
                let mail = visitor.get(&format!("/dev/mail/{number}")).await.body;
                if mail.contains(holds) {
                    return (number, mail);
                }
            }
            beat.tick().await;
        }
    };
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, looking).await.expect("the mail never came")
}

/// The numbers of the mails to somebody, newest first.
fn numbers(inbox: &str, to: &str) -> Vec<u32> {
    let mails = inbox.split("<li>").filter(|mail| mail.contains(to));
    let number = |mail: &str| {
        let (_, rest) = mail.split_once("href=\"/dev/mail/")?;
        rest.split('"').next()?.parse().ok()
    };
    mails.filter_map(number).collect()
}

/// A code that is surely not this one.
pub(crate) fn other_than(code: &str) -> String {
    let first = code.chars().next().and_then(|digit| digit.to_digit(10)).expect("a digit");
    format!("{}{}", (first + 1) % 10, &code[1..])
}
