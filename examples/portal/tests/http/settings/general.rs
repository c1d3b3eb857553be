//! The card that says what the company asks of everybody.

use super::{
    GENERAL, REVIEW, ada, ada_by_mail, company_asks, house_with_an_armed_ada, inside, row_of, sent,
    text_of,
};
use crate::house::House;

#[tokio::test]
async fn the_card_has_the_labels_of_the_source_document() {
    let house = House::open().await;
    let page = ada(&house).await.get(GENERAL).await.body;
    let text = text_of(&page);
    for label in [
        "Security settings",
        "Two Factor Authentication",
        "No MFA",
        "Email MFA",
        "App MFA (recommended)",
        "Save security settings",
        "People log in with just their password",
        "This affects 5 people: 5 ready.",
    ] {
        assert!(text.contains(label), "no {label} in {text}");
    }
    assert!(page.contains("<select id=\"mfa\""), "the dropdown is a native one");
    house.close().await;
}

#[tokio::test]
async fn what_is_saved_is_what_the_card_and_the_log_show() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for (value, name) in [("email", "Email MFA"), ("app", "App MFA")] {
        company_asks(&mut ada, &[("mfa", value)]).await;
        let page = ada.get(GENERAL).await.body;
        assert!(page.contains(&format!("<option value=\"{value}\" selected>")), "{page}");
        let log = ada.get("/settings/audit").await.body;
        let newest = row_of(log.split("<tbody>").nth(1).unwrap(), "<td");
        let newest = text_of(newest);
        assert!(newest.contains("Ada Moreau") && newest.contains(&format!("→ {name}")), "{newest}");
    }
    house.close().await;
}

#[tokio::test]
async fn the_status_says_what_applies_to_how_many_and_says_it_once() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let review = ada.submit(GENERAL, GENERAL, &[("mfa", "email")]).await;
    let page = sent(&mut ada, review.header("location"), REVIEW, &[]).await.body;
    let said = "Security settings saved. Email MFA now applies to 5 people from their next login.";
    assert!(page.contains(said), "{page}");
    assert!(!ada.get(GENERAL).await.body.contains(said), "a reload says it again");
    house.close().await;
}

#[tokio::test]
async fn saving_what_holds_already_changes_nothing_and_says_so() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let page = sent(&mut ada, GENERAL, GENERAL, &[("mfa", "none")]).await.body;
    assert!(page.contains("No changes: these settings are already in place."), "{page}");
    assert!(!ada.get("/settings/audit").await.body.contains("Company setting changed"));
    house.close().await;
}

#[tokio::test]
async fn what_strands_nobody_and_not_the_saver_is_saved_at_once_and_can_be_undone() {
    let house = House::open().await;
    company_asks(&mut ada(&house).await, &[("mfa", "email")]).await;
    let mut ada = ada_by_mail(&house).await;
    let page =
        sent(&mut ada, GENERAL, GENERAL, &[("mfa", "email"), ("before_enrollment", "email")])
            .await
            .body;
    assert!(page.contains("Security settings saved."), "{page}");
    assert!(page.contains("Your last change can be undone until 14:42 UTC."), "{page}");
    let page = sent(&mut ada, GENERAL, "/settings/general/undo", &[]).await.body;
    assert!(page.contains("Undone. Email MFA applies again."), "{page}");
    assert!(page.contains("<option value=\"none\" selected>"), "the gate is back: {page}");
    assert!(!ada.get(GENERAL).await.body.contains("can be undone"), "an undo is undone");
    house.close().await;
}

#[tokio::test]
async fn an_undo_is_offered_for_ten_minutes_and_is_too_late_after_that() {
    let house = House::open().await;
    company_asks(&mut ada(&house).await, &[("mfa", "email")]).await;
    let mut ada = ada_by_mail(&house).await;
    company_asks(&mut ada, &[("mfa", "email"), ("before_enrollment", "email")]).await;
    house.wait(599);
    let shown = ada.get(GENERAL).await.body;
    let form = crate::visitor::Form::on(&shown, "/settings/general/undo");
    house.wait(1);
    assert!(!ada.get(GENERAL).await.body.contains("can be undone"));
    let late = ada.send(ada.filled(&form, &[])).await;
    assert_eq!(late.header("location"), GENERAL);
    let page = ada.get(GENERAL).await.body;
    assert!(page.contains("You can no longer undo that."), "{page}");
    assert!(page.contains("<option value=\"email\" selected>They enter a code"), "{page}");
    house.close().await;
}

