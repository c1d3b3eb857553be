//! The second step: linking an app, its codes, and the pages that stop.

use countersign::MINUTE;

use crate::decency::{check, plain};
use crate::dev::between;
use crate::house::House;
use crate::person::{ADA, OAKMOOR, follow, link_at_oakmoor, log_in, other_than, scan};
use crate::visitor::Visitor;
use crate::wire::Answer;

/// Types a code on the page of a code, or of a new app.
async fn type_code(visitor: &mut Visitor, page: &str, code: &str) -> Answer {
    let answer = visitor.submit(page, page, &[("code", code)]).await;
    follow(visitor, answer).await
}

#[tokio::test]
async fn the_page_that_links_an_app_has_a_picture_a_link_and_a_key_and_keeps_none_of_them() {
    let house = House::open().await;
    let mut ada = house.visitor();
    let answer = log_in(&mut ada, OAKMOOR, ADA).await;
    assert_eq!(answer.header("location"), "/login/link-app");
    let page = ada.get("/login/link-app").await;
    check(&page, "en");
    let name = "QR code for Oakmoor Dental; you can type the key below instead";
    assert!(page.body.contains(&format!("<title>{name}</title>")) || page.body.contains(name));
    assert!(page.body.contains("role=\"img\""));
    assert!(page.body.contains("rel=\"noreferrer\">Open in app"));
    let key = between(&page.body, "translate=\"no\">", "<").to_owned();
    let groups: Vec<_> = key.split(' ').collect();
    assert!(groups.len() == 8 && groups.iter().all(|group| group.len() == 4), "{key}");
    assert!(plain(&page.body).contains("time-based, 6 digits"));
    // The secret is in no form.
    let whole = key.replace(' ', "");
    for form in page.body.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        assert!(!form.contains(&whole) && !form.contains(&key));
    }
    assert_eq!(page.body.matches(&whole).count(), 1, "in the link alone");
    house.close().await;
}

#[tokio::test]
async fn a_reload_and_a_second_login_show_the_same_picture_until_it_is_used() {
    let house = House::open().await;
    let mut ada = house.visitor();
    log_in(&mut ada, OAKMOOR, ADA).await;
    let key = |page: &Answer| between(&page.body, "translate=\"no\">", "<").to_owned();
    let first = key(&ada.get("/login/link-app").await);
    assert_eq!(key(&ada.get("/login/link-app").await), first);
    log_in(&mut ada, OAKMOOR, ADA).await;
    assert_eq!(key(&ada.get("/login/link-app").await), first);
    let mut stranger = house.visitor();
    log_in(&mut stranger, OAKMOOR, ADA).await;
    assert_ne!(key(&stranger.get("/login/link-app").await), first);
    house.close().await;
}

#[tokio::test]
async fn an_app_is_linked_once_and_later_logins_ask_for_its_code_alone() {
    let house = House::open().await;
    let mut ada = house.visitor();
    let phone = link_at_oakmoor(&house, &mut ada).await;
    house.wait(60);
    let mut again = house.visitor();
    let answer = log_in(&mut again, OAKMOOR, ADA).await;
    assert_eq!(answer.header("location"), "/login/code");
    let page = again.get("/login/code").await;
    check(&page, "en");
    assert!(page.body.contains("<h1>Open your authenticator app</h1>"));
    assert!(page.body.contains("Oakmoor Dental (ada@larkfield.example)"));
    for gone in ["otpauth:", "<svg", "class=\"key\""] {
        assert!(!page.body.contains(gone), "{gone}");
    }
    // Pasted with a space, as people do.
    let code = phone.code(house.now());
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let home = type_code(&mut again, "/login/code", &spaced).await;
    check(&home, "en");
    assert!(home.body.contains("You logged in with: password, authenticator app."));
    house.close().await;
}

