//! Lists and reports for admin pages.

use async_trait::async_trait;
use countersign_core::account::{Event, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::{Accounts, Group, Listed, StoreError, Versioned};
use countersign_core::{Digest, EventId, KeyId, Pseudonym, TenantId, Timestamp, UserId};

use super::failed::read;
use super::{SqliteStore, moment};
use crate::encoded::at_most;
use crate::rows::{
    company_at, damaged_company, event, fingerprint, groups, listed, tenant_id, texts, value,
};

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
        rows.first().map_or_else(|| Ok(Texts::default()), |row| texts(row, tenant))
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
            let asked = at_most(limit - page.len());
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
        groups(&rows, tenant)
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
            .bind(at_most(limit))
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
        let query = sqlx::query(TENANTS).bind(after.as_bytes()).bind(at_most(limit));
        let rows = self.readers.all(query).await.map_err(read)?;
        rows.iter().map(tenant_id).collect()
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        const KEYS: &str = "SELECT key, fingerprint FROM countersign_key ORDER BY key";
        let rows = self.readers.all(sqlx::query(KEYS)).await.map_err(read)?;
        rows.iter().map(fingerprint).collect()
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        self.queue.keep_fingerprint(key, fingerprint).await
    }
}
