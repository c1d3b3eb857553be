//! Records at their bounds: the fullest, the oddest, and those that were there before.

use countersign_core::account::{Actor, EventKind};
use countersign_core::mail::LetterKind;
use countersign_core::store::{Change, Part, Snapshot, Storage, Touched};
use countersign_core::{AccountKey, ChallengeId, Timestamp, UserId};

use crate::fail::must;
use crate::laws::life;
use crate::laws::same::same;
use crate::laws::scene::{LONG, Props, claim_one, commit, events, load};
use crate::subject::Subject;

/// *What is read equals what was written*, also at every bound: a tenant with rules for as many
/// roles as it may have, an account with as many roles and apps, each name and each id as long as
/// it may be, and the longest event and letter about them.
pub async fn records_at_their_bounds_are_read_as_they_were_written(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let (key, full) = life::full().await;
    let operator = Actor::Operator { name: "ü".repeat(100), reason: "🚚".repeat(50) };
    let what = EventKind::Reset { reason: "\u{10ffff}".repeat(50) };
    let event = props.event_of(key.tenant(), operator, what);
    let client = Some("ü".repeat(100));
    let letter = LetterKind::LoginCode { challenge: ChallengeId::from_bytes([0xff; 16]), client };
    let letter = props.letter_of(&key, letter);
    let change = Change {
        events: vec![event.clone()],
        letters: vec![letter.clone()],
        ..created(&key, &full)
    };
    commit(store, change).await;
    let found = load(store, &key).await;
    same(&found.account, &full.account, "the fullest account");
    same(&found.tenant, &full.tenant, "the fullest tenant");
    same(&events(store, key.tenant()).await, &vec![event], "the longest event");
    same(&claim_one(store, LONG).await.0.letter, &letter, "the longest letter");
    let listed = must(store.accounts(key.tenant(), None, 10).await, "list accounts");
    let listed = listed.into_iter().next().and_then(|listed| listed.account.ok());
    same(&listed, &full.account, "the fullest account in a list");
}

/// *What is read equals what was written*, to the millisecond: times of events and letters, and
/// those inside an account and a tenant.
pub async fn times_are_kept_to_the_millisecond(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let (key, odd) = life::at_odd_times().await;
    commit(store, created(&key, &odd)).await;
    let found = load(store, &key).await;
    same(&found.account, &odd.account, "an account with odd times");
    same(&found.tenant, &odd.tenant, "a tenant with odd times");
    for millis in [1, 7, 499, 501, 999, 1_795_530_720_123, 4_102_444_800_001, -1] {
        let at = Timestamp::from_millis(millis);
        let mut event = props.event(key.tenant());
        event.at = at;
        let mut letter = props.letter(&key);
        (letter.queued, letter.ends) = (at, at.plus(LONG));
        let change = Change {
            events: vec![event.clone()],
            letters: vec![letter.clone()],
            ..Change::to_account(&key)
        };
        commit(store, change).await;
        let newest = events(store, key.tenant()).await.into_iter().next();
        same(&newest, &Some(event), "an event at an odd time");
        same(&claim_one(store, LONG).await.0.letter, &letter, "a letter of an odd time");
    }
}

/// *A record that is created again holds nothing of the one that was erased.* A person who comes
/// back under an old id does not inherit the apps of whoever had it before.
pub async fn a_record_created_again_holds_nothing_of_the_old(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let (key, full) = life::full().await;
    let mut lived = life::lived().await;
    lived.retain(|(_, state)| state.account.is_some() && state.tenant.is_some());
    let rich = lived.into_iter().rev().step_by(9).map(|(_, state)| state);
    for old in [full].into_iter().chain(rich) {
        commit(store, created(&key, &old)).await;
        erase(store, &key, &old).await;
        let new = Snapshot {
            tenant: Some(props.first(props.tenant(key.tenant()))),
            account: Some(props.first(props.account())),
            now: old.now,
        };
        commit(store, created(&key, &new)).await;
        let found = load(store, &key).await;
        same(&found.account, &new.account, "an account that was created again");
        same(&found.tenant, &new.tenant, "a tenant that was created again");
        let listed = must(store.accounts(key.tenant(), None, 10).await, "list accounts");
        let users: Vec<&UserId> = listed.iter().map(|listed| &listed.user_id).collect();
        assert_eq!(users, [key.user()], "who was created again is listed otherwise");
        let groups = must(store.counts(key.tenant()).await, "count accounts");
        let facts: Vec<_> = groups.iter().map(|group| group.facts.as_ref()).collect();
        let expected = new.account.as_ref().map(|account| account.value.facts());
        assert_eq!(facts, [expected.as_ref()], "the counts hold something of the old account");
        erase(store, &key, &new).await;
    }
}

/// Creates both.
fn created(key: &AccountKey, new: &Snapshot) -> Change {
    let touched = Touched::Everything;
    let mut change = Change::to_account(key);
    if let Some(next) = new.account.clone() {
        change.account = Part::Write { expected: None, next, touched };
    }
    if let Some(next) = new.tenant.clone() {
        change.tenant = Part::Write { expected: None, next, touched };
    }
    change
}

/// Erases both.
async fn erase(store: &dyn Storage, key: &AccountKey, old: &Snapshot) {
    let mut change = Change::to_account(key);
    if let Some(old) = &old.account {
        change.account = Part::Erase(old.version);
    }
    if let Some(old) = &old.tenant {
        change.tenant = Part::Erase(old.version);
    }
    commit(store, change).await;
}
