//! Mail texts: seen by every process at once, and in nobody's way when they are damaged.

use countersign_core::account::EventKind;
use countersign_core::mail::{MailKind, Template, Texts};
use countersign_core::store::{Accounts, Store, StoreError};
use countersign_core::{Locale, Requirement};
use countersign_sql::SqliteStore;

use crate::scene::{company, corrupt, key, outside};
use crate::stage::{Stage, passed, timed};
use crate::{block_on, folder};

fn text(number: usize) -> Template {
    let locale: Locale = format!("xx-v{number:02}").parse().unwrap();
    let body = format!("Locked until {{until}}.\n\n{}", "word ".repeat(60));
    Template::parse(MailKind::Locked, &locale, "Locked", &body).unwrap()
}

/// A tenant with many texts, and a second process's store on the same file.
async fn two_stores() -> (Stage, SqliteStore, std::path::PathBuf) {
    let path = folder::fresh().join("portal.db");
    let stage = Stage::at(&path, Requirement::Email).await;
    for number in 0..12 {
        stage.operator().set_mail_text(text(number)).await.unwrap();
    }
    let other = timed(&stage.clock).open(&path).await.unwrap();
    (stage, other, path)
}

#[test]
fn texts_outlast_every_other_change_and_are_seen_by_every_process() {
    block_on(async {
        let (stage, other, _) = two_stores().await;
        for (number, asked) in (12..).zip([Requirement::App, Requirement::None]) {
            stage.require(asked).await;
            stage.operator().set_mail_text(text(number)).await.unwrap();
            stage.operator().sign_everybody_out().await.unwrap();
            let texts = other.mail_texts(&company()).await.unwrap();
            assert_eq!(texts.iter().count(), number + 1);
            assert_eq!(texts, stage.store.mail_texts(&company()).await.unwrap());
        }
    });
}

#[test]
fn texts_that_are_lost_stale_or_of_another_company_are_refused_and_hold_up_no_login() {
    block_on(async {
        let (stage, other, path) = two_stores().await;
        let mut raw = outside(&path).await;
        let mut run = async |statement: &'static str| {
            sqlx::raw_sql(statement).execute(&mut raw).await.unwrap();
        };
        run("CREATE TABLE kept AS SELECT * FROM countersign_texts").await;
        stage.operator().set_mail_text(text(13)).await.unwrap();
        // Old ones do not come back by themselves, and none are not taken for the standard ones.
        for damage in [
            "UPDATE countersign_texts SET document = (SELECT document FROM kept)",
            "UPDATE countersign_texts SET document = x'00'",
            "DELETE FROM countersign_texts",
        ] {
            run(damage).await;
            let place = corrupt(other.mail_texts(&company()).await);
            assert!(place.starts_with("countersign_texts larkfield"), "{place}");
        }
        // The code goes out in standard words.
        let ticket = stage.challenge("ben").await.ticket;
        let code = stage.mailed_code().await;
        let _ = passed(stage.answer(&ticket, &code).await);
        run("INSERT INTO countersign_texts SELECT * FROM kept;
             UPDATE countersign_tenant SET texts_version = NULL")
        .await;
        assert_eq!(other.mail_texts(&company()).await.unwrap(), Texts::default());
    });
}

/// The tenant's document in the golden file of the core, which holds a text, under version 77.
fn golden() -> &'static str {
    let file = include_str!("../../../countersign-core/tests/data/stored-form-1.txt");
    file.lines().find_map(|line| line.strip_prefix("company document: ")).unwrap()
}

#[test]
fn texts_that_the_first_schema_kept_inside_the_company_are_carried_over() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        std::fs::copy(crate::fixture::committed(), &path).unwrap();
        let with_text = sqlx::AssertSqlSafe(format!(
            "UPDATE countersign_tenant SET version = 77, document = x'{}'
             WHERE tenant = CAST('larkfield' AS BLOB);
             UPDATE countersign_tenant SET document = x'00' WHERE name = 'Harbor Tools'",
            golden()
        ));
        let mut raw = outside(&path).await;
        sqlx::raw_sql(with_text).execute(&mut raw).await.unwrap();
        let clock = countersign_testkit::FakeClock::at(crate::scene::MONDAY);
        let store = timed(&clock).open(&path).await.unwrap();
        let carried = store.mail_texts(&company()).await.unwrap();
        let texts: Vec<_> = carried.iter().map(|text| (text.kind(), text.subject())).collect();
        assert_eq!(texts, [(MailKind::Locked, "Trop d'essais")]);
        let tenant = store.load(&key("ben")).await.unwrap().tenant.unwrap();
        assert_eq!(tenant.version.number(), 77);
        assert_eq!(tenant.value.policy().roles().len(), 1);
        let inside = "SELECT length(document) FROM countersign_tenant WHERE version = 77";
        let left: i64 = sqlx::query_scalar(inside).fetch_one(&mut raw).await.unwrap();
        assert!(left < 100, "{left} bytes: the texts are still inside");
        // One that cannot be read is damaged as before, and keeps nobody else from logging in.
        let harbor = countersign_core::TenantId::new("harbor").unwrap();
        assert!(matches!(store.tenant(&harbor).await, Err(StoreError::DamagedTenant(_))));
        // And they stay when the policy changes.
        let stage = Stage::over(store, clock, 99);
        stage.require(Requirement::None).await;
        assert_eq!(stage.store.mail_texts(&company()).await.unwrap(), carried);
        let log = stage.store.events(&company(), None, None, 1).await.unwrap();
        assert!(matches!(log[0].what, EventKind::PolicyChanged { .. }));
    });
}
