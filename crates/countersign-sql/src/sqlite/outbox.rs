//! The outbox: letters claimed under a lease, oldest first.

use std::time::Duration;

use async_trait::async_trait;
use countersign_core::store::{
    ClaimFilter, Claimed, Due, Lease, MOST_CLAIMED, Outbox, Settlement, StoreError,
};
use countersign_core::{LetterId, TenantId, Timestamp};
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::failed::read;
use crate::encoded::{at_most, lane_number};
use crate::rows::{held_letter, value};

#[async_trait]
impl Outbox for SqliteStore {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        let filter = Filter::of(filter);
        // Most rounds find nothing due. Looking costs no write and does not queue.
        let now = self.clock.now();
        let next = self.next_due(&filter).await?;
        if limit == 0 || next.is_none_or(|next| next > now) {
            return Ok(Due { claimed: Vec::new(), next, now });
        }
        let due = self.queue.claim(limit.min(MOST_CLAIMED), lease, filter).await?;
        Ok(due.unwrap_or(Due { claimed: Vec::new(), next, now }))
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        self.queue.settle(letter, lease, settlement).await
    }
}

impl SqliteStore {
    async fn next_due(&self, filter: &Filter) -> Result<Option<Timestamp>, StoreError> {
        let row = self.readers.one(next_query(filter)).await.map_err(read)?;
        let next: Option<i64> = value(&row, 0, &|| "countersign_letter".to_owned())?;
        Ok(next.map(Timestamp::from_millis))
    }
}

type Query<'a> = sqlx::query::Query<'a, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// When the next letter is due that the filter takes.
fn next_query(filter: &Filter) -> Query<'_> {
    const NEXT: &str = "
SELECT (SELECT due FROM countersign_letter
WHERE instr(?2, char(10) || CAST(tenant AS TEXT) || char(10)) = 0
    AND instr(?3, char(10) || domain || char(10)) = 0
ORDER BY due, number LIMIT 1) AS due WHERE ?1 IS NULL";
    const NEXT_OF_LANE: &str = "
SELECT (SELECT due FROM countersign_letter WHERE lane = ?1
    AND instr(?2, char(10) || CAST(tenant AS TEXT) || char(10)) = 0
    AND instr(?3, char(10) || domain || char(10)) = 0
ORDER BY due, number LIMIT 1) AS due";
    let next = if filter.lane.is_some() { NEXT_OF_LANE } else { NEXT };
    sqlx::query(next).bind(filter.lane).bind(&filter.tenants).bind(&filter.domains)
}

/// The same, inside the transaction that claimed.
pub(super) async fn next_due(
    connection: &mut SqliteConnection,
    filter: &Filter,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let row = next_query(filter).fetch_one(connection).await?;
    let next: Option<i64> = row.try_get(0)?;
    Ok(next.map(Timestamp::from_millis))
}

/// What a claim takes, as it is bound to a statement.
///
/// A list is one text with a line end before, between and behind its words, none of which holds
/// one; so it is one parameter however long it is, and an empty list passes over nothing.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    lane: Option<i64>,
    tenants: String,
    domains: String,
}

impl Filter {
    fn of(filter: &ClaimFilter) -> Self {
        Self {
            lane: filter.lane.map(lane_number),
            tenants: lines(filter.except_tenants.iter().map(TenantId::as_str)),
            domains: lines(filter.except_domains.iter().map(String::as_str)),
        }
    }
}

fn lines<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut lines = String::new();
    for word in words {
        if lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(word);
        lines.push('\n');
    }
    lines
}

