//! Lists and reports: sorted sets of ids, and the records behind them.

use std::collections::BTreeMap;

use countersign::account::{Event, Tenant};
use countersign::mail::Texts;
use countersign::store::record::{FormError, read_facts};
use countersign::store::{Accounts, Group, Listed, StoreError, Versioned};
use countersign::{
    AccountKey, Digest, EventId, KeyId, Pseudonym, TenantId, Timestamp, UserId, async_trait,
};
use redis::AsyncCommands as _;

use crate::records::{event_of, read_account, tenant_of, texts_of};
use crate::store::{RedisStore, Time, time, unavailable, unsure};

#[async_trait]
impl Accounts for RedisStore {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        let read = self.snapshot(&[("tenants", id.as_str())]);
        let read = read.query_async(&mut self.redis.clone()).await;
        let (now, bytes): (Time, Option<Vec<u8>>) = read.map_err(unavailable)?;
        Ok((bytes.map(|bytes| tenant_of(id, &bytes)).transpose()?, time(now)))
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        let read = self.redis.clone().hget(self.key("texts"), tenant.as_str()).await;
        let bytes: Option<Vec<u8>> = read.map_err(unavailable)?;
        bytes.map_or(Ok(Texts::default()), |bytes| texts_of(tenant, &bytes))
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let [set, hash] = [format!("user-ids:{tenant}"), format!("accounts:{tenant}")];
        let after = behind(after.as_ref().map(UserId::as_str));
        let range = [&after, "+", "BYLEX", "LIMIT", "0", &most(limit)];
        let rows = self.page(&set, &hash, &range).await?;
        let listed = |(user, bytes): Row| {
            let user = UserId::new(user).map_err(|_| damaged("a user's id"))?;
            let key = AccountKey::of(tenant.clone(), user.clone());
            Listed::of(user, read_account(&key, &bytes.unwrap_or_default()))
        };
        rows.into_iter().map(listed).collect()
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        let read = self.redis.clone().hgetall(self.key(&format!("counts:{tenant}"))).await;
        let counts: Vec<(Vec<u8>, u64)> = read.map_err(unavailable)?;
        let mut groups = BTreeMap::new();
        for (facts, users) in counts {
            *groups.entry(read_facts(&facts).ok()).or_insert(0) += users;
        }
        Ok(groups.into_iter().map(|(facts, users)| Group { facts, users }).collect())
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let log = format!("log:{tenant}");
        let newest = match before {
            None => "+inf".to_owned(),
            Some(id) => {
                let read = self.redis.clone().zscore(self.key(&log), id.to_string()).await;
                let number: Option<i64> = read.map_err(unavailable)?;
                let Some(number) = number else { return Ok(Vec::new()) };
                format!("({number}")
            }
        };
        let range = [&newest, "-inf", "BYSCORE", "REV", "LIMIT", "0", &most(limit)];
        let set = account.map_or(log, |account| format!("history:{account}:{tenant}"));
        let rows = self.page(&set, &format!("events:{tenant}"), &range).await?;
        let event = |(id, bytes): Row| {
            let id = id.parse().map_err(|_| damaged("an event's id"))?;
            Ok(event_of(tenant, id, &bytes.unwrap_or_default()))
        };
        rows.into_iter().map(event).collect()
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        let after = behind(after.as_ref().map(TenantId::as_str));
        let mut ask = redis::cmd("ZRANGE");
        ask.arg(self.key("tenant-ids")).arg(&[&after, "+", "BYLEX", "LIMIT", "0", &most(limit)]);
        let ids = ask.query_async(&mut self.redis.clone()).await;
        let ids: Vec<String> = ids.map_err(unavailable)?;
        ids.into_iter().map(|id| TenantId::new(id).map_err(|_| damaged("a tenant's id"))).collect()
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        let read = self.redis.clone().hgetall(self.key("keys")).await;
        let kept: BTreeMap<u32, Vec<u8>> = read.map_err(unavailable)?;
        let fingerprint = |(key, kept): (u32, Vec<u8>)| {
            let kept = <[u8; 32]>::try_from(kept).map_err(|_| damaged("a fingerprint"))?;
            Ok((KeyId::new(key), Digest::from_bytes(kept)))
        };
        kept.into_iter().map(fingerprint).collect()
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        let keys = self.key("keys");
        let kept = self.redis.clone().hset_nx(keys, key.number(), fingerprint.as_bytes()).await;
        kept.map_err(unsure)
    }
}

/// An id and its record.
type Row = (String, Option<Vec<u8>>);

impl RedisStore {
    /// The ids in this range of a sorted set, each with the record that a hash keeps for it.
    async fn page(&self, set: &str, hash: &str, range: &[&str]) -> Result<Vec<Row>, StoreError> {
        let mut call = self.scripts.page.key(self.key(set));
        call.key(self.key(hash)).arg(range);
        call.invoke_async(&mut self.redis.clone()).await.map_err(unavailable)
    }
}

/// Where ids behind this one begin, in byte order.
fn behind(id: Option<&str>) -> String {
    id.map_or_else(|| "-".to_owned(), |id| format!("({id}"))
}

/// Redis reads a limit as a signed number.
fn most(limit: usize) -> String {
    i64::try_from(limit).unwrap_or(i64::MAX).to_string()
}

fn damaged(what: &'static str) -> StoreError {
    FormError::Damaged { what }.at("Redis")
}
