//! What else an administrator does for one person: invitation, lock, exemption, pass, reset.

use super::{
    BEN, QUARTER, USERS, ada, ada_by_mail, but, company_asks, confirm, house_with_an_armed_ada,
    href_of, inside, mail_to, mailed_code, mails_to, row_of, sent, text_of, until, with_password,
};
use crate::house::House;

const DEV: &str = "/settings/users/dev";
const RESET: &str = "/settings/users/ben/reset";
const EXEMPT: &str = "/settings/users/ben/exempt";

/// A house whose company asks for a mailed code, and Ada, who has used one.
async fn with_a_strong_ada() -> (House, crate::visitor::Visitor) {
    let house = House::open().await;
    company_asks(&mut ada(&house).await, &[("mfa", "email")]).await;
    let ada = ada_by_mail(&house).await;
    (house, ada)
}

/// Ben, logged in with a mailed code.
async fn ben_by_mail(house: &House) -> crate::visitor::Visitor {
    let before = mails_to(house, "ben@larkfield.example").await;
    let (mut ben, _) = with_password(house, "larkfield", "ben@larkfield.example").await;
    let code = mailed_code(house, "ben@larkfield.example", before + 1).await;
    let answer = ben.submit("/login/code", "/login/code", &[("code", &code)]).await;
    assert_eq!(answer.header("location"), "/home", "{}", answer.all());
    ben
}

#[tokio::test]
async fn an_invitation_is_sent_again_after_a_minute_and_not_before() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let page = ada.get(DEV).await.body;
    assert!(page.contains("You can send it again after 14:33 UTC."), "{page}");
    assert!(!page.contains("/settings/users/dev/invite"), "the button is there too early");
    let mut early = crate::visitor::Form::on(&page, "/settings/users/dev/withdraw");
    "/settings/users/dev/invite".clone_into(&mut early.action);
    let refused = ada.send(ada.filled(&early, &[])).await;
    let page = ada.get(refused.header("location")).await.body;
    assert!(page.contains("less than a minute ago"), "{page}");
    house.wait(60);
    let page = sent(&mut ada, DEV, "/settings/users/dev/invite", &[]).await.body;
    assert!(page.contains("Invitation sent to dev@larkfield.example."), "{page}");
    let _ = mail_to(&house, "dev@larkfield.example", 2).await;
    assert_eq!(mails_to(&house, "dev@larkfield.example").await, 2);
    house.close().await;
}

#[tokio::test]
async fn a_withdrawn_invitation_is_dead_and_one_that_ran_out_says_so() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let mail = mail_to(&house, "dev@larkfield.example", 1).await;
    let rest = mail.split("/invite/").nth(1).unwrap();
    let link = format!("/invite/{}", rest.split(['"', '<', '\n']).next().unwrap());
    assert!(house.visitor().get(&link).await.body.contains("Welcome"), "the link works");
    let page = sent(&mut ada, DEV, "/settings/users/dev/withdraw", &[]).await.body;
    assert!(page.contains("Invitation cancelled. The link no longer works."), "{page}");
    assert!(!house.visitor().get(&link).await.body.contains("Welcome"), "the link still works");
    house.close().await;

    let house = House::open().await;
    house.wait(8 * 86_400);
    let mut ada = super::ada(&house).await;
    assert!(
        text_of(row_of(&ada.get(USERS).await.body, "Dev Anand")).contains("invitation expired")
    );
    assert!(ada.get(DEV).await.body.contains("The invitation has expired (1 December 2026"));
    house.close().await;
}

#[tokio::test]
async fn an_invitation_that_was_refused_is_shown_and_the_address_can_be_corrected() {
    let (house, mut ada) = house_with_an_armed_ada().await;
    // The demo's inbox refuses mail to Elif, whoever is called so.
    let elif = [
        ("first_name", "Elif"),
        ("last_name", "Kaya"),
        ("email", "elif.kaya@larkfield.example"),
        ("role", "user"),
        ("mfa", "company"),
    ];
    let place = "/settings/users/elif";
    let _ = sent(&mut ada, place, place, &elif).await;
    let fields = but(&elif, &[("first_name", "Eli"), ("email", "elif@larkfield.example")]);
    let page = sent(&mut ada, super::NEW, super::NEW, &fields).await.body;
    assert!(page.contains("Invitation sent to elif@larkfield.example."), "{page}");
    until(&mut ada, USERS, |list| list.contains("invitation not delivered")).await;
    let list = ada.get(USERS).await.body;
    let page = ada.get(href_of(row_of(&list, "Eli Kaya"))).await.body;
    assert!(page.contains("the mail server does not accept this address"), "{page}");
    let latest = text_of(page.split("id=\"latest\"").nth(1).unwrap_or_default());
    assert!(latest.contains("The mail server did not accept the address"), "{latest}");
    house.close().await;
}

