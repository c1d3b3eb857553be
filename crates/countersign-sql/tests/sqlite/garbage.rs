//! Anything in any column, which strict tables refuse and a broken disk does not: an error, never
//! a panic, and never an account that looks absent.

use std::path::Path;

use countersign_core::account::Account;
use countersign_core::mail::{MailKind, Template};
use countersign_core::store::{
    Accounts, ClaimFilter, DamagedAccount, DamagedTenant, Outbox, Store, StoreError,
};
use countersign_core::{Locale, MINUTE, NewUser, Requirement};
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::scene::{Scribe, address, company, is_unavailable, key, outside};
use crate::stage::Stage;
use crate::{block_on, folder};

const GARBAGE: [&str; 8] = [
    "NULL",
    "'text'",
    "x'00ff'",
    "x''",
    "1.5",
    "-1",
    "9223372036854775807",
    "-9223372036854775807 - 1",
];

/// Tables and columns, less the keys by which rows are found.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("tenant", &["version", "written_at", "name", "required", "document", "texts_version"]),
    ("texts", &["document"]),
    (
        "account",
        &[
            "version",
            "written_at",
            "last_step",
            "failures",
            "locked_until",
            "second_step_at",
            "pending",
            "document_version",
            "facts",
            "address",
            "roles",
            "rule",
            "methods",
        ],
    ),
    ("document", &["document"]),
    ("event", &["number", "id", "account", "at", "kind", "detail"]),
    ("letter", &["number", "id", "tenant", "user", "due", "attempts", "lease", "body"]),
];

/// Somebody who spoils the file.
struct Spoiler(SqliteConnection);

impl Spoiler {
    async fn of(path: &Path) -> Self {
        let mut spoiler = Self(outside(path).await);
        // Nothing of it needs to last.
        spoiler.run("PRAGMA synchronous = OFF".to_owned()).await;
        spoiler
    }

    async fn run(&mut self, statement: String) {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.0).await.unwrap();
    }

    /// Rebuilds the tables so that they take anything, and keeps a copy of each.
    async fn loosen(&mut self) {
        for (table, _) in COLUMNS {
            self.run(format!(
                "CREATE TABLE kept_{table} AS SELECT * FROM countersign_{table};
                 DROP TABLE countersign_{table};
                 CREATE TABLE countersign_{table} AS SELECT * FROM kept_{table};"
            ))
            .await;
        }
    }

    async fn restore(&mut self, table: &str) {
        let table = format!(
            "DELETE FROM countersign_{table}; INSERT INTO countersign_{table} SELECT * FROM kept_{table}"
        );
        self.run(table).await;
    }
}

/// An answer that a damaged row may get.
fn is_told<T>(what: &str, result: Result<T, StoreError>) -> Option<T> {
    match result {
        Ok(found) => Some(found),
        Err(
            StoreError::Corrupt { place }
            | StoreError::Damaged(DamagedAccount { place, .. })
            | StoreError::DamagedTenant(DamagedTenant { place, .. }),
        ) => {
            assert!(place.contains("countersign_"), "{what}: {place} is no place");
            None
        }
        Err(StoreError::Unavailable(error)) => {
            // Should a writer or a reader have panicked, this is what it would say.
            assert!(!error.to_string().contains("has stopped"), "{what}: {error}");
            None
        }
        Err(other) => panic!("{what}: {other:?}"),
    }
}

/// Whether what was read can be told from what was written.
fn differs(found: &Account, written: &Account) -> bool {
    found != written
}

#[test]
fn anything_in_any_column_is_an_error_and_never_a_panic() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let stage = Stage::at(&path, Requirement::App).await;
        stage.link_app("ben").await;
        let scribe = Scribe::new(1);
        stage.add_existing_user("ada", NewUser::at(address("ada"))).await;
        let text =
            Template::parse(MailKind::LoginCode, &Locale::english(), "Code", "{code}").unwrap();
        stage.operator().set_mail_text(text).await.unwrap();
        let texts = stage.store.mail_texts(&company()).await.unwrap();
        let written = stage.account("ben").await;
        let mut spoiler = Spoiler::of(&path).await;
        spoiler.loosen().await;
        let mut refused = 0;
        for (table, columns) in COLUMNS {
            for column in columns {
                for value in GARBAGE {
                    let what = format!("{table}.{column} = {value}");
                    spoiler.run(format!("UPDATE countersign_{table} SET {column} = {value}")).await;
                    let store = &stage.store;
                    match is_told(&what, store.load(&key("ben")).await) {
                        Some(found) => {
                            let account = found.account.unwrap_or_else(|| panic!("{what}: absent"));
                            assert!(found.tenant.is_some(), "{what}: the company is absent");
                            // The counters are plain numbers; any of them may be a true one.
                            let counter = ["last_step", "locked_until", "second_step_at"];
                            let plain = table == "account" && counter.contains(column);
                            assert!(plain || !differs(&account.value, &written), "{what}");
                        }
                        None => refused += 1,
                    }
                    is_told(&what, store.tenant(&company()).await);
                    if let Some(found) = is_told(&what, store.mail_texts(&company()).await) {
                        let gone = what == "tenant.texts_version = NULL";
                        assert!(gone || found == texts, "{what}: other mail texts");
                    }
                    is_told(&what, store.accounts(&company(), None, 10).await);
                    is_told(&what, store.counts(&company()).await);
                    is_told(&what, store.events(&company(), None, None, 10).await);
                    is_told(&what, store.claim(10, MINUTE, &ClaimFilter::default()).await);
                    let committed = store.commit(scribe.change(2)).await;
                    assert!(
                        matches!(committed, Err(StoreError::Conflict)),
                        "{what}: {committed:?}"
                    );
                    spoiler.restore(table).await;
                    spoiler.restore("letter").await;
                }
            }
        }
        println!("{refused} of the loads were refused");
        assert!(refused >= 8 * 5, "{refused}");
        assert_eq!(stage.account("ben").await, written);
    });
}

#[test]
fn tables_that_are_gone_make_the_store_unavailable_and_nobody_absent() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let stage = Stage::at(&path, Requirement::App).await;
        let scribe = Scribe::new(1);
        let mut spoiler = Spoiler::of(&path).await;
        for (table, _) in COLUMNS {
            spoiler.run(format!("ALTER TABLE countersign_{table} RENAME TO gone")).await;
            if !matches!(table, "event" | "letter" | "texts") {
                assert!(is_unavailable(&stage.store.load(&key("ben")).await), "{table}");
                assert!(stage.try_begin("ben").await.is_err());
            }
            let mut change = scribe.change(1);
            change.letters = vec![scribe.letter(2)];
            change.tenant = countersign_core::store::Part::Compare(None);
            if table == "tenant" {
                assert!(is_unavailable(&stage.store.commit(change).await), "{table}");
            }
            spoiler.run(format!("ALTER TABLE gone RENAME TO countersign_{table}")).await;
        }
        scribe.write_up_to(&stage.store, 3).await;
        assert_eq!(scribe.audit(&stage.store, &path).await, 3);
    });
}
