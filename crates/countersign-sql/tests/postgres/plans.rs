//! How each statement finds what it asks for, in a database with many accounts: by an index, and by no
//! look through a table.

use countersign_sql::PostgresStore;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::block_on;
use crate::server::{plain, server};

/// Tenants of twenty accounts each.
const TENANTS: i64 = 4000;

/// As many accounts, events and letters as make an index worth while, without a single login.
const FILL: &str = r"
INSERT INTO countersign_tenant
SELECT convert_to('tenant ' || t, 'UTF8'), 1, 0, 'Name', 'app', '\x00', 1 FROM generate_series(1, $tenants) AS t;
INSERT INTO countersign_texts SELECT tenant_id, document FROM countersign_tenant;
INSERT INTO countersign_account
SELECT t.tenant_id, convert_to('user ' || u, 'UTF8'), 1, 0, 1, 0, NULL, NULL, 1,
    decode(repeat('00', 60), 'hex'), decode(repeat('0' || u % 3, 40), 'hex'), 'a@example.org', '', 'none', 'app'
FROM countersign_tenant AS t, generate_series(1, 20) AS u;
INSERT INTO countersign_document
SELECT tenant_id, user_id, decode(repeat('00', 300), 'hex') FROM countersign_account;
INSERT INTO countersign_event (tenant_id, at, id, account, kind, detail)
SELECT tenant_id, 0, decode(md5(user_id || tenant_id || convert_to(e::text, 'UTF8')), 'hex'),
    decode(md5(user_id || tenant_id), 'hex'), 'missed', '\x00'
FROM countersign_account, generate_series(1, 2) AS e;
INSERT INTO countersign_letter (due, attempts, lease, lane, id, tenant_id, user_id, domain, body)
SELECT extract(epoch FROM now()) * 1000 + n, 0, 0, n % 2, decode(md5(n::text), 'hex'), 'tenant 7', 'user 7',
    'example.org', '\x00'
FROM generate_series(1, 20000) AS n;
INSERT INTO countersign_key SELECT n, '\x00' FROM generate_series(1, 5) AS n;
ANALYZE";

/// The statement of this name in the source, as the tables of the search path take it.
fn statement(constant: &str) -> String {
    let source = include_str!("../../src/postgres/statements.rs");
    let (_, statement) = source.split_once(&format!("const {constant}: &str = \"")).unwrap();
    statement.split_once("\";").unwrap().0.to_owned()
}

/// The plan for a statement that is run with whatever values: the one which a busy connection uses.
async fn plan(outside: &mut PgConnection, statement: &str, values: &str) -> String {
    let prepare = format!(
        "SET plan_cache_mode = force_generic_plan; DEALLOCATE ALL; PREPARE asked AS {statement}"
    );
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *outside).await.unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN (COSTS off) EXECUTE asked ({values})"));
    let lines = sqlx::raw_sql(explain).fetch_all(outside).await.unwrap();
    let lines = lines.iter().map(|line| sqlx::Row::get::<String, _>(line, 0));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_statement_looks_through_a_table_however_many_tenants_there_are() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let pool = server.pool(&schema, 1).await;
        let _ = PostgresStore::options().danger_flush_seldom().on(pool).await.unwrap();
        let mut outside = server.outside(&schema).await;
        let fill = FILL.replace("$tenants", &TENANTS.to_string());
        sqlx::raw_sql(AssertSqlSafe(fill)).execute(&mut outside).await.unwrap();
        let nothing = |count: usize| vec!["NULL"; count].join(", ");
        for (constant, values) in [
            ("LOAD", "'tenant 7', 'user 7', NULL"),
            ("TENANT", "'tenant 7', NULL"),
            ("TEXTS", "'tenant 7'"),
            ("ACCOUNTS", "'tenant 7', '', 50"),
            ("COUNTS", "'tenant 7'"),
            ("EVENTS", "'tenant 7', NULL, 50"),
            ("EVENTS_OF_ONE", "'tenant 7', NULL, 50, NULL"),
            ("TENANTS", "'', 50"),
            ("COUNT", &nothing(21)),
            ("CHANGE", &nothing(40)),
            ("CLAIM", "NULL, 16, 1000, 0, '{}', '{}'"),
            ("CLAIM of any lane", "NULL, 16, 1000, NULL, '{}', '{}'"),
            ("DONE", "'\\x00', 1"),
            ("AGAIN", "'\\x00', 1, 1"),
            ("EXTENDED", "'\\x00', 1, 1"),
        ] {
            let text = match constant.strip_suffix(" of any lane") {
                Some(constant) => statement(constant).replace("l.lane = $4", "$4::bigint IS NULL"),
                None => statement(constant),
            };
            let plan = plan(&mut outside, &text, values).await;
            let through = plan.lines().find(|line| line.contains("Seq Scan on countersign_"));
            assert!(through.is_none(), "{constant} looks through a table:\n{plan}");
            let sorted = plan.lines().find(|line| line.contains("Sort Key: l"));
            assert!(sorted.is_none(), "{constant} sorts all that is due:\n{plan}");
        }
        let claim = plan(&mut outside, &statement("CLAIM"), "NULL, 16, 1000, 0, '{}', '{}'").await;
        assert!(claim.contains("Index Scan using countersign_letter_lane"), "{claim}");
        let of_one = statement("EVENTS_OF_ONE");
        let events = plan(&mut outside, &of_one, "'tenant 7', NULL, 50, NULL").await;
        let first = events.lines().find(|line| line.contains("Index")).unwrap();
        assert!(first.contains("countersign_event_account"), "{events}");
    });
}
