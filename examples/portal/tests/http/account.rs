//! Account security: apps and the address for codes, each change confirmed first.

use crate::decency::{check, plain};
use crate::dev::between;
use crate::house::House;
use crate::person::{
    ADA, LARKFIELD, come_home, follow, link_at_oakmoor, log_in, mailed_code, other_than, scan,
};
use crate::visitor::{Form, Visitor};
use crate::wire::Answer;

const HERE: &str = "/account/security";

/// Follows a link of the account page by its words.
async fn press(visitor: &mut Visitor, words: &str) -> Answer {
    let page = visitor.get(HERE).await;
    check(&page, "en");
    let before = page.body.split(&format!(">{words}</a>")).next().expect("the words are there");
    let (_, link) = before.rsplit_once("href=\"").expect("they are a link");
    let place = link.split('"').next().unwrap_or_default().replace("&amp;", "&");
    let answer = visitor.get(&place).await;
    follow(visitor, answer).await
}

/// Sends the one form of a step-up page.
async fn confirm(visitor: &mut Visitor, page: &Answer, code: &str) -> Answer {
    let form = Form::on(&page.body, "/step-up");
    let asking = visitor.filled(&form, &[("code", code)]);
    let answer = visitor.send(asking).await;
    follow(visitor, answer).await
}

#[tokio::test]
async fn an_app_is_linked_by_choice_and_then_asked_for() {
    let house = House::open().await;
    let mut ben = house.visitor();
    come_home(&mut ben, "ben@larkfield.example").await;
    let account = ben.get(HERE).await;
    assert!(plain(&account.body).contains("No MFA , because your company does not require more."));
    let page = press(&mut ben, "Set up an app").await;
    check(&page, "en");
    let phone = scan(&page);
    let after = confirm(&mut ben, &page, &phone.code(house.now())).await;
    check(&after, "en");
    assert!(after.body.contains("Authenticator app set up."), "{}", after.all());
    let text = plain(&after.body);
    assert!(text.contains("App MFA , because you set up an app."), "{text}");
    assert!(text.contains("Set up on 24 November 2026"), "{text}");
    house.wait(60);
    let answer = log_in(&mut house.visitor(), LARKFIELD, "ben@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/code");
    house.close().await;
}

#[tokio::test]
async fn an_app_by_choice_is_removed_after_its_own_code() {
    let house = House::open().await;
    let mut ben = house.visitor();
    come_home(&mut ben, "ben@larkfield.example").await;
    let page = press(&mut ben, "Set up an app").await;
    let phone = scan(&page);
    confirm(&mut ben, &page, &phone.code(house.now())).await;
    house.wait(60);
    let page = press(&mut ben, "Remove").await;
    check(&page, "en");
    assert!(plain(&page.body).contains("To remove this authenticator app, confirm"));
    let still = confirm(&mut ben, &page, &other_than(&phone.code(house.now()))).await;
    assert!(still.body.contains("That code is not right."), "{}", still.all());
    let after = confirm(&mut ben, &still, &phone.code(house.now())).await;
    assert!(after.body.contains("Authenticator app removed."), "{}", after.all());
    assert!(after.body.contains("You have not set up an app."));
    house.close().await;
}

#[tokio::test]
async fn the_last_app_that_the_company_needs_is_replaced_and_not_removed() {
    let house = House::open().await;
    let mut ada = house.visitor();
    let old = link_at_oakmoor(&house, &mut ada).await;
    let account = ada.get(HERE).await;
    assert!(!account.body.contains(">Remove</a>"), "{}", account.all());
    assert!(account.body.contains("Your company requires an app."));
    house.wait(60);
    let page = press(&mut ada, "Replace the app").await;
    let page = confirm(&mut ada, &page, &old.code(house.now())).await;
    check(&page, "en");
    let new = scan(&page);
    // The step of thirty seconds was used by the old app.
    house.wait(30);
    let after = confirm(&mut ada, &page, &new.code(house.now())).await;
    assert!(after.body.contains("Authenticator app replaced."), "{}", after.all());
    house.close().await;
}

#[tokio::test]
async fn where_codes_go_changes_after_a_code_at_the_old_and_one_at_the_new_address() {
    let house = House::open().await;
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let page = press(&mut ada, "Change the address").await;
    check(&page, "en");
    assert!(page.body.contains("<h1>Confirm it is you</h1>"), "{}", page.all());
    let (first, code) = mailed_code(&mut house.visitor(), ADA, 0).await;
    let form = confirm(&mut ada, &page, &format!("{} {}", &code[..3], &code[3..])).await;
    check(&form, "en");
    assert!(
        plain(&form.body).contains("We will not ask you for a code again until 14:42 UTC"),
        "{}",
        form.all()
    );

    let wrong = ada.submit("/account/security/email", "/account/security/email", &[("email", "x")]);
    let wrong = wrong.await;
    let wrong = follow(&mut ada, wrong).await;
    check(&wrong, "en");
    assert!(wrong.body.contains("Enter one e-mail address"), "{}", wrong.all());

    let new = "moreau@larkfield.example";
    let here = "/account/security/email";
    let answer = ada.submit(here, here, &[("email", new)]).await;
    let page = follow(&mut ada, answer).await;
    check(&page, "en");
    assert!(page.body.contains("m••@larkfield.example"), "{}", page.all());
    let waiting = ada.get(HERE).await;
    assert!(plain(&waiting.body).contains("is not confirmed yet."), "{}", waiting.all());
    let (_, code) = mailed_code(&mut house.visitor(), new, first).await;
    let after = confirm(&mut ada, &page, &code).await;
    check(&after, "en");
    assert!(after.body.contains("Your new address is confirmed."), "{}", after.all());
    assert!(after.body.contains("m••@larkfield.example"));
    house.close().await;
}

