//! An account that is stored and cannot be read.

use countersign_core::store::{Change, Part, StoreError};

use crate::fail::fail;
use crate::laws::scene::{COMPANY, Props, account, commit, key, loses, with_account};
use crate::subject::{Damage, Subject};

/// *A stored account that cannot be read is `Damaged`, with its version, and never absent. A change
/// that expects this version replaces it or erases it.* One that expects another, or absence, conflicts.
///
/// A subject that cannot be damaged keeps this law: see
/// [`Subject::damaged_by`](crate::Subject::damaged_by).
pub async fn a_damaged_account_is_never_absent_and_gives_way_at_its_version(subject: &Subject) {
    let Some(damage) = subject.damage() else { return };
    let props = Props::new();
    let store = subject.store();
    let [ada, ben] = ["ada", "ben"].map(|user| key(COMPANY, user));
    for key in [&ada, &ben] {
        let old = props.create(store, key).await;
        damage(Damage::Account(key.clone()));
        for node in [store, subject.second()] {
            match node.load(key).await {
                Err(StoreError::Damaged(told)) => {
                    let why = "a damaged account has the version that it is stored under";
                    assert_eq!(told.version, Some(old.version), "{why}");
                }
                Ok(found) if found.account.is_none() => fail("a damaged account looks absent"),
                Ok(_) => fail("a damaged account is read"),
                Err(error) => fail(format_args!("a damaged account is told as: {error}")),
            }
        }
        let next = props.first(props.account());
        loses(store, with_account(key, None, &next), "creating what is there and damaged").await;
        let other = Some(props.version());
        loses(store, with_account(key, other, &next), "replacing another version").await;
        let change = match key == &ada {
            true => with_account(key, Some(old.version), &next),
            false => Change { account: Part::Erase(old.version), ..Change::to_account(key) },
        };
        commit(store, change.clone()).await;
        let expected = (key == &ada).then_some(next);
        assert_eq!(account(store, key).await, expected, "a damaged account does not give way");
        loses(store, change, "replacing what was mended meanwhile").await;
    }
}
