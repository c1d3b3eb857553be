//! Every page in every language, and every answer that is no page.

use crate::decency::{check, plain};
use crate::house::House;
use crate::person::{ADA, LARKFIELD, OAKMOOR, come_home, log_in};

#[tokio::test]
async fn the_pages_of_strangers_are_decent_in_every_language() {
    let house = House::open().await;
    for language in ["en", "de", "ar"] {
        let mut visitor = house.visitor().always("Accept-Language", language);
        for page in [LARKFIELD, OAKMOOR, "/help", "/invite/x"] {
            let answer = visitor.get(page).await;
            assert_eq!(answer.status, 200, "{page}");
            check(&answer, language);
        }
        let missing = visitor.get("/nowhere").await;
        assert_eq!(missing.status, 404);
        check(&missing, language);
    }
    house.close().await;
}

#[tokio::test]
async fn the_pages_of_people_are_decent_in_every_language() {
    let house = House::open().await;
    for language in ["en", "de", "ar"] {
        let mut ada = house.visitor().always("Accept-Language", language);
        log_in(&mut ada, LARKFIELD, ADA).await;
        for page in ["/home", "/account/security", "/help", OAKMOOR] {
            let answer = ada.get(page).await;
            assert_eq!(answer.status, 200, "{page}");
            check(&answer, language);
        }
        let link = ada.get("/step-up?for=link-app&next=/home").await;
        assert_eq!(link.status, 200, "{}", link.all());
        check(&link, language);
        let missing = ada.get("/step-up?for=nothing").await;
        assert_eq!(missing.status, 400);
        check(&missing, language);
    }
    house.close().await;
}

#[tokio::test]
async fn no_two_languages_say_the_same() {
    let house = House::open().await;
    for page in [LARKFIELD, "/help", "/invite/x", "/nowhere"] {
        let mut said = Vec::new();
        for language in ["en", "de", "ar"] {
            let mut visitor = house.visitor().always("Accept-Language", language);
            said.push(plain(&visitor.get(page).await.body));
        }
        assert!(said[0] != said[1] && said[1] != said[2] && said[0] != said[2], "{page}: {said:?}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_language_is_chosen_on_any_page_and_stays() {
    let house = House::open().await;
    let mut visitor = house.visitor().always("Accept-Language", "en");
    let chosen = visitor.submit("/help", "/language", &[("language", "ar")]).await;
    assert_eq!((chosen.status, chosen.header("location")), (303, "/help"));
    check(&visitor.get("/login").await, "ar");
    let odd = [("language", "xx"), ("next", "//evil.example")];
    let odd = visitor.submit("/help", "/language", &odd).await;
    assert_eq!((odd.status, odd.header("location")), (303, "/home"));
    check(&visitor.get("/login").await, "ar");
    house.close().await;
}

#[tokio::test]
async fn style_script_and_icon_are_kept_for_a_year_under_a_name_of_their_own() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let page = visitor.get("/login").await;
    let names = page.body.split(['"']).filter(|part| part.starts_with("/assets/"));
    let names: Vec<_> = names.map(str::to_owned).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for name in names {
        let asset = visitor.get(&name).await;
        assert_eq!(asset.status, 200, "{name}");
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(asset.header("x-content-type-options"), "nosniff");
        assert!(!asset.body.is_empty());
    }
    assert_eq!(visitor.get("/assets/x/other.css").await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn a_form_from_elsewhere_or_from_an_earlier_visit_changes_nothing() {
    let house = House::open().await;
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let page = ada.get("/home").await;
    let form = crate::visitor::Form::on(&page.body, "/logout");
    let foreign = ada.asking("POST", "/logout").header("Sec-Fetch-Site", "cross-site");
    let hidden: Vec<_> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let answer = ada.send(foreign.form(&hidden)).await;
    assert_eq!(answer.status, 403);
    check(&answer, "en");
    let bare = ada.asking("POST", "/logout").header("Sec-Fetch-Site", "same-origin").form(&[]);
    let answer = ada.send(bare).await;
    assert_eq!(answer.status, 403);
    check(&answer, "en");
    assert_eq!(ada.get("/home").await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_program_gets_problem_details_and_no_page() {
    let house = House::open().await;
    let visitor = house.visitor();
    for (path, status) in [("/home", 401), ("/nowhere", 404)] {
        let asking = crate::wire::Asking::new("GET", path).header("Accept", "application/json");
        let answer = visitor.clone().send(asking).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
    house.close().await;
}

#[tokio::test]
async fn the_front_door_leads_in() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let answer = visitor.get("/").await;
    let login = crate::person::follow(&mut visitor, answer).await;
    assert!(login.body.contains("Log in to Larkfield Freight"));
    house.close().await;
}
