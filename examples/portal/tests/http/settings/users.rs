//! The list of people: what it says of each, and how it is searched, sorted and taken away.

use countersign::Requirement;

use super::{BEN_AS_HE_IS, NEW, USERS, ada, but, company_asks, inside, row_of, sent, text_of};
use crate::house::House;
use crate::visitor::Visitor;

/// The names in a list, in their order.
fn names(page: &str) -> Vec<String> {
    let rows = page.split("<th scope=\"row\"").skip(1);
    rows.map(|row| text_of(&format!("<th{}", row.split("</th>").next().unwrap()))).collect()
}

async fn create(ada: &mut Visitor, first: &str, last: &str, email: &str) {
    let fields = [("first_name", first), ("last_name", last), ("email", email)];
    let page = sent(ada, NEW, NEW, &but(&BEN_AS_HE_IS, &fields)).await.body;
    assert!(page.contains(&format!("Invitation sent to {email}.")), "{page}");
}

#[tokio::test]
async fn each_row_says_what_is_asked_why_and_how_the_person_stands() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let page = ada.get(USERS).await.body;
    assert!(page.contains("4 of 5 people are ready."), "{page}");
    for (name, row) in [
        ("Ada Moreau", "Administrator No MFA not required ready · password 24 November 2026"),
        ("Ben Osei", "User No MFA not required ready · password never"),
        ("Chiara Lind", "User App MFA set up by this person ready · app never"),
        ("Dev Anand", "User No MFA not required invited never"),
    ] {
        let shown = text_of(row_of(&page, name));
        assert!(shown.contains(row), "{name}: {shown}");
    }
    company_asks(&mut ada, &[("mfa", "app")]).await;
    let page = ada.get(USERS).await.body;
    assert!(page.contains("1 of 5 people is ready."), "{page}");
    let ben = text_of(row_of(&page, "Ben Osei"));
    assert!(ben.contains("App MFA company setting no app yet"), "{ben}");
    house.close().await;
}

#[tokio::test]
async fn somebody_whose_account_is_damaged_is_named_and_hides_nobody() {
    let house = House::requiring(Requirement::None).await;
    let mut ada = ada(&house).await;
    house.damage("ben").await;
    let page = ada.get(USERS).await.body;
    assert!(page.contains("are not in this list: Ben Osei."), "{page}");
    assert_eq!(names(&page), ["Ada Moreau", "Chiara Lind", "Dev Anand", "Elif Kaya"]);
    house.close().await;
}

#[tokio::test]
async fn the_edit_button_says_whom_it_edits() {
    let house = House::open().await;
    let page = ada(&house).await.get(USERS).await.body;
    for name in ["Ada Moreau", "Ben Osei", "Chiara Lind", "Dev Anand", "Elif Kaya"] {
        assert!(page.contains(&format!("aria-label=\"Edit {name}\"")), "{page}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_search_and_filters_find_those_who_fit_and_say_when_nobody_does() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for (asked, found) in [
        ("search=lind", vec!["Chiara Lind"]),
        ("search=LIND+chi", vec!["Chiara Lind"]),
        (
            "search=%40larkfield",
            vec!["Ada Moreau", "Ben Osei", "Chiara Lind", "Dev Anand", "Elif Kaya"],
        ),
        ("asks=app", vec!["Chiara Lind"]),
        ("acts_as=admin", vec!["Ada Moreau"]),
        ("state=not-ready", vec!["Dev Anand"]),
        ("state=invited", vec!["Dev Anand"]),
        ("state=ready&acts_as=user", vec!["Ben Osei", "Chiara Lind", "Elif Kaya"]),
        ("search=zzz", vec![]),
        ("state=locked", vec![]),
    ] {
        let page = ada.get(&format!("{USERS}?{asked}")).await.body;
        assert_eq!(names(&page), found, "{asked}");
        assert_eq!(page.contains("No matching people."), found.is_empty(), "{asked}");
    }
    house.close().await;
}

#[tokio::test]
async fn the_list_is_sorted_by_what_is_asked_and_says_by_what() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let all = ["Ada Moreau", "Ben Osei", "Chiara Lind", "Dev Anand", "Elif Kaya"];
    let page = ada.get(USERS).await.body;
    assert_eq!(names(&page), all);
    assert_eq!(page.matches("aria-sort").count(), 1);
    assert!(page.contains("<th scope=\"col\" aria-sort=\"ascending\">"), "{page}");
    let page = ada.get(&format!("{USERS}?sort=-name")).await.body;
    assert_eq!(names(&page), ["Elif Kaya", "Dev Anand", "Chiara Lind", "Ben Osei", "Ada Moreau"]);
    assert!(page.contains("aria-sort=\"descending\""), "{page}");
    let page = ada.get(&format!("{USERS}?sort=-mfa")).await.body;
    assert_eq!(names(&page).first().map(String::as_str), Some("Chiara Lind"));
    let page = ada.get(&format!("{USERS}?sort=nonsense")).await.body;
    assert_eq!(names(&page), all);
    house.close().await;
}

