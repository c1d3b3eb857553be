//! The settings pages: who sees them, what they save, and what they say about it.

mod activity;
mod edit;
mod general;
mod person;
mod review;
mod users;

use countersign::Requirement;

use crate::dev::{between, inbox_until};
use crate::house::House;
use crate::person::{ADA, log_in};
use crate::visitor::Visitor;
use crate::wire::Answer;

const GENERAL: &str = "/settings/general";
const REVIEW: &str = "/settings/general/review";
const USERS: &str = "/settings/users";
const NEW: &str = "/settings/users/new";
const BEN: &str = "/settings/users/ben";

/// Somebody with the password of the demo, and what came back.
async fn with_password(house: &House, company: &str, email: &str) -> (Visitor, Answer) {
    let mut visitor = house.visitor();
    let page = format!("/login?company={company}");
    let answer = log_in(&mut visitor, &page, email).await;
    assert_eq!(answer.status, 303, "{}", answer.all());
    (visitor, answer)
}

/// Somebody of Larkfield Freight whom the password lets in.
async fn inside(house: &House, name: &str) -> Visitor {
    let (mut visitor, _) =
        with_password(house, "larkfield", &format!("{name}@larkfield.example")).await;
    assert_eq!(visitor.get("/home").await.status, 200, "{name} is not inside");
    visitor
}

/// The administrator of Larkfield Freight.
async fn ada(house: &House) -> Visitor {
    inside(house, "ada").await
}

/// The same, where the company asks for a mailed code: she holds a second step from now on.
async fn ada_by_mail(house: &House) -> Visitor {
    let before = mails_to(house, ADA).await;
    let (mut ada, _) = with_password(house, "larkfield", ADA).await;
    let code = mailed_code(house, ADA, before + 1).await;
    let answer = ada.submit("/login/code", "/login/code", &[("code", &code)]).await;
    assert_eq!(answer.header("location"), "/home", "{}", answer.all());
    ada
}

/// A company that asks for nothing, and its administrator with a second step of her own: without one
/// nobody moves a mailbox or makes an administrator.
async fn house_with_an_armed_ada() -> (House, Visitor) {
    let house = House::requiring(Requirement::Email).await;
    let mut ada = ada_by_mail(&house).await;
    company_asks(&mut ada, &[("mfa", "none")]).await;
    (house, ada)
}

/// Has the company ask this of everybody, through the review if there is one.
async fn company_asks(admin: &mut Visitor, fields: &[(&str, &str)]) {
    let saved = admin.submit(GENERAL, GENERAL, fields).await;
    let place = saved.header("location").to_owned();
    if place.starts_with(REVIEW) {
        let saved = admin.submit(&place, REVIEW, &[]).await;
        assert_eq!(saved.header("location"), GENERAL, "{}", saved.all());
    }
    let page = admin.get(GENERAL).await.body;
    assert!(page.contains("Security settings saved."), "{page}");
}

/// Sends the form at this place and looks at the page it leads to.
async fn sent(visitor: &mut Visitor, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = visitor.submit(page, action, fields).await;
    assert_eq!(answer.status, 303, "{}", answer.all());
    let place = answer.header("location").to_owned();
    visitor.get(&place).await
}

/// What a person's form holds when nothing is changed.
const BEN_AS_HE_IS: [(&str, &str); 5] = [
    ("first_name", "Ben"),
    ("last_name", "Osei"),
    ("email", "ben@larkfield.example"),
    ("role", "user"),
    ("mfa", "company"),
];

/// The same with some fields filled in otherwise.
fn but<'a>(fields: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let given = |name: &str| other.iter().find(|(field, _)| *field == name);
    let kept = fields.iter().map(|(name, value)| *given(name).unwrap_or(&(name, value)));
    let added = other.iter().filter(|(name, _)| !fields.iter().any(|(field, _)| field == name));
    kept.chain(added.copied()).collect()
}

/// The row of a person in a list.
fn row_of<'a>(page: &'a str, name: &str) -> &'a str {
    let mut rows = page.split("<tr").skip(1).filter_map(|row| row.split("</tr>").next());
    rows.find(|row| row.contains(name)).unwrap_or_else(|| panic!("no row of {name} in {page}"))
}

