//! A host tests its own pages, as a person with a browser goes through them.

use countersign::{
    AccountKey, Keys, Locale, MemoryStore, Mfa, NewTenant, NewUser, OsRandom, Requirement,
};
use countersign_testkit::{Browser, Inbox};
use testing_your_login::web;

#[tokio::test]
async fn a_password_and_the_mailed_code_log_in_and_neither_does_alone()
-> Result<(), Box<dyn std::error::Error>> {
    let inbox = Inbox::new();
    let builder = Mfa::builder().store(MemoryStore::new()).mailer(inbox.clone());
    let (mfa, courier) = builder.keys(Keys::ephemeral(&OsRandom)?).build()?;
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    mfa.create_tenant(company).await?;
    let ben = NewUser::at("ben@larkfield.example".parse()?).with_rule(Requirement::Email);
    mfa.add_existing_user(&AccountKey::new("larkfield", "ben")?, ben).await?;
    let mut browser = Browser::new(web::portal(mfa)?);

    assert_eq!(browser.open("/").await.path(), "/login?next=/");
    let page = browser.submit(&[("user", "ben"), ("password", "a guess")]).await;
    assert_eq!(page.path(), "/login");
    let page = browser.submit(&[("user", "ben"), ("password", "correct horse")]).await;
    assert!(page.text().contains("b••@larkfield.example"), "{page:?}");
    assert_eq!(browser.clone().open("/").await.path(), "/login?next=/");

    courier.drain().await?;
    let wrong = if inbox.code() == "123456" { "654321" } else { "123456" };
    assert_eq!(browser.submit(&[("code", wrong)]).await.path(), "/login/code");
    let page = browser.submit(&[("code", &inbox.code())]).await;
    assert_eq!(page.text(), "Hello ben.");
    Ok(())
}
