//! The connection, and the two calls that every login makes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::store::{Change, Snapshot, Store, StoreError};
use countersign::{AccountKey, Timestamp, async_trait};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, Pipeline, RedisError, Script};

use crate::change::words;
use crate::records::{read_account, tenant_of};

/// Accounts and letters in Redis. Clones share the connection.
#[derive(Clone)]
pub struct RedisStore {
    pub(crate) redis: ConnectionManager,
    pub(crate) prefix: String,
    pub(crate) scripts: Arc<Scripts>,
}

pub(crate) struct Scripts {
    pub(crate) commit: Script,
    pub(crate) claim: Script,
    pub(crate) settle: Script,
    pub(crate) page: Script,
}

impl RedisStore {
    /// Connects, and looks whether this Redis keeps what it says it keeps. Everything is kept under
    /// keys that begin with `{name}:`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] where it cannot be reached, or has a setting that loses data.
    pub async fn open(url: &str, name: &str) -> Result<Self, StoreError> {
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(Duration::from_secs(5)))
            .set_number_of_retries(1);
        let client = Client::open(url).map_err(unavailable)?;
        let redis = ConnectionManager::new_with_config(client, settings).await;
        let mut redis = redis.map_err(unavailable)?;
        for (setting, required) in
            [("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory-policy", "noeviction")]
        {
            let mut asked = redis::cmd("CONFIG");
            let asked = asked.arg("GET").arg(setting).query_async(&mut redis).await;
            let (_, found): (String, String) = asked.map_err(unavailable)?;
            if found != required {
                let sentence =
                    format!("{setting} is {found}, which loses data; set it to {required}");
                return Err(StoreError::Unavailable(sentence.into()));
            }
        }
        let scripts = Scripts {
            commit: Script::new(include_str!("commit.lua")),
            claim: Script::new(include_str!("claim.lua")),
            settle: Script::new(include_str!("settle.lua")),
            page: Script::new(include_str!("page.lua")),
        };
        // One hash tag for all keys: a script of a cluster may touch one slot only.
        Ok(Self { redis, prefix: format!("{{{name}}}:"), scripts: Arc::new(scripts) })
    }

    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The values of these fields, and the time, as of one moment.
    pub(crate) fn snapshot(&self, fields: &[(&str, &str)]) -> Pipeline {
        let mut pipe = redis::pipe();
        pipe.atomic().cmd("TIME");
        for (hash, field) in fields {
            pipe.cmd("HGET").arg(self.key(hash)).arg(*field);
        }
        pipe
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for RedisStore {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        let (tenant, user) = (key.tenant().as_str(), key.user().as_str());
        let accounts = format!("accounts:{tenant}");
        let read = self.snapshot(&[("tenants", tenant), (&accounts, user)]);
        let read = read.query_async(&mut self.redis.clone()).await;
        let (now, tenant, account): (Time, Option<Vec<u8>>, Option<Vec<u8>>) =
            read.map_err(unavailable)?;
        Ok(Snapshot {
            tenant: tenant.map(|bytes| tenant_of(key.tenant(), &bytes)).transpose()?,
            account: account.map(|bytes| read_account(key, &bytes)).transpose()?,
            now: time(now),
        })
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        let words = words(&change).map_err(|error| error.at("a change"))?;
        let mut call = self.scripts.commit.key(&self.prefix);
        match call.arg(words).invoke_async(&mut self.redis.clone()).await.map_err(unsure)? {
            0 => Err(StoreError::Conflict),
            _ => Ok(()),
        }
    }
}

/// Seconds and microseconds, as Redis tells the time.
pub(crate) type Time = (i64, i64);

pub(crate) fn time((seconds, micros): Time) -> Timestamp {
    Timestamp::from_millis(seconds * 1000 + micros / 1000)
}

/// A read that failed.
pub(crate) fn unavailable(error: RedisError) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

/// A write that failed. Where Redis answered, or was never reached, it wrote nothing.
pub(crate) fn unsure(error: RedisError) -> StoreError {
    match error.kind() {
        ErrorKind::Server(_) | ErrorKind::Extension => unavailable(error),
        _ if error.is_connection_refusal() => unavailable(error),
        _ => StoreError::OutcomeUnknown(Box::new(error)),
    }
}
