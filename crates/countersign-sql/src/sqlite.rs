//! SQLite: one file, many readers, one orderly writer.
//!
//! Every write of this process goes through one queue and one connection. Those that wait together
//! are committed together, which costs one flush instead of many, and nobody starves. A caller who
//! gives up takes nothing with them: what was queued is still written, whole or not at all.

mod accounts;
mod change;
mod connections;
mod failed;
mod file;
mod open;
mod outbox;
mod queue;
mod steady;
mod texts;
mod transaction;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_core::store::{Change, Snapshot, Store, StoreError};
use countersign_core::{AccountKey, Clock, Timestamp};

use self::connections::Connections;
use self::failed::read;
pub use self::open::SqliteOptions;
use self::queue::Queue;
use crate::encoded::Rows;
use crate::rows::{account_at, company_at, damaged_account, damaged_company, value};

/// A store in a SQLite database. Clones share it.
///
/// Give every process on the machine the same file; it is not for network file systems.
///
/// ```
/// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
/// use countersign_sql::SqliteStore;
///
/// let folder = std::env::temp_dir().join("countersign-doc");
/// std::fs::create_dir_all(&folder)?;
/// let store = SqliteStore::open(folder.join("portal.db")).await?;
/// store.close().await;
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(open()).unwrap();
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    readers: Connections,
    /// The writer's one connection; in a database of the host it comes from the same pool.
    writer: Connections,
    queue: Queue,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Waits until everything queued is written, and closes the connections that this store
    /// opened. A pool that the host gave stays open.
    ///
    /// Later writes on any clone answer [`StoreError::Unavailable`], and so do later reads, unless
    /// the pool is the host's.
    pub async fn close(&self) {
        self.queue.close().await;
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// Tenant, account and document in one statement, and so as of one moment. Whether a row is there
/// is told by its key, so that no damage to another column makes it look absent.
const LOAD: &str = "
SELECT t.tenant IS NOT NULL, a.tenant IS NOT NULL, t.written_at, a.written_at,
       t.version, t.document,
       a.version, a.last_step, a.failures, a.locked_until, a.second_step_at, a.pending,
       a.document_version, d.document
FROM (SELECT ?1 AS tenant, ?2 AS user) AS k
LEFT JOIN countersign_tenant   AS t ON t.tenant = k.tenant
LEFT JOIN countersign_account  AS a ON a.tenant = k.tenant AND a.user = k.user
LEFT JOIN countersign_document AS d ON d.tenant = a.tenant AND d.user = a.user";

#[async_trait]
impl Store for SqliteStore {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        let began = self.clock.now();
        let query = sqlx::query(LOAD)
            .bind(key.tenant().as_str().as_bytes())
            .bind(key.user().as_str().as_bytes());
        let row = self.readers.one(query).await.map_err(read)?;
        let company = || format!("countersign_tenant {}", key.tenant());
        let person = || format!("countersign_account {key}");
        let person_written = value(&row, 3, &person);
        let person_written = person_written.map_err(|error| damaged_account(&row, 6, error));
        let company_written = value(&row, 2, &company);
        let company_written = company_written.map_err(|error| damaged_company(&row, 4, error));
        let written = [company_written?, person_written?];
        let company = value(&row, 0, &company)?;
        let person = value(&row, 1, &person)?;
        Ok(Snapshot {
            tenant: is_there(company, || company_at(&row, key.tenant(), 4))?,
            account: is_there(person, || account_at(&row, key, 6))?,
            now: moment(began, self.clock.now(), &written),
        })
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        self.queue.commit(Rows::of(change)?).await
    }
}

fn is_there<T>(
    there: bool,
    record: impl FnOnce() -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    if there { record().map(Some) } else { Ok(None) }
}

/// The time of what was read between these two readings of the clock: no earlier than any record
/// in it was written, and no later than the next write to one.
///
/// The clock cannot be read inside the statement. But a record that was written while it ran was
/// written before it was read, and all others before the statement began.
fn moment(began: Timestamp, ended: Timestamp, written: &[Option<i64>]) -> Timestamp {
    let meanwhile = written.iter().flatten().copied().map(Timestamp::from_millis);
    meanwhile.filter(|at| began <= *at && *at <= ended).fold(began, Timestamp::max)
}
