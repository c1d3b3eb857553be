//! Pages at their edges: no row, all rows, and a page before something that is not there.

use countersign_core::store::{Accounts, Change, Store};
use countersign_core::{EventId, HOUR, TenantId, UserId};
use countersign_sql::SqliteStore;

use crate::scene::{Scribe, company};
use crate::{block_on, folder};

async fn with_events() -> (SqliteStore, Scribe) {
    let path = folder::fresh().join("portal.db");
    let store = SqliteStore::open(path).await.unwrap();
    let scribe = Scribe::new(1);
    scribe.write_up_to(&store, 6).await;
    (store, scribe)
}

#[test]
fn what_comes_before_an_unknown_event_is_nothing_and_not_everything() {
    block_on(async {
        let (store, scribe) = with_events().await;
        let unknown = EventId::from_bytes([0xee; 16]);
        assert!(store.events(&company(), None, Some(unknown), 10).await.unwrap().is_empty());
        // Nor is an event of one tenant a place in the log of another.
        let other = TenantId::new("harbor").unwrap();
        let mut event = scribe.event(77, 0);
        event.tenant = other.clone();
        let change = Change { events: vec![event.clone()], ..Change::in_tenant(other.clone()) };
        store.commit(change).await.unwrap();
        assert!(store.events(&company(), None, Some(event.id), 10).await.unwrap().is_empty());
        assert_eq!(store.events(&other, None, None, 10).await.unwrap(), [event]);
    });
}

#[test]
fn a_page_may_be_empty_or_hold_everything() {
    block_on(async {
        let (store, scribe) = with_events().await;
        assert!(store.events(&company(), None, None, 0).await.unwrap().is_empty());
        assert!(store.accounts(&company(), None, 0).await.unwrap().is_empty());
        let all = store.events(&company(), None, None, usize::MAX).await.unwrap();
        assert_eq!(all.len(), 9);
        let last = store.events(&company(), None, Some(all[7].id), usize::MAX).await.unwrap();
        assert_eq!(last, all[8..]);
        assert!(
            store.events(&company(), None, Some(all[8].id), usize::MAX).await.unwrap().is_empty()
        );
        let after = UserId::new("scribe").unwrap();
        let people = store.accounts(&company(), Some(after), usize::MAX).await.unwrap();
        assert_eq!(people.len(), 1);
        let after = Some(scribe.key.user().clone());
        assert!(store.accounts(&company(), after, usize::MAX).await.unwrap().is_empty());
    });
}

#[test]
fn a_claim_may_ask_for_nothing_or_for_everything() {
    use countersign_core::store::{ClaimFilter, Outbox};
    block_on(async {
        let (store, _) = with_events().await;
        let lease = HOUR;
        let none = store.claim(0, lease, &ClaimFilter::default()).await.unwrap();
        assert!(none.claimed.is_empty() && none.next.is_some_and(|next| next <= none.now));
        assert_eq!(
            store.claim(usize::MAX, lease, &ClaimFilter::default()).await.unwrap().claimed.len(),
            3
        );
    });
}
