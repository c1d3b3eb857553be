//! A database as the first schema wrote it: every later release must read it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_core::account::EventKind;
use countersign_core::policy::Access;
use countersign_core::store::{Accounts, Store};
use countersign_core::{
    Begun, HOUR, Locale, NewTenant, NewUser, Requirement, Role, TenantId, Ticket, Timestamp,
    UserId, Verdict,
};
use countersign_sql::SqliteStore;
use countersign_testkit::{FakeClock, FakePhone};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::scene::{MONDAY, address, company, key, outside};
use crate::stage::{Stage, other_than, passed, timed};
use crate::{block_on, folder};

/// The secret in Ada's phone, as she would have typed it.
const ADAS_SECRET: &str = "CUXR 54EK OEXL ORVY 3CJO VOHU UJZK ELTB";
/// The moment at which the fixture ends.
const AFTERWARDS: Timestamp = MONDAY.plus(HOUR.saturating_mul(5));

pub(crate) fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/first.db")
}

/// Part: writes the fixture.
pub(crate) async fn makes_the_fixture(path: &Path) {
    let _ = fs::remove_file(path);
    let draft = folder::fresh().join("draft.db");
    let stage = Stage::at(&draft, Requirement::App).await;
    let secret = people(&stage).await;
    assert_eq!(secret, ADAS_SECRET, "the secret in Ada's phone is another one");
    stage.store.close().await;
    let mut outside = outside(&draft).await;
    forget_when(&mut outside).await;
    let vacuum = AssertSqlSafe(format!("VACUUM INTO '{}'", path.display()));
    sqlx::query(vacuum).execute(&mut outside).await.unwrap();
}

/// Two tenants, and people in several states.
async fn people(stage: &Stage) -> String {
    let user = |name: &str| UserId::new(name).unwrap();
    let harbor = NewTenant::new("harbor", "Harbor Tools", Locale::english()).unwrap();
    stage.mfa.create_tenant(harbor).await.unwrap();

    // Ada administers and has an app.
    stage.add_existing_user("ada", NewUser::at(address("ada")).admin()).await;
    let shown = stage.enrollment("ada").await;
    let mut adas = FakePhone::new();
    adas.scan(&shown.app);
    let _ = passed(stage.answer(&shown.ticket, &adas.code(stage.now())).await);
    // Ben has an app as well, and is locked out.
    let bens = stage.link_app("ben").await;
    stage.courier.drain().await.unwrap();
    stage.advance(3600);
    let ticket = stage.challenge("ben").await.ticket;
    for _ in 0..5 {
        let _ = stage.answer(&ticket, other_than(&bens.code(stage.now()))).await;
    }
    // Cleo is exempt, and uses e-mailed codes; one is on its way.
    let role = Role::new("dispatch").unwrap();
    stage.add_existing_user("cleo", NewUser::at(address("cleo")).with_role(role)).await;
    let mut operator = stage.operator();
    operator.set_rule(user("cleo"), Requirement::Email).await.unwrap();
    let until = stage.now().plus(Duration::from_secs(7 * 86_400));
    operator.exempt(user("cleo"), until, "a new phone is on its way").await.unwrap();
    // Dan is switched off; Eve was invited and has no address of her own yet.
    stage.add_existing_user("dan", NewUser::at(address("dan"))).await;
    stage.mfa.suspended(&key("dan")).await.unwrap();
    stage.add_existing_user("eve", NewUser::default()).await;
    stage.courier.drain().await.unwrap();
    stage.clock.set(AFTERWARDS);
    let _ = stage.begin("cleo").await;
    shown.app.key().expose().to_owned()
}

/// The stage over a copy of the fixture, at the moment when it ends.
async fn copy() -> Stage {
    let path = folder::fresh().join("portal.db");
    fs::copy(committed(), &path).unwrap();
    let clock = FakeClock::at(AFTERWARDS);
    let store = timed(&clock).open(&path).await.unwrap();
    Stage::over(store, clock, 99)
}

#[test]
fn what_the_first_schema_wrote_is_read_as_it_was() {
    block_on(async {
        let stage = copy().await;
        let people = stage.store.accounts(&company(), None, 100).await.unwrap();
        let names: Vec<_> = people.iter().map(|person| person.user_id.as_str()).collect();
        assert_eq!(names, ["ada", "ben", "cleo", "dan", "eve"]);
        let facts: Vec<_> =
            people.iter().map(|person| person.account.as_ref().unwrap().value.facts()).collect();
        assert!(facts[0].access == Access::Admin && !facts[0].suspended);
        assert!(facts[2].rule == Requirement::Email && facts[2].exempt_until.is_some());
        assert!(facts[3].suspended);
        assert_eq!(stage.failures("ben").await, 5);
        assert_eq!(people[4].account.as_ref().unwrap().value.address(), None);
        let counts = stage.store.counts(&company()).await.unwrap();
        assert_eq!(counts.iter().map(|group| group.users).sum::<u64>(), 5);
        let (larkfield, _) = stage.store.tenant(&company()).await.unwrap();
        assert_eq!(larkfield.unwrap().value.policy().required(), Requirement::App);
        let (harbor, _) = stage.store.tenant(&TenantId::new("harbor").unwrap()).await.unwrap();
        assert_eq!(harbor.unwrap().value.name().as_str(), "Harbor Tools");
        let events = stage.store.events(&company(), None, None, 1000).await.unwrap();
        let missed = events.iter().filter(|event| matches!(event.what, EventKind::Missed { .. }));
        assert_eq!(missed.count(), 5);
        let linked =
            events.iter().filter(|event| matches!(event.what, EventKind::AppLinked { .. }));
        assert_eq!(linked.count(), 2);
    });
}