#[tokio::test]
async fn a_slip_costs_no_try_and_each_one_has_its_own_sentence() {
    let house = House::open().await;
    let mut ada = house.visitor();
    log_in(&mut ada, OAKMOOR, ADA).await;
    for _ in 0..3 {
        for (typed, says) in [
            ("", "Enter the security code."),
            ("12345", "The code has 6 digits. You typed 5."),
            ("1234567", "The code has 6 digits. You typed 7."),
            ("12345a", "The code has digits only."),
        ] {
            let page = type_code(&mut ada, "/login/link-app", typed).await;
            check(&page, "en");
            assert!(page.body.contains(says), "{typed}: {}", page.all());
            assert!(page.body.contains("<title>Error: ") && page.body.contains("aria-invalid"));
            assert!(!page.body.contains("left"), "no try is taken: {}", page.all());
            let echo = format!("value=\"{typed}\"");
            assert!(typed.is_empty() || !page.body.contains(&echo), "codes never come back");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn wrong_codes_are_counted_aloud_and_then_stop_the_login_until_a_time_that_is_named() {
    let house = House::open().await;
    let mut ada = house.visitor();
    log_in(&mut ada, OAKMOOR, ADA).await;
    let phone = scan(&ada.get("/login/link-app").await);
    let wrong = other_than(&phone.code(house.now()));
    let mut says = Vec::new();
    for _ in 0..5 {
        let page = type_code(&mut ada, "/login/link-app", &wrong).await;
        check(&page, "en");
        says.push(plain(&page.body));
    }
    assert!(!says[0].contains("left") && !says[1].contains("left"), "{says:?}");
    assert!(says[2].contains("2 tries left before we lock this login for a while."), "{says:?}");
    assert!(says[3].contains("One try left before we lock this login for a while."), "{says:?}");
    assert!(says[4].contains("Too many wrong codes Try again after 14:33 UTC . Your password"));
    // Whoever comes back earlier reads the same, and after the time the right code is taken.
    let again = log_in(&mut ada, OAKMOOR, ADA).await;
    let page = follow(&mut ada, again).await;
    assert!(page.body.contains("<h1>Too many wrong codes</h1>"), "{}", page.all());
    house.wait(31);
    log_in(&mut ada, OAKMOOR, ADA).await;
    let phone = scan(&ada.get("/login/link-app").await);
    let home = type_code(&mut ada, "/login/link-app", &phone.code(house.now())).await;
    assert!(home.body.contains("<h1>Hello"), "{}", home.all());
    house.close().await;
}

#[tokio::test]
async fn a_used_code_and_a_slow_clock_are_named() {
    let house = House::open().await;
    let mut phone = link_at_oakmoor(&house, &mut house.visitor()).await;
    let mut ada = house.visitor();
    log_in(&mut ada, OAKMOOR, ADA).await;
    let used = phone.code(house.now());
    let page = type_code(&mut ada, "/login/code", &used).await;
    check(&page, "en");
    assert!(page.body.contains("Each code works once. Wait for the next one."), "{}", page.all());
    house.wait(600);
    phone.runs_slow(4 * MINUTE);
    log_in(&mut ada, OAKMOOR, ADA).await;
    let page = type_code(&mut ada, "/login/code", &phone.code(house.now())).await;
    let says = "clock seems to be about 4 minutes slow. Set it to automatic and try the next code.";
    assert!(page.body.contains(says), "{}", page.all());
    house.close().await;
}

#[tokio::test]
async fn a_login_that_took_too_long_is_closed_and_begins_again_with_the_address_kept() {
    let house = House::open().await;
    let mut ada = house.visitor();
    log_in(&mut ada, OAKMOOR, ADA).await;
    house.wait(15 * 60);
    let answer = ada.get("/login/link-app").await;
    let page = follow(&mut ada, answer).await;
    check(&page, "en");
    assert!(page.body.contains("<h1>This login has expired</h1>"), "{}", page.all());
    let login = ada.get(between(&page.body, "<a class=\"quiet button\" href=\"", "\"")).await;
    assert!(login.body.contains(&format!("value=\"{ADA}\"")), "{}", login.all());
    assert!(login.body.contains("Log in to Oakmoor Dental"));
    house.close().await;
}

#[tokio::test]
async fn who_has_one_way_reads_that_there_is_no_other() {
    let house = House::open().await;
    link_at_oakmoor(&house, &mut house.visitor()).await;
    house.wait(60);
    let mut ada = house.visitor();
    log_in(&mut ada, OAKMOOR, ADA).await;
    assert!(!ada.get("/login/code").await.body.contains("/login/another-way"));
    let page = ada.get("/login/another-way").await;
    check(&page, "en");
    assert!(page.body.contains("You have only one way to log in."));
    assert!(page.body.contains("Ask your administrator."));
    house.close().await;
}
