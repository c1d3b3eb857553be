//! A damaged database is never read as if nothing was there, and never lets anybody in.

use std::fs;
use std::path::{Path, PathBuf};

use countersign_core::account::EventKind;
use countersign_core::keys::Rekeying;
use countersign_core::mail::{MailKind, Template};
use countersign_core::store::{
    Accounts, ClaimFilter, Group, Outbox, Settlement, Store, StoreError,
};
use countersign_core::{
    Begun, ErrorKind, KeyId, Locale, MINUTE, NewTenant, NewUser, Policy, Requirement, Restoring,
    Step, TenantId, Verdict,
};
use countersign_sql::{OpenError, SqliteStore};
use countersign_testkit::FakePhone;
use sqlx::AssertSqlSafe;

use crate::scene::{Scribe, address, company, corrupt, key, outside};
use crate::stage::{Stage, passed};
use crate::{block_on, folder};

/// Ada and Ben, who both linked an app; Ben's phone.
async fn two_people(path: &Path) -> (Stage, FakePhone) {
    let stage = Stage::at(path, Requirement::App).await;
    stage.add_existing_user("ada", NewUser::at(address("ada"))).await;
    stage.link_app("ada").await;
    let phone = stage.link_app("ben").await;
    stage.advance(60);
    (stage, phone)
}

async fn run(path: &Path, statement: &str) {
    let statement = AssertSqlSafe(statement.to_owned());
    sqlx::raw_sql(statement).execute(&mut outside(path).await).await.unwrap();
}

/// Damages Ben's document in this way; from then on he is neither let in nor enrolled anew, and
/// Ada and those who look at the tenant are told what is the matter.
fn refuses_ben(damage: &str) {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, phone) = two_people(&path).await;
        let ticket = stage.challenge("ben").await.ticket;
        let kept = "CREATE TABLE kept AS SELECT * FROM countersign_document";
        run(&path, kept).await;
        run(&path, damage).await;

        let place = corrupt(stage.store.load(&key("ben")).await);
        assert!(place.contains("countersign_account"), "{place}");
        assert!(place.contains("larkfield") && place.contains("ben"), "{place}");
        let begun = stage.try_begin("ben").await;
        assert_eq!(begun.unwrap_err().kind(), ErrorKind::Corrupt, "{damage}");
        let verdict = stage.try_answer(&ticket, &phone.code(stage.now())).await;
        assert_eq!(verdict.unwrap_err().kind(), ErrorKind::Corrupt, "{damage}");
        let host = stage.mfa.add_existing_user(&key("ben"), NewUser::default()).await;
        assert_eq!(host.unwrap_err().kind(), ErrorKind::Corrupt, "{damage}");
        let listed = stage.store.accounts(&company(), None, 10).await.unwrap();
        let readable: Vec<_> = listed.iter().map(|listed| listed.account.is_ok()).collect();
        assert_eq!(readable, [true, false], "Ada is listed, and Ben as damaged");

        let back = "DELETE FROM countersign_document;
             INSERT INTO countersign_document SELECT * FROM kept";
        run(&path, back).await;
        let _ = passed(stage.answer(&ticket, &phone.code(stage.now())).await);
    });
}

#[test]
fn a_person_whose_document_is_missing_is_refused_and_not_enrolled() {
    refuses_ben("DELETE FROM countersign_document WHERE user = CAST('ben' AS BLOB)");
}

#[test]
fn a_person_with_the_document_of_another_is_refused() {
    refuses_ben(
        "UPDATE countersign_document SET document =
            (SELECT document FROM countersign_document WHERE user = CAST('ada' AS BLOB))
         WHERE user = CAST('ben' AS BLOB)",
    );
}

#[test]
fn a_document_cut_short_emptied_or_flipped_is_refused() {
    for damaged in [
        "substr(document, 1, 40)",
        "x''",
        "CAST(document || x'00' AS BLOB)",
        "zeroblob(length(document))",
    ] {
        refuses_ben(&format!(
            "UPDATE countersign_document SET document = {damaged}
             WHERE user = CAST('ben' AS BLOB)"
        ));
    }
}

