//! A commit that is given up.

use std::collections::BTreeSet;

use countersign_core::store::{Change, Versioned};

use crate::dropped::{MOST_POLLS, dropped_after};
use crate::fail::{fail, must};
use crate::laws::scene::{
    COMPANY, Props, account, claim_all, events, key, raised, wins, with_account,
};
use crate::subject::Subject;

/// *A `commit` whose future is dropped is written whole, or not at all*, at whichever of its awaits
/// it is dropped: account, events and letters.
pub async fn a_dropped_commit_is_whole_or_absent(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let mut old = props.create(store, &key).await;
    let mut written = BTreeSet::new();
    let mut queued = BTreeSet::new();
    let mut found_letters = BTreeSet::new();
    for polls in 0..MOST_POLLS {
        let next = raised(&old);
        let event = props.event(key.tenant());
        let letter = props.letter(&key);
        let event_id = event.id;
        let letter_id = letter.id;
        let change = with_account(&key, Some(old.version), &next);
        let change = Change { events: vec![event], letters: vec![letter], ..change };
        let told = dropped_after(polls, store.commit(change)).await;
        // Whoever wins against it decides that it will never be written; who loses, that it is.
        let other = Versioned { version: next.version.next(), value: props.account() };
        let absent = wins(subject.second(), with_account(&key, Some(old.version), &other)).await;
        assert!(!absent || told.is_none(), "a commit that was answered is absent");
        if !absent {
            written.insert(event_id);
            queued.insert(letter_id);
        }
        old = if absent { other } else { next };
        let found = account(subject.second(), &key).await;
        assert_eq!(found.as_ref(), Some(&old), "what is there is not what was written last");
        let log: BTreeSet<_> =
            events(subject.second(), key.tenant()).await.iter().map(|event| event.id).collect();
        assert_eq!(log, written, "the events of a dropped commit are not there with its account");
        found_letters.extend(claim_all(store).await.iter().map(|claimed| claimed.letter.id));
        assert_eq!(found_letters, queued, "the letters of a dropped commit are not there with it");
        if let Some(told) = told {
            return must(told, "commit a change");
        }
    }
    fail("a commit never ends")
}
