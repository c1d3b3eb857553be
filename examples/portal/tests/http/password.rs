//! The login page: what it says, to whom, and how often.

use crate::decency::{check, plain};
use crate::house::House;
use crate::person::{ADA, LARKFIELD, OAKMOOR, come_home, follow, log_in};
use crate::visitor::Visitor;
use crate::wire::Answer;

const NO_MATCH: &str = "That e-mail address and password do not match.";

async fn try_with(visitor: &mut Visitor, email: &str, password: &str) -> Answer {
    let fields = [("email", email), ("password", password)];
    let answer = visitor.submit(LARKFIELD, "/login", &fields).await;
    follow(visitor, answer).await
}

#[tokio::test]
async fn a_right_password_is_a_login_where_nobody_asks_for_more() {
    let house = House::open().await;
    let mut ada = house.visitor();
    let home = come_home(&mut ada, ADA).await;
    check(&home, "en");
    assert!(home.body.contains("You logged in with: password."));
    assert!(home.body.contains("Larkfield Freight") && home.body.contains("Ada Moreau"));
    house.close().await;
}

#[tokio::test]
async fn an_address_is_taken_however_it_is_spelled() {
    let house = House::open().await;
    for email in ["ADA@larkfield.example", " ada@Larkfield.Example "] {
        come_home(&mut house.visitor(), email).await;
    }
    house.close().await;
}

#[tokio::test]
async fn nobody_learns_who_is_there_from_a_wrong_pair() {
    let house = House::open().await;
    let mut bodies = Vec::new();
    // Known, unknown, invited and without a password, and not even an address.
    for email in [ADA, "nobody@larkfield.example", "dev@larkfield.example", "nonsense"] {
        let page = try_with(&mut house.visitor(), email, "not the password").await;
        check(&page, "en");
        assert!(page.body.contains(NO_MATCH), "{}", page.all());
        assert!(page.body.contains("<title>Error: "));
        assert!(page.body.contains(&format!("value=\"{email}\"")), "the address is kept");
        assert!(!page.all().contains("not the password"), "the password is not");
        bodies.push(plain(&page.body));
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    house.close().await;
}

#[tokio::test]
async fn an_empty_form_says_which_field_is_missing() {
    let house = House::open().await;
    let no_email = "Enter your e-mail address.";
    let no_password = "Enter your password.";
    for (email, password, says, leaves) in [
        ("", "", vec![no_email, no_password], vec![]),
        ("", "x", vec![no_email], vec![no_password]),
        (ADA, "", vec![no_password], vec![no_email]),
    ] {
        let page = try_with(&mut house.visitor(), email, password).await;
        check(&page, "en");
        assert!(says.iter().all(|sentence| page.body.contains(sentence)), "{}", page.all());
        assert!(!leaves.iter().any(|sentence| page.body.contains(sentence)), "{}", page.all());
    }
    house.close().await;
}

#[tokio::test]
async fn what_was_wrong_is_said_once_and_never_repeated_by_a_reload() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    assert!(try_with(&mut visitor, ADA, "wrong").await.body.contains(NO_MATCH));
    assert!(!visitor.get(LARKFIELD).await.body.contains(NO_MATCH));
    house.close().await;
}

#[tokio::test]
async fn after_ten_wrong_passwords_even_the_right_one_waits_until_the_time_that_is_named() {
    let house = House::open().await;
    for email in [ADA, "nobody@larkfield.example"] {
        let mut visitor = house.visitor();
        for _ in 0..10 {
            assert!(try_with(&mut visitor, email, "wrong").await.body.contains(NO_MATCH));
        }
        let page = try_with(&mut visitor, email, portal::DEMO_PASSWORD).await;
        check(&page, "en");
        let says = "Too many tries. Try again after 14:47 UTC.";
        assert!(page.body.contains(says), "{}", page.all());
        assert_eq!(page.status, 429);
    }
    // Nobody else waits with them, and neither does the same address in the other company.
    come_home(&mut house.visitor(), "ben@larkfield.example").await;
    let other = log_in(&mut house.visitor(), OAKMOOR, ADA).await;
    assert_eq!(other.header("location"), "/login/link-app");
    house.wait(15 * 60);
    come_home(&mut house.visitor(), ADA).await;
    house.close().await;
}

#[tokio::test]
async fn guesses_side_by_side_do_not_outrun_the_budget() {
    let house = House::open().await;
    let mut first = house.visitor();
    let page = first.get(LARKFIELD).await;
    let form = crate::visitor::Form::on(&page.body, "/login");
    let fields = [("email", ADA), ("password", "wrong")];
    let asking: Vec<_> = (0..30).map(|_| first.filled(&form, &fields)).collect();
    let mut sent = tokio::task::JoinSet::new();
    for one in asking {
        let mut visitor = first.clone();
        sent.spawn(async move { visitor.send(one).await });
    }
    let answers = sent.join_all().await;
    let told = |answer: &&Answer| {
        answer.headers("set-cookie").iter().any(|cookie| cookie.contains("login-wrong=no-match"))
    };
    assert_eq!(answers.iter().filter(told).count(), 10);
    house.close().await;
}

#[tokio::test]
async fn a_login_goes_on_to_where_one_wanted_to_be_and_nowhere_else() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let away = visitor.get("/account/security").await;
    assert_eq!(away.header("location"), "/login?next=/account/security");
    let answer = log_in(&mut visitor, away.header("location"), ADA).await;
    assert_eq!(answer.header("location"), "/account/security");
    for evil in ["https://evil.example/", "//evil.example", "/%5Cevil.example"] {
        let page = format!("/login?next={evil}");
        let answer = log_in(&mut house.visitor(), &page, ADA).await;
        assert_eq!(answer.header("location"), "/home", "{evil}");
    }
    house.close().await;
}

#[tokio::test]
async fn the_login_page_sends_home_whoever_is_in_and_names_the_company_of_the_address() {
    let house = House::open().await;
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    assert_eq!(ada.get("/login").await.header("location"), "/home");
    assert_eq!(ada.get(LARKFIELD).await.header("location"), "/home");
    let other = ada.get(OAKMOOR).await;
    check(&other, "en");
    assert!(other.body.contains("Log in to Oakmoor Dental"));
    let says =
        "You are logged in to Larkfield Freight as Ada Moreau. Logging in here logs you out there.";
    assert!(other.body.contains(says), "{}", other.all());
    house.close().await;
}