#[test]
fn an_older_document_of_the_same_person_is_refused() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let stage = Stage::at(&path, Requirement::App).await;
        run(&path, "CREATE TABLE old AS SELECT * FROM countersign_document").await;
        let phone = stage.link_app("ben").await;
        stage.advance(60);
        run(&path, "UPDATE countersign_document SET document = (SELECT document FROM old)").await;
        // It was valid, and says that Ben has no app: whoever knows his password could link one.
        let begun = stage.try_begin("ben").await;
        assert_eq!(begun.unwrap_err().kind(), ErrorKind::Corrupt);
        drop(phone);
    });
}

#[test]
fn an_older_account_beside_the_newer_document_is_refused() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let stage = Stage::at(&path, Requirement::App).await;
        run(&path, "CREATE TABLE old AS SELECT * FROM countersign_account").await;
        stage.link_app("ben").await;
        run(&path, "REPLACE INTO countersign_account SELECT * FROM old").await;
        assert_eq!(stage.try_begin("ben").await.unwrap_err().kind(), ErrorKind::Corrupt);
    });
}

#[test]
fn a_company_with_the_document_of_another_or_an_older_one_is_refused() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, _) = two_people(&path).await;
        let other = TenantId::new("harbor").unwrap();
        stage.store.commit(crate::scene::found(&other)).await.unwrap();
        run(&path, "CREATE TABLE kept AS SELECT * FROM countersign_tenant").await;
        for document in [
            "(SELECT document FROM kept WHERE tenant = CAST('harbor' AS BLOB))",
            "x''",
            "substr(document, 1, 20)",
        ] {
            run(&path, &format!("UPDATE countersign_tenant SET document = {document}")).await;
            assert_eq!(stage.try_begin("ben").await.unwrap_err().kind(), ErrorKind::Corrupt);
            let place = corrupt(stage.store.tenant(&company()).await);
            assert!(place.starts_with("countersign_tenant larkfield"), "{place}");
            run(&path, "REPLACE INTO countersign_tenant SELECT * FROM kept").await;
        }
        // An older policy that asks for less does not come back by itself.
        stage.require(Requirement::None).await;
        run(&path, "UPDATE countersign_tenant SET document = (SELECT document FROM kept)").await;
        assert_eq!(stage.try_begin("ben").await.unwrap_err().kind(), ErrorKind::Corrupt);
        // Without its row the tenant is unknown, and nobody is let in.
        run(&path, "DELETE FROM countersign_tenant").await;
        assert!(matches!(stage.begin("ben").await, Begun::Refused(_)));
    });
}

#[test]
fn reported_columns_decide_nothing() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, phone) = two_people(&path).await;
        let before = stage.account("ben").await;
        run(
            &path,
            "UPDATE countersign_account SET failures = 77, address = 'eve@evil.example',
                 roles = 'owner', rule = 'none', methods = '', facts = x'00';
             UPDATE countersign_tenant SET name = 'Evil', required = 'none'",
        )
        .await;
        assert_eq!(stage.account("ben").await, before);
        let ticket = stage.challenge("ben").await.ticket;
        let _ = passed(stage.answer(&ticket, &phone.code(stage.now())).await);
        // The report that is made of them says of how many it is not.
        let counts = stage.store.counts(&company()).await.unwrap();
        assert_eq!(counts, [Group { facts: None, users: 2 }]);
    });
}