#[tokio::test]
async fn where_codes_go_stays_when_an_administrator_changes_a_name() {
    let house = House::open().await;
    let mut ben = house.visitor();
    let new = "private@elsewhere.example";
    let login = "ben@larkfield.example";
    come_home(&mut ben, login).await;
    let page = press(&mut ben, "Change the address").await;
    let (first, code) = mailed_code(&mut house.visitor(), login, 0).await;
    confirm(&mut ben, &page, &code).await;
    let here = "/account/security/email";
    let answer = ben.submit(here, here, &[("email", new)]).await;
    let page = follow(&mut ben, answer).await;
    let (_, code) = mailed_code(&mut house.visitor(), new, first).await;
    let after = confirm(&mut ben, &page, &code).await;
    assert!(after.body.contains("p••@elsewhere.example"), "{}", after.all());

    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let form = "/settings/users/ben";
    let fields = [("first_name", "Benn"), ("last_name", "Osei"), ("email", login)];
    let saved = ada.submit(form, form, &fields).await;
    let saved = follow(&mut ada, saved).await;
    assert!(saved.body.contains("Changes to Benn Osei saved."), "{}", saved.all());
    // He is still inside, and codes still go where he wants them.
    let still = ben.get(HERE).await;
    assert!(still.body.contains("p••@elsewhere.example"), "{}", still.all());
    house.close().await;
}

#[tokio::test]
async fn the_page_of_a_mailed_code_helps_whoever_does_not_find_the_mail() {
    let house = House::open().await;
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let page = press(&mut ada, "Change the address").await;
    let (number, _) = mailed_code(&mut house.visitor(), ADA, 0).await;
    let text = plain(&page.body);
    for says in [
        "Not in your inbox?",
        "Look in your spam or junk folder.",
        "security@lantern.example",
        "Send a new code You can send a new code after 14:33 UTC",
    ] {
        assert!(text.contains(says), "{says:?} in {text}");
    }
    // The address has a mask for the eye and words for the ear.
    assert!(page.body.contains("a••@larkfield.example"));
    assert!(text.contains("a, hidden, at larkfield dot example"), "{text}");

    let again = between(&page.body, "action=\"/step-up/again", "\"").replace("&amp;", "&");
    let form = Form::on(&page.body, "/step-up/again");
    assert!(form.action.ends_with(&again));
    let asking = ada.filled(&form, &[]);
    let early = ada.send(asking.clone()).await;
    let early = follow(&mut ada, early).await;
    check(&early, "en");
    assert!(early.body.contains("You can ask for a new code at 14:33 UTC."), "{}", early.all());
    house.wait(31);
    let sent = ada.send(asking).await;
    let sent = follow(&mut ada, sent).await;
    check(&sent, "en");
    let says = "We sent the code again. You can use any of the e-mails until 14:42 UTC";
    assert!(plain(&sent.body).contains(says), "{}", plain(&sent.body));
    let (_, code) = mailed_code(&mut house.visitor(), ADA, number).await;
    let form = confirm(&mut ada, &sent, &code).await;
    assert!(form.body.contains("New e-mail address"), "{}", form.all());
    house.close().await;
}

#[tokio::test]
async fn slow_mail_is_admitted() {
    let house = House::open().await;
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let mut new_user = house.visitor();
    new_user.submit("/dev/mail", "/dev/mail/next", &[("treatment", "down")]).await;
    press(&mut ada, "Change the address").await;
    crate::dev::inbox_until(&mut new_user, |inbox| inbox.contains("ada@larkfield.example")).await;
    let page = press(&mut ada, "Change the address").await;
    check(&page, "en");
    let says = "Our e-mail is slow at the moment. We keep trying until 14:42 UTC";
    assert!(plain(&page.body).contains(says), "{}", plain(&page.body));
    house.close().await;
}

#[tokio::test]
async fn what_happened_lately_is_told_in_words() {
    let house = House::open().await;
    let mut chiara = house.visitor();
    let answer = log_in(&mut chiara, LARKFIELD, "chiara@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/code", "she has an app from the start");
    let mut ada = house.visitor();
    come_home(&mut ada, ADA).await;
    let page = press(&mut ada, "Change the address").await;
    let (_, code) = mailed_code(&mut house.visitor(), ADA, 0).await;
    confirm(&mut ada, &page, &other_than(&code)).await;
    let account = ada.get(HERE).await;
    let text = plain(&account.body);
    let first = text.find("Wrong code");
    let second = text.find("Code sent by e-mail");
    assert!(first < second && first.is_some(), "the newest first: {text}");
    assert!(text.contains("Account created"), "{text}");
    assert!(!text.contains(&code), "{text}");
    house.close().await;
}
