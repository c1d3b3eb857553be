//! The counts: everybody once, grouped by what requirements are decided by.

use std::collections::{BTreeMap, BTreeSet};

use countersign_core::policy::Facts;
use countersign_core::store::{Change, Group, Part, Storage};
use countersign_core::{NewUser, Requirement, TenantId};

use crate::fail::{fail, must};
use crate::laws::life;
use crate::laws::same::same;
use crate::laws::scene::{
    COMPANY, Props, account, address, commit, company, key, raised, with_account, word,
};
use crate::race::{Encounter, race};
use crate::subject::Subject;

/// *`counts` counts every account of that tenant exactly once*, also while people change from one
/// group to another.
pub async fn counts_hold_every_account_once(subject: &Subject) {
    const PEOPLE: usize = 12;
    let props = Props::new();
    for person in 0..PEOPLE {
        props.create(subject.store(), &key(COMPANY, &format!("user {person}"))).await;
    }
    let encounter = Encounter::default();
    race(subject, 3, |worker, store| {
        let props = props.clone();
        let encounter = encounter.clone();
        async move {
            while worker > 0 && encounter.wants_read() {
                let counted = people(&counts(&*store, &company()).await);
                assert_eq!(
                    counted, PEOPLE as u64,
                    "the counts are of {counted} users, and there are {PEOPLE}"
                );
            }
            let mut written = 0;
            while worker == 0 && encounter.wants_write(written).await {
                let key = key(COMPANY, &format!("user {}", written % PEOPLE));
                let Some(old) = account(&*store, &key).await else { fail("somebody is gone") };
                let mut next = raised(&old);
                next.value = props.account_of(kinds(written / PEOPLE + written % PEOPLE));
                commit(&*store, with_account(&key, Some(old.version), &next)).await;
                written += 1;
            }
        }
    })
    .await;
    let last = key(COMPANY, "user 0");
    if let Some(old) = account(subject.store(), &last).await {
        let erasing = Change { account: Part::Erase(old.version), ..Change::to_account(&last) };
        commit(subject.store(), erasing).await;
    }
    let counted = people(&counts(subject.store(), &company()).await);
    assert_eq!(counted, PEOPLE as u64 - 1, "somebody who was erased is counted");
}

/// *...grouped by `Account::facts`*: no two groups alike, none empty, each as large as it is.
pub async fn counts_are_grouped_by_facts(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let mut expected: BTreeMap<Option<Facts>, u64> = BTreeMap::new();
    for person in 0..24 {
        let account = props.first(props.account_of(kinds(person)));
        *expected.entry(Some(account.value.facts())).or_default() += 1;
        let key = key(COMPANY, &format!("user {person}"));
        commit(store, with_account(&key, None, &account)).await;
    }
    let groups = counts(store, &company()).await;
    let different: BTreeSet<_> = groups.iter().map(|group| &group.facts).collect();
    assert_eq!(different.len(), groups.len(), "two groups have the same facts");
    assert!(groups.iter().all(|group| group.users > 0), "a group is empty");
    let found: BTreeMap<_, _> =
        groups.into_iter().map(|group| (group.facts, group.users)).collect();
    assert_eq!(found, expected, "users are not grouped by their facts");
}

/// *`counts` groups the facts of the accounts that `accounts` lists*, after every write: whatever
/// happens to an account in its life, the next count has it.
pub async fn counts_equal_the_listed_facts_after_every_write(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    for user in ["bo", "cy"] {
        props.create(store, &key(COMPANY, user)).await;
    }
    let mut before = None;
    for (key, written) in life::lived().await {
        commit(store, life::step(before.as_ref(), &key, &written)).await;
        let mut expected: BTreeMap<Option<Facts>, u64> = BTreeMap::new();
        for listed in must(store.accounts(key.tenant(), None, 100).await, "list accounts") {
            let facts = listed.account.ok().map(|account| account.value.facts());
            *expected.entry(facts).or_default() += 1;
        }
        let groups = counts(store, key.tenant()).await;
        let found: BTreeMap<_, _> = groups.into_iter().map(|g| (g.facts, g.users)).collect();
        same(&found, &expected, "the count after a write");
        before = Some(written);
    }
}

/// *...of that tenant.*
pub async fn counts_are_of_one_tenant_only(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let companies = ["acme", "Acme", "acme ", "acmea", "acmé"];
    for (more, company) in companies.into_iter().enumerate() {
        for person in 0..=more {
            props.create(store, &key(company, &format!("user {person}"))).await;
        }
    }
    for (more, company) in (1..).zip(companies) {
        let counted = people(&counts(store, key(company, "ada").tenant()).await);
        assert_eq!(counted, more, "the counts of {company:?} are of other tenants' users too");
    }
    let nobody = counts(store, key("unknown", "ada").tenant()).await;
    assert!(nobody.is_empty(), "a tenant without users has groups");
}

async fn counts(store: &dyn Storage, tenant: &TenantId) -> Vec<Group> {
    must(store.counts(tenant).await, "count users")
}

fn people(groups: &[Group]) -> u64 {
    groups.iter().map(|group| group.users).sum()
}

/// Eight kinds of people, each with facts of its own.
fn kinds(number: usize) -> NewUser {
    let somebody = NewUser::at(address("ada@larkfield.example"));
    match number % 8 {
        0 => NewUser::default(),
        1 => somebody,
        2 => somebody.admin(),
        3 => somebody.with_rule(Requirement::Email),
        4 => somebody.with_rule(Requirement::App),
        5 => somebody.with_role(word("driver")),
        6 => somebody.with_role(word("Driver")),
        _ => somebody.with_role(word("driver")).with_role(word("owner")),
    }
}