#[test]
fn a_letter_that_cannot_be_read_holds_up_nobody_else_and_is_reported() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let stage = Stage::at(&path, Requirement::None).await;
        let scribe = Scribe::new(1);
        scribe.write_up_to(&stage.store, 8).await;
        run(
            &path,
            "UPDATE countersign_letter SET body = x'ff' WHERE number = 1;
             UPDATE countersign_letter SET lease = 9223372036854775807 WHERE number = 3",
        )
        .await;
        let lease = 2 * MINUTE;
        let due = stage.store.claim(10, lease, &ClaimFilter::default()).await.unwrap();
        assert_eq!(due.claimed.len(), 2, "the others are claimed");
        for claimed in due.claimed {
            let settled = stage.store.settle(claimed.letter.id, claimed.lease, Settlement::Done);
            settled.await.unwrap();
        }
        assert!(
            stage.store.claim(10, lease, &ClaimFilter::default()).await.unwrap().claimed.is_empty()
        );
        stage.clock.advance(lease);
        let place = corrupt(stage.store.claim(10, lease, &ClaimFilter::default()).await);
        assert!(place.starts_with("countersign_letter number 1"), "{place}");
        assert!(
            stage.store.claim(10, lease, &ClaimFilter::default()).await.unwrap().claimed.is_empty(),
            "it is put off"
        );
        assert_eq!(
            stage.store.claim(0, lease, &ClaimFilter::default()).await.unwrap().next,
            Some(stage.now().plus(lease))
        );
    });
}

#[test]
fn an_event_that_cannot_be_read_is_named_and_disturbs_no_login() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, phone) = two_people(&path).await;
        run(&path, "UPDATE countersign_event SET detail = x'' WHERE number = 2").await;
        let events = stage.store.events(&company(), None, None, 100).await.unwrap();
        let told: Vec<_> = events.iter().map(|event| event.what == EventKind::Unreadable).collect();
        let unreadable = told.iter().filter(|unreadable| **unreadable).count();
        assert!(unreadable == 1 && told[told.len() - 2], "{told:?}");
        let ticket = stage.challenge("ben").await.ticket;
        let _ = passed(stage.answer(&ticket, &phone.code(stage.now())).await);
        assert_eq!(stage.store.events(&company(), None, None, 1).await.unwrap().len(), 1);
    });
}

#[test]
fn erasing_a_person_whose_document_is_missing_erases_them() {
    use countersign_core::store::{Change, Part};
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, _) = two_people(&path).await;
        let version = stage.store.load(&key("ben")).await.unwrap().account.unwrap().version;
        run(&path, "DELETE FROM countersign_document WHERE user = CAST('ben' AS BLOB)").await;
        let erase = Change { account: Part::Erase(version), ..Change::to_account(&key("ben")) };
        stage.store.commit(erase.clone()).await.unwrap();
        assert!(stage.store.load(&key("ben")).await.unwrap().account.is_none());
        assert!(matches!(stage.store.commit(erase).await, Err(StoreError::Conflict)));
    });
}

#[test]
fn the_reset_of_a_damaged_account_replaces_every_part_of_it() {
    block_on(async {
        for damage in [
            "DELETE FROM countersign_document WHERE user = CAST('ben' AS BLOB)",
            "UPDATE countersign_document SET document = x'00' WHERE user = CAST('ben' AS BLOB)",
            "UPDATE countersign_account SET pending = x'' WHERE user = CAST('ben' AS BLOB)",
            "UPDATE countersign_account SET document_version = 7, facts = x'ff', address = 'eve',
                 locked_until = -1 WHERE user = CAST('ben' AS BLOB)",
        ] {
            let path = folder::fresh().join("portal.db");
            let (stage, _) = two_people(&path).await;
            run(&path, damage).await;
            let error = stage.try_begin("ben").await.unwrap_err();
            assert_eq!(error.code(), "account.damaged", "{damage}");
            let ben = NewUser::at(address("ben"));
            stage.mfa.reset_damaged(&key("ben"), ben, "Kim", "a broken disk").await.unwrap();
            stage.mfa.resumed(&key("ben")).await.unwrap();
            let account = stage.account("ben").await;
            assert_eq!(account.apps().count(), 0, "{damage}");
            let counts = stage.store.counts(&company()).await.unwrap();
            assert!(counts.iter().any(|group| group.facts == Some(account.facts())), "{damage}");
            let challenge = stage.challenge("ben").await;
            let code = stage.mailed_code().await;
            let verdict = stage.answer(&challenge.ticket, &code).await;
            assert!(matches!(verdict, Verdict::Step(Step::LinkApp(_))), "{damage}: {verdict:?}");
        }
    });
}