#[tokio::test]
async fn a_reset_needs_a_reason_logs_out_and_tells_the_person() {
    let (house, mut ada) = with_a_strong_ada().await;
    let mut ben = ben_by_mail(&house).await;
    let page = sent(&mut ada, RESET, RESET, &[("reason", " ")]).await.body;
    assert!(page.contains("href=\"#reason\">Enter a reason"), "{page}");
    assert_eq!(ben.get("/home").await.status, 200, "nothing was reset");
    let page = sent(&mut ada, RESET, RESET, &[("reason", "lost phone")]).await.body;
    assert!(page.contains("The authenticators of Ben Osei were reset."), "{page}");
    assert!(ben.get("/home").await.header("location").starts_with("/login"), "still inside");
    let mail = mail_to(&house, "ben@larkfield.example", 2).await;
    assert!(mail.contains("lost phone"), "{mail}");
    let log = ada.get("/settings/audit").await.body;
    assert!(text_of(&log).contains("Authenticators reset Reason: lost phone"), "{log}");
    house.close().await;
}

#[tokio::test]
async fn nobody_resets_or_exempts_themselves() {
    let (house, mut ada) = with_a_strong_ada().await;
    let page = ada.get("/settings/users/ada").await.body;
    assert!(page.contains("For your own account, use Account security."), "{page}");
    assert!(!page.contains("/settings/users/ada/reset"), "{page}");
    let form = crate::visitor::Form::on(&ada.get(RESET).await.body, RESET);
    for act in ["reset", "exempt"] {
        let place = format!("/settings/users/ada/{act}");
        assert_eq!(ada.get(&place).await.header("location"), "/settings/users/ada");
        let mut own = form.clone();
        own.action = place;
        let fields = [("reason", "because"), ("until", "2026-11-30")];
        let answer = ada.send(ada.filled(&own, &fields)).await;
        let page = ada.get(answer.header("location")).await.body;
        assert!(page.contains("You can't do this to your own account."), "{page}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_reset_long_after_the_login_asks_for_a_step_up_and_keeps_the_reason() {
    let (house, mut ada) = with_a_strong_ada().await;
    let mut ben = ben_by_mail(&house).await;
    house.wait(QUARTER);
    let away = ada.submit(RESET, RESET, &[("reason", "lost phone")]).await;
    let step_up = away.header("location").to_owned();
    assert!(step_up.starts_with("/step-up?for=administer"), "{}", away.all());
    assert!(!step_up.contains("lost"), "the reason stands in an address");
    assert_eq!(ben.get("/home").await.status, 200, "reset without a step-up");
    let back = confirm(&house, &mut ada, &step_up).await;
    let page = ada.get(&back).await.body;
    assert!(page.contains("value=\"lost phone\""), "{page}");
    let page = sent(&mut ada, &back, RESET, &[("reason", "lost phone")]).await.body;
    assert!(page.contains("were reset."), "{page}");
    house.close().await;
}

#[tokio::test]
async fn without_a_second_step_of_ones_own_there_is_nothing_to_press() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    for place in [RESET, EXEMPT] {
        let page = ada.get(place).await.body;
        assert!(page.contains("Set up an authenticator app for yourself first."), "{page}");
        assert!(!page.contains(&format!("action=\"{place}")), "{page}");
    }
    house.close().await;
}

#[tokio::test]
async fn an_exemption_has_a_day_and_a_reason_and_ends_by_itself() {
    let (house, mut ada) = with_a_strong_ada().await;
    for (until, reason, wrong) in [
        ("2026-11-24", "travels", "#until"),
        ("2027-01-31", "travels", "#until"),
        ("", "travels", "#until"),
        ("2026-11-25", "", "#reason"),
    ] {
        let fields = [("until", until), ("reason", reason)];
        let page = sent(&mut ada, EXEMPT, EXEMPT, &fields).await.body;
        assert!(page.contains(&format!("href=\"{wrong}\"")), "{until} {reason}: {page}");
    }
    let fields = [("until", "2026-11-25"), ("reason", "travels")];
    let page = sent(&mut ada, EXEMPT, EXEMPT, &fields).await.body;
    assert!(page.contains("Ben Osei is exempt until 26 November 2026 00:00 UTC."), "{page}");
    let list = ada.get(USERS).await.body;
    assert!(
        text_of(row_of(&list, "Ben Osei")).contains("No MFA exempt until 26 November"),
        "{list}"
    );
    let _ = inside(&house, "ben").await;
    let page = sent(&mut ada, BEN, "/settings/users/ben/end-exemption", &[]).await.body;
    assert!(page.contains("Ben Osei is no longer exempt."), "{page}");
    let _ = sent(&mut ada, EXEMPT, EXEMPT, &fields).await;
    house.wait(2 * 86_400);
    let (_, answer) = with_password(&house, "larkfield", "ben@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/code");
    house.close().await;
}

#[tokio::test]
async fn somebody_locked_is_shown_as_locked_and_is_unlocked_by_one_button() {
    let (house, mut ada) = with_a_strong_ada().await;
    let (mut ben, _) = with_password(&house, "larkfield", "ben@larkfield.example").await;
    let code = mailed_code(&house, "ben@larkfield.example", 1).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let _ = ben.submit("/login/code", "/login/code", &[("code", wrong)]).await;
    }
    let list = ada.get(&format!("{USERS}?state=locked")).await.body;
    assert!(text_of(row_of(&list, "Ben Osei")).contains("locked until 14:32 UTC"), "{list}");
    let page = sent(&mut ada, BEN, "/settings/users/ben/unlock", &[]).await.body;
    assert!(page.contains("Ben Osei is unlocked."), "{page}");
    let answer = ben.submit("/login/code", "/login/code", &[("code", &code)]).await;
    assert_eq!(answer.header("location"), "/home", "{}", answer.all());
    house.close().await;
}

