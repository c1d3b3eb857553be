//! Rows into records, for all databases alike. What cannot be read is damage, and is reported with
//! its table, row and column, and never with what was found there.

use countersign_core::account::{Account, Actor, Event, EventKind, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::record::{
    Counters, FormError, read_account, read_event, read_facts, read_letter, read_tenant,
    read_texts, version_of,
};
use countersign_core::store::{
    Claimed, DamagedAccount, DamagedTenant, Group, Lease, Listed, StoreError, Versioned,
};
use countersign_core::{
    AccountKey, Digest, EventId, KeyId, Pseudonym, TenantId, Timestamp, UserId,
};
use sqlx::{Column, ColumnIndex, Decode, Row, Type};

use crate::error::read;

/// What a column of such a row may hold.
pub(crate) trait Cell<'r, R: Row>: Decode<'r, R::Database> + Type<R::Database> {}

impl<'r, R: Row, T: Decode<'r, R::Database> + Type<R::Database>> Cell<'r, R> for T {}

/// The value at this column of a row that is to be found at `place`.
pub(crate) fn value<'r, R, T>(
    row: &'r R,
    at: usize,
    place: &dyn Fn() -> String,
) -> Result<T, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    T: Cell<'r, R>,
{
    row.try_get(at).map_err(|error| match (&error, row.columns().get(at)) {
        (sqlx::Error::ColumnDecode { .. }, Some(column)) => {
            StoreError::Corrupt { place: format!("{}: column {}", place(), column.name()) }
        }
        _ => read(error),
    })
}

/// The tenant whose version and document stand at this column and the next.
pub(crate) fn company_at<'r, R>(
    row: &'r R,
    id: &TenantId,
    at: usize,
) -> Result<Versioned<Tenant>, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    company_with(row, id, at).map_err(|error| damaged_company(row, at, error))
}

/// Damage of a tenant, with the version that stands at this column if at least that can be read.
pub(crate) fn damaged_company<'r, R>(row: &'r R, at: usize, error: StoreError) -> StoreError
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
{
    match error {
        StoreError::Corrupt { place } => {
            let version = row.try_get(at).ok().map(version_of);
            DamagedTenant { place, version }.into()
        }
        error => error,
    }
}

fn company_with<'r, R>(
    row: &'r R,
    id: &TenantId,
    at: usize,
) -> Result<Versioned<Tenant>, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let place = || format!("countersign_tenant {id}");
    let version = value(row, at, &place)?;
    let document = value(row, at + 1, &place)?;
    read_tenant(id, version, document).map_err(|error| error.of_tenant(&place(), version))
}

/// The account whose version stands at this column, with the counters, the document's version and
/// the document behind it.
pub(crate) fn account_at<'r, R>(
    row: &'r R,
    key: &AccountKey,
    at: usize,
) -> Result<Versioned<Account>, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    account_with(row, key, at).map_err(|error| damaged_account(row, at, error))
}

/// Damage of an account, with the version that stands at this column if at least that can be read.
pub(crate) fn damaged_account<'r, R>(row: &'r R, at: usize, error: StoreError) -> StoreError
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    match error {
        StoreError::Corrupt { place } => {
            let version = row.try_get(at).ok().map(version_of);
            DamagedAccount { place, version }.into()
        }
        error => error,
    }
}

fn account_with<'r, R>(
    row: &'r R,
    key: &AccountKey,
    at: usize,
) -> Result<Versioned<Account>, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let place = || format!("countersign_account {key}");
    let version = value(row, at, &place)?;
    let counters = Counters {
        last_step: value(row, at + 1, &place)?,
        failures: value(row, at + 2, &place)?,
        locked_until: value(row, at + 3, &place)?,
        second_step_at: value(row, at + 4, &place)?,
        pending: value::<_, &[u8]>(row, at + 5, &place)?.to_vec(),
    };
    let document_version = value(row, at + 6, &place)?;
    let document: Option<&[u8]> = value(row, at + 7, &place)?;
    // A row without its document is damage, never an account with nothing linked.
    document
        .ok_or(FormError::Damaged { what: "the document" })
        .and_then(|document| read_account(key, version, &counters, document_version, document))
        .map_err(|error| error.of_account(&place(), version))
}

/// The mail texts whose version and document stand in this row.
pub(crate) fn texts<'r, R>(row: &'r R, tenant: &TenantId) -> Result<Texts, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let place = || format!("countersign_texts {tenant}");
    let version = value(row, 0, &place)?;
    let document: Option<&[u8]> = value(row, 1, &place)?;
    document
        .ok_or(FormError::Damaged { what: "the document" })
        .and_then(|document| read_texts(tenant, version, document))
        .map_err(|error| error.at(&place()))
}

/// The account in this row, if an id leads to it.
pub(crate) fn listed<'r, R>(
    row: &'r R,
    user: &[u8],
    tenant: &TenantId,
) -> Result<Option<Listed>, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let user = String::from_utf8(user.to_vec()).ok().and_then(|user| UserId::new(user).ok());
    let Some(user) = user else { return Ok(None) };
    let key = AccountKey::of(tenant.clone(), user);
    Listed::of(key.user().clone(), account_at(row, &key, 1)).map(Some)
}

