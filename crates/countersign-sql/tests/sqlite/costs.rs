//! What each operation costs the database: the table of the design, in statements and commits.

use std::path::Path;

use countersign_core::store::{Accounts, ClaimFilter, Outbox, Store};
use countersign_core::{
    Answer, AttemptId, Begun, MINUTE, Method, NewUser, Requirement, Step, Ticket, Verdict,
};
use countersign_testkit::{FakeClock, FakePhone};
use sqlx::SqlitePool;

use crate::scene::{MONDAY, Scribe, address, company, key, outside};
use crate::stage::{Stage, browser, other_than, passed, timed};
use crate::watch::{Seen, Watch};
use crate::{block_on, folder};

const READ: &[&str] = &["SELECT"];
const NOTHING: &[&str] = &[];
const COUNTED: &[&str] = &["SELECT", "UPDATE account", "INSERT event"];
const MAILED: &[&str] = &["SELECT", "UPDATE account", "INSERT event", "INSERT letter"];

struct Metered {
    stage: Stage,
    watch: Watch,
    pool: SqlitePool,
}

impl Metered {
    async fn open(asks: Requirement) -> Self {
        let (pool, watch) = Watch::pool(&folder::fresh().join("host.db"), 2).await;
        let clock = FakeClock::at(MONDAY);
        let store = timed(&clock).on(pool.clone()).await.unwrap();
        let stage = Stage::founded(store, clock, asks).await;
        stage.add_existing_user("ada", NewUser::at(address("ada"))).await;
        watch.take();
        Self { stage, watch, pool }
    }

    /// Runs it and holds what it cost against this; a transaction if and only if it writes.
    #[track_caller]
    fn costs<T>(&self, statements: &[&str], what: &str, act: impl Future<Output = T>) -> T {
        self.watch.take();
        let outcome = block_on(act);
        let writes = statements.iter().any(|statement| *statement != "SELECT");
        let statements = statements.iter().map(|statement| (*statement).to_owned()).collect();
        let expected = Seen { statements, commits: writes.into(), rollbacks: 0 };
        assert_eq!(self.watch.take(), expected, "{what}");
        outcome
    }
}

#[test]
fn beginning_costs_one_statement_and_a_transaction_only_if_a_mail_is_queued() {
    let metered = block_on(Metered::open(Requirement::None));
    let stage = &metered.stage;
    let _ = metered.costs(READ, "nothing asked", stage.begin("ben"));
    let _ = metered.costs(READ, "nobody", stage.begin("nobody"));
    block_on(stage.require(Requirement::Email));
    let challenge = metered.costs(MAILED, "e-mail", stage.challenge("ben"));
    let _ = metered.costs(READ, "joining", stage.challenge("ben"));
    let client = browser();
    let resend = || stage.mfa.resend(&challenge.ticket, &client);
    let _ = metered.costs(READ, "too soon", resend()).unwrap();
    stage.advance(30);
    let _ = metered.costs(MAILED, "resend", resend()).unwrap();
    let _ = metered.costs(READ, "resume", stage.mfa.resume(&challenge.ticket, &client));
    let way = stage.mfa.another_way(&challenge.ticket, Method::App, &client);
    let _ = metered.costs(READ, "another way", way);
    block_on(stage.require(Requirement::App));
    let _ = metered.costs(READ, "enrollment", stage.enrollment("ada"));
    block_on(stage.link_app("ada"));
    stage.advance(30);
    let _ = metered.costs(READ, "app", stage.challenge("ada"));
}

#[test]
fn verifying_costs_one_statement_and_one_short_transaction_right_or_wrong() {
    let metered = block_on(Metered::open(Requirement::Email));
    let stage = &metered.stage;
    let ticket = block_on(stage.challenge("ben")).ticket;
    let code = block_on(stage.mailed_code());
    let missed = metered.costs(COUNTED, "wrong", stage.answer(&ticket, other_than(&code)));
    assert!(matches!(missed, Verdict::Wrong(_)));
    // The first e-mailed code ever: from now on the account has held one.
    let first = &["SELECT", "UPDATE account", "INSERT document", "INSERT event"];
    let _ = passed(metered.costs(first, "the first right one", stage.answer(&ticket, &code)));
    let again = metered.costs(READ, "spent", stage.answer(&ticket, &code));
    assert!(matches!(again, Verdict::Stale(_)));
    stage.advance(60 * 60);
    let ticket = block_on(stage.challenge("ben")).ticket;
    let code = block_on(stage.mailed_code());
    let _ = passed(metered.costs(COUNTED, "the next one", stage.answer(&ticket, &code)));

    block_on(stage.require(Requirement::App));
    let shown = block_on(stage.enrollment("ada"));
    let mut phone = FakePhone::new();
    phone.scan(&shown.app);
    let code = phone.code(stage.now());
    let missed = stage.answer(&shown.ticket, other_than(&code));
    let _ = metered.costs(COUNTED, "confirming wrong", missed);
    let linked = &[
        "SELECT",
        "UPDATE account",
        "INSERT document",
        "INSERT event",
        "INSERT event",
        "INSERT letter",
    ];
    let _ = passed(metered.costs(linked, "confirming", stage.answer(&shown.ticket, &code)));
    stage.advance(30);
    let ticket = block_on(stage.challenge("ada")).ticket;
    let code = phone.code(stage.now());
    let _ = metered.costs(COUNTED, "app, wrong", stage.answer(&ticket, other_than(&code)));
    let _ = passed(metered.costs(COUNTED, "app, right", stage.answer(&ticket, &code)));
}

