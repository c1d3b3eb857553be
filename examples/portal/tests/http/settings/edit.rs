//! Create user, and edit one.

use super::{
    BEN, BEN_AS_HE_IS, GENERAL, NEW, QUARTER, USERS, ada, ada_by_mail, but, company_asks, confirm,
    house_with_an_armed_ada, inside, mail_to, mails_to, row_of, sent, text_of, with_password,
};
use crate::house::House;
use crate::visitor::Form;

const FAY: [(&str, &str); 5] = [
    ("first_name", "Fay"),
    ("last_name", "Ng"),
    ("email", "fay@larkfield.example"),
    ("role", "user"),
    ("mfa", "email"),
];

#[tokio::test]
async fn a_new_person_is_invited_by_mail_and_shown_as_invited() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    assert!(ada.get(NEW).await.body.contains("This person gets an invitation by e-mail."));
    let page = sent(&mut ada, NEW, NEW, &FAY).await.body;
    assert!(page.contains("Invitation sent to fay@larkfield.example."), "{page}");
    let row = text_of(row_of(&page, "Fay Ng"));
    assert!(row.contains("User Email MFA set for this person invited never"), "{row}");
    let mail = mail_to(&house, "fay@larkfield.example", 1).await;
    assert!(mail.contains("/invite/"), "{mail}");
    assert_eq!(mails_to(&house, "fay@larkfield.example").await, 1);
    house.close().await;
}

