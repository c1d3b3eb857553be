//! A store that cannot be reached.

use countersign_core::account::Account;
use countersign_core::store::{Change, ClaimFilter, Claimed, Settlement, StoreError, Versioned};
use countersign_core::{AccountKey, LetterId};

use crate::fail::{fail, must};
use crate::laws::scene::{
    COMPANY, LONG, Props, account, claim_all, claim_one, commit, company, key, raised, with_account,
};
use crate::subject::Subject;

/// How a call went in an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    /// It was done.
    Well,
    /// It says that nothing was done.
    NotAtAll,
    /// It says that nobody knows.
    Unknown,
}

/// *A call that fails in an outage says `Unavailable` if nothing was written, and `OutcomeUnknown`
/// if that is not known*; it never says that somebody is absent, that another change came first, or
/// that a record is damaged. Afterwards the store goes on.
///
/// A subject that cannot be made to fail keeps this law: see
/// [`Subject::interrupted_by`](crate::Subject::interrupted_by).
pub async fn an_outage_is_told_as_what_it_is(subject: &Subject) {
    let Some(interrupt) = subject.interrupt() else { return };
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    props.found(store, key.tenant()).await;
    let old = props.create(store, &key).await;
    let held_id = props.queue(store, 1).await;
    let held = claim_one(store, LONG).await.0;
    props.queue(store, 1).await;

    interrupt(true);
    reads_tell_the_truth(subject, &key, &old).await;
    let next = raised(&old);
    let event = vec![props.event(key.tenant())];
    let change = Change { events: event, ..with_account(&key, Some(old.version), &next) };
    let committed = told("a commit", store.commit(change).await);
    let settled = store.settle(held.letter.id, held.lease, Settlement::Done).await;
    let settled = told("a settlement", settled);
    let claimed = store.claim(10, LONG, &ClaimFilter::default()).await;
    let took: Vec<Claimed> = claimed.as_ref().map(|due| due.claimed.clone()).unwrap_or_default();
    let claimed = told("a claim", claimed);
    interrupt(false);

    let last = is_whole_or_absent(subject, &key, (&old, &next), committed).await;
    let left = held_again(subject, &held, settled).await;
    assert!(left || settled != Went::NotAtAll, "a settlement says `Unavailable` and was done");
    let waiting: Vec<LetterId> = claim_all(store).await.iter().map(|c| c.letter.id).collect();
    let waits = waiting.iter().any(|id| !held_id.contains(id));
    match claimed {
        Went::Well => assert!(took.len() == 1 && !waits, "a claim in an outage is no claim"),
        Went::NotAtAll => assert!(waits, "a claim says `Unavailable` and holds a letter"),
        Went::Unknown => {}
    }
    commit(store, with_account(&key, Some(last.version), &raised(&last))).await;
}

/// What every error of a call that writes must be here.
fn told<T>(what: &str, result: Result<T, StoreError>) -> Went {
    match result {
        Ok(_) => Went::Well,
        Err(StoreError::Unavailable(_)) => Went::NotAtAll,
        Err(StoreError::OutcomeUnknown(_)) => Went::Unknown,
        Err(error) => fail(format_args!("{what} in an outage says: {error}")),
    }
}

async fn reads_tell_the_truth(subject: &Subject, key: &AccountKey, old: &Versioned<Account>) {
    let store = subject.store();
    if let Some(found) = read("a load", store.load(key).await) {
        assert_eq!(found.account.as_ref(), Some(old), "a load finds somebody else in an outage");
        assert!(found.tenant.is_some(), "a load finds no company in an outage");
    }
    if let Some(found) = read("a company", store.tenant(key.tenant()).await) {
        assert!(found.0.is_some(), "a company is absent in an outage");
    }
    if let Some(found) = read("a list", store.accounts(&company(), None, 10).await) {
        assert_eq!(found.len(), 1, "a list is empty in an outage");
    }
    if let Some(found) = read("a count", store.counts(&company()).await) {
        assert_eq!(found.len(), 1, "a count is empty in an outage");
    }
    let _ = read("texts", store.mail_texts(&company()).await);
    let _ = read("a log", store.events(&company(), None, None, 10).await);
}

fn read<T>(what: &str, result: Result<T, StoreError>) -> Option<T> {
    match result {
        Ok(found) => Some(found),
        Err(StoreError::Unavailable(_)) => None,
        Err(error) => fail(format_args!("{what} in an outage says: {error}")),
    }
}

/// What is there after a commit that went like this.
async fn is_whole_or_absent(
    subject: &Subject,
    key: &AccountKey,
    (old, next): (&Versioned<Account>, &Versioned<Account>),
    went: Went,
) -> Versioned<Account> {
    let found = account(subject.store(), key).await;
    let log = subject.store().events(&company(), None, None, 10).await;
    let logged = must(log, "read events").len() == 1;
    let is_new = found.as_ref() == Some(next);
    assert!(is_new || found.as_ref() == Some(old), "an outage left another account");
    assert_eq!(logged, is_new, "an outage left half a change");
    match went {
        Went::Well => assert!(is_new, "a commit that was answered is absent"),
        Went::NotAtAll => assert!(!is_new, "a commit says `Unavailable` and was written"),
        Went::Unknown => {}
    }
    if is_new { next.clone() } else { old.clone() }
}

/// Whether the letter is still held by this claim; it is settled with it now.
async fn held_again(subject: &Subject, held: &Claimed, went: Went) -> bool {
    if went == Went::Well {
        return false;
    }
    let store = subject.store();
    let now = must(store.tenant(&company()).await, "read a company").1;
    let again = Settlement::Again(now);
    must(store.settle(held.letter.id, held.lease, again).await, "settle a letter");
    let due = must(store.claim(10, LONG, &ClaimFilter::default()).await, "claim letters");
    let mut came = false;
    for claimed in due.claimed {
        let is_it = claimed.letter.id == held.letter.id;
        came |= is_it;
        let settlement = if is_it { Settlement::Done } else { again };
        let settled = store.settle(claimed.letter.id, claimed.lease, settlement).await;
        must(settled, "settle a letter");
    }
    came
}
