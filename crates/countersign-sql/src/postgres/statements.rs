//! Every statement of this dialect, in view. Each is prepared once on each connection.
//!
//! A change is one statement, so that it is one round trip and one commit, and there is no moment at
//! which a transaction is open. The names of tables get their schema when the store is opened.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// The statements, for the tables in one schema.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) load: SqlStr,
    pub(super) tenant: SqlStr,
    pub(super) texts: SqlStr,
    pub(super) accounts: SqlStr,
    pub(super) counts: SqlStr,
    pub(super) events: SqlStr,
    pub(super) events_of_one: SqlStr,
    pub(super) tenants: SqlStr,
    pub(super) fingerprints: SqlStr,
    pub(super) keep_fingerprint: SqlStr,
    pub(super) lock: SqlStr,
    pub(super) count: SqlStr,
    pub(super) change: SqlStr,
    pub(super) claim: SqlStr,
    pub(super) claim_of_lane: SqlStr,
    pub(super) done: SqlStr,
    pub(super) again: SqlStr,
    pub(super) extended: SqlStr,
}

impl Statements {
    /// For the tables in this schema, whose name is quoted already.
    pub(super) fn of(schema: &str) -> Self {
        let table = format!(" {schema}.countersign_");
        let text = |text: &str| AssertSqlSafe(text.replace(" countersign_", &table)).into_sql_str();
        Self {
            load: text(LOAD),
            tenant: text(TENANT),
            texts: text(TEXTS),
            accounts: text(ACCOUNTS),
            counts: text(COUNTS),
            events: text(EVENTS),
            events_of_one: text(EVENTS_OF_ONE),
            tenants: text(TENANTS),
            fingerprints: text(FINGERPRINTS),
            keep_fingerprint: text(KEEP_FINGERPRINT),
            lock: text(LOCK),
            count: text(COUNT),
            change: text(CHANGE),
            // The parameter stays, so that both are filled alike.
            claim: text(&CLAIM.replace("l.lane = $4", "$4::bigint IS NULL")),
            claim_of_lane: text(CLAIM),
            done: text(DONE),
            again: text(AGAIN),
            extended: text(EXTENDED),
        }
    }
}

/// Tenant, account, document and time in one statement. Whether a row is there is told by its key, so
/// that no damage to another column makes it look absent.
///
/// The time is that of the snapshot, which the database does not tell. It was taken between `now()`,
/// when this statement arrived, and the clock; and what is in it was written before it was taken. So
/// the time is `now()`, or when the youngest record in it was written. `now()` would be wrong in a
/// transaction that began earlier; there is none: see `connections.rs`.
const LOAD: &str = "
SELECT t.tenant_id IS NOT NULL, a.tenant_id IS NOT NULL,
       least(
           greatest(coalesce($3::bigint, floor(extract(epoch FROM now()) * 1000)::bigint),
                    t.written_at, a.written_at),
           CASE WHEN $3 IS NULL THEN floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint END),
       t.version, t.document,
       a.version, a.last_step, a.failures, a.locked_until, a.second_step_at, a.pending,
       a.document_version, d.document
FROM (SELECT $1::bytea AS tenant_id, $2::bytea AS user_id) AS k
LEFT JOIN countersign_tenant   AS t ON t.tenant_id = k.tenant_id
LEFT JOIN countersign_account  AS a ON a.tenant_id = k.tenant_id AND a.user_id = k.user_id
LEFT JOIN countersign_document AS d ON d.tenant_id = a.tenant_id AND d.user_id = a.user_id";

const TENANT: &str = "
SELECT t.tenant_id IS NOT NULL,
       least(
           greatest(coalesce($2::bigint, floor(extract(epoch FROM now()) * 1000)::bigint),
                    t.written_at),
           CASE WHEN $2 IS NULL THEN floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint END),
       t.version, t.document
FROM (SELECT $1::bytea AS tenant_id) AS k
LEFT JOIN countersign_tenant AS t ON t.tenant_id = k.tenant_id";

const TEXTS: &str = "
SELECT t.texts_version, x.document FROM countersign_tenant AS t
LEFT JOIN countersign_texts AS x ON x.tenant_id = t.tenant_id
WHERE t.tenant_id = $1 AND t.texts_version IS NOT NULL";

/// No id is empty, so every id comes after nothing.
const ACCOUNTS: &str = "
SELECT a.user_id, a.version, a.last_step, a.failures, a.locked_until, a.second_step_at, a.pending,
       a.document_version, d.document
