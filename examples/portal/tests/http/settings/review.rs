//! The step before a choice is saved that somebody should look at first.

use super::{
    GENERAL, QUARTER, REVIEW, ada, ada_by_mail, company_asks, confirm, inside, row_of, sent,
    text_of, until, with_password,
};
use crate::house::House;
use crate::visitor::Form;

#[tokio::test]
async fn the_review_shows_before_and_after_and_everybody_by_what_happens_to_them() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let page = sent(&mut ada, GENERAL, GENERAL, &[("mfa", "app")]).await.body;
    let text = text_of(&page);
    assert!(text.contains("Two Factor Authentication No MFA App MFA"), "{text}");
    assert!(text.contains("This includes you. You will need a code at your next login."), "{text}");
    assert!(text_of(row_of(&page, "Ada Moreau</bdi> (you)")).contains("Sets up an app"));
    assert!(text_of(row_of(&page, "Chiara Lind")).contains("Ready: enters a code from the app"));
    assert!(page.contains("<caption>What happens to 5 people at the next login</caption>"));
    // Looking saves nothing.
    assert!(ada.get(GENERAL).await.body.contains("<option value=\"none\" selected>No MFA"));
    house.close().await;
}

#[tokio::test]
async fn somebody_whom_no_mail_reaches_is_named_before_the_choice_is_saved() {
    let house = House::open().await;
    company_asks(&mut ada(&house).await, &[("mfa", "email")]).await;
    // The demo's inbox refuses what goes to Elif.
    let _ = with_password(&house, "larkfield", "elif@larkfield.example").await;
    let mut ada = ada_by_mail(&house).await;
    until(&mut ada, "/settings/users", |list| list.contains("address not accepted")).await;
    let answer =
        ada.submit(GENERAL, GENERAL, &[("mfa", "email"), ("before_enrollment", "email")]).await;
    assert!(answer.header("location").starts_with(REVIEW), "saved without a look");
    let page = ada.get(answer.header("location")).await.body;
    assert!(text_of(row_of(&page, "Elif Kaya")).contains("Cannot log in"), "{page}");
    assert!(text_of(&page).contains("1 cannot log in: no working e-mail address"), "{page}");
    house.close().await;
}

#[tokio::test]
async fn a_choice_that_would_leave_nobody_to_administer_cannot_be_saved() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let answer =
        ada.submit(GENERAL, GENERAL, &[("mfa", "app"), ("before_enrollment", "approval")]).await;
    let place = answer.header("location").to_owned();
    let page = ada.get(&place).await.body;
    assert!(page.contains("This would lock out every administrator."), "{page}");
    assert!(page.contains("disabled>Save</button>"), "{page}");
    assert!(page.contains("href=\"/account/security\""), "{page}");
    // The button is off, and pressing it by hand does not help.
    let forced = ada.submit(&place, REVIEW, &[]).await;
    assert_eq!(forced.header("location"), place, "{}", forced.all());
    assert!(ada.get(GENERAL).await.body.contains("<option value=\"none\" selected>No MFA"));
    let _ = inside(&house, "ben").await;
    house.close().await;
}

#[tokio::test]
async fn lowering_is_reviewed_and_only_for_those_who_have_a_second_step() {
    let house = House::open().await;
    let mut weak = ada(&house).await;
    company_asks(&mut weak, &[("mfa", "email")]).await;
    let answer = weak.submit(GENERAL, GENERAL, &[("mfa", "none")]).await;
    let place = answer.header("location").to_owned();
    assert!(place.starts_with(REVIEW), "{}", answer.all());
    let page = weak.get(&place).await.body;
    assert!(page.contains("This makes logging in less secure for 4 people."), "{page}");
    assert!(page.contains("Set up an authenticator app first."), "{page}");
    let forced = weak.submit(&place, REVIEW, &[]).await;
    assert_eq!(forced.header("location"), place);
    let (_, still) = with_password(&house, "larkfield", "ben@larkfield.example").await;
    assert_eq!(still.header("location"), "/login/code", "the company asks for less");

    let mut strong = ada_by_mail(&house).await;
    company_asks(&mut strong, &[("mfa", "none")]).await;
    let _ = inside(&house, "ben").await;
    house.close().await;
}

#[tokio::test]
async fn lowering_long_after_the_login_asks_for_a_step_up_and_keeps_the_choice() {
    let house = House::open().await;
    company_asks(&mut ada(&house).await, &[("mfa", "email")]).await;
    let mut ada = ada_by_mail(&house).await;
    house.wait(QUARTER);
    let answer = ada.submit(GENERAL, GENERAL, &[("mfa", "none")]).await;
    let place = answer.header("location").to_owned();
    let away = ada.submit(&place, REVIEW, &[]).await;
    let step_up = away.header("location").to_owned();
    assert!(step_up.starts_with("/step-up?for=administer"), "{}", away.all());
    assert!(ada.get(GENERAL).await.body.contains("<option value=\"email\" selected>Email MFA"));
    assert_eq!(confirm(&house, &mut ada, &step_up).await, place);
    let page = sent(&mut ada, &place, REVIEW, &[]).await.body;
    assert!(page.contains("Security settings saved. No MFA now applies"), "{page}");
    house.close().await;
}

#[tokio::test]
async fn a_review_of_a_policy_that_changed_meanwhile_saves_nothing() {
    let house = House::open().await;
    let mut one = ada(&house).await;
    let mut other = ada(&house).await;
    let answer = one.submit(GENERAL, GENERAL, &[("mfa", "app")]).await;
    let place = answer.header("location").to_owned();
    let form = Form::on(&one.get(&place).await.body, REVIEW);
    company_asks(&mut other, &[("mfa", "email")]).await;
    let late = one.send(one.filled(&form, &[])).await;
    let page = one.get(late.header("location")).await.body;
    assert!(page.contains("Check your choice again."), "{page}");
    let holds = other.get(GENERAL).await.body;
    assert!(holds.contains("<option value=\"email\" selected>Email MFA"), "{holds}");
    house.close().await;
}
