//! A change as statements.
//!
//! All of them run inside one transaction that holds the write lock from its first statement, so
//! what was compared cannot move. A change that touches one record compares in the write itself; a
//! change that names more looks at all of them first. Either way a conflict is found before anything is
//! written, and so leaves nothing to undo.

use countersign_core::Timestamp;
use countersign_core::store::record::{AccountRow, Counters, EventRow, TenantRow};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Row, Sqlite, SqliteConnection};

use crate::encoded::{AccountForm, LetterBy, Rows, Step};

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

impl Rows {
    /// Writes everything, or says that a version was another one and writes nothing.
    pub(super) async fn write(
        &self,
        connection: &mut SqliteConnection,
        now: Timestamp,
    ) -> Result<bool, sqlx::Error> {
        if self.compares_first() && !self.versions_hold(connection).await? {
            return Ok(false);
        }
        for query in [self.tenant_write(now), self.account_write(now)].into_iter().flatten() {
            if query.execute(&mut *connection).await?.rows_affected() == 0 {
                // It compares what it writes, and found another version. What was compared before
                // cannot have moved; should it have, everything is undone.
                return if self.compares_first() {
                    Err(sqlx::Error::RowNotFound)
                } else {
                    Ok(false)
                };
            }
        }
        for query in [self.texts_write(), self.document_write()].into_iter().flatten() {
            query.execute(&mut *connection).await?;
        }
        for event in &self.events {
            self.append(event).execute(&mut *connection).await?;
        }
        for letter in &self.letters {
            queue_letter(letter, now).execute(&mut *connection).await?;
        }
        Ok(true)
    }

    /// Whether the versions are looked at before anything is written.
    fn compares_first(&self) -> bool {
        let compares = self.tenant.compares() || self.account.compares() || self.also.is_some();
        let both = self.tenant.writes() && self.account.writes();
        compares || both
    }

    async fn versions_hold(&self, connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        const VERSIONS: &str = "
SELECT (SELECT version FROM countersign_tenant WHERE tenant = ?1),
       (SELECT version FROM countersign_account WHERE tenant = ?1 AND user = ?2),
       (SELECT version FROM countersign_account WHERE tenant = ?1 AND user = ?3)";
        let query = sqlx::query(VERSIONS)
            .bind(&self.tenant_id[..])
            .bind(&self.user_id[..])
            .bind(self.also.as_ref().map(|also| &also.user[..]));
        let row = query.fetch_one(connection).await?;
        let there: Option<i64> = row.try_get(2)?;
        Ok(self.tenant.holds(row.try_get(0)?)
            && self.account.holds(row.try_get(1)?)
            && self.also.as_ref().is_none_or(|also| also.version == there))
    }

    fn tenant_write(&self, now: Timestamp) -> Option<Query<'_>> {
        const CREATE: &str = "
INSERT INTO countersign_tenant
    (tenant, version, written_at, name, required, document, texts_version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
        const UPDATE: &str = "
UPDATE countersign_tenant
SET version = ?2, written_at = ?3, name = ?4, required = ?5, document = ?6,
    texts_version = coalesce(?7, texts_version)
WHERE tenant = ?1 AND version = ?8";
        const ERASE: &str = "DELETE FROM countersign_tenant WHERE tenant = ?1 AND version = ?2";
        let fill = |statement, row: &'_ TenantRow| {
            sqlx::query(statement)
                .bind(self.tenant_id.clone())
                .bind(row.version)
                .bind(now.millis())
                .bind(row.name.clone())
                .bind(row.required)
                .bind(row.document.clone())
                .bind(self.texts.as_ref().map(|texts| texts.version))
        };
        match &self.tenant {
            Step::Leave | Step::Compare(_) => None,
            Step::Create(row) => Some(fill(CREATE, row)),
            Step::Update { expected, next } => Some(fill(UPDATE, next).bind(*expected)),
            Step::Erase(expected) => {
                Some(sqlx::query(ERASE).bind(self.tenant_id.clone()).bind(*expected))
            }
        }
    }

    fn account_write(&self, now: Timestamp) -> Option<Query<'_>> {
        const CREATE: &str = "
INSERT INTO countersign_account
    (tenant, user, version, written_at, last_step, failures, locked_until, second_step_at,
     pending, document_version, facts, address, roles, rule, methods)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?3, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING";
        const UPDATE: &str = "
UPDATE countersign_account
SET version = ?3, written_at = ?4, last_step = ?5, failures = ?6, locked_until = ?7,
    second_step_at = ?8, pending = ?9, document_version = ?3, facts = ?10, address = ?11,
    roles = ?12, rule = ?13, methods = ?14
WHERE tenant = ?1 AND user = ?2 AND version = ?15";
        const COUNT: &str = "
UPDATE countersign_account
SET version = ?3, written_at = ?4, last_step = ?5, failures = ?6, locked_until = ?7,
    second_step_at = ?8, pending = ?9
