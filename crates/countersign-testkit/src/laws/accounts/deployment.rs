//! What is about the whole deployment: its tenants, and the fingerprints of its keys.

use countersign_core::store::{Change, Part, Storage};
use countersign_core::{Digest, KeyId, TenantId};

use crate::fail::{fail, must};
use crate::laws::scene::{Props, commit, key};
use crate::race::race;
use crate::subject::Subject;

/// *`tenants` returns the ids of all tenants there are, in ascending byte order.*
pub async fn tenants_come_in_byte_order_of_their_ids(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    assert_eq!(tenants(store, None, 10).await, [], "an empty store has tenants");
    for id in ["b", "\u{e9}", "B", "a", "aa", "A"] {
        props.found(store, &named(id)).await;
    }
    let expected = ["A", "B", "a", "aa", "b", "\u{e9}"].map(named);
    assert_eq!(tenants(store, None, 10).await, expected, "tenants come in another order");
}

/// *...those after `after` and at most `limit`*, also when that one is gone meanwhile.
pub async fn paging_visits_each_tenant_once(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    for id in ["a", "b", "c", "d", "e"] {
        props.found(store, &named(id)).await;
    }
    assert_eq!(tenants(store, None, 2).await, ["a", "b"].map(named), "the first page");
    let (erased, _) = must(store.tenant(&named("b")).await, "read a tenant");
    let Some(erased) = erased else { fail("a tenant is gone that nobody erased") };
    let erase = Change { tenant: Part::Erase(erased.version), ..Change::in_tenant(named("b")) };
    commit(store, erase).await;
    let page = tenants(store, Some(named("b")), 2).await;
    assert_eq!(page, ["c", "d"].map(named), "the page after a tenant that was erased");
    assert_eq!(tenants(store, Some(named("d")), 2).await, [named("e")], "the last page");
    let all = tenants(store, None, 10).await;
    assert_eq!(all, ["a", "c", "d", "e"].map(named), "an erased tenant is listed");
}

/// *`fingerprints` returns what is kept, one for each key, in ascending order of their numbers.*
pub async fn a_fingerprint_is_read_as_it_was_kept(subject: &Subject) {
    let store = subject.store();
    assert_eq!(fingerprints(store).await, [], "an empty store knows keys");
    let odd: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 8).unwrap_or_default());
    let kept = [(1, [0; 32]), (7, odd), (u32::MAX, [255; 32])];
    let kept = kept.map(|(key, bytes)| (KeyId::new(key), Digest::from_bytes(bytes)));
    for (key, fingerprint) in kept.iter().rev() {
        must(store.keep_fingerprint(*key, *fingerprint).await, "keep a fingerprint");
    }
    for node in [store, subject.second()] {
        assert_eq!(fingerprints(node).await, kept, "fingerprints are read differently");
    }
}

/// *`keep_fingerprint` leaves one that is kept as it is.*
pub async fn a_fingerprint_that_is_kept_is_never_another(subject: &Subject) {
    let store = subject.store();
    let first = Digest::from_bytes([1; 32]);
    for bytes in [[1; 32], [2; 32], [1; 32]] {
        let fingerprint = Digest::from_bytes(bytes);
        must(store.keep_fingerprint(KeyId::new(3), fingerprint).await, "keep a fingerprint");
        let kept = fingerprints(store).await;
        assert_eq!(kept, [(KeyId::new(3), first)], "a fingerprint was kept over another");
    }
}

/// *Of racing calls one is kept*, and every node reads that one from its own call on.
pub async fn of_racing_fingerprints_one_is_kept(subject: &Subject) {
    for round in 0..20 {
        let key = KeyId::new(round);
        let seen = race(subject, 2, |worker, store| async move {
            let bytes = [u8::try_from(worker + 1).unwrap_or_default(); 32];
            must(
                store.keep_fingerprint(key, Digest::from_bytes(bytes)).await,
                "keep a fingerprint",
            );
            fingerprints(&*store).await.into_iter().find(|(kept, _)| *kept == key)
        })
        .await;
        let now = fingerprints(subject.store()).await.into_iter().find(|(kept, _)| *kept == key);
        assert!(seen.iter().all(|seen| *seen == now), "two fingerprints of one key");
    }
}

async fn tenants(store: &dyn Storage, after: Option<TenantId>, limit: usize) -> Vec<TenantId> {
    must(store.tenants(after, limit).await, "list tenants")
}

async fn fingerprints(store: &dyn Storage) -> Vec<(KeyId, Digest)> {
    must(store.fingerprints().await, "read fingerprints")
}

fn named(id: &str) -> TenantId {
    key(id, "ada").tenant().clone()
}