#[test]
fn an_account_of_a_later_release_is_not_damaged_and_not_replaced() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, _) = two_people(&path).await;
        // The counters of another form; the node beside this one is newer, and reads them.
        let later =
            "UPDATE countersign_account SET pending = CAST(x'ff' || substr(pending, 2) AS BLOB)
             WHERE user = CAST('ben' AS BLOB)";
        run(&path, later).await;
        let error = stage.try_begin("ben").await.unwrap_err();
        assert_eq!(error.code(), "account.unknown_form");
        let ben = NewUser::at(address("ben"));
        let told = stage.mfa.reset_damaged(&key("ben"), ben, "Kim", "a broken disk").await;
        assert_eq!(told.unwrap_err().code(), "account.unknown_form");
        assert_eq!(
            stage.mfa.removed(&key("ben")).await.unwrap_err().code(),
            "account.unknown_form"
        );
    });
}

#[test]
fn a_row_that_no_id_leads_to_shortens_no_page() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, _) = two_people(&path).await;
        stage.add_existing_user("cleo", NewUser::default()).await;
        run(
            &path,
            "INSERT INTO countersign_account SELECT tenant, x'6164ff', version, written_at, last_step,
                 failures, locked_until, second_step_at, pending, document_version, facts, address,
                 roles, rule, methods FROM countersign_account WHERE user = CAST('ben' AS BLOB)",
        )
        .await;
        for limit in 1..4 {
            let listed = stage.store.accounts(&company(), None, limit).await.unwrap();
            assert_eq!(listed.len(), limit);
        }
        assert_eq!(stage.store.accounts(&company(), None, 9).await.unwrap().len(), 3);
    });
}

#[test]
fn many_letters_that_cannot_be_read_hold_up_no_code() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let stage = Stage::at(&path, Requirement::Email).await;
        let scribe = Scribe::new(1);
        scribe.write_up_to(&stage.store, 2).await;
        run(
            &path,
            "WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < 500)
             INSERT INTO countersign_letter (id, tenant, user, due, attempts, lease, body, lane, domain)
             SELECT randomblob(16), tenant, user, due, 0, 0, x'ff', 0, ''
             FROM countersign_letter, copies",
        )
        .await;
        stage.challenge("ben").await;
        stage.courier.drain().await.unwrap();
        let codes = stage.inbox.mails().iter().filter(|mail| *mail.to() == address("ben")).count();
        assert_eq!(codes, 1, "the code is sent in the same round");
        stage.clock.advance(2 * MINUTE);
        assert!(stage.courier.drain().await.is_err(), "the operator hears of the damage");
    });
}

#[test]
fn damaged_mail_texts_hold_up_no_code() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let stage = Stage::at(&path, Requirement::Email).await;
        let english = Locale::english();
        let text = Template::parse(MailKind::LoginCode, &english, "Ours", "{code}").unwrap();
        stage.operator().set_mail_text(text).await.unwrap();
        run(&path, "UPDATE countersign_texts SET document = x'00'").await;
        let challenge = stage.challenge("ben").await;
        let code = stage.mailed_code().await;
        let _ = passed(stage.answer(&challenge.ticket, &code).await);
        assert_ne!(stage.inbox.last().unwrap().subject(), "Ours");
        assert_eq!(stage.operator().mail_texts().await.unwrap_err().kind(), ErrorKind::Corrupt);
        stage.operator().reset_mail_texts().await.unwrap();
        assert_eq!(stage.operator().mail_texts().await.unwrap().iter().count(), 0);
    });
}

