//! The inbox: what is in it, how it is shown, and how it fails on purpose.

use super::{act, between, inbox_until};
use crate::house::House;

/// The page of the invitation that the demo sends to Dev when it is set up.
async fn invitation(house: &House) -> String {
    let mut visitor = house.visitor();
    let inbox = inbox_until(&mut visitor, |inbox| inbox.contains("dev@larkfield.example")).await;
    let entry = inbox.split("<li>").find(|entry| entry.contains("dev@larkfield.example")).unwrap();
    between(entry, "href=\"", "\"").to_owned()
}

#[tokio::test]
async fn a_mail_is_read_as_text_as_html_and_as_source() {
    let house = House::open().await;
    let page = invitation(&house).await;
    let mut visitor = house.visitor();

    let text = visitor.get(&page).await.body;
    let shown = between(&text, "<pre class=\"text\" lang=\"en\" dir=\"auto\">", "</pre>");
    assert!(shown.starts_with("You are invited to Larkfield Freight.\n"), "{shown}");

    let source = visitor.get(&format!("{page}?as=source")).await.body;
    for line in [
        "From: security@",
        "To: dev@larkfield.example",
        "Subject: Your invitation to Larkfield Freight",
        "Date: Tue, 24 Nov 2026 14:32:00 +0000",
        "Message-ID: &lt;",
        "Content-Language: en",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
    ] {
        assert!(source.contains(line), "no {line} in {source}");
    }

    let html = visitor.get(&format!("{page}?as=html")).await;
    assert!(
        html.body
            .contains("<iframe title=\"HTML\" sandbox=\"allow-top-navigation-by-user-activation\"")
    );
    assert!(html.header("content-security-policy").contains("frame-src 'self'"));
    let frame = visitor.get(&format!("{page}/frame")).await;
    assert!(frame.body.contains("<base target=\"_top\">"), "{}", frame.body);
    house.close().await;
}

#[tokio::test]
async fn nothing_in_the_html_of_a_mail_runs_in_the_portal() {
    let house = House::open().await;
    let page = invitation(&house).await;
    let mut visitor = house.visitor();
    let frame = visitor.get(&format!("{page}/frame")).await;
    let policy = frame.header("content-security-policy");
    // Even opened on its own it has no script, no origin and no way out but a click.
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline';"), "{policy}");
    let sandbox = policy.split("; ").find(|part| part.starts_with("sandbox"));
    assert_eq!(sandbox, Some("sandbox allow-top-navigation-by-user-activation"));
    assert!(!policy.contains("script-src") && policy.contains("form-action 'none'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
    assert_eq!(frame.header("x-frame-options"), "SAMEORIGIN");
    let html = visitor.get(&format!("{page}?as=html")).await.body;
    assert!(!between(&html, "<iframe", ">").contains("allow-scripts"), "{html}");
    assert!(!html.contains("srcdoc"));
    house.close().await;
}

#[tokio::test]
async fn a_mail_that_is_not_there_is_not_found() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    for number in ["0", "999", "-1", "1x", "18446744073709551616", "%00"] {
        for page in [format!("/dev/mail/{number}"), format!("/dev/mail/{number}/frame")] {
            assert_eq!(visitor.get(&page).await.status, 404, "{page}");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn the_switch_stays_as_it_was_set_and_takes_no_other_word() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    for treatment in ["refused", "late", "down", "delivered"] {
        let set = [("treatment", treatment)];
        let inbox = act(&mut visitor, "/dev/mail", "/dev/mail/next", &set).await.body;
        assert!(inbox.contains(&format!("value=\"{treatment}\" checked")), "{inbox}");
    }
    let unknown = [("treatment", "burnt")];
    let inbox = act(&mut visitor, "/dev/mail", "/dev/mail/next", &unknown).await.body;
    assert!(inbox.contains("value=\"delivered\" checked"), "{inbox}");
    house.close().await;
}

#[tokio::test]
async fn a_portal_that_sends_its_mails_to_a_server_says_so() {
    let args = ["--mail", "smtp://127.0.0.1:9", "--listen", "127.0.0.1:0"];
    let house = House::started_with(&args).await;
    let inbox = house.visitor().get("/dev/mail").await.body;
    assert!(inbox.contains("sends its e-mails to a mail server"), "{inbox}");
    assert!(!inbox.contains("<form"), "{inbox}");
    house.close().await;
}