#[tokio::test]
async fn an_approval_lets_somebody_link_a_first_app_and_can_be_taken_back() {
    let (house, mut ada) = with_a_strong_ada().await;
    let with_approval = [("mfa", "email"), ("before_enrollment", "approval")];
    company_asks(&mut ada, &with_approval).await;
    let fields = but(&super::BEN_AS_HE_IS, &[("mfa", "app")]);
    let page = sent(&mut ada, BEN, BEN, &fields).await.body;
    assert!(
        text_of(row_of(&page, "Ben Osei")).contains("must be allowed to set up an app"),
        "{page}"
    );
    let page = sent(&mut ada, BEN, "/settings/users/ben/approve", &[]).await.body;
    assert!(
        page.contains("Ben Osei may set up an app until 25 November 2026 14:32 UTC."),
        "{page}"
    );
    let (_, answer) = with_password(&house, "larkfield", "ben@larkfield.example").await;
    assert_eq!(answer.header("location"), "/login/link-app");
    let page = sent(&mut ada, BEN, "/settings/users/ben/withdraw-approval", &[]).await.body;
    assert!(page.contains("Permission cancelled."), "{page}");
    let (_, answer) = with_password(&house, "larkfield", "ben@larkfield.example").await;
    assert_ne!(answer.header("location"), "/login/link-app");
    house.close().await;
}

#[tokio::test]
async fn a_button_pressed_long_after_the_login_says_to_press_it_again() {
    let (house, mut ada) = with_a_strong_ada().await;
    house.wait(QUARTER);
    let away = ada.submit(DEV, "/settings/users/dev/invite", &[]).await;
    let step_up = away.header("location").to_owned();
    assert!(step_up.starts_with("/step-up?for=administer"), "{}", away.all());
    let back = confirm(&house, &mut ada, &step_up).await;
    assert_eq!(back, DEV);
    let page = ada.get(&back).await.body;
    assert!(page.contains("Now press the button again."), "{page}");
    assert_eq!(mails_to(&house, "dev@larkfield.example").await, 1, "sent without a press");
    house.close().await;
}

#[tokio::test]
async fn an_act_that_nobody_knows_does_not_exist() {
    let house = House::open().await;
    let mut ada = ada(&house).await;
    let mut form =
        crate::visitor::Form::on(&ada.get(DEV).await.body, "/settings/users/dev/withdraw");
    for act in ["frobnicate", "", "remove", "ben/invite"] {
        form.action = format!("{DEV}/{act}");
        assert_eq!(ada.send(ada.filled(&form, &[])).await.status, 404, "{act}");
    }
    // Nobody is invited twice who has accepted already.
    form.action = format!("{BEN}/invite");
    assert_eq!(ada.send(ada.filled(&form, &[])).await.status, 404);
    assert_eq!(ada.get(&format!("{DEV}/withdraw")).await.header("location"), DEV);
    house.close().await;
}
