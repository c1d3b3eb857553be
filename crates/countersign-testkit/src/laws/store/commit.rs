//! What `commit` does: everything in the change, or nothing.

use countersign_core::account::Event;
use countersign_core::mail::Letter;
use countersign_core::store::{Change, Part, Storage};
use countersign_core::{AccountKey, EventId, LetterId, TenantId};

use crate::laws::scene::{
    COMPANY, Props, account, claim_all, commit, events, key, load, loses, raised, tenant, wins,
    with_account, writing,
};
use crate::race::race;
use crate::subject::Subject;

/// *`commit` does everything in the change, or nothing.* Here: everything.
pub async fn a_commit_writes_everything_in_the_change(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let parts = (props.first(props.tenant(key.tenant())), props.first(props.account()));
    let rest = Rest::new(&props, &key);
    let change = Change {
        tenant: writing(None, &parts.0),
        account: writing(None, &parts.1),
        ..rest.in_change(&key)
    };
    commit(store, change).await;
    let found = load(store, &key).await;
    assert_eq!(found.tenant, Some(parts.0), "the company of a change is not there");
    assert_eq!(found.account, Some(parts.1), "the account of a change is not there");
    rest.assert_is_all_there(store, key.tenant()).await;
}

/// *`commit` does everything in the change, or nothing.* Here: nothing, for the account is lost.
pub async fn a_change_that_loses_its_account_writes_nothing(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let old = props.found(store, key.tenant()).await;
    let there = props.create(store, &key).await;
    let lost = [
        writing(None, &raised(&there)),
        writing(Some(there.version.next()), &raised(&there)),
        Part::Compare(None),
        Part::Compare(Some(there.version.next())),
        Part::Erase(there.version.next()),
    ];
    for account in lost {
        let change = Change {
            tenant: writing(Some(old.version), &raised(&old)),
            account,
            ..Rest::new(&props, &key).in_change(&key)
        };
        loses(store, change, "the account has another version").await;
    }
    assert_nothing_came(store, &key, "its account was lost").await;
    let found = load(store, &key).await;
    assert_eq!(found.tenant, Some(old), "the company was written, and the account was lost");
    assert_eq!(found.account, Some(there), "the account was written, and it was lost");
}

/// *`commit` does everything in the change, or nothing.* Here: nothing, for the tenant is lost.
pub async fn a_change_that_loses_its_tenant_writes_nothing(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let there = props.found(store, key.tenant()).await;
    let old = props.create(store, &key).await;
    let lost = [
        writing(None, &raised(&there)),
        writing(Some(there.version.next()), &raised(&there)),
        Part::Compare(None),
        Part::Compare(Some(there.version.next())),
        Part::Erase(there.version.next()),
    ];
    for tenant in lost {
        let change = Change {
            tenant,
            account: writing(Some(old.version), &raised(&old)),
            ..Rest::new(&props, &key).in_change(&key)
        };
        loses(store, change, "the company has another version").await;
    }
    assert_nothing_came(store, &key, "its company was lost").await;
    let found = load(store, &key).await;
    assert_eq!(found.account, Some(old), "the account was written, and the company was lost");
    assert_eq!(found.tenant, Some(there), "the company was written, and it was lost");
}

/// *`commit` answers `Conflict`, and writes nothing*: no event and no letter of a change that lost
/// a race is ever seen.
pub async fn of_racing_changes_the_losers_write_nothing(subject: &Subject) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    props.create(subject.store(), &key).await;
    let won = race(subject, 6, |_, store| {
        let props = props.clone();
        let key = key.clone();
        async move {
            let mut won = Vec::new();
            for _ in 0..12 {
                let old = account(&*store, &key).await;
                let next = old.as_ref().map_or_else(|| props.first(props.account()), raised);
                let rest = Rest::new(&props, &key);
                let expected = old.map(|old| old.version);
                let change = Change { account: writing(expected, &next), ..rest.in_change(&key) };
                if wins(&*store, change).await {
                    won.push(rest);
                }
            }
            won
        }
    })
    .await;
    let won: Vec<Rest> = won.into_iter().flatten().collect();
    assert!(!won.is_empty(), "in a race nobody won");
    let expected: Vec<EventId> = won.iter().flat_map(Rest::event_ids).collect();
    let found = events(subject.store(), key.tenant()).await;
    assert_same(found.iter().map(|event| event.id).collect(), expected, "events");
    let expected: Vec<LetterId> = won.iter().map(|rest| rest.letter.id).collect();
    let found = claim_all(subject.store()).await;
    assert_same(found.iter().map(|claimed| claimed.letter.id).collect(), expected, "letters");
}

