//! Lists and reports for admin pages.

use async_trait::async_trait;
use countersign_core::account::{Actor, Event, EventKind, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::record::{FormError, read_event, read_facts, read_texts};
use countersign_core::store::{Accounts, Group, Listed, StoreError, Versioned};
use countersign_core::{
    AccountKey, Digest, EventId, KeyId, Pseudonym, TenantId, Timestamp, UserId,
};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::rows::{account_at, company_at, damaged_company, value};
use super::{SqliteStore, moment};
use crate::error::read;

/// An id that is not in this tenant's log comes before nothing. It is looked for from the newest on:
/// an index would cost every login a write, for the sake of turning pages.
const EVENTS: &str = "
SELECT number, id, account, at, detail FROM countersign_event
WHERE tenant = ?1
  AND (?2 IS NULL
       OR number < (SELECT number FROM countersign_event WHERE tenant = ?1 AND id = ?2
                    ORDER BY number DESC LIMIT 1))
ORDER BY number DESC LIMIT ?3";

/// Whoever turns the pages of one account's events names one of them, so the id is looked for among
/// these first; the tenant's whole log is asked only if it is not there. Left alone, SQLite would go
/// through the whole log at once, since that is in the right order.
const EVENTS_OF_ONE: &str = "
SELECT number, id, account, at, detail FROM countersign_event INDEXED BY countersign_event_account
WHERE tenant = ?1 AND account = ?4
  AND number < CASE WHEN ?2 IS NULL THEN 9223372036854775807 ELSE coalesce(
      (SELECT number FROM countersign_event INDEXED BY countersign_event_account
       WHERE tenant = ?1 AND account = ?4 AND id = ?2 ORDER BY number DESC LIMIT 1),
      (SELECT number FROM countersign_event
       WHERE tenant = ?1 AND id = ?2 ORDER BY number DESC LIMIT 1)) END
ORDER BY number DESC LIMIT ?3";

#[async_trait]
impl Accounts for SqliteStore {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        const TENANT: &str = "
SELECT version, document, written_at FROM countersign_tenant WHERE tenant = ?1";
        let began = self.clock.now();
        let query = sqlx::query(TENANT).bind(id.as_str().as_bytes());
        let rows = self.readers.all(query).await.map_err(read)?;
        let ended = self.clock.now();
        let Some(row) = rows.first() else { return Ok((None, began)) };
        let written = value(row, 2, &|| format!("countersign_tenant {id}"));
        let written = written.map_err(|error| damaged_company(row, 0, error))?;
        Ok((Some(company_at(row, id, 0)?), moment(began, ended, &[written])))
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        const TEXTS: &str = "
SELECT t.texts_version, x.document FROM countersign_tenant AS t
LEFT JOIN countersign_texts AS x ON x.tenant = t.tenant
WHERE t.tenant = ?1 AND t.texts_version IS NOT NULL";
        let query = sqlx::query(TEXTS).bind(tenant.as_str().as_bytes());
        let rows = self.readers.all(query).await.map_err(read)?;
        let Some(row) = rows.first() else { return Ok(Texts::default()) };
        let place = || format!("countersign_texts {tenant}");
        let (version, document): (_, Option<&[u8]>) =
            (value(row, 0, &place)?, value(row, 1, &place)?);
        document
            .ok_or(FormError::Damaged { what: "the document" })
            .and_then(|document| read_texts(tenant, version, document))
            .map_err(|error| error.at(&place()))
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        // No id is empty, so every id comes after nothing.
        const ACCOUNTS: &str = "
SELECT a.user, a.version, a.last_step, a.failures, a.locked_until, a.second_step_at, a.pending,
       a.document_version, d.document
FROM countersign_account AS a
LEFT JOIN countersign_document AS d ON d.tenant = a.tenant AND d.user = a.user
WHERE a.tenant = ?1 AND a.user > ?2 ORDER BY a.user LIMIT ?3";
        let mut after = after.as_ref().map_or("", UserId::as_str).as_bytes().to_vec();
        let mut page = Vec::new();
        // A row that nobody's id leads to is nobody's, and is passed over.
        while page.len() < limit {
            let asked = i64::try_from(limit - page.len()).unwrap_or(i64::MAX);
            let query = sqlx::query(ACCOUNTS)
                .bind(tenant.as_str().as_bytes())
                .bind(after.clone())
                .bind(asked);
            let rows = self.readers.all(query).await.map_err(read)?;
            for row in &rows {
                after = value(row, 0, &|| format!("countersign_account of {tenant}"))?;
                page.extend(listed(row, &after, tenant)?);
            }
            if i64::try_from(rows.len()).is_ok_and(|read| read < asked) {
                break;
            }
        }
        Ok(page)
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        const COUNTS: &str = "
SELECT facts, count(*) FROM countersign_account WHERE tenant = ?1 GROUP BY facts";
        let query = sqlx::query(COUNTS).bind(tenant.as_str().as_bytes());
        let rows = self.readers.all(query).await.map_err(read)?;
        let group = |row: &SqliteRow| {
            let place = || format!("countersign_account of {tenant}");
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

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let before = before.map(|id| id.as_bytes().to_vec());
        let query = match account {
            None => sqlx::query(EVENTS),
            Some(_) => sqlx::query(EVENTS_OF_ONE),
        };
        let query = query
            .bind(tenant.as_str().as_bytes())
            .bind(before)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(account.map(|account| account.as_bytes().to_vec()));
        let rows = self.readers.all(query).await.map_err(read)?;
        rows.iter().map(|row| event(row, tenant)).collect()
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        // No id is empty, so every id comes after nothing.
        const TENANTS: &str = "
SELECT tenant FROM countersign_tenant WHERE tenant > ?1 ORDER BY tenant LIMIT ?2";
        let after = after.as_ref().map_or("", TenantId::as_str);
        let query = sqlx::query(TENANTS)
            .bind(after.as_bytes())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = self.readers.all(query).await.map_err(read)?;
        let place = || "countersign_tenant".to_owned();
        let id = |row: &SqliteRow| {
            let id = String::from_utf8(value(row, 0, &place)?).ok();
            let id = id.and_then(|id| TenantId::new(id).ok());
            id.ok_or_else(|| FormError::Damaged { what: "a tenant's id" }.at(&place()))
        };
        rows.iter().map(id).collect()
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        const KEYS: &str = "SELECT key, fingerprint FROM countersign_key ORDER BY key";
        let rows = self.readers.all(sqlx::query(KEYS)).await.map_err(read)?;
        let place = || "countersign_key".to_owned();
        let fingerprint = |row: &SqliteRow| {
            let (key, kept): (i64, &[u8]) = (value(row, 0, &place)?, value(row, 1, &place)?);
            let key = u32::try_from(key).ok().map(KeyId::new);
            let kept = kept.try_into().ok().map(Digest::from_bytes);
            let damaged = FormError::Damaged { what: "a fingerprint" };
            key.zip(kept).ok_or_else(|| damaged.at(&place()))
        };
        rows.iter().map(fingerprint).collect()
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        self.queue.keep_fingerprint(key, fingerprint).await
    }
}

/// The account in this row, if an id leads to it.
fn listed(row: &SqliteRow, user: &[u8], tenant: &TenantId) -> Result<Option<Listed>, StoreError> {
    let user = String::from_utf8(user.to_vec()).ok().and_then(|user| UserId::new(user).ok());
    let Some(user) = user else { return Ok(None) };
    let key = AccountKey::of(tenant.clone(), user);
    Listed::of(key.user().clone(), account_at(row, &key, 1)).map(Some)
}

/// The event in this row. One that cannot be read is listed as that; its id and its time are what a
/// page is turned by, so they must be readable.
fn event(row: &SqliteRow, tenant: &TenantId) -> Result<Event, StoreError> {
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