#[tokio::test]
async fn a_long_list_is_read_in_pages_of_twenty_five_that_leave_nobody_out() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for number in 0..25 {
        let email = format!("driver{number}@larkfield.example");
        create(&mut ada, &format!("Driver{number:02}"), "Test", &email).await;
    }
    let first = ada.get(USERS).await.body;
    assert_eq!(names(&first).len(), 25);
    assert!(first.contains("1 to 25 of 30") && !first.contains("Previous page"), "{first}");
    let link = |page: &str, words: &str| {
        let before = page.split(&format!(">{words}</a>")).next().unwrap().to_owned();
        let href = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned();
        href.replace("&amp;", "&")
    };
    let second = ada.get(&link(&first, "Next page")).await.body;
    assert_eq!(names(&second).len(), 5);
    assert!(second.contains("26 to 30 of 30") && !second.contains("Next page"), "{second}");
    let mut everybody = [names(&first), names(&second)].concat();
    everybody.sort();
    everybody.dedup();
    assert_eq!(everybody.len(), 30);
    let back = ada.get(&link(&second, "Previous page")).await.body;
    assert_eq!(names(&back), names(&first));
    house.close().await;
}

#[tokio::test]
async fn a_file_holds_the_same_list_and_no_formulas() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    create(&mut ada, "=2+3", "\"Quote\", Comma", "odd@larkfield.example").await;
    let answer = ada.get("/settings/users.csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(answer.header("content-disposition").starts_with("attachment"));
    let lines: Vec<&str> = answer.body.lines().collect();
    assert_eq!(lines.len(), 7, "{}", answer.body);
    let chiara = "\"Chiara Lind\",\"chiara@larkfield.example\",\"User\",\"App MFA\",\
        \"set up by this person\",\"ready · app\",\"\"";
    assert!(lines.contains(&chiara), "{}", answer.body);
    assert!(answer.body.contains("\"'=2+3 \"\"Quote\"\", Comma\""), "{}", answer.body);
    let filtered = ada.get("/settings/users.csv?acts_as=admin").await.body;
    assert_eq!(filtered.lines().count(), 2, "{filtered}");
    house.close().await;
}

#[tokio::test]
async fn a_name_is_text_wherever_it_is_shown() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    create(&mut ada, "<script>alert(1)</script>", "\"><img src=x>", "odd@larkfield.example").await;
    for place in [USERS, "/settings/audit", &format!("{USERS}?search=%3Cscript%3E")] {
        let page = ada.get(place).await.body;
        assert!(page.contains("&lt;script&gt;"), "{place} does not show the name");
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{place}");
    }
    house.close().await;
}

#[tokio::test]
async fn people_of_another_company_are_neither_listed_nor_found() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for place in [USERS, "/settings/users.csv", "/settings/audit", "/settings/audit.csv"] {
        let answer = ada.get(place).await;
        assert!(!answer.body.contains("Omar") && !answer.body.contains("oakmoor"), "{place}");
    }
    assert_eq!(ada.get("/settings/users/omar").await.status, 404);
    let _ = inside(&house, "ben").await;
    house.close().await;
}