#[test]
fn what_counts_nothing_writes_nothing() {
    let metered = block_on(Metered::open(Requirement::App));
    let stage = &metered.stage;
    let phone = block_on(stage.link_app("ada"));
    stage.advance(30);
    let ticket = block_on(stage.challenge("ada")).ticket;
    let code = phone.code(stage.now());
    let malformed = metered.costs(NOTHING, "malformed", stage.answer(&ticket, "12345"));
    assert!(matches!(malformed, Verdict::Wrong(_)));
    let forged = Ticket::from_browser(format!("{}A", ticket.expose()));
    let stale = metered.costs(NOTHING, "forged", stage.answer(&forged, &code));
    assert!(matches!(stale, Verdict::Stale(_)));
    let client = || browser().attempt(AttemptId::from_bytes([7; 16]));
    let answer = Answer::code(code.clone());
    let attempt = async || stage.mfa.verify(&ticket, &answer, &client()).await.unwrap();
    let _ = passed(metered.costs(COUNTED, "an attempt", attempt()));
    let _ = passed(metered.costs(READ, "the same attempt", attempt()));
    let ticket = block_on(stage.challenge("ada")).ticket;
    for _ in 0..5 {
        let _ = block_on(stage.answer(&ticket, other_than(&code)));
    }
    let locked = metered.costs(READ, "locked", stage.answer(&ticket, &code));
    assert!(matches!(locked, Verdict::Locked(_)));
    let _ = metered.costs(READ, "beginning while locked", stage.begin("ada"));
}

#[test]
fn a_policy_for_a_whole_company_is_one_row_however_many_people() {
    let metered = block_on(Metered::open(Requirement::None));
    let stage = &metered.stage;
    for number in 0..20 {
        block_on(stage.add_existing_user(&format!("u{number}"), NewUser::default()));
    }
    let written = &["SELECT", "SELECT", "UPDATE tenant", "INSERT event"];
    metered.costs(written, "policy", stage.require(Requirement::App));
    assert!(matches!(
        metered.costs(READ, "in force", stage.begin("u7")),
        Begun::Step(Step::LinkApp(_))
    ));
}

#[test]
fn looking_into_an_empty_outbox_costs_one_statement_and_takes_no_lock() {
    let metered = block_on(Metered::open(Requirement::None));
    let all = ClaimFilter::default();
    let claim = || metered.stage.store.claim(16, 2 * MINUTE, &all);
    assert!(metered.costs(READ, "empty", claim()).unwrap().claimed.is_empty());
    assert!(
        metered
            .costs(
                READ,
                "limit 0",
                metered.stage.store.claim(0, 2 * MINUTE, &ClaimFilter::default())
            )
            .is_ok()
    );
    let scribe = Scribe::new(1);
    block_on(scribe.write_up_to(&metered.stage.store, 4));
    let two = &["SELECT", "SELECT", "UPDATE letter", "UPDATE letter", "SELECT"];
    assert_eq!(metered.costs(two, "two letters", claim()).unwrap().claimed.len(), 2);
    assert!(metered.costs(READ, "held", claim()).unwrap().claimed.is_empty());
}

#[test]
fn a_change_that_lost_costs_one_statement_more_and_leaves_nothing_behind() {
    let metered = block_on(Metered::open(Requirement::None));
    let scribe = Scribe::new(1);
    block_on(scribe.write_up_to(&metered.stage.store, 3));
    let lost = &["SELECT", "UPDATE account"];
    // One transaction that wrote nothing; an empty commit is not flushed.
    let store = &metered.stage.store;
    let conflict = metered.costs(lost, "conflict", async {
        let _ = store.load(&scribe.key).await.unwrap();
        store.commit(scribe.change(3)).await
    });
    assert!(conflict.is_err());
    let pages = &["SELECT"];
    let tenant = company();
    let events = store.events(&tenant, None, None, 0);
    assert!(metered.costs(pages, "no events asked", events).unwrap().is_empty());
}