/// The words of a piece of a page.
fn text_of(markup: &str) -> String {
    let mut text = String::new();
    for piece in markup.split('<') {
        let (_, words) = piece.split_once('>').unwrap_or(("", piece));
        text.push_str(words);
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many mails an address has got.
async fn mails_to(house: &House, address: &str) -> usize {
    let inbox = house.visitor().get("/dev/mail").await.body;
    inbox.matches(&format!("<bdi>{address}</bdi>")).count()
}

/// The newest mail to an address, once there are this many: the courier is another task.
async fn mail_to(house: &House, address: &str, number: usize) -> String {
    let to = format!("<bdi>{address}</bdi>");
    let mut visitor = house.visitor();
    let inbox = inbox_until(&mut visitor, |inbox| inbox.matches(&to).count() >= number).await;
    let newest = inbox.split("<li>").find(|entry| entry.contains(&to)).unwrap();
    visitor.get(between(newest, "href=\"", "\"")).await.body
}

async fn mailed_code(house: &House, address: &str, number: usize) -> String {
    let page = mail_to(house, address, number).await;
    let code = between(&page, "id=\"code\"", "</span>");
    code.rsplit('>').next().unwrap().to_owned()
}

/// Looks at a page until it says this: the courier is another task.
async fn until(visitor: &mut Visitor, place: &str, says: impl Fn(&str) -> bool + Send + Sync) {
    let looking = async {
        let mut beat = tokio::time::interval(std::time::Duration::from_millis(10));
        while !says(&visitor.get(place).await.body) {
            beat.tick().await;
        }
    };
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, looking).await.expect("the page never said it");
}

/// Where the first link of a piece of a page leads.
fn href_of(markup: &str) -> &str {
    between(markup, "href=\"", "\"")
}

/// Confirms by a mailed code that it is Ada, and returns where she goes on.
async fn confirm(house: &House, ada: &mut Visitor, step_up: &str) -> String {
    let before = mails_to(house, ADA).await;
    let asked = ada.get(step_up).await;
    assert_eq!(asked.status, 200, "{}", asked.all());
    let code = mailed_code(house, ADA, before + 1).await;
    let answer = ada.submit(step_up, "/step-up", &[("code", &code)]).await;
    assert_eq!(answer.status, 303, "{}", answer.all());
    answer.header("location").to_owned()
}

const QUARTER: u64 = 16 * 60;

#[tokio::test]
async fn to_everybody_but_an_administrator_the_settings_do_not_exist() {
    let house = House::open().await;
    let mut ben = inside(&house, "ben").await;
    let mut nobody = house.visitor();
    for place in [
        GENERAL,
        "/settings/general/review?mfa=email&before_enrollment=none&revision=1",
        "/settings/general/effect?mfa=email",
        USERS,
        "/settings/users.csv",
        NEW,
        BEN,
        "/settings/users/ben/effect?mfa=app",
        "/settings/users/ada/reset",
        "/settings/users/ada/exempt",
        "/settings/users/ada/unlock",
        "/settings/audit",
        "/settings/audit.csv",
    ] {
        let answer = ben.get(place).await;
        assert_eq!(answer.status, 404, "{place}: {}", answer.all());
        assert!(!answer.body.contains("Chiara"), "{place} names somebody");
        let answer = nobody.get(place).await;
        assert_eq!(answer.status, 303, "{place}");
        assert!(answer.header("location").starts_with("/login?next="), "{place}");
    }
    assert!(!ben.get("/home").await.body.contains("/settings/"), "the menu leads to settings");
    assert!(ada(&house).await.get("/home").await.body.contains(GENERAL));
    house.close().await;
}

#[tokio::test]
async fn nobody_else_saves_anything_even_with_a_form_of_their_own() {
    let house = House::open().await;
    let mut ben = inside(&house, "ben").await;
    let home = ben.get("/home").await.body;
    let form = crate::visitor::Form::on(&home, "/logout");
    for (place, fields) in [
        (GENERAL, vec![("mfa", "app"), ("revision", "1")]),
        ("/settings/general/review?mfa=app&before_enrollment=none&revision=1", vec![]),
        ("/settings/general/undo", vec![("revision", "1")]),
        (NEW, but(&BEN_AS_HE_IS, &[("email", "eve@larkfield.example"), ("role", "admin")])),
        (BEN, but(&BEN_AS_HE_IS, &[("role", "admin")])),
        ("/settings/users/ada/reset", vec![("reason", "because")]),
        ("/settings/users/ada/exempt", vec![("reason", "because"), ("until", "2026-11-30")]),
        ("/settings/users/ada/unlock", vec![]),
        ("/settings/users/dev/invite", vec![]),
    ] {
        let mut theirs = form.clone();
        place.clone_into(&mut theirs.action);
        let answer = ben.send(ben.filled(&theirs, &fields)).await;
        assert_eq!(answer.status, 404, "{place}: {}", answer.all());
    }
    let list = ada(&house).await.get(USERS).await.body;
    assert!(
        !list.contains("eve@larkfield.example") && row_of(&list, "Ben Osei").contains(">User<")
    );
    house.close().await;
}

#[tokio::test]
async fn every_settings_page_is_whole_and_calm_in_each_language() {
    let house = House::open().await;
    for language in ["en", "de", "ar"] {
        let mut ada = ada(&house).await.always("Accept-Language", language);
        for place in [
            GENERAL,
            "/settings/general?mfa=app&before_enrollment=none&start=grace&days=99",
            "/settings/general?mfa=app&before_enrollment=none&revision=77",
            "/settings/general/review?mfa=app&before_enrollment=email&revision=0&start=grace&days=3",
            "/settings/general/review?mfa=app&before_enrollment=approval&revision=0&out=yes",
            USERS,
            "/settings/users?search=zzz",
            "/settings/users?state=not-ready",
            NEW,
            BEN,
            "/settings/users/dev",
            "/settings/users/ada",
            "/settings/users/ben/reset",
            "/settings/users/ben/exempt",
            "/settings/audit",
            "/settings/audit?person=dev&kind=logins",
        ] {
            let mut page = ada.get(place).await;
            assert_eq!(page.status, 200, "{language} {place}: {}", page.all());
            page.body = without_numbers(&page.body);
            crate::decency::check(&page, language);
            let english = ["Save", "Two Factor", "E-mail address", "No matching events", "Reason"];
            let left = english.into_iter().find(|text| page.body.contains(text));
            assert!(language == "en" || left.is_none(), "{left:?} in {language} {place}");
        }
    }
    house.close().await;
}

/// A page without the numbers of events, which are drawn by lot and may spell any word.
fn without_numbers(page: &str) -> String {
    let mut pieces = page.split("<bdi class=\"number\" dir=\"ltr\">");
    let mut left = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once("</bdi>").unwrap();
        left.push_str(rest);
    }
    left
}