#[test]
fn a_damaged_tenant_refuses_its_people_and_stops_no_act_on_the_others() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, _) = two_people(&path).await;
        let english = Locale::english();
        let harbor = NewTenant::new("aharbor", "Harbor", english.clone()).unwrap();
        let zenith = NewTenant::new("zenith", "Zenith", english).unwrap();
        for tenant in [harbor, zenith] {
            stage.mfa.create_tenant(tenant).await.unwrap();
        }
        let larkfield = "UPDATE countersign_tenant SET document = x'' WHERE name LIKE 'Larkfield%'";
        run(&path, larkfield).await;
        let error = stage.try_begin("ben").await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Corrupt, "tenant.damaged"));
        assert!(error.to_string().contains("`Mfa::reset_damaged_tenant`"), "{error}");
        let ben = NewUser::at(address("ben"));
        let told = stage.mfa.reset_damaged(&key("ben"), ben, "Kim", "a broken disk").await;
        assert_eq!(told.unwrap_err().code(), "tenant.damaged");

        let mut walk = Rekeying::default();
        while !walk.is_done() {
            walk = stage.mfa.rekey(walk, 10).await.unwrap();
        }
        assert_eq!(
            (walk.damaged_tenants.number, &walk.damaged_tenants.first[..]),
            (1, &[company()][..])
        );
        assert_eq!(walk.may_go(KeyId::new(9)), None);
        let mut act = Restoring::default();
        while !act.done {
            act = stage.mfa.restored(act, 2, "Kim", "a broken disk").await.unwrap();
        }
        assert_eq!((act.tenants, &act.damaged.first[..]), (2, &[company()][..]));
    });
}

#[test]
fn the_reset_of_a_damaged_tenant_leaves_its_people_their_apps_and_its_texts() {
    block_on(async {
        let path = folder::fresh().join("portal.db");
        let (stage, phone) = two_people(&path).await;
        let english = Locale::english();
        let text = Template::parse(MailKind::LoginCode, &english, "Ours", "{code}").unwrap();
        stage.operator().set_mail_text(text).await.unwrap();
        run(&path, "UPDATE countersign_tenant SET document = x'00'").await;
        let new = NewTenant::new("larkfield", "Larkfield Freight", english).unwrap();
        let policy = Policy::requiring(Requirement::App);
        stage.mfa.reset_damaged_tenant(new, policy, "Kim", "a broken disk").await.unwrap();
        stage.advance(120);
        let ticket = stage.challenge("ben").await.ticket;
        let _ = passed(stage.answer(&ticket, &phone.code(stage.now())).await);
        assert_eq!(stage.operator().mail_texts().await.unwrap().iter().count(), 1);
    });
}

/// A closed database with people in it.
fn a_file() -> PathBuf {
    let path = folder::fresh().join("portal.db");
    block_on(async {
        let (stage, _) = two_people(&path).await;
        for number in 0..20 {
            stage.add_existing_user(&format!("u{number}"), NewUser::at(address("u"))).await;
        }
        stage.store.close().await;
    });
    path
}

#[test]
fn a_file_that_was_cut_short_or_overwritten_never_says_that_somebody_is_absent() {
    let whole = a_file();
    let bytes = fs::read(&whole).unwrap();
    let mut told = 0;
    let mut read = 0;
    for damage in 0..24 {
        let mut bytes = bytes.clone();
        let page = 4096 * (1 + damage % 12);
        match damage / 12 {
            0 => bytes.truncate(page.min(bytes.len())),
            _ => bytes.iter_mut().skip(page).take(4096).for_each(|byte| *byte = 0xa5),
        }
        let path = folder::fresh().join("portal.db");
        fs::write(&path, &bytes).unwrap();
        block_on(async {
            let store = match SqliteStore::open(&path).await {
                Ok(store) => store,
                Err(error) => {
                    told += 1;
                    return assert!(!matches!(error, OpenError::Busy(_)), "{error:?}");
                }
            };
            for user in ["ada", "ben"] {
                match store.load(&key(user)).await {
                    Ok(found) => {
                        assert!(found.account.is_some(), "damage {damage}: {user} looks absent");
                        read += 1;
                    }
                    Err(
                        StoreError::Damaged(_)
                        | StoreError::DamagedTenant(_)
                        | StoreError::Corrupt { .. }
                        | StoreError::Unavailable(_),
                    ) => told += 1,
                    Err(other) => panic!("damage {damage}: {other:?}"),
                }
            }
        });
    }
    println!("{told} were told of damage, {read} were read whole");
    assert!(told >= 12 && read >= 4);
}
