//! The outbox: letters claimed under a lease, oldest first.

use async_trait::async_trait;
use countersign_core::ports::{Claimed, Due, Lease, Outbox, Settlement, StoreError};
use countersign_core::record::{FormError, read_letter};
use countersign_core::words::{AccountKey, LetterId, Lifetime, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use crate::error::read;

#[async_trait]
impl Outbox for SqliteStore {
    async fn claim(&self, limit: usize, lease: Lifetime) -> Result<Due, StoreError> {
        // Most rounds find nothing due. Looking costs no write and does not queue.
        let now = self.clock.now();
        let due = self.next_due().await?.is_some_and(|next| next <= now) && limit > 0;
        let claimed = if due { self.queue.claim(limit, lease).await? } else { None };
        let (claimed, now) = claimed.unwrap_or((Vec::new(), now));
        let next = self.next_due().await?;
        Ok(Due { claimed, next, now })
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
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        const NEXT: &str = "SELECT min(due) FROM countersign_letter";
        let next: Option<i64> =
            sqlx::query_scalar(NEXT).fetch_one(&self.readers).await.map_err(read)?;
        Ok(next.map(Timestamp::from_millis))
    }
}

/// Claims what is due; the inner error is a letter that cannot be read.
pub(super) async fn claim(
    connection: &mut SqliteConnection,
    limit: usize,
    until: Timestamp,
    now: Timestamp,
) -> Result<Result<Vec<Claimed>, StoreError>, sqlx::Error> {
    const DUE: &str = "
SELECT id, tenant, user, attempts, lease, body FROM countersign_letter
WHERE due <= ?1 ORDER BY number LIMIT ?2";
    const HOLD: &str = "
UPDATE countersign_letter SET due = ?2, attempts = attempts + 1, lease = lease + 1 WHERE id = ?1";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let due = sqlx::query(DUE).bind(now.millis()).bind(limit).fetch_all(&mut *connection).await?;
    let mut claimed = Vec::with_capacity(due.len());
    for row in &due {
        match waiting(row)? {
            Ok(letter) => {
                let id = letter.letter.id.as_bytes().to_vec();
                sqlx::query(HOLD).bind(id).bind(until.millis()).execute(&mut *connection).await?;
                claimed.push(letter);
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(claimed))
}

fn waiting(row: &SqliteRow) -> Result<Result<Claimed, StoreError>, sqlx::Error> {
    let (id, attempts, lease): (&[u8], i64, i64) =
        (row.try_get(0)?, row.try_get(3)?, row.try_get(4)?);
    let (tenant, user, body): (&[u8], &[u8], &[u8]) =
        (row.try_get(1)?, row.try_get(2)?, row.try_get(5)?);
    let damaged = FormError::Damaged { what: "a letter" };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| damaged.clone());
    let letter = || {
        let key = AccountKey::new(text(tenant)?, text(user)?).map_err(|_| damaged.clone())?;
        let id = <[u8; 16]>::try_from(id).map_err(|_| damaged.clone())?;
        Ok(Claimed {
            letter: read_letter(key, id, body)?,
            attempt: u32::try_from(attempts).unwrap_or(u32::MAX).saturating_add(1),
            lease: Lease::from_number(u64::try_from(lease).unwrap_or_default().wrapping_add(1)),
        })
    };
    Ok(letter().map_err(|error: FormError| error.at("countersign_letter")))
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
    // A number past the signed range was never handed out.
    let Ok(lease) = i64::try_from(lease.number()) else { return Ok(()) };
    let id = letter.as_bytes().to_vec();
    let query = match settlement {
        Settlement::Done => sqlx::query(DONE).bind(id).bind(lease),
        Settlement::Again(due) => sqlx::query(AGAIN).bind(id).bind(lease).bind(due.millis()),
    };
    query.execute(connection).await.map(drop)
}