#[test]
fn somebody_whom_the_first_schema_knew_logs_in() {
    block_on(async {
        let stage = copy().await;
        let mut phone = FakePhone::new();
        phone.type_key("Larkfield Freight", "ada", ADAS_SECRET).unwrap();
        let ticket = stage.challenge("ada").await.ticket;
        let _ = passed(stage.answer(&ticket, &phone.code(stage.now())).await);
        // Cleo's mail was waiting, and her code is the one that was promised.
        let ticket: Ticket = stage.challenge("cleo").await.ticket;
        let code = stage.mailed_code().await;
        assert_eq!(stage.inbox.mails().len(), 1);
        let verdict = stage.answer(&ticket, &code).await;
        assert!(matches!(verdict, Verdict::Passed(_)), "{verdict:?}");
        assert!(matches!(stage.begin("dan").await, Begun::Refused(_)));
        assert!(stage.store.load(&key("nobody")).await.unwrap().account.is_none());
    });
}

/// Every row of every table, and the schema, as text; without what has a newer form since, and
/// without the keys, of which the first schema knew nothing.
async fn dump(outside: &mut SqliteConnection) -> Vec<String> {
    let mut lines = Vec::new();
    let schema = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    let tables: Vec<(String, String)> =
        sqlx::query_as(schema).fetch_all(&mut *outside).await.unwrap();
    for (name, sql) in tables {
        if sql.starts_with("CREATE TABLE") {
            let columns =
                format!("SELECT name FROM pragma_table_info('{name}') WHERE name <> 'pending'");
            let columns: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(columns)).fetch_all(&mut *outside).await.unwrap();
            let quoted: Vec<_> = columns.iter().map(|name| format!("quote({name})")).collect();
            let rows = format!("SELECT {} FROM {name} ORDER BY 1", quoted.join(" || ' ' || "));
            let rows = sqlx::query(AssertSqlSafe(rows)).fetch_all(&mut *outside).await.unwrap();
            let rows = rows.iter().filter(|_| name != "countersign_key");
            lines.extend(rows.map(|row| format!("{name}: {}", row.get::<String, _>(0))));
        }
        lines.push(sql);
    }
    lines
}

/// When a migration was run, and how long that took, is nobody's business.
async fn forget_when(outside: &mut SqliteConnection) {
    let same = "UPDATE countersign_migrations SET installed_on = '2026-11-24', execution_time = 0";
    sqlx::query(same).execute(outside).await.unwrap();
}

#[test]
fn a_database_of_the_first_schema_becomes_what_this_release_writes() {
    block_on(async {
        let made = folder::fresh().join("made.db");
        makes_the_fixture(&made).await;
        let migrated = folder::fresh().join("migrated.db");
        fs::copy(committed(), &migrated).unwrap();
        let mut outside_of_old = outside(&migrated).await;
        let versions = "SELECT version FROM countersign_migrations ORDER BY version";
        let ran: Vec<i64> =
            sqlx::query_scalar(versions).fetch_all(&mut outside_of_old).await.unwrap();
        assert_eq!(ran, [1], "the file is of the first schema");
        SqliteStore::open(&migrated).await.unwrap().close().await;
        forget_when(&mut outside_of_old).await;
        // A letter that waited counts as one to no domain.
        let known = "UPDATE countersign_letter SET domain = 'larkfield.example' WHERE domain = ''";
        sqlx::query(known).execute(&mut outside_of_old).await.unwrap();
        // What is written for people keeps the words of its day.
        let today = |line: String| line.replace("'adopted'", "'existing-user-added'");
        let was = dump(&mut outside_of_old).await.into_iter().map(today).collect::<Vec<_>>();
        let made = dump(&mut outside(&made).await).await;
        was.iter().zip(&made).for_each(|(was, made)| assert_eq!(was, made));
        assert_eq!(was.len(), made.len());
    });
}

#[test]
fn what_happened_to_one_account_before_the_second_schema_is_found_after_it() {
    block_on(async {
        let stage = copy().await;
        let log = stage.store.events(&company(), None, None, 1000).await.unwrap();
        let ben = Some(stage.account("ben").await.pseudonym());
        let bens: Vec<_> = log.into_iter().filter(|event| event.account == ben).collect();
        assert!(bens.len() > 5, "he missed five times: {bens:?}");
        assert_eq!(stage.store.events(&company(), ben, None, 1000).await.unwrap(), bens);
    });
}