FROM countersign_account AS a
LEFT JOIN countersign_document AS d ON d.tenant_id = a.tenant_id AND d.user_id = a.user_id
WHERE a.tenant_id = $1 AND a.user_id > $2 ORDER BY a.user_id LIMIT $3";

const COUNTS: &str = "
SELECT a.facts, count(*) FROM countersign_account AS a WHERE a.tenant_id = $1 GROUP BY a.facts";

/// An id that is not in this tenant's log comes before nothing. It is looked for from the newest on:
/// an index would cost every login a write, for the sake of turning pages.
const EVENTS: &str = "
SELECT e.number, e.id, e.account, e.at, e.detail FROM countersign_event AS e
WHERE e.tenant_id = $1
  AND e.number < CASE WHEN $2::bytea IS NULL THEN 9223372036854775807 ELSE
      (SELECT b.number FROM countersign_event AS b
       WHERE b.tenant_id = $1 AND b.id = $2 ORDER BY b.number DESC LIMIT 1) END
ORDER BY e.number DESC LIMIT $3";

/// Whoever turns the pages of one account's events names one of them, so the id is looked for among
/// these first; the tenant's whole log is asked only if it is not there.
const EVENTS_OF_ONE: &str = "
SELECT e.number, e.id, e.account, e.at, e.detail FROM countersign_event AS e
WHERE e.tenant_id = $1 AND e.account = $4::bytea
  AND e.number < CASE WHEN $2::bytea IS NULL THEN 9223372036854775807 ELSE coalesce(
      (SELECT b.number FROM countersign_event AS b
       WHERE b.tenant_id = $1 AND b.account = $4 AND b.id = $2 ORDER BY b.number DESC LIMIT 1),
      (SELECT b.number FROM countersign_event AS b
       WHERE b.tenant_id = $1 AND b.id = $2 ORDER BY b.number DESC LIMIT 1)) END
ORDER BY e.number DESC LIMIT $3";

const TENANTS: &str = "
SELECT t.tenant_id FROM countersign_tenant AS t WHERE t.tenant_id > $1 ORDER BY t.tenant_id LIMIT $2";

const FINGERPRINTS: &str = "SELECT k.key, k.fingerprint FROM countersign_key AS k ORDER BY k.key";

const KEEP_FINGERPRINT: &str = "
WITH kept AS (
    INSERT INTO countersign_key (key, fingerprint) VALUES ($1, $2) ON CONFLICT DO NOTHING)
SELECT true";

/// Takes these locks until the transaction ends.
const LOCK: &str = "SELECT count(pg_advisory_xact_lock(k)) > 0 FROM unnest($1::bigint[]) AS k";

/// What a login writes: the counters of one account, its events and its letters, if the version is the
/// expected one. A write that waited for another sees what that one wrote, and finds another version.
const COUNT: &str = "
WITH counted AS (
    UPDATE countersign_account AS a
    SET version = $4, last_step = $5, failures = $6, locked_until = $7, second_step_at = $8,
        pending = $9,
        written_at = coalesce($15::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    WHERE a.tenant_id = $1::bytea AND a.user_id = $2::bytea AND a.version = $3::bigint
    RETURNING 1),
logged AS (
    INSERT INTO countersign_event (tenant_id, at, id, account, kind, detail)
    SELECT $1, e.at, e.id, e.account, e.kind, e.detail
    FROM unnest($10::bigint[], $11::bytea[], $12::bytea[], $13::text[], $14::bytea[])
        WITH ORDINALITY AS e (at, id, account, kind, detail, place)
    WHERE EXISTS (SELECT FROM counted) ORDER BY e.place),
queued AS (
    INSERT INTO countersign_letter (due, attempts, lease, lane, id, tenant_id, user_id, domain, body)
    SELECT coalesce($15::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint), 0, 0,
        l.lane, l.id, l.tenant_id, l.user_id, l.domain, l.body
    FROM unnest($16::bigint[], $17::bytea[], $18::bytea[], $19::bytea[], $20::text[], $21::bytea[])
        WITH ORDINALITY AS l (lane, id, tenant_id, user_id, domain, body, place)
    WHERE EXISTS (SELECT FROM counted) ORDER BY l.place)
SELECT EXISTS (SELECT FROM counted)";

/// Any change. Everything that it compares or writes is locked first, the tenant before accounts and
/// these in the order of their ids, so that changes do not lock each other out. A row that is locked
/// stays as it was compared. What is to be absent has no row to lock: who creates a record takes a lock
/// in its name (`$3`), and so does who compares that it is absent, one statement earlier. Of two
/// creations the later one violates the primary key, and nothing of it is written.
const CHANGE: &str = "
WITH locks AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(k) FROM unnest($3::bigint[]) AS k),
tenant_there AS MATERIALIZED (
    SELECT t.version FROM countersign_tenant AS t
    WHERE t.tenant_id = $1::bytea AND $4::text <> 'leave' AND (SELECT count(*) FROM locks) >= 0
    FOR NO KEY UPDATE),
