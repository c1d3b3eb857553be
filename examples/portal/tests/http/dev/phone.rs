//! The phones: scanning, codes, a clock that is off, and losing one.

use countersign::{Qr, Scale};
use countersign_testkit::FakePhone;

use super::{act, between};
use crate::house::House;
use crate::visitor::Visitor;

const LINK: &str = "otpauth://totp/Larkfield%20Freight:ben?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                    &issuer=Larkfield%20Freight";

/// The code that this phone shows for Ben.
fn code_on(page: &str) -> String {
    let entry = page.split("<li>").find(|entry| entry.contains("<bdi>ben</bdi>"));
    let entry = entry.unwrap_or_else(|| panic!("no entry for Ben in:\n{page}"));
    let (first, rest) = between(entry, "dir=\"ltr\">", "</span></p>").split_once('<').unwrap();
    format!("{first}{}", rest.split_once('>').unwrap().1)
}

fn expected(house: &House) -> String {
    let mut phone = FakePhone::new();
    phone.scan_uri(LINK).unwrap();
    phone.code(house.now())
}

async fn scan(visitor: &mut Visitor, phone: &str, link: &str) -> String {
    let page = format!("/dev/phone?phone={phone}");
    act(visitor, &page, "/dev/phone/link", &[("link", link)]).await.body
}

#[tokio::test]
async fn a_pasted_link_becomes_an_entry_with_the_code_of_the_portals_time() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let page = scan(&mut visitor, "2", &format!(" {LINK}\n")).await;
    assert!(page.contains("Scanned. The newest entry is at the top."), "{page}");
    assert_eq!(code_on(&page), expected(&house));
    assert!(page.contains("<span class=\"number\">30</span> s left"), "{page}");
    house.wait(13);
    let page = visitor.get("/dev/phone?phone=2").await.body;
    assert!(page.contains("<span class=\"number\">17</span> s left"), "{page}");
    assert!(page.contains("stroke-dasharray=\"17 30\""), "{page}");
    let first = visitor.get("/dev/phone?phone=1").await.body;
    assert!(!first.contains("<bdi>ben</bdi>"), "the other phone knows nothing of it");
    house.close().await;
}

#[tokio::test]
async fn what_is_no_link_for_an_app_is_refused_in_a_sentence_and_not_repeated() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    for link in
        ["https://larkfield.example/", "otpauth://totp/x", "<script>alert(1)</script>", "  "]
    {
        let page = scan(&mut visitor, "2", link).await;
        assert!(page.contains("The phone found no QR code"), "{page}");
        assert!(!page.contains("alert(1)") && !page.contains("larkfield.example/"), "{page}");
    }
    let label = LINK.replace(":ben", ":%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    let page = scan(&mut visitor, "2", &label).await;
    assert!(page.contains("<bdi>&lt;script&gt;alert(1)"), "{page}");
    assert!(!page.contains("<script>"), "{page}");
    house.close().await;
}

async fn upload(visitor: &mut Visitor, house: &House, name: &str, picture: &[u8]) -> String {
    let edge = "----------a-browser-draws-this";
    let mut body = format!(
        "--{edge}\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"{name}\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(picture);
    body.extend_from_slice(format!("\r\n--{edge}--\r\n").as_bytes());
    let asking = visitor
        .asking("POST", "/dev/phone/picture?phone=2")
        .header("Origin", &format!("http://{}", house.host()))
        .body(&format!("multipart/form-data; boundary={edge}"), body);
    let answer = visitor.send(asking).await;
    assert_eq!(answer.status, 303, "{}", answer.all());
    let next = answer.header("location").to_owned();
    visitor.get(&next).await.body
}

#[tokio::test]
async fn an_uploaded_picture_is_scanned_and_anything_else_is_refused() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let png = Qr::encode(LINK).unwrap().png(Scale::default());
    let page = upload(&mut visitor, &house, "screen.png", &png).await;
    assert_eq!(code_on(&page), expected(&house));

    let other = Qr::encode("https://larkfield.example/").unwrap().png(Scale::default());
    for (picture, says) in [
        (&b"GIF89a"[..], "That file is not a PNG picture"),
        (&b""[..], "That file is not a PNG picture"),
        (&png[..png.len() / 2], "That file is not a PNG picture"),
        (&other[..], "The phone found no QR code"),
        (&vec![0; 9 * 1024 * 1024][..], "That file is not a PNG picture, or it is too large."),
    ] {
        let page = upload(&mut visitor, &house, "\"><script>.png", picture).await;
        assert!(page.contains(says), "{says} for {} bytes: {page}", picture.len());
        assert!(!page.contains("<script>.png"), "{page}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_phone_whose_clock_is_off_shows_the_code_of_another_time() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    scan(&mut visitor, "2", LINK).await;
    let page = "/dev/phone?phone=2";
    let slow = act(&mut visitor, page, "/dev/phone/clock", &[("ahead", "-60")]).await.body;
    assert!(slow.contains("The clock is 60 s slow."), "{slow}");
    let shown = code_on(&slow);
    assert_ne!(shown, expected(&house));
    house.wait(60);
    let mut phone = FakePhone::new();
    phone.scan_uri(LINK).unwrap();
    let now = visitor.get(page).await.body;
    phone.runs_slow(std::time::Duration::from_secs(60));
    assert_eq!(code_on(&now), phone.code(house.now()));
    assert_ne!(code_on(&now), shown);
    let fast = act(&mut visitor, page, "/dev/phone/clock", &[("ahead", "99999")]).await.body;
    assert!(fast.contains("The clock is 300 s fast."), "{fast}");
    let right = act(&mut visitor, page, "/dev/phone/clock", &[("ahead", "0")]).await.body;
    assert!(right.contains("The clock is right."), "{right}");
    assert_eq!(code_on(&right), expected(&house));
    house.close().await;
}

#[tokio::test]
async fn an_entry_and_a_whole_app_can_be_lost() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let page = "/dev/phone?phone=1";
    let before = scan(&mut visitor, "1", LINK).await;
    assert!(before.contains("chiara@larkfield.example"), "the demo linked an app for Chiara");
    let gone = act(&mut visitor, page, "/dev/phone/entry/delete", &[]).await.body;
    assert!(gone.contains("The entry is deleted.") && !gone.contains("<bdi>ben</bdi>"), "{gone}");
    assert!(gone.contains("chiara@larkfield.example"), "{gone}");
    let lost = act(&mut visitor, page, "/dev/phone/app/delete", &[]).await.body;
    assert!(lost.contains("The app is deleted.") && lost.contains("The app is empty."), "{lost}");
    assert!(!lost.contains("chiara@larkfield.example"), "{lost}");
    house.close().await;
}

#[tokio::test]
async fn before_a_page_with_a_code_was_shown_there_is_none_to_scan() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let page = act(&mut visitor, "/dev/phone?phone=2", "/dev/phone/page", &[]).await.body;
    assert!(page.contains("No page with a QR code was shown yet."), "{page}");
    house.close().await;
}
