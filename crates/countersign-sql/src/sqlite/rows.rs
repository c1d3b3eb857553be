//! Rows into records. What cannot be read is damage, and is reported with its table, row and
//! column, and never with what was found there.

use countersign_core::account::{Account, Tenant};
use countersign_core::store::record::{Counters, FormError, read_account, read_tenant, version_of};
use countersign_core::store::{DamagedAccount, DamagedTenant, StoreError, Versioned};
use countersign_core::{AccountKey, TenantId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Column, Decode, Row, Sqlite, Type};

use crate::error::read;

/// The value at this column of a row that is to be found at `place`.
pub(super) fn value<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(
    row: &'r SqliteRow,
    at: usize,
    place: &dyn Fn() -> String,
) -> Result<T, StoreError> {
    row.try_get(at).map_err(|error| match (&error, row.columns().get(at)) {
        (sqlx::Error::ColumnDecode { .. }, Some(column)) => {
            StoreError::Corrupt { place: format!("{}: column {}", place(), column.name()) }
        }
        _ => read(error),
    })
}

/// The tenant whose version and document stand at this column and the next.
pub(super) fn company_at(
    row: &SqliteRow,
    id: &TenantId,
    at: usize,
) -> Result<Versioned<Tenant>, StoreError> {
    company_with(row, id, at).map_err(|error| damaged_company(row, at, error))
}

/// Damage of a tenant, with the version that stands at this column if at least that can be read.
pub(super) fn damaged_company(row: &SqliteRow, at: usize, error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt { place } => {
            let version = row.try_get(at).ok().map(version_of);
            DamagedTenant { place, version }.into()
        }
        error => error,
    }
}

fn company_with(
    row: &SqliteRow,
    id: &TenantId,
    at: usize,
) -> Result<Versioned<Tenant>, StoreError> {
    let place = || format!("countersign_tenant {id}");
    let version = value(row, at, &place)?;
    let document = value(row, at + 1, &place)?;
    read_tenant(id, version, document).map_err(|error| error.of_tenant(&place(), version))
}

/// The account whose version stands at this column, with the counters, the document's version and
/// the document behind it.
pub(super) fn account_at(
    row: &SqliteRow,
    key: &AccountKey,
    at: usize,
) -> Result<Versioned<Account>, StoreError> {
    account_with(row, key, at).map_err(|error| damaged_account(row, at, error))
}

/// Damage of an account, with the version that stands at this column if at least that can be read.
pub(super) fn damaged_account(row: &SqliteRow, at: usize, error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt { place } => {
            let version = row.try_get(at).ok().map(version_of);
            DamagedAccount { place, version }.into()
        }
        error => error,
    }
}

fn account_with(
    row: &SqliteRow,
    key: &AccountKey,
    at: usize,
) -> Result<Versioned<Account>, StoreError> {
    let place = || format!("countersign_account {key}");
    let version = value(row, at, &place)?;
    let counters = Counters {
        last_step: value(row, at + 1, &place)?,
        failures: value(row, at + 2, &place)?,
        locked_until: value(row, at + 3, &place)?,
        second_step_at: value(row, at + 4, &place)?,
        pending: value(row, at + 5, &place)?,
    };
    let document_version = value(row, at + 6, &place)?;
    let document: Option<&[u8]> = value(row, at + 7, &place)?;
    // A row without its document is damage, never an account with nothing linked.
    document
        .ok_or(FormError::Damaged { what: "the document" })
        .and_then(|document| read_account(key, version, &counters, document_version, document))
        .map_err(|error| error.of_account(&place(), version))
}
