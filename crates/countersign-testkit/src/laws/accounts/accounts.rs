//! The list of accounts: one tenant's, in order, in pages.

use countersign_core::store::{Change, Listed, Part, Storage};
use countersign_core::{TenantId, UserId};

use crate::fail::{fail, must};
use crate::laws::same::same;
use crate::laws::scene::{COMPANY, Props, commit, company, key, load, raised, with_account};
use crate::laws::store::ALIKE;
use crate::subject::Subject;

/// *`accounts` returns the accounts of that tenant only.*
pub async fn accounts_are_of_one_tenant_only(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let companies = ["acme", "Acme", "acme ", "acm", "acmea", "ACME", "acmé"];
    for company in companies {
        for user in ["ada", company] {
            props.create(store, &key(company, user)).await;
        }
    }
    for company in companies {
        let listed = page(store, key(company, "ada").tenant(), None, 100).await;
        let mut expected = ["ada", company];
        expected.sort_unstable();
        assert_eq!(
            users(&listed),
            expected,
            "the list of {company:?} is not that of its own people"
        );
    }
    let nobody = page(store, key("unknown", "ada").tenant(), None, 100).await;
    assert!(nobody.is_empty(), "a company without people lists some");
}

/// *...in ascending byte order of their user ids.*
pub async fn accounts_come_in_byte_order_of_their_user_ids(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    for user in ALIKE {
        props.create(store, &key(COMPANY, user)).await;
    }
    let listed = page(store, &company(), None, 1000).await;
    let mut expected = ALIKE.to_vec();
    expected.sort_unstable_by_key(|user| user.as_bytes());
    assert_eq!(users(&listed), expected, "accounts are not in byte order of their user ids");
}

/// *...those after `after` and at most `limit`.*
pub async fn a_page_of_accounts_starts_after_a_user_and_has_a_limit(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let all = ["a", "b", "b ", "c", "é", "🦆"];
    for user in all {
        props.create(store, &key(COMPANY, user)).await;
    }
    // Of somebody who is there, who never was, and who lies before or after everybody.
    let afters = all.map(Some).into_iter().chain([None, Some("B"), Some("bb"), Some("\u{10ffff}")]);
    for after in afters {
        for limit in [0, 1, 2, 5, 6, 100, usize::MAX] {
            let listed = page(store, &company(), after, limit).await;
            let expected = all.into_iter().filter(|user| after.is_none_or(|after| *user > after));
            let expected: Vec<_> = expected.take(limit).collect();
            assert_eq!(users(&listed), expected, "the page of {limit} after {after:?}");
        }
    }
}

/// *...those after `after`*: page by page, everybody is met once, also where people come and go
/// between two pages.
pub async fn paging_visits_each_account_once(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let names: Vec<_> = (0..23).map(|n| format!("user {n:02}")).collect();
    for name in &names {
        props.create(store, &key(COMPANY, name)).await;
    }
    for limit in [1, 2, 7, 23] {
        let found = walk(store, limit, Between::Nothing).await;
        assert_eq!(found, names, "pages of {limit} do not show everybody once");
    }
    // The last one of each page is erased before the next page is asked for.
    let found = walk(store, 5, Between::TheLastOneLeaves).await;
    assert_eq!(found, names, "pages lose people when the last one of a page leaves");
}

/// What is listed is what `load` returns: the value and the version that a write must expect.
pub async fn a_listed_account_is_the_loaded_one(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    for user in ["ada", "bo", "cy"] {
        let key = key(COMPANY, user);
        let mut last = props.create(store, &key).await;
        for _ in 0..3 {
            let next = raised(&last);
            commit(store, with_account(&key, Some(last.version), &next)).await;
            last = next;
        }
    }
    for listed in page(store, &company(), None, 100).await {
        let loaded = load(store, &key(COMPANY, listed.user_id.as_str())).await.account;
        same(&listed.account.ok(), &loaded, "an account in a list");
    }
}

/// What happens between two pages.
#[derive(Clone, Copy, PartialEq)]
enum Between {
    Nothing,
    TheLastOneLeaves,
}

/// The user ids on all pages.
async fn walk(store: &dyn Storage, limit: usize, between: Between) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for _ in 0..100 {
        let page = page(store, &company(), found.last().map(String::as_str), limit).await;
        let Some(last) = page.last() else { return found };
        if between == Between::TheLastOneLeaves {
            let key = key(COMPANY, last.user_id.as_str());
            let Ok(there) = &last.account else { fail("an account is listed as damaged") };
            let account = Part::Erase(there.version);
            commit(store, Change { account, ..Change::to_account(&key) }).await;
        }
        found.extend(users(&page).into_iter().map(str::to_owned));
    }
    fail("the pages of the list never end")
}

async fn page(
    store: &dyn Storage,
    tenant: &TenantId,
    after: Option<&str>,
    limit: usize,
) -> Vec<Listed> {
    let after = after.map(|user| must(UserId::new(user), "name a user"));
    must(store.accounts(tenant, after, limit).await, "list accounts")
}

fn users(listed: &[Listed]) -> Vec<&str> {
    listed.iter().map(|listed| listed.user_id.as_str()).collect()
}
