//! A tenant with many mail texts is not parsed at each login, and never answered from memory once
//! anything of it changed.

use countersign_core::account::Tenant;
use countersign_core::mail::{MailKind, Template};
use countersign_core::store::{Store, StoreError};
use countersign_core::{Locale, Policy, Requirement};
use countersign_sql::SqliteStore;

use crate::scene::{company, corrupt, key, outside};
use crate::stage::{Stage, timed};
use crate::{block_on, folder};

async fn read(store: &SqliteStore) -> Tenant {
    store.load(&key("ben")).await.unwrap().tenant.unwrap().value
}

/// A tenant whose document is long, and a second process's store on the same file.
async fn two_stores() -> (Stage, SqliteStore, std::path::PathBuf) {
    let path = folder::fresh().join("portal.db");
    let stage = Stage::at(&path, Requirement::Email).await;
    let mut operator = stage.mfa.operator(company(), "a test", "texts").unwrap();
    for number in 0..12 {
        let locale: Locale = format!("xx-v{number:02}").parse().unwrap();
        let body = format!("Locked until {{until}}.\n\n{}", "word ".repeat(60));
        let text = Template::parse(MailKind::Locked, &locale, "Locked", &body).unwrap();
        operator.set_mail_text(text).await.unwrap();
    }
    let other = timed(&stage.clock).open(&path).await.unwrap();
    (stage, other, path)
}

#[test]
fn what_another_process_changed_in_a_company_is_seen_at_once() {
    block_on(async {
        let (stage, other, _) = two_stores().await;
        for asked in [Requirement::App, Requirement::None, Requirement::Email] {
            assert_eq!(read(&other).await, read(&stage.store).await);
            let mut operator = stage.mfa.operator(company(), "a test", "policy").unwrap();
            let (_, revision) = operator.policy().await.unwrap();
            let policy = Policy::requiring(asked);
            let start = countersign_core::Start::Now;
            let _ = operator.set_policy(policy, revision, start).await.unwrap();
            assert_eq!(read(&other).await.policy().required(), asked);
            assert_eq!(read(&other).await.texts().iter().count(), 12);
        }
    });
}

#[test]
fn damage_to_a_company_that_was_read_before_is_found_and_not_remembered_over() {
    block_on(async {
        let (_, store, path) = two_stores().await;
        let before = read(&store).await;
        const LAST_BYTE: &str = "UPDATE countersign_tenant SET document =
            CAST(substr(document, 1, length(document) - 1) || x'00' AS BLOB)";
        const VERSION: &str = "UPDATE countersign_tenant SET version = version + 1";
        const BACK: &str = "UPDATE countersign_tenant SET version = version - 1";
        let mut raw = outside(&path).await;
        sqlx::query(VERSION).execute(&mut raw).await.unwrap();
        let _ = corrupt(store.load(&key("ben")).await);
        sqlx::query(BACK).execute(&mut raw).await.unwrap();
        assert_eq!(read(&store).await, before);
        sqlx::query(LAST_BYTE).execute(&mut raw).await.unwrap();
        let found = store.load(&key("ben")).await;
        assert!(matches!(found, Err(StoreError::Corrupt { .. })), "{found:?}");
    });
}
