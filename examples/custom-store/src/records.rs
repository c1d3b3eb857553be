//! Records as Redis keeps them: a version of eight bytes, and a document behind it.
//!
//! Accounts and letters have a form for stores like this one. Tenants, texts and events have one for
//! rows, whose columns are joined here.

use countersign::account::{Account, Actor, Event, EventKind, Tenant};
use countersign::mail::Texts;
use countersign::store::record::{
    EventRow, FormError, TenantRow, TextsRow, account_from_bytes, read_event, read_tenant,
    read_texts,
};
use countersign::store::{DamagedAccount, StoreError, Versioned};
use countersign::{AccountKey, EventId, Pseudonym, TenantId, Timestamp, Version};

pub(crate) fn read_account(
    key: &AccountKey,
    bytes: &[u8],
) -> Result<Versioned<Account>, StoreError> {
    account_from_bytes(key, bytes).map_err(|error| {
        let place = format!("account {key}");
        match bytes.first_chunk() {
            Some(version) => error.of_account(&place, i64::from_be_bytes(*version)),
            None => DamagedAccount { place, version: None }.into(),
        }
    })
}

pub(crate) fn tenant_bytes(tenant: &Versioned<Tenant>) -> Result<Vec<u8>, FormError> {
    let row = TenantRow::of(tenant)?;
    Ok([&row.version.to_be_bytes(), &row.document[..]].concat())
}

pub(crate) fn tenant_of(id: &TenantId, bytes: &[u8]) -> Result<Versioned<Tenant>, StoreError> {
    let (version, document) = split(bytes);
    let read = read_tenant(id, version, document);
    read.map_err(|error| error.of_tenant(&format!("tenant {id}"), version))
}

pub(crate) fn texts_bytes(id: &TenantId, at: Version, texts: &Texts) -> Result<Vec<u8>, FormError> {
    let row = TextsRow::of(id, at, texts)?;
    Ok([&row.version.to_be_bytes(), &row.document[..]].concat())
}

pub(crate) fn texts_of(id: &TenantId, bytes: &[u8]) -> Result<Texts, StoreError> {
    let (version, document) = split(bytes);
    read_texts(id, version, document).map_err(|error| error.at(&format!("texts of {id}")))
}

/// The time, the account or sixteen zeros, and the detail.
pub(crate) fn event_bytes(event: &Event) -> Result<Vec<u8>, FormError> {
    let row = EventRow::of(event)?;
    let account = row.account.unwrap_or_default();
    Ok([&row.at.to_be_bytes(), &account[..], &row.detail[..]].concat())
}

/// An event that cannot be read is one all the same: with its id, and its time as far as that is known.
pub(crate) fn event_of(tenant: &TenantId, id: EventId, bytes: &[u8]) -> Event {
    let (at, rest) = split(bytes);
    let (account, detail) = rest.split_first_chunk().unwrap_or((&[0; 16], &[]));
    let account = Some(*account).filter(|account| *account != [0; 16]);
    read_event(tenant, *id.as_bytes(), account, at, detail).unwrap_or_else(|_| {
        let account = account.map(Pseudonym::from_bytes);
        let at = Timestamp::from_millis(at);
        Event::new(id, tenant.clone(), account, Actor::Unknown, at, EventKind::Unreadable)
    })
}

/// The number in front, and what follows; what is cut short is read by nobody.
fn split(bytes: &[u8]) -> (i64, &[u8]) {
    bytes.split_first_chunk().map_or((0, &[]), |(number, rest)| (i64::from_be_bytes(*number), rest))
}