/// A browser that is told twice to send a form gives the first request up.
#[tokio::test]
async fn whoever_hangs_up_leaves_no_half_of_a_person_behind() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let form = Form::on(&ada.get(NEW).await.body, NEW);
    let mut emails = Vec::new();
    for number in 0..60_u32 {
        let email = format!("fay{number}@larkfield.example");
        let asking = ada.filled(&form, &but(&FAY, &[("email", &email)]));
        let mut browser = ada.clone();
        let sending = tokio::spawn(async move { browser.send(asking).await });
        tokio::time::sleep(std::time::Duration::from_micros(500) * number).await;
        sending.abort();
        let _gone = sending.await;
        emails.push(email);
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    for email in emails {
        let page = sent(&mut ada, NEW, NEW, &but(&FAY, &[("email", &email)])).await.body;
        if page.contains("Someone in this company already has that address.") {
            let found = ada.get(&format!("{USERS}?search={email}")).await.body;
            assert!(found.contains("Fay Ng"), "{email} is taken by nobody");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn an_existing_person_gets_no_mail_and_is_asked_at_the_next_login() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let page = ada.get(BEN).await.body;
    let said = "We do not e-mail Ben about this change. It applies from the next login.";
    assert!(page.contains(said), "{page}");
    let page = sent(&mut ada, BEN, BEN, &but(&BEN_AS_HE_IS, &[("mfa", "app")])).await.body;
    assert!(page.contains("Changes to Ben Osei saved."), "{page}");
    let row = text_of(row_of(&page, "Ben Osei"));
    assert!(row.contains("App MFA set for this person no app yet"), "{row}");
    // Were there a mail to Ben, it would be there before this one to Fay.
    let _ = sent(&mut ada, NEW, NEW, &FAY).await;
    let _ = mail_to(&house, "fay@larkfield.example", 1).await;
    assert_eq!(mails_to(&house, "ben@larkfield.example").await, 0);
    let (_, answer) = with_password(&house, "larkfield", "ben@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/link-app");
    house.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_named_field_by_field_and_what_was_typed_is_kept() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let fields = [("first_name", "Fay"), ("last_name", " "), ("email", "fay"), ("mfa", "app")];
    let page = sent(&mut ada, NEW, NEW, &fields).await.body;
    assert!(page.contains("<title>Error: "), "{page}");
    assert!(page.contains("href=\"#last_name\">Enter a last name.<"), "{page}");
    assert!(page.contains("href=\"#email\">We cannot send e-mail to that address"), "{page}");
    assert!(page.contains("value=\"Fay\"") && page.contains("value=\"fay\""), "{page}");
    assert!(page.contains("<option value=\"app\" selected>"), "{page}");
    assert!(!ada.get(USERS).await.body.contains("Fay"));
    // A new form is empty again.
    assert!(!ada.get(NEW).await.body.contains("Fay"));
    house.close().await;
}

#[tokio::test]
async fn an_address_is_taken_within_a_company_however_it_is_spelled_and_free_in_another() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for email in ["ben@larkfield.example", "BEN@larkfield.example"] {
        let page = sent(&mut ada, NEW, NEW, &but(&FAY, &[("email", email)])).await.body;
        assert!(page.contains("Someone in this company already has that address."), "{page}");
        assert!(page.contains("value=\"Fay\""), "{page}");
    }
    let taken =
        but(&BEN_AS_HE_IS, &[("first_name", "Benn"), ("email", "chiara@larkfield.example")]);
    let page = sent(&mut ada, BEN, BEN, &taken).await.body;
    assert!(page.contains("Someone in this company already has that address."), "{page}");
    assert!(!ada.get(USERS).await.body.contains("Benn"));
    let elsewhere = but(&FAY, &[("email", "omar@oakmoor.example")]);
    let page = sent(&mut ada, NEW, NEW, &elsewhere).await.body;
    assert!(page.contains("Invitation sent to omar@oakmoor.example."), "{page}");
    house.close().await;
}

#[tokio::test]
async fn a_person_who_was_changed_meanwhile_is_shown_in_both_versions() {
    let house = House::open().await;
    let mut one = ada(&house).await;
    let mut other = ada(&house).await;
    let form = Form::on(&one.get(BEN).await.body, BEN);
    let theirs = but(&BEN_AS_HE_IS, &[("first_name", "Benjamin"), ("mfa", "email")]);
    let _ = sent(&mut other, BEN, BEN, &theirs).await;
    let yours = but(&BEN_AS_HE_IS, &[("first_name", "Benny")]);
    let late = one.send(one.filled(&form, &yours)).await;
    let page = one.get(late.header("location")).await.body;
    let text = text_of(&page);
    assert!(text.contains("Someone else changed this person while you were here."), "{text}");
    assert!(text.contains("First name Benny Benjamin"), "{text}");
    assert!(text.contains("Two Factor Authentication Company setting Email MFA"), "{text}");
    assert!(one.get(USERS).await.body.contains("Benjamin Osei"), "saved without a look");
    // Saved from here, it is saved in sight of the other.
    let page =
        sent(&mut one, late.header("location"), BEN, &but(&yours, &[("mfa", "email")])).await;
    assert!(page.body.contains("Changes to Benny Osei saved."), "{}", page.body);
    house.close().await;
}

#[tokio::test]
async fn the_sentence_under_the_dropdown_says_what_comes_of_a_choice_and_who_decides() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let said = async |ada: &mut crate::visitor::Visitor, id: &str, choice: &str| {
        text_of(&ada.get(&format!("{USERS}/{id}/effect?mfa={choice}")).await.body)
    };
    let alone = "This person needs only a password.";
    assert_eq!(said(&mut ada, "ben", "company").await, alone);
    assert_eq!(said(&mut ada, "new", "company").await, alone);
    assert_eq!(said(&mut ada, "ben", "app").await, "This person will be asked for App MFA.");
    let own = "This person has set up an app and will be asked for a code from it.";
    assert_eq!(said(&mut ada, "chiara", "company").await, own);
    company_asks(&mut ada, &[("mfa", "app")]).await;
    let wins = "The company requires App MFA, so this person will be asked for that.";
    assert_eq!(said(&mut ada, "ben", "email").await, wins);
    let none = said(&mut ada, "ben", "none").await;
    assert!(
        none.starts_with(
            "You can't turn this off for one person while the company requires it (App MFA)"
        ),
        "{none}"
    );
    assert!(ada.get(BEN).await.body.contains("Company setting (now: App MFA)"));
    house.close().await;
}

#[tokio::test]
async fn no_mfa_for_one_person_never_undercuts_the_company() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    company_asks(&mut ada, &[("mfa", "app")]).await;
    let page = sent(&mut ada, BEN, BEN, &but(&BEN_AS_HE_IS, &[("mfa", "none")])).await.body;
    assert!(text_of(row_of(&page, "Ben Osei")).contains("App MFA company setting"), "{page}");
    let (_, answer) = with_password(&house, "larkfield", "ben@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/link-app");
    house.close().await;
}

#[tokio::test]
async fn lowering_somebody_needs_a_second_step_of_ones_own_and_keeps_the_form() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let _ = sent(&mut ada, BEN, BEN, &but(&BEN_AS_HE_IS, &[("mfa", "app")])).await;
    let lower = but(&BEN_AS_HE_IS, &[("first_name", "Benny"), ("mfa", "email")]);
    let page = sent(&mut ada, BEN, BEN, &lower).await.body;
    assert!(page.contains("Set up an authenticator app for yourself first."), "{page}");
    assert!(page.contains("value=\"Benny\""), "{page}");
    let list = ada.get(USERS).await.body;
    // Nothing of it was saved, not even the name.
    assert!(text_of(row_of(&list, "Ben Osei")).contains("App MFA set for this person"), "{list}");
    house.close().await;
}

