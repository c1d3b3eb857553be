//! One tenant, with the time; and that no list lags behind.

use countersign_core::store::Change;

use crate::fail::must;
use crate::laws::scene::{
    COMPANY, Props, commit, events, key, load, raised, tenant, with_account, with_tenant,
};
use crate::laws::store::{Read, times_fit};
use crate::subject::Subject;

/// *`tenant` returns the tenant and the store's time, as of one moment.*
pub async fn a_tenant_is_read_with_the_time_of_the_same_moment(subject: &Subject) {
    times_fit(subject, Read::Company).await;
}

/// *The tenant, if there is one with that id*; the time, in any case.
pub async fn an_unknown_tenant_is_absent(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = key(COMPANY, "ada");
    props.found(store, ada.tenant()).await;
    let (found, told) = tenant(store, key("unknown", "ada").tenant()).await;
    assert!(found.is_none(), "a company is there that nobody founded");
    let now = load(store, &ada).await.now;
    assert!(told <= now, "the time told without a company is another one");
    let found = tenant(store, ada.tenant()).await.0;
    assert_eq!(found, load(store, &ada).await.tenant, "two reads find two companies");
}

/// What an administrator sees is true: each list has every commit acknowledged before it was asked
/// for, on whatever node. An administrator who is counted as the last one must be the last one.
pub async fn a_list_misses_no_acknowledged_commit(subject: &Subject) {
    const LATE: &str = "misses a commit that was acknowledged before";
    let props = Props::new();
    let id = key(COMPANY, "ada").tenant().clone();
    let mut company = props.found(subject.store(), &id).await;
    let nodes = [(subject.store(), subject.second()), (subject.second(), subject.store())];
    for round in 0..20_usize {
        let (here, there) = if round % 2 == 0 { nodes[0] } else { nodes[1] };
        let key = key(COMPANY, &format!("user {round:02}"));
        let next = raised(&company);
        commit(here, with_tenant(&id, Some(company.version), &next)).await;
        company = next;
        let account = props.first(props.account());
        let event = props.event(&id);
        let told = event.id;
        let change = Change { events: vec![event], ..with_account(&key, None, &account) };
        commit(here, change).await;

        let found = tenant(there, &id).await.0;
        assert_eq!(found.as_ref(), Some(&company), "the company {LATE}");
        let listed = must(there.accounts(&id, None, 100).await, "list accounts");
        assert_eq!(listed.len(), round + 1, "the list of accounts {LATE}");
        let counted = must(there.counts(&id).await, "count users");
        let users: u64 = counted.iter().map(|group| group.users).sum();
        assert_eq!(usize::try_from(users).ok(), Some(round + 1), "the counts {LATE}");
        let newest = events(there, &id).await.first().map(|event| event.id);
        assert_eq!(newest, Some(told), "the log {LATE}");
    }
}