/// Claims what is due; the inner error is a letter that cannot be read.
///
/// Such a letter is put off as the others are, so it holds up nobody else's mail, however many there
/// are. It is reported when nothing else is due, each time that it comes due.
pub(super) async fn claim(
    connection: &mut SqliteConnection,
    limit: usize,
    filter: &Filter,
    until: Timestamp,
    now: Timestamp,
) -> Result<Result<Vec<Claimed>, StoreError>, sqlx::Error> {
    const DUE: &str = "
SELECT number, id, tenant, user, attempts, lease, body FROM countersign_letter
WHERE due <= ?1 AND ?3 IS NULL
    AND instr(?4, char(10) || CAST(tenant AS TEXT) || char(10)) = 0
    AND instr(?5, char(10) || domain || char(10)) = 0
ORDER BY due, number LIMIT ?2";
    const DUE_OF_LANE: &str = "
SELECT number, id, tenant, user, attempts, lease, body FROM countersign_letter
WHERE lane = ?3 AND due <= ?1
    AND instr(?4, char(10) || CAST(tenant AS TEXT) || char(10)) = 0
    AND instr(?5, char(10) || domain || char(10)) = 0
ORDER BY due, number LIMIT ?2";
    const HOLD: &str = "
UPDATE countersign_letter SET due = ?2, attempts = ?3, lease = ?4 WHERE number = ?1";
    const PUT_OFF: &str = "UPDATE countersign_letter SET due = ?2 WHERE number = ?1";
    let limit = at_most(limit);
    let mut claimed = Vec::new();
    let mut damaged = None;
    loop {
        let due = sqlx::query(if filter.lane.is_some() { DUE_OF_LANE } else { DUE });
        let due = due.bind(now.millis()).bind(limit);
        let due = due.bind(filter.lane).bind(&filter.tenants).bind(&filter.domains);
        let due = due.fetch_all(&mut *connection).await?;
        for row in &due {
            let number = value(row, 0, &|| "countersign_letter".to_owned());
            let Ok(number) = number else {
                damaged = damaged.or(number.err());
                continue;
            };
            let hold = match held_letter(row, number) {
                Ok(letter) => {
                    let attempts = i64::from(letter.attempt);
                    let lease = letter.lease.number().cast_signed();
                    claimed.push(letter);
                    sqlx::query(HOLD).bind(number).bind(until.millis()).bind(attempts).bind(lease)
                }
                Err(error) => {
                    damaged = damaged.or(Some(error));
                    sqlx::query(PUT_OFF).bind(number).bind(until.millis())
                }
            };
            hold.execute(&mut *connection).await?;
        }
        // Those that were put off are due no more, so a further look finds those behind them.
        let was_full = i64::try_from(due.len()).is_ok_and(|read| read == limit);
        if !claimed.is_empty() || !was_full {
            break;
        }
    }
    Ok(match damaged {
        Some(error) if claimed.is_empty() => Err(error),
        Some(error) => {
            tracing::warn!(target: "countersign", %error, "letters that cannot be read wait again");
            Ok(claimed)
        }
        None => Ok(claimed),
    })
}

pub(super) async fn settle(
    connection: &mut SqliteConnection,
    letter: LetterId,
    lease: Lease,
    settlement: Settlement,
) -> Result<(), sqlx::Error> {
    const DONE: &str = "DELETE FROM countersign_letter WHERE id = ?1 AND lease = ?2";
    // Moved to a later moment and no longer held: this lease has ended.
    const AGAIN: &str = "
UPDATE countersign_letter SET due = ?3, lease = lease + 1 WHERE id = ?1 AND lease = ?2";
    const HELD: &str = "UPDATE countersign_letter SET due = ?3 WHERE id = ?1 AND lease = ?2";
    // A number past the signed range was never handed out.
    let Ok(lease) = i64::try_from(lease.number()) else { return Ok(()) };
    let id = letter.as_bytes().to_vec();
    let query = match settlement {
        Settlement::Done => sqlx::query(DONE).bind(id).bind(lease),
        Settlement::Again(due) => sqlx::query(AGAIN).bind(id).bind(lease).bind(due.millis()),
        Settlement::Extended(until) => sqlx::query(HELD).bind(id).bind(lease).bind(until.millis()),
    };
    query.execute(connection).await.map(drop)
}