/// The bytes that a table holds for its rows, as SQLite itself counts them.
async fn payload(pool: &SqlitePool, table: &str) -> i64 {
    let statement = "SELECT coalesce(sum(payload), 0) FROM dbstat WHERE name = ?1";
    sqlx::query_scalar(statement).bind(table).fetch_one(pool).await.unwrap()
}

#[test]
fn a_login_writes_some_hundred_bytes_and_never_the_document() {
    let metered = block_on(Metered::open(Requirement::App));
    let stage = &metered.stage;
    let pool = &metered.pool;
    block_on(async {
        stage.mfa.removed(&key("ben")).await.unwrap();
        let phone = stage.link_app("ada").await;
        let document = async || {
            let statement = "SELECT document, document_version, version, facts
                 FROM countersign_account NATURAL JOIN countersign_document";
            let row: (Vec<u8>, i64, i64, Vec<u8>) =
                sqlx::query_as(statement).fetch_one(pool).await.unwrap();
            row
        };
        let linked = document().await;
        for _ in 0..5 {
            stage.advance(30);
            let before = (document().await, payload(pool, "countersign_event").await);
            let indexed = payload(pool, "countersign_event_account").await;
            let ticket = stage.challenge("ada").await.ticket;
            let _ = passed(stage.answer(&ticket, &phone.code(stage.now())).await);
            let after = document().await;
            assert_eq!((&after.0, after.1, &after.3), (&linked.0, linked.1, &linked.3));
            assert_eq!(after.2, before.0.2 + 1);
            let row = payload(pool, "countersign_account").await;
            let event = payload(pool, "countersign_event").await - before.1;
            let entry = payload(pool, "countersign_event_account").await - indexed;
            println!(
                "a login writes {row} bytes of counters, {event} of its event, {entry} to find it"
            );
            assert!((150..=300).contains(&row), "the row has {row} bytes");
            assert!(event <= 150, "the event has {event} bytes");
            assert!(entry <= 40, "the entry in the index of the event has {entry} bytes");
        }
    });
}

/// How SQLite finds what this constant of the source asks for.
async fn plan(path: &Path, source: &str, constant: &str) -> Vec<String> {
    let (_, statement) = source.split_once(&format!("const {constant}: &str = \"")).unwrap();
    let (statement, _) = statement.split_once("\";").unwrap();
    let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(explain).fetch_all(&mut outside(path).await).await.unwrap();
    plan.into_iter().map(|(.., step)| step).collect()
}

#[test]
fn what_is_read_at_a_login_is_found_by_key_and_never_by_looking_through_a_table() {
    let path = folder::fresh().join("portal.db");
    block_on(async {
        let store = countersign_sql::SqliteStore::open(&path).await.unwrap();
        let _ = store.load(&key("ada")).await.unwrap();
        let plan = plan(&path, include_str!("../../src/sqlite.rs"), "LOAD").await;
        let scans: Vec<_> = plan.iter().filter(|step| step.contains("SCAN ")).collect();
        assert!(plan.iter().filter(|step| step.contains("SEARCH ")).count() == 3, "{plan:?}");
        assert!(scans.iter().all(|step| step.contains("CONSTANT ROW") || step.ends_with('k')));
    });
}

#[test]
fn one_accounts_events_are_found_by_index_however_busy_the_log_is() {
    let path = folder::fresh().join("portal.db");
    block_on(async {
        let stage = Stage::at(&path, Requirement::None).await;
        stage.store.close().await;
        let source = include_str!("../../src/sqlite/accounts.rs");
        let plan = plan(&path, source, "EVENTS_OF_ONE").await;
        let by = "SEARCH countersign_event USING INDEX countersign_event_account";
        assert_eq!(
            plan,
            [
                &*format!("{by} (tenant=? AND account=? AND number<?)"),
                "SCALAR SUBQUERY 1",
                &*format!("{by} (tenant=? AND account=?)"),
                // Asked only if the page ends before an event of somebody else.
                "SCALAR SUBQUERY 2",
                "SEARCH countersign_event USING PRIMARY KEY (tenant=?)",
            ]
        );
    });
}

#[test]
fn a_preview_counts_by_walking_an_index_and_reads_no_account() {
    let path = folder::fresh().join("portal.db");
    block_on(async {
        countersign_sql::SqliteStore::open(&path).await.unwrap().close().await;
        let source = include_str!("../../src/sqlite/accounts.rs");
        let walk = "SEARCH countersign_account USING COVERING INDEX countersign_account_facts";
        assert_eq!(plan(&path, source, "COUNTS").await, [format!("{walk} (tenant=?)")]);
    });
}
