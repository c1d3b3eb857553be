//! Redis keeps every law, with a second connection beside the first.

use std::sync::atomic::{AtomicU32, Ordering};

use countersign_testkit::{Damage, Subject};
use custom_store::RedisStore;
use redis::Commands as _;

use crate::block_on;
use crate::server::SHARED;

/// A name that nobody else uses keeps the laws apart, since they run side by side.
pub(crate) fn fresh_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("law-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

async fn fresh() -> Subject {
    let (url, name) = (SHARED.as_ref().unwrap().url(), fresh_name());
    let store = RedisStore::open(&url, &name).await.unwrap();
    let second = RedisStore::open(&url, &name).await.unwrap();
    Subject::new(store)
        .with_second_node(second)
        .damaged_by(move |damage| spoil(&url, &name, damage))
}

/// Overwrites a record behind the back of the store.
fn spoil(url: &str, name: &str, damage: Damage) {
    let mut redis = redis::Client::open(url).unwrap().get_connection().unwrap();
    let (hash, field, kept) = match damage {
        Damage::Account(of) => (format!("accounts:{}", of.tenant()), of.user().to_string(), 8),
        Damage::Tenant(id) => ("tenants".to_owned(), id.to_string(), 8),
        Damage::Event(of, id) => (format!("events:{of}"), id.to_string(), 24),
        Damage::Letter(id) => (format!("letter:{id}"), "body".to_owned(), 0),
    };
    let hash = format!("{{{name}}}:{hash}");
    let record: Vec<u8> = redis.hget(&hash, &field).unwrap();
    let spoiled = [record.get(..kept).unwrap(), b"spoiled"].concat();
    let _: () = redis.hset(&hash, &field, spoiled).unwrap();
}

/// Without a Redis there is nothing to judge; `SHARED` has said so.
fn judge(law: impl Future<Output = ()>) {
    if SHARED.is_some() {
        block_on(law);
    }
}

countersign_testkit::store_laws!(fresh(), block_on = judge);