#[tokio::test]
async fn days_of_grace_that_are_none_are_named_and_the_choice_is_kept() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for days in ["", "0", "31", "soon"] {
        let fields =
            [("mfa", "app"), ("before_enrollment", "email"), ("start", "grace"), ("days", days)];
        let page = sent(&mut ada, GENERAL, GENERAL, &fields).await.body;
        assert!(page.contains("<title>Error: "), "{page}");
        assert!(page.contains("href=\"#days\">Enter a number of days from 1 to 30.<"), "{page}");
        assert!(page.contains("<option value=\"app\" selected>"), "{page}");
        assert!(page.contains("<option value=\"email\" selected>They enter a code"), "{page}");
    }
    house.close().await;
}

#[tokio::test]
async fn with_days_of_grace_nobody_is_asked_before_they_are_over() {
    let house = House::open().await;
    let fields = [("mfa", "app"), ("start", "grace"), ("days", "3")];
    let mut ada = ada(&house).await;
    company_asks(&mut ada, &fields).await;
    let page = ada.get(GENERAL).await.body;
    assert!(page.contains("Until 27 November 2026 14:32 UTC, No MFA is enough"), "{page}");
    let list = ada.get("/settings/users").await.body;
    let ben = text_of(row_of(&list, "Ben Osei"));
    assert!(ben.contains("no app yet · 3 days left"), "{ben}");
    assert!(ben.contains("App MFA from 27 November 2026"), "{ben}");
    let _ = inside(&house, "ben").await;
    house.wait(3 * 86_400);
    let (_, answer) = super::with_password(&house, "larkfield", "ben@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/link-app");
    house.close().await;
}

#[tokio::test]
async fn a_policy_that_changed_meanwhile_is_shown_with_both_values_and_who_changed_it() {
    let (house, mut ada) = house_with_an_armed_ada().await;
    let admin = super::but(&super::BEN_AS_HE_IS, &[("role", "admin")]);
    let _ = sent(&mut ada, super::BEN, super::BEN, &admin).await;
    let mut ben = inside(&house, "ben").await;
    let form = crate::visitor::Form::on(&ben.get(GENERAL).await.body, GENERAL);
    house.wait(60);
    company_asks(&mut ada, &[("mfa", "email")]).await;
    let answer = ben.send(ben.filled(&form, &[("mfa", "app")])).await;
    let page = ben.get(answer.header("location")).await.body;
    let text = text_of(&page);
    assert!(
        text.contains("Ada Moreau changed this to Email MFA (14:33 UTC). Check your choice again."),
        "{text}"
    );
    assert!(text.contains("Your choice App MFA Current setting Email MFA"), "{text}");
    // Sent from this page it is a choice that was made in sight of the other.
    let review = ben.submit(answer.header("location"), GENERAL, &[("mfa", "app")]).await;
    assert!(review.header("location").starts_with(REVIEW), "{}", review.all());
    house.close().await;
}

#[tokio::test]
async fn asking_everybody_to_log_in_again_is_reviewed_and_ends_every_session() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let mut ben = inside(&house, "ben").await;
    let review = ada.submit(GENERAL, GENERAL, &[("mfa", "none"), ("out", "yes")]).await;
    let place = review.header("location").to_owned();
    let page = ada.get(&place).await.body;
    assert!(page.contains("Everyone is logged out at once, including you."), "{page}");
    assert_eq!(ben.get("/home").await.status, 200, "looking ends nothing");
    let saved = ada.submit(&place, REVIEW, &[]).await;
    assert_eq!(saved.status, 303);
    for person in [&mut ada, &mut ben] {
        let away = person.get("/home").await;
        assert!(away.header("location").starts_with("/login"), "{}", away.all());
    }
    house.close().await;
}

#[tokio::test]
async fn the_line_under_the_dropdown_counts_what_a_choice_would_do() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for (asked, said) in [
        ("mfa=none", "This affects 5 people: 5 ready."),
        (
            "mfa=email",
            "4 will get codes by e-mail, 4 of these have never answered an e-mail from us.",
        ),
        ("mfa=app", "This affects 5 people: 1 ready, 4 will set up an app at their next login."),
        (
            "mfa=app&before_enrollment=approval",
            "This affects 5 people: 1 ready, 4 must be allowed by an administrator first.",
        ),
        (
            "mfa=app&start=grace&days=7",
            "This affects 5 people: 5 ready. 4 of them have some days to get ready.",
        ),
        ("mfa=sms", ""),
    ] {
        let answer = ada.get(&format!("/settings/general/effect?{asked}")).await;
        assert!(answer.body.contains(said), "{asked}: {}", answer.body);
        assert_eq!(said.is_empty(), answer.body.is_empty());
    }
    house.close().await;
}
