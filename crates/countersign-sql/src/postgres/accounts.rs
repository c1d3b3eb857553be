//! Lists and reports for admin pages.

use async_trait::async_trait;
use countersign_core::account::{Event, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::{Accounts, Group, Listed, StoreError, Versioned};
use countersign_core::{Digest, EventId, KeyId, Pseudonym, TenantId, Timestamp, UserId};

use super::calls::{Ask, Query};
use super::{PostgresStore, bytes, first, is_there};
use crate::encoded::at_most;
use crate::rows::{company_at, event, fingerprint, groups, listed, tenant_id, texts, value};

#[async_trait]
impl Accounts for PostgresStore {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        let began = self.given_time();
        let fill = |query: Query| query.bind(bytes(id.as_str())).bind(began);
        let rows = self.calls.read(Ask::new(&self.statements.tenant, &fill)).await?;
        let row = first(&rows)?;
        let there = value(row, 0, &|| format!("countersign_tenant {id}"))?;
        Ok((is_there(there, || company_at(row, id, 2))?, self.time(row, 1)?))
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        let fill = |query: Query| query.bind(bytes(tenant.as_str()));
        let rows = self.calls.read(Ask::new(&self.statements.texts, &fill)).await?;
        rows.first().map_or_else(|| Ok(Texts::default()), |row| texts(row, tenant))
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let mut after = bytes(after.as_ref().map_or("", UserId::as_str));
        let mut page = Vec::new();
        // A row that nobody's id leads to is nobody's, and is passed over.
        while page.len() < limit {
            let asked = at_most(limit - page.len());
            let fill =
                |query: Query| query.bind(bytes(tenant.as_str())).bind(after.clone()).bind(asked);
            let rows = self.calls.read(Ask::new(&self.statements.accounts, &fill)).await?;
            for row in &rows {
                let user: &[u8] = value(row, 0, &|| format!("countersign_account of {tenant}"))?;
                page.extend(listed(row, user, tenant)?);
                after = user.to_vec();
            }
            if i64::try_from(rows.len()).is_ok_and(|read| read < asked) {
                break;
            }
        }
        Ok(page)
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        let fill = |query: Query| query.bind(bytes(tenant.as_str()));
        let rows = self.calls.read(Ask::new(&self.statements.counts, &fill)).await?;
        groups(&rows, tenant)
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let fill = |query: Query| {
            let query = query
                .bind(bytes(tenant.as_str()))
                .bind(before.map(|id| id.as_bytes().to_vec()))
                .bind(at_most(limit));
            match account {
                Some(account) => query.bind(account.as_bytes().to_vec()),
                None => query,
            }
        };
        let statement = match account {
            None => &self.statements.events,
            Some(_) => &self.statements.events_of_one,
        };
        let rows = self.calls.read(Ask::new(statement, &fill)).await?;
        rows.iter().map(|row| event(row, tenant)).collect()
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        let after = bytes(after.as_ref().map_or("", TenantId::as_str));
        let fill = |query: Query| query.bind(after.clone()).bind(at_most(limit));
        let rows = self.calls.read(Ask::new(&self.statements.tenants, &fill)).await?;
        rows.iter().map(tenant_id).collect()
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        let rows = self.calls.read(Ask::new(&self.statements.fingerprints, &|query| query)).await?;
        rows.iter().map(fingerprint).collect()
    }

    async fn keep_fingerprint(&self, key: KeyId, kept: Digest) -> Result<(), StoreError> {
        let fill =
            |query: Query| query.bind(i64::from(key.number())).bind(kept.as_bytes()[..].to_vec());
        self.calls.write(Ask::new(&self.statements.keep_fingerprint, &fill)).await.map(drop)
    }
}
