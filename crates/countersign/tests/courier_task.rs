//! The courier's task on tokio: it sends while it runs, ends when it is told to, and not before.
#![cfg(feature = "tokio")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test may")]

use countersign::{
    AccountKey, Begun, Client, FirstFactor, Keys, Locale, MemoryStore, Mfa, NewTenant, NewUser,
    OsRandom, Requirement, Step,
};
use countersign_testkit::Inbox;

/// Somebody whose next login queues a mail.
async fn portal(inbox: &Inbox) -> (Mfa, countersign::CourierTask) {
    let (mfa, courier) = Mfa::builder()
        .store(MemoryStore::new())
        .mailer(inbox.clone())
        .keys(Keys::ephemeral(&OsRandom).unwrap())
        .build()
        .unwrap();
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
    mfa.create_tenant(company).await.unwrap();
    for user in ["ben", "cleo"] {
        let new_user = NewUser::at(format!("{user}@larkfield.example").parse().unwrap());
        let key = AccountKey::new("larkfield", user).unwrap();
        mfa.add_existing_user(&key, new_user.with_rule(Requirement::Email)).await.unwrap();
    }
    (mfa, countersign::spawn_courier(courier))
}

async fn begin(mfa: &Mfa, user: &str) {
    let key = AccountKey::new("larkfield", user).unwrap();
    let client = Client::bound_to("f3a1c5d97b204e86").unwrap();
    let begun = mfa.begin(&key, FirstFactor::Password, &client).await.unwrap();
    assert!(matches!(begun, Begun::Step(Step::EnterCode(_))), "{begun:?}");
}

#[tokio::test]
async fn what_was_queued_before_the_stop_is_sent_and_what_comes_later_is_not() {
    let inbox = Inbox::new();
    let (mfa, task) = portal(&inbox).await;
    begin(&mfa, "ben").await;
    task.shutdown().await.unwrap();
    assert_eq!(inbox.mails().len(), 1);
    begin(&mfa, "cleo").await;
    tokio::task::yield_now().await;
    assert_eq!(inbox.mails().len(), 1);
}

#[tokio::test]
async fn a_handle_that_was_dropped_stops_no_mail() {
    let inbox = Inbox::new();
    let (mfa, task) = portal(&inbox).await;
    drop(task);
    begin(&mfa, "ben").await;
    while inbox.mails().is_empty() {
        tokio::task::yield_now().await;
    }
}
