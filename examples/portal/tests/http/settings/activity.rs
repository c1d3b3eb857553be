//! The activity log: what it says, what it is asked for, and what it never holds.

use super::{
    BEN, BEN_AS_HE_IS, ada, ada_by_mail, but, company_asks, house_with_an_armed_ada, mailed_code,
    sent, text_of, with_password,
};
use crate::house::House;

const AUDIT: &str = "/settings/audit";

/// The lines of a log, as text.
fn lines(page: &str) -> Vec<String> {
    let body = page.split("<tbody>").nth(1).unwrap_or_default();
    body.split("<tr>").skip(1).map(text_of).collect()
}

#[tokio::test]
async fn each_line_says_when_who_to_whom_what_and_with_details_before_and_after() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let _ = sent(&mut ada, BEN, BEN, &but(&BEN_AS_HE_IS, &[("mfa", "app")])).await;
    let newest = lines(&ada.get(AUDIT).await.body).remove(0);
    let line = "24 November 2026 14:32 UTC Ada Moreau Ben Osei \
        Setting for this person changed: Company setting → App MFA Details Before Company setting \
        After App MFA Exact time 2026-11-24T14:32:00Z Number";
    assert!(newest.starts_with(line), "{newest}");
    house.close().await;
}

#[tokio::test]
async fn the_log_is_filtered_by_person_and_by_kind_and_says_when_nothing_is_left() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    company_asks(&mut ada, &[("mfa", "email")]).await;
    let _ = sent(&mut ada, BEN, BEN, &but(&BEN_AS_HE_IS, &[("mfa", "app")])).await;
    let all = lines(&ada.get(AUDIT).await.body);
    for (asked, expected) in [
        ("person=dev", "Dev Anand"),
        ("person=chiara&kind=authenticators", "Authenticator app set up"),
        ("kind=settings", "company"),
        ("person=ada&kind=settings", "Company setting changed: No MFA → Email MFA"),
    ] {
        let found = lines(&ada.get(&format!("{AUDIT}?{asked}")).await.body);
        assert!(!found.is_empty() && found.len() < all.len(), "{asked}: {found:?}");
        assert!(found.iter().all(|line| line.contains(expected)), "{asked}: {found:?}");
    }
    for asked in ["person=dev&kind=logins", "person=nobody"] {
        let page = ada.get(&format!("{AUDIT}?{asked}")).await.body;
        assert!(page.contains("No matching events."), "{asked}: {page}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_long_log_is_read_in_pages_that_leave_nothing_out() {
    let (house, mut ada) = house_with_an_armed_ada().await;
    for number in 0..30 {
        let mfa = if number % 2 == 0 { "email" } else { "app" };
        let fields = [("mfa", mfa)];
        let place = format!("/settings/users/{}", ["ben", "elif"][number % 2]);
        let page = ada.get(&place).await.body;
        let value = |name: &str| {
            let tag = page.split(&format!("name=\"{name}\"")).nth(1).unwrap();
            tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        let first = value("first_name");
        let last = value("last_name");
        let email = value("email");
        let kept = [
            ("first_name", first.as_str()),
            ("last_name", &last),
            ("email", &email),
            ("role", if number % 4 < 2 { "admin" } else { "user" }),
            fields[0],
        ];
        let _ = sent(&mut ada, &place, &place, &kept).await;
    }
    let whole = ada.get("/settings/audit.csv").await.body;
    let mut found = 0;
    let mut place = AUDIT.to_owned();
    loop {
        let page = ada.get(&place).await.body;
        found += lines(&page).len();
        let Some(before) = page.split(">Older</a>").next().filter(|rest| *rest != page) else {
            break;
        };
        let href = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        place = href.replace("&amp;", "&");
    }
    assert!(found > 25, "{found}");
    assert_eq!(found, whole.lines().count() - 1);
    house.close().await;
}

#[tokio::test]
async fn neither_the_log_nor_its_file_ever_holds_a_code_an_address_or_a_key() {
    let house = House::open().await;
    company_asks(&mut ada(&house).await, &[("mfa", "email")]).await;
    let (mut ben, _) = with_password(&house, "larkfield", "ben@larkfield.example").await;
    let code = mailed_code(&house, "ben@larkfield.example", 1).await;
    let wrong = if code == "123456" { "654321" } else { "123456" };
    let _ = ben.submit("/login/code", "/login/code", &[("code", wrong)]).await;
    let _ = ben.submit("/login/code", "/login/code", &[("code", &code)]).await;
    let mut ada = ada_by_mail(&house).await;
    for place in [AUDIT, "/settings/audit.csv"] {
        let answer = ada.get(place).await;
        assert!(answer.body.contains("Wrong code from the e-mail"), "{}", answer.body);
        assert!(answer.body.contains("Security code sent by e-mail"), "{}", answer.body);
        // Numbers of events are hexadecimal, and a code stands alone.
        let words = answer.body.split(|c: char| !c.is_ascii_alphanumeric());
        let found: Vec<_> = words.filter(|word| [code.as_str(), wrong].contains(word)).collect();
        assert!(found.is_empty(), "{place} holds {found:?}");
        for secret in ["@larkfield.example", "otpauth", "secret=", "csi1."] {
            assert!(!answer.body.contains(secret), "{place} holds {secret}");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_forged_place_in_the_log_is_an_empty_page_or_the_first() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for before in ["x", "%00", "00000000000000000000000000000000"] {
        let answer = ada.get(&format!("{AUDIT}?before={before}")).await;
        assert_eq!(answer.status, 200, "{before}");
        assert!(!answer.body.contains("oakmoor") && !answer.body.contains("Omar"), "{before}");
    }
    house.close().await;
}
