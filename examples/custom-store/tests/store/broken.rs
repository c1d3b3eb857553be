//! What a red law says: to a store that compares before it writes, and not as it writes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use countersign::store::{Change, Part, Snapshot, Store, StoreError};
use countersign::{AccountKey, async_trait};
use countersign_testkit::{Subject, laws};
use custom_store::RedisStore;

use crate::block_on;
use crate::laws::fresh_name;
use crate::server::SHARED;

/// Reads, compares, and writes over whatever is there by then: `GET`, `if`, `SET`, without a script.
#[derive(Debug, Clone)]
struct ComparesTooEarly(RedisStore);

#[async_trait]
impl Store for ComparesTooEarly {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        self.0.load(key).await
    }

    async fn commit(&self, mut change: Change) -> Result<(), StoreError> {
        let Some(user) = change.user_id.clone() else { return self.0.commit(change).await };
        let key = AccountKey::of(change.tenant_id.clone(), user);
        let there = async || {
            let snapshot = self.0.load(&key).await?;
            Ok::<_, StoreError>(snapshot.account.map(|account| account.version))
        };
        if let Part::Write { expected, .. } = &change.account
            && there().await? != *expected
        {
            return Err(StoreError::Conflict);
        }
        loop {
            match (self.0.commit(change.clone()).await, &mut change.account) {
                (Err(StoreError::Conflict), Part::Write { expected, .. }) => {
                    *expected = there().await?;
                }
                (told, _) => return told,
            }
        }
    }
}

#[test]
fn a_store_that_compares_before_it_writes_is_told_so_in_a_sentence() {
    let Some(server) = SHARED.as_ref() else { return };
    let name = "of_many_writes_over_one_version_one_succeeds";
    let law = laws::LOGINS.iter().find(|law| law.name() == name).unwrap();
    let judged = catch_unwind(AssertUnwindSafe(|| {
        block_on(async {
            let store = RedisStore::open(&server.url(), &fresh_name()).await.unwrap();
            let subject = Subject::of_logins(ComparesTooEarly(store));
            law.judge(&subject.driven_by(|work| block_on(work))).await;
        });
    }));
    let said = judged.expect_err("the law lets it pass");
    let said = said.downcast_ref::<String>().unwrap();
    // Such as: of 8 writes over one version of an account 5 succeeded
    let how_many = said.strip_prefix("of 8 writes over one version of an account ");
    let how_many = how_many.and_then(|rest| rest.strip_suffix(" succeeded")).expect(said);
    assert!(how_many.parse::<u8>().unwrap() > 1, "{said}");
}