/// *Compares: the record must have this version, or be absent*, and it stays what it was.
pub async fn a_comparison_writes_nothing(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = key(COMPANY, "ada");
    let bo = key("absent", "bo");
    let there = (props.found(store, ada.tenant()).await, props.create(store, &ada).await);
    let change = Change {
        tenant: Part::Compare(Some(there.0.version)),
        account: Part::Compare(Some(there.1.version)),
        ..Change::to_account(&ada)
    };
    commit(store, change).await;
    let found = load(store, &ada).await;
    assert_eq!(found.tenant, Some(there.0), "comparing a company changed it");
    assert_eq!(found.account, Some(there.1), "comparing an account changed it");

    let nothing = Part::Compare(None);
    let change =
        Change { tenant: nothing, account: Part::Compare(None), ..Change::to_account(&bo) };
    commit(store, change).await;
    let found = load(store, &bo).await;
    assert!(found.tenant.is_none(), "comparing an absent company made one");
    assert!(found.account.is_none(), "comparing an absent account made one");
}

/// *Erases the record if it still has this version.* It is absent then, and can be made again.
pub async fn an_erased_record_is_absent(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let there = (props.found(store, key.tenant()).await, props.create(store, &key).await);
    let erasing = Change { account: Part::Erase(there.1.version), ..Change::to_account(&key) };
    commit(store, erasing).await;
    assert!(account(store, &key).await.is_none(), "an erased account is still there");
    let erasing =
        Change { tenant: Part::Erase(there.0.version), ..Change::in_tenant(key.tenant().clone()) };
    commit(store, erasing).await;
    assert!(tenant(store, key.tenant()).await.0.is_none(), "an erased company is still there");

    let again = (props.found(store, key.tenant()).await, props.create(store, &key).await);
    let old = with_account(&key, Some(there.1.version), &raised(&there.1));
    loses(store, old, "the version is of an account that was erased").await;
    let found = load(store, &key).await;
    assert_eq!(found.tenant, Some(again.0), "an erased company cannot be made again");
    assert_eq!(found.account, Some(again.1), "an erased account cannot be made again");
}

/// *Erases the record*, and not what is told of it: the log stays, and so do letters and people.
pub async fn erasing_a_record_erases_nothing_else(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = key(COMPANY, "ada");
    let bo = key(COMPANY, "bo");
    let company = props.found(store, ada.tenant()).await;
    let gone = props.create(store, &ada).await;
    let stays = props.create(store, &bo).await;
    let rest = Rest::new(&props, &ada);
    commit(store, rest.in_change(&ada)).await;

    commit(store, Change { account: Part::Erase(gone.version), ..Change::to_account(&ada) }).await;
    let found = load(store, &bo).await;
    assert_eq!(found.tenant.as_ref(), Some(&company), "the company went with one of its people");
    assert_eq!(found.account.as_ref(), Some(&stays), "a person went with another");

    let tenant = Part::Erase(company.version);
    commit(store, Change { tenant, ..Change::in_tenant(ada.tenant().clone()) }).await;
    assert_eq!(account(store, &bo).await, Some(stays), "the people went with the company");
    rest.assert_is_all_there(store, ada.tenant()).await;
}

/// The part of a change that is not a record: two events and a letter.
struct Rest {
    events: [Event; 2],
    letter: Letter,
}

impl Rest {
    fn new(props: &Props, key: &AccountKey) -> Self {
        let event = || props.event(key.tenant());
        Self { events: [event(), event()], letter: props.letter(key) }
    }

    fn in_change(&self, key: &AccountKey) -> Change {
        let events = self.events.to_vec();
        let letters = vec![self.letter.clone()];
        Change { events, letters, ..Change::to_account(key) }
    }

    fn event_ids(&self) -> impl Iterator<Item = EventId> {
        self.events.iter().map(|event| event.id)
    }

    async fn assert_is_all_there(&self, store: &dyn Storage, tenant: &TenantId) {
        let found = events(store, tenant).await;
        let found = found.iter().map(|event| event.id).collect();
        assert_same(found, self.event_ids().collect(), "events");
        let found = claim_all(store).await;
        let found = found.iter().map(|claimed| claimed.letter.id).collect();
        assert_same(found, vec![self.letter.id], "letters");
    }
}

fn assert_same<T: Ord>(mut found: Vec<T>, mut expected: Vec<T>, what: &str) {
    found.sort();
    expected.sort();
    let found_len = found.len();
    let expected_len = expected.len();
    assert!(
        found == expected,
        "the {what} are not those of the changes that were committed: \
         {found_len} found, {expected_len} committed"
    );
}

async fn assert_nothing_came(store: &dyn Storage, key: &AccountKey, why: &str) {
    let found = events(store, key.tenant()).await;
    assert!(found.is_empty(), "a change left events behind, and {why}");
    let found = claim_all(store).await;
    assert!(found.is_empty(), "a change left letters behind, and {why}");
}
