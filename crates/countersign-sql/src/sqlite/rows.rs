//! Rows into records.

use countersign_core::ports::{StoreError, Versioned};
use countersign_core::record::{Counters, FormError, read_account, read_company};
use countersign_core::rules::{Account, Tenant};
use countersign_core::words::{AccountKey, TenantId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::read;

/// The company whose document stands at this column.
pub(super) fn company_at(
    row: &SqliteRow,
    id: &TenantId,
    version: i64,
    at: usize,
) -> Result<Versioned<Tenant>, StoreError> {
    let document: &[u8] = row.try_get(at).map_err(read)?;
    let place = || format!("countersign_tenant {id}");
    read_company(id, version, document).map_err(|error| error.at(&place()))
}

/// The account whose counters begin at this column, with the document's version and the document
/// behind them.
pub(super) fn account_at(
    row: &SqliteRow,
    key: &AccountKey,
    version: i64,
    at: usize,
) -> Result<Versioned<Account>, StoreError> {
    let counters = Counters {
        last_step: row.try_get(at).map_err(read)?,
        failures: row.try_get(at + 1).map_err(read)?,
        locked_until: row.try_get(at + 2).map_err(read)?,
        second_step_at: row.try_get(at + 3).map_err(read)?,
        pending: row.try_get(at + 4).map_err(read)?,
    };
    let document_version: i64 = row.try_get(at + 5).map_err(read)?;
    let document: Option<&[u8]> = row.try_get(at + 6).map_err(read)?;
    // A row without its document is damage, never an account with nothing linked.
    let missing = FormError::Damaged { what: "the document" };
    document
        .ok_or(missing)
        .and_then(|document| read_account(key, version, &counters, document_version, document))
        .map_err(|error| error.at(&format!("countersign_account {key}")))
}
