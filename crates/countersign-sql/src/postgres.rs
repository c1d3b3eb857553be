//! PostgreSQL: one server that many processes share, and one statement for each step of a login.
//!
//! A change is one statement. So it is one round trip and one commit, and no transaction is ever left
//! open by somebody who gives up. What it compares it locks, so what was compared cannot move.

mod accounts;
mod calls;
mod change;
mod connections;
mod migrate;
mod open;
mod outbox;
mod statements;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_core::store::{Change, Snapshot, Store, StoreError};
use countersign_core::{AccountKey, Clock, Timestamp};
use sqlx::postgres::PgRow;

use self::calls::{Ask, Calls, Query};
pub use self::open::PostgresOptions;
use self::statements::Statements;
use crate::encoded::Rows;
use crate::rows::{account_at, company_at, value};

/// A store in a PostgreSQL database. Clones share it.
///
/// Any number of processes may use the same database. Each must be connected to the primary: a standby
/// that follows it may be behind, and is refused.
///
/// ```no_run
/// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
/// use countersign_sql::PostgresStore;
///
/// let store = PostgresStore::connect("postgres://portal@db.example/portal?sslmode=verify-full").await?;
/// # store.close().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresStore {
    calls: Calls,
    statements: Arc<Statements>,
    clock: Option<Arc<dyn Clock>>,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Waits for the calls that run, and closes the connections that this store opened. A pool that the
    /// host gave stays open.
    ///
    /// Later calls on any clone answer [`StoreError::Unavailable`], unless the pool is the host's.
    ///
    /// ```no_run
    /// # async fn close(store: countersign_sql::PostgresStore) {
    /// store.close().await;
    /// # }
    /// ```
    pub async fn close(&self) {
        self.calls.connections.close().await;
    }

    /// The time of the clock that the host gave, if it gave one.
    fn given_time(&self) -> Option<i64> {
        self.clock.as_ref().map(|clock| clock.now().millis())
    }

    /// The time of a snapshot, as it stands at this column.
    fn time(&self, row: &PgRow, at: usize) -> Result<Timestamp, StoreError> {
        let now: i64 = value(row, at, &|| "the time".to_owned())?;
        // What the host's clock says by now, only we can tell.
        Ok(Timestamp::from_millis(self.given_time().map_or(now, |ended| now.min(ended))))
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        let began = self.given_time();
        let fill = |query: Query| {
            query.bind(bytes(key.tenant().as_str())).bind(bytes(key.user().as_str())).bind(began)
        };
        let rows = self.calls.read(Ask::new(&self.statements.load, &fill)).await?;
        let row = first(&rows)?;
        let company = value(row, 0, &|| format!("countersign_tenant {}", key.tenant()))?;
        let person = value(row, 1, &|| format!("countersign_account {key}"))?;
        Ok(Snapshot {
            tenant: is_there(company, || company_at(row, key.tenant(), 3))?,
            account: is_there(person, || account_at(row, key, 5))?,
            now: self.time(row, 2)?,
        })
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        let rows = Rows::of(change)?;
        if self.write(&rows).await? { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

fn is_there<T>(
    there: bool,
    record: impl FnOnce() -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    if there { record().map(Some) } else { Ok(None) }
}

/// An id as its column holds it.
fn bytes(id: &str) -> Vec<u8> {
    id.as_bytes().to_vec()
}

/// The first row, where a statement answers with one whatever there is.
fn first(rows: &[PgRow]) -> Result<&PgRow, StoreError> {
    rows.first().ok_or_else(|| StoreError::Unavailable(Box::new(sqlx::Error::RowNotFound)))
}

/// What a statement says that writes: whether it did.
fn verdict(rows: &[PgRow]) -> Result<bool, StoreError> {
    value(first(rows)?, 0, &|| "the answer to a change".to_owned())
}
