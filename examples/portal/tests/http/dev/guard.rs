//! Who may use the tools, and who may not.

use super::ROUTES;
use crate::house::House;

#[tokio::test]
async fn a_site_that_has_its_name_pointed_here_reads_no_tool() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    for (method, path) in ROUTES {
        let asking = visitor.asking(method, path).header("Host", "evil.example:8080");
        let answer = visitor.send(asking.header("Origin", "http://evil.example:8080")).await;
        assert_eq!(answer.status, 404, "{method} {path}");
        assert!(answer.body.is_empty());
    }
    house.close().await;
}

#[tokio::test]
async fn a_form_of_another_site_moves_nothing() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let before = house.now();
    for (name, value) in [
        ("Origin", "http://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        for (path, field) in
            [("/dev/clock", ("by", "1d")), ("/dev/mail/next", ("treatment", "down"))]
        {
            let asking = visitor.asking("POST", path).header(name, value).form(&[field]);
            assert_eq!(visitor.send(asking).await.status, 404, "{name}: {value}");
        }
    }
    assert_eq!(house.now(), before);
    let inbox = visitor.get("/dev/mail").await.body;
    assert!(inbox.contains("value=\"delivered\" checked"), "{inbox}");
    house.close().await;
}
