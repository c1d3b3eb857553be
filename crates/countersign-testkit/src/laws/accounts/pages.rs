//! Lists while people come and go, and where they end.

use std::collections::BTreeSet;

use countersign_core::store::{Change, Part};
use countersign_core::{Pseudonym, UserId};

use crate::fail::{fail, must};
use crate::laws::scene::{COMPANY, Props, commit, company, key, with_account};
use crate::subject::Subject;

/// *An account that was erased is neither listed nor counted.*
pub async fn an_erased_account_is_not_listed(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    for user in ["ada", "bo", "cy"] {
        props.create(store, &key(COMPANY, user)).await;
    }
    for (left, node) in [(2, subject.second()), (1, store), (0, subject.second())] {
        let listed = must(store.accounts(&company(), None, 100).await, "list accounts");
        let Some(first) = listed.first() else { return };
        let key = key(COMPANY, first.user_id.as_str());
        let Ok(there) = &first.account else { fail("an account is listed as damaged") };
        let account = Part::Erase(there.version);
        commit(store, Change { account, ..Change::to_account(&key) }).await;

        let after = must(node.accounts(&company(), None, 100).await, "list accounts");
        let is_there = after.iter().any(|listed| listed.user_id == first.user_id);
        assert!(!is_there, "an account is listed that was erased");
        let groups = must(node.counts(&company()).await, "count accounts");
        let counted: u64 = groups.iter().map(|group| group.users).sum();
        assert_eq!(counted, left, "an account is counted that was erased");
    }
}

/// *An account that is created between two pages, behind `after`, is on a later page.*
pub async fn who_joins_behind_the_cursor_appears_on_a_later_page(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    for user in ["b", "d", "f", "h"] {
        props.create(store, &key(COMPANY, user)).await;
    }
    let mut found: Vec<String> = Vec::new();
    for joins in ["e", "g", "z", "a"] {
        let after = found.last().map(|user| must(UserId::new(user.clone()), "name a user"));
        let page = must(store.accounts(&company(), after, 2).await, "list accounts");
        found.extend(page.iter().map(|listed| listed.user_id.as_str().to_owned()));
        props.create(subject.second(), &key(COMPANY, joins)).await;
    }
    let expected = ["b", "d", "e", "f", "g", "h", "z"];
    assert_eq!(found, expected, "somebody who joined between two pages is not on a later one");
}

/// *A page that is shorter than `limit` is the last*: of accounts, of the log, and of one account's
/// part of it. Whoever reads on until a page is short reads everything.
pub async fn a_short_page_is_the_end(subject: &Subject) {
    const ALL: usize = 260;
    let props = Props::new();
    let store = subject.store();
    let account: Pseudonym = props.pseudonym();
    for number in 0..ALL {
        let key = key(COMPANY, &format!("user {number:03}"));
        let events = vec![props.event_about(&company(), Some(account))];
        let next = props.first(props.account());
        commit(store, Change { events, ..with_account(&key, None, &next) }).await;
    }
    for limit in [150, 259] {
        let first = must(store.accounts(&company(), None, limit).await, "list accounts");
        let last = first.last().map(|listed| listed.user_id.clone());
        let rest = must(store.accounts(&company(), last, limit).await, "list accounts");
        is_all("accounts", limit, ALL, first.len(), rest.len());
        for of in [None, Some(account)] {
            let first = must(store.events(&company(), of, None, limit).await, "read events");
            let last = first.last().map(|event| event.id);
            let rest = must(store.events(&company(), of, last, limit).await, "read events");
            is_all("events", limit, ALL, first.len(), rest.len());
            let ids: BTreeSet<_> = first.iter().chain(&rest).map(|event| event.id).collect();
            assert_eq!(ids.len(), ALL, "two pages show an event twice");
        }
    }
}

fn is_all(what: &str, limit: usize, all: usize, first: usize, rest: usize) {
    assert_eq!(first, limit, "a page of {limit} {what} is short, and more follow");
    assert_eq!(rest, all - limit, "the last page of {what} after {limit} of {all}");
}