WHERE tenant = ?1 AND user = ?2 AND version = ?10";
        const ERASE: &str =
            "DELETE FROM countersign_account WHERE tenant = ?1 AND user = ?2 AND version = ?3";
        Some(match &self.account {
            Step::Leave | Step::Compare(_) => return None,
            Step::Create(row) => whole(self.keyed(CREATE), row, now),
            Step::Update { expected, next: AccountForm::Whole(row) } => {
                whole(self.keyed(UPDATE), row, now).bind(*expected)
            }
            Step::Update { expected, next: AccountForm::Counters { version, counters } } => {
                counted(self.keyed(COUNT), *version, counters, now).bind(*expected)
            }
            Step::Erase(expected) => self.keyed(ERASE).bind(*expected),
        })
    }

    /// The tenant was written just now, so no version is compared here.
    fn texts_write(&self) -> Option<Query<'_>> {
        const WRITE: &str = "
INSERT INTO countersign_texts (tenant, document) VALUES (?1, ?2)
ON CONFLICT DO UPDATE SET document = excluded.document";
        const ERASE: &str = "DELETE FROM countersign_texts WHERE tenant = ?1";
        let query = |statement| sqlx::query(statement).bind(self.tenant_id.clone());
        match (&self.tenant, &self.texts) {
            (Step::Create(_) | Step::Update { .. }, Some(texts)) => {
                Some(query(WRITE).bind(texts.document.clone()))
            }
            (Step::Erase(_), _) => Some(query(ERASE)),
            (Step::Create(_) | Step::Update { .. }, None) | (Step::Leave | Step::Compare(_), _) => {
                None
            }
        }
    }

    fn document_write(&self) -> Option<Query<'_>> {
        const WRITE: &str = "
INSERT INTO countersign_document (tenant, user, document) VALUES (?1, ?2, ?3)
ON CONFLICT DO UPDATE SET document = excluded.document";
        const ERASE: &str = "DELETE FROM countersign_document WHERE tenant = ?1 AND user = ?2";
        match &self.account {
            Step::Create(row) | Step::Update { next: AccountForm::Whole(row), .. } => {
                Some(self.keyed(WRITE).bind(row.document.clone()))
            }
            Step::Erase(_) => Some(self.keyed(ERASE)),
            Step::Leave | Step::Compare(_) | Step::Update { .. } => None,
        }
    }

    /// A statement whose first two values are the key of the account.
    fn keyed(&self, statement: &'static str) -> Query<'_> {
        sqlx::query(statement).bind(self.tenant_id.clone()).bind(self.user_id.clone())
    }

    fn append(&self, event: &EventRow) -> Query<'_> {
        const APPEND: &str = "
INSERT INTO countersign_event (tenant, number, id, account, at, kind, detail)
VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM countersign_event WHERE tenant = ?1),
        ?2, ?3, ?4, ?5, ?6)";
        sqlx::query(APPEND)
            .bind(self.tenant_id.clone())
            .bind(event.id.to_vec())
            .bind(event.account.map(|account| account.to_vec()))
            .bind(event.at)
            .bind(event.kind)
            .bind(event.detail.clone())
    }
}

fn whole<'q>(query: Query<'q>, row: &AccountRow, now: Timestamp) -> Query<'q> {
    counted(query, row.version, &row.counters, now)
        .bind(row.reported.facts.clone())
        .bind(row.reported.address.clone())
        .bind(row.reported.roles.clone())
        .bind(row.reported.rule)
        .bind(row.reported.methods.clone())
}

fn counted<'q>(query: Query<'q>, version: i64, counters: &Counters, now: Timestamp) -> Query<'q> {
    query
        .bind(version)
        .bind(now.millis())
        .bind(counters.last_step)
        .bind(counters.failures)
        .bind(counters.locked_until)
        .bind(counters.second_step_at)
        .bind(counters.pending.clone())
}

fn queue_letter(letter: &LetterBy, now: Timestamp) -> Query<'_> {
    const QUEUE: &str = "
INSERT INTO countersign_letter (id, tenant, user, due, attempts, lease, body, lane, domain)
VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6, ?7)";
    sqlx::query(QUEUE)
        .bind(letter.row.id.to_vec())
        .bind(&letter.tenant[..])
        .bind(&letter.user[..])
        .bind(now.millis())
        .bind(&letter.row.body[..])
        .bind(letter.lane)
        .bind(&letter.domain)
}

impl<W, U> Step<W, U> {
    fn compares(&self) -> bool {
        matches!(self, Self::Compare(_))
    }

    fn writes(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Update { .. } | Self::Erase(_))
    }

    /// Whether the record is as this step expects it.
    fn holds(&self, there: Option<i64>) -> bool {
        match self {
            Self::Leave => true,
            Self::Compare(expected) => there == *expected,
            Self::Create(_) => there.is_none(),
            Self::Update { expected, .. } | Self::Erase(expected) => there == Some(*expected),
        }
    }
}