accounts_there AS MATERIALIZED (
    SELECT a.user_id, a.version FROM countersign_account AS a
    WHERE a.tenant_id = $1 AND a.user_id = ANY ($12::bytea[])
        AND (SELECT count(*) FROM tenant_there) >= 0
    ORDER BY a.user_id FOR NO KEY UPDATE),
holds AS MATERIALIZED (
    SELECT ($4 = 'leave' OR (SELECT version FROM tenant_there) IS NOT DISTINCT FROM $5::bigint)
        AND ($13::text = 'leave' OR $14::bigint IS NOT DISTINCT FROM
            (SELECT version FROM accounts_there WHERE user_id = $2::bytea))
        AND ($27::bytea IS NULL OR $28::bigint IS NOT DISTINCT FROM
            (SELECT version FROM accounts_there WHERE user_id = $27)) AS all_of_it),
tenant_created AS (
    INSERT INTO countersign_tenant
        (tenant_id, version, name, required, document, texts_version, written_at)
    SELECT $1, $6::bigint, $7::text, $8::text, $9::bytea, $10::bigint,
        coalesce($34::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    FROM holds WHERE all_of_it AND $4 = 'create'),
tenant_updated AS (
    UPDATE countersign_tenant AS t
    SET version = $6, name = $7, required = $8, document = $9,
        texts_version = coalesce($10, t.texts_version),
        written_at = coalesce($34::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    FROM holds WHERE all_of_it AND $4 = 'update' AND t.tenant_id = $1),
tenant_erased AS (
    DELETE FROM countersign_tenant AS t
    USING holds WHERE all_of_it AND $4 = 'erase' AND t.tenant_id = $1),
texts_written AS (
    INSERT INTO countersign_texts (tenant_id, document)
    SELECT $1, $11::bytea
    FROM holds WHERE all_of_it AND $4 IN ('create', 'update') AND $11 IS NOT NULL
    ON CONFLICT (tenant_id) DO UPDATE SET document = excluded.document),
texts_erased AS (
    DELETE FROM countersign_texts AS x
    USING holds WHERE all_of_it AND $4 = 'erase' AND x.tenant_id = $1),
account_created AS (
    INSERT INTO countersign_account (tenant_id, user_id, version, last_step, failures, locked_until,
        second_step_at, pending, document_version, facts, address, roles, rule, methods, written_at)
    SELECT $1, $2, $15::bigint, $16::bigint, $17::bigint, $18::bigint, $19::bigint, $20::bytea, $15,
        $21::bytea, $22::text, $23::text, $24::text, $25::text,
        coalesce($34::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    FROM holds WHERE all_of_it AND $13 = 'create'),
account_updated AS (
    UPDATE countersign_account AS a
    SET version = $15, last_step = $16, failures = $17, locked_until = $18, second_step_at = $19,
        pending = $20, document_version = $15, facts = $21, address = $22, roles = $23, rule = $24,
        methods = $25,
        written_at = coalesce($34::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    FROM holds WHERE all_of_it AND $13 = 'update' AND a.tenant_id = $1 AND a.user_id = $2),
account_counted AS (
    UPDATE countersign_account AS a
    SET version = $15, last_step = $16, failures = $17, locked_until = $18, second_step_at = $19,
        pending = $20,
        written_at = coalesce($34::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    FROM holds WHERE all_of_it AND $13 = 'count' AND a.tenant_id = $1 AND a.user_id = $2),
account_erased AS (
    DELETE FROM countersign_account AS a
    USING holds WHERE all_of_it AND $13 = 'erase' AND a.tenant_id = $1 AND a.user_id = $2),
document_written AS (
    INSERT INTO countersign_document (tenant_id, user_id, document)
    SELECT $1, $2, $26::bytea
    FROM holds WHERE all_of_it AND $13 IN ('create', 'update')
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET document = excluded.document),
document_erased AS (
    DELETE FROM countersign_document AS d
    USING holds WHERE all_of_it AND $13 = 'erase' AND d.tenant_id = $1 AND d.user_id = $2),
logged AS (
    INSERT INTO countersign_event (tenant_id, at, id, account, kind, detail)
    SELECT $1, e.at, e.id, e.account, e.kind, e.detail
    FROM holds, unnest($29::bigint[], $30::bytea[], $31::bytea[], $32::text[], $33::bytea[])
        WITH ORDINALITY AS e (at, id, account, kind, detail, place)
    WHERE all_of_it ORDER BY e.place),
queued AS (
    INSERT INTO countersign_letter (due, attempts, lease, lane, id, tenant_id, user_id, domain, body)
    SELECT coalesce($34::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint), 0, 0,
        l.lane, l.id, l.tenant_id, l.user_id, l.domain, l.body
    FROM holds,
        unnest($35::bigint[], $36::bytea[], $37::bytea[], $38::bytea[], $39::text[], $40::bytea[])
        WITH ORDINALITY AS l (lane, id, tenant_id, user_id, domain, body, place)
    WHERE all_of_it ORDER BY l.place)
SELECT all_of_it FROM holds";

/// Claims what is due, and says when the next letter is, as of `now()`, when this arrived: whatever was
/// queued before it is seen, and what was queued since is not due yet. Letters that another claim is
/// taking just now are passed over; where that leaves fewer than were asked for, the next moment is a
/// later one.
///
/// What is passed over is written so that the planner thinks little of it: where most letters are one
/// tenant's, it would think that nothing is left, and sort all of them instead of taking the first.
const CLAIM: &str = "
WITH moment AS MATERIALIZED (
    SELECT coalesce($1::bigint, floor(extract(epoch FROM now()) * 1000)::bigint) AS now),
due AS MATERIALIZED (
    SELECT l.number, l.due FROM countersign_letter AS l
    WHERE l.due <= (SELECT now FROM moment) AND l.lane = $4
        AND NOT coalesce(l.tenant_id = ANY ($5::bytea[]), false)
        AND NOT coalesce(l.domain = ANY ($6::text[]), false)
    ORDER BY l.due, l.number LIMIT $2::bigint FOR UPDATE SKIP LOCKED),
held AS (
    UPDATE countersign_letter AS l
    SET due = (SELECT now FROM moment) + $3::bigint, attempts = l.attempts + 1, lease = l.lease + 1
    WHERE l.number = ANY (ARRAY(SELECT number FROM due))
    RETURNING l.number, l.id, l.tenant_id, l.user_id, l.attempts - 1 AS attempts,
        l.lease - 1 AS lease, l.body),
later AS MATERIALIZED (
    SELECT least(
        (SELECT l.due FROM countersign_letter AS l
         WHERE l.lane = $4
            AND NOT coalesce(l.tenant_id = ANY ($5), false)
            AND NOT coalesce(l.domain = ANY ($6), false)
            AND l.number <> ALL (ARRAY(SELECT number FROM due))
         ORDER BY l.due, l.number LIMIT 1),
        (SELECT now + $3 FROM moment WHERE EXISTS (SELECT FROM due))) AS next)
SELECT h.number, h.id, h.tenant_id, h.user_id, h.attempts, h.lease, h.body, m.now,
    CASE WHEN (SELECT count(*) FROM due) < $2 AND later.next <= m.now THEN m.now + 1
         ELSE later.next END
FROM moment AS m CROSS JOIN later
LEFT JOIN (due JOIN held AS h ON h.number = due.number) ON true
ORDER BY due.due, due.number";

const DONE: &str = "
WITH settled AS (DELETE FROM countersign_letter AS l WHERE l.id = $1 AND l.lease = $2::bigint)
SELECT true";

/// Moved to a later moment and no longer held: this lease has ended.
const AGAIN: &str = "
WITH settled AS (
    UPDATE countersign_letter AS l SET due = $3::bigint, lease = l.lease + 1
    WHERE l.id = $1 AND l.lease = $2::bigint)
SELECT true";

const EXTENDED: &str = "
WITH settled AS (
    UPDATE countersign_letter AS l SET due = $3::bigint WHERE l.id = $1 AND l.lease = $2::bigint)
SELECT true";