#[tokio::test]
async fn a_form_sent_long_after_the_login_comes_back_whole_after_the_step_up() {
    let house = House::open().await;
    company_asks(&mut ada(&house).await, &[("mfa", "email")]).await;
    let mut ada = ada_by_mail(&house).await;
    house.wait(QUARTER);
    let away = ada.submit(NEW, NEW, &FAY).await;
    let step_up = away.header("location").to_owned();
    assert!(step_up.starts_with("/step-up?for=administer"), "{}", away.all());
    assert!(!step_up.contains("Fay") && !step_up.contains("fay"), "{step_up} names somebody");
    assert!(!ada.get(USERS).await.body.contains("Fay"));
    let back = confirm(&house, &mut ada, &step_up).await;
    let page = ada.get(&back).await.body;
    assert!(page.contains("Your changes are not saved yet"), "{page}");
    for typed in ["value=\"Fay\"", "value=\"Ng\"", "value=\"fay@larkfield.example\""] {
        assert!(page.contains(typed), "no {typed} in {page}");
    }
    let page = sent(&mut ada, &back, NEW, &FAY).await.body;
    assert!(page.contains("Invitation sent to fay@larkfield.example."), "{page}");
    // Somebody else who opens the same address sees an empty form.
    let mut another = ada_by_mail(&house).await;
    assert!(!another.get(&back).await.body.contains("value=\"Fay\""));
    house.close().await;
}

#[tokio::test]
async fn a_corrected_address_of_somebody_invited_gets_a_new_invitation() {
    let (house, mut ada) = house_with_an_armed_ada().await;
    let dev = [
        ("first_name", "Dev"),
        ("last_name", "Anand"),
        ("email", "dev.anand@larkfield.example"),
        ("role", "user"),
        ("mfa", "company"),
    ];
    let old = mail_to(&house, "dev@larkfield.example", 1).await;
    let page = sent(&mut ada, "/settings/users/dev", "/settings/users/dev", &dev).await.body;
    assert!(page.contains("Invitation sent to dev.anand@larkfield.example."), "{page}");
    let link = |mail: &str| {
        let rest = mail.split("/invite/").nth(1).unwrap();
        format!("/invite/{}", rest.split(['"', '<', '\n', ' ']).next().unwrap())
    };
    let dead = house.visitor().get(&link(&old)).await.body;
    assert!(!dead.contains("Welcome to Larkfield Freight"), "{dead}");
    for number in 1..=2 {
        let mail = mail_to(&house, "dev.anand@larkfield.example", number).await;
        if mail.contains("/invite/") {
            let page = house.visitor().get(&link(&mail)).await.body;
            assert!(page.contains("Welcome to Larkfield Freight"), "{page}");
            house.close().await;
            return;
        }
    }
    panic!("no invitation went to the new address");
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let (house, mut ada) = house_with_an_armed_ada().await;
    let page = ada.get("/settings/users/ada").await.body;
    assert!(!page.contains("name=\"email\""), "one's own address is changed elsewhere");
    let fields =
        [("first_name", "Ada"), ("last_name", "Moreau"), ("role", "user"), ("mfa", "company")];
    let page = sent(&mut ada, "/settings/users/ada", "/settings/users/ada", &fields).await.body;
    assert!(page.contains("This is the only administrator."), "{page}");
    assert_eq!(ada.get(GENERAL).await.status, 200);
    let _ = sent(&mut ada, BEN, BEN, &but(&BEN_AS_HE_IS, &[("role", "admin")])).await;
    assert_eq!(inside(&house, "ben").await.get(GENERAL).await.status, 200);
    let saved = ada.submit("/settings/users/ada", "/settings/users/ada", &fields).await;
    assert_eq!(saved.header("location"), USERS, "{}", saved.all());
    assert_eq!(ada.get(GENERAL).await.status, 404, "no longer an administrator");
    house.close().await;
}

#[tokio::test]
async fn an_unknown_person_is_not_found_and_nothing_is_saved() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for id in ["nobody", "%00", "..%2f..%2fetc", "omar"] {
        assert_eq!(ada.get(&format!("{USERS}/{id}")).await.status, 404, "{id}");
    }
    house.close().await;
}
