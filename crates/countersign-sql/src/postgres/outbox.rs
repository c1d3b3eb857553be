//! The outbox: letters claimed under a lease, oldest first, by any number of couriers side by side.

use std::time::Duration;

use async_trait::async_trait;
use countersign_core::store::{
    ClaimFilter, Claimed, Due, Lease, MOST_CLAIMED, Outbox, Settlement, StoreError,
};
use countersign_core::{LetterId, TenantId, Timestamp};
use sqlx::postgres::PgRow;

use super::calls::{Ask, Query};
use super::{PostgresStore, bytes, first};
use crate::encoded::{at_most, lane_number};
use crate::rows::{held_letter, value};

/// In milliseconds; a longer one is as long.
const LONGEST_LEASE: i64 = 1 << 52;

#[async_trait]
impl Outbox for PostgresStore {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        let limit = limit.min(MOST_CLAIMED);
        let mut damaged = None;
        loop {
            let rows = self.claim_rows(limit, lease, filter).await?;
            let (claimed, unreadable) = letters(&rows);
            let was_full = claimed.len() + unreadable.len() == limit;
            damaged = damaged.or(unreadable.into_iter().next());
            match damaged {
                // Those are put off as if they were held, so a further look finds those behind them.
                Some(_) if claimed.is_empty() && was_full => {}
                Some(error) if claimed.is_empty() => return Err(error),
                Some(error) => {
                    tracing::warn!(target: "countersign", %error, "letters that cannot be read wait again");
                    return due(&rows, claimed);
                }
                None => return due(&rows, claimed),
            }
        }
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        // A number past the signed range was never handed out.
        let Ok(lease) = i64::try_from(lease.number()) else { return Ok(()) };
        let (statement, until) = match settlement {
            Settlement::Done => (&self.statements.done, None),
            Settlement::Again(due) => (&self.statements.again, Some(due)),
            Settlement::Extended(until) => (&self.statements.extended, Some(until)),
        };
        let fill = |query: Query| {
            let query = query.bind(letter.as_bytes().to_vec()).bind(lease);
            match until {
                Some(until) => query.bind(until.millis()),
                None => query,
            }
        };
        self.calls.write(Ask::new(statement, &fill)).await.map(drop)
    }
}

impl PostgresStore {
    async fn claim_rows(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Vec<PgRow>, StoreError> {
        let lane = filter.lane.map(lane_number);
        let tenants = filter.except_tenants.iter().map(TenantId::as_str);
        let tenants: Vec<_> = tenants.map(bytes).collect();
        let domains: Vec<_> = filter.except_domains.iter().cloned().collect();
        let now = self.given_time();
        let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX).min(LONGEST_LEASE);
        let fill = |query: Query| {
            query
                .bind(now)
                .bind(at_most(limit))
                .bind(lease)
                .bind(lane)
                .bind(tenants.clone())
                .bind(domains.clone())
        };
        let statement = match lane {
            Some(_) => &self.statements.claim_of_lane,
            None => &self.statements.claim,
        };
        self.calls.write(Ask::new(statement, &fill)).await
    }
}

/// What was claimed, when the next letter is due, and the moment of both.
fn due(rows: &[PgRow], claimed: Vec<Claimed>) -> Result<Due, StoreError> {
    let row = first(rows)?;
    let now = value(row, 7, &|| "the time".to_owned())?;
    let next: Option<i64> = value(row, 8, &|| "countersign_letter".to_owned())?;
    let next = next.map(Timestamp::from_millis);
    Ok(Due { claimed, next, now: Timestamp::from_millis(now) })
}

/// The letters in these rows, and what is wrong with those that cannot be read. Where nothing was due
/// there is one row, with no number.
fn letters(rows: &[PgRow]) -> (Vec<Claimed>, Vec<StoreError>) {
    let mut claimed = Vec::with_capacity(rows.len());
    let mut damaged = Vec::new();
    for row in rows {
        match value(row, 0, &|| "countersign_letter".to_owned()) {
            Ok(None) => {}
            Ok(Some(number)) => match held_letter(row, number) {
                Ok(letter) => claimed.push(letter),
                Err(error) => damaged.push(error),
            },
            Err(error) => damaged.push(error),
        }
    }
    (claimed, damaged)
}