/// The event in this row. One that cannot be read is listed as that; its id and its time are what a
/// page is turned by, so they must be readable.
pub(crate) fn event<'r, R>(row: &'r R, tenant: &TenantId) -> Result<Event, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let number: i64 = value(row, 0, &|| format!("countersign_event {tenant}"))?;
    let place = || format!("countersign_event {tenant} number {number}");
    let id = bytes(value(row, 1, &place)?).map_err(|error| error.at(&place()))?;
    let at = value(row, 3, &place)?;
    let account: Option<&[u8]> = row.try_get(2).ok().flatten();
    let account = account.and_then(|account| bytes(account).ok());
    let detail = row.try_get(4).map_err(|_| FormError::Damaged { what: "the column detail" });
    let event = detail.and_then(|detail| read_event(tenant, id, account, at, detail));
    Ok(event.unwrap_or_else(|error| {
        tracing::warn!(target: "countersign", place = place(), %error, "an event is listed as unreadable");
        Event::new(
            EventId::from_bytes(id),
            tenant.clone(),
            account.map(Pseudonym::from_bytes),
            Actor::Unknown,
            Timestamp::from_millis(at),
            EventKind::Unreadable,
        )
    }))
}

fn bytes(column: &[u8]) -> Result<[u8; 16], FormError> {
    column.try_into().map_err(|_| FormError::Damaged { what: "an id" })
}

/// The groups in these rows: facts, and how many accounts share them.
pub(crate) fn groups<'r, R>(rows: &'r [R], tenant: &TenantId) -> Result<Vec<Group>, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let place = || format!("countersign_account of {tenant}");
    let group = |row: &'r R| {
        let facts = row.try_get(0).ok().and_then(|facts| read_facts(facts).ok());
        let people: i64 = value(row, 1, &place)?;
        Ok::<_, StoreError>(Group { facts, users: u64::try_from(people).unwrap_or_default() })
    };
    let groups: Vec<Group> = rows.iter().map(group).collect::<Result<_, _>>()?;
    let (mut groups, damaged): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|group| group.facts.is_some());
    if !damaged.is_empty() {
        let users = damaged.iter().map(|group| group.users).sum();
        groups.push(Group { facts: None, users });
    }
    Ok(groups)
}

/// The id of the tenant in this row.
pub(crate) fn tenant_id<'r, R>(row: &'r R) -> Result<TenantId, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let place = || "countersign_tenant".to_owned();
    let id: &[u8] = value(row, 0, &place)?;
    let id = String::from_utf8(id.to_vec()).ok().and_then(|id| TenantId::new(id).ok());
    id.ok_or_else(|| FormError::Damaged { what: "a tenant's id" }.at(&place()))
}

/// The number of the key in this row, and its fingerprint.
pub(crate) fn fingerprint<'r, R>(row: &'r R) -> Result<(KeyId, Digest), StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let place = || "countersign_key".to_owned();
    let key: i64 = value(row, 0, &place)?;
    let kept: &[u8] = value(row, 1, &place)?;
    let key = u32::try_from(key).ok().map(KeyId::new);
    let kept = kept.try_into().ok().map(Digest::from_bytes);
    let damaged = FormError::Damaged { what: "a fingerprint" };
    key.zip(kept).ok_or_else(|| damaged.at(&place()))
}

/// The letter in this row as its next claim holds it. The row holds number, id, tenant, user, body, and
/// between the last two attempts and lease as they were before that claim.
pub(crate) fn held_letter<'r, R>(row: &'r R, number: i64) -> Result<Claimed, StoreError>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Cell<'r, R>,
    &'r [u8]: Cell<'r, R>,
{
    let damaged = || FormError::Damaged { what: "a letter" };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| damaged());
    let letter = |id: &[u8], tenant: &[u8], user: &[u8], body: &[u8]| {
        let key = AccountKey::new(text(tenant)?, text(user)?).map_err(|_| damaged())?;
        read_letter(key, <[u8; 16]>::try_from(id).map_err(|_| damaged())?, body)
    };
    let place = || format!("countersign_letter number {number}");
    let column = |at| value(row, at, &place);
    let letter = letter(column(1)?, column(2)?, column(3)?, column(6)?);
    let letter = letter.map_err(|error| error.at(&place()))?;
    let (attempts, lease): (i64, i64) = (value(row, 4, &place)?, value(row, 5, &place)?);
    let next = |count: i64| count.checked_add(1).filter(|next| *next > 0);
    let (Some(attempts), Some(lease)) = (next(attempts), next(lease)) else {
        return Err(damaged().at(&place()));
    };
    Ok(Claimed {
        letter,
        attempt: u32::try_from(attempts).unwrap_or(u32::MAX),
        lease: Lease::from_number(lease.unsigned_abs()),
    })
}
