//! Calls that are held up between their beginning and their reading.

use std::time::Duration;

use countersign_core::Timestamp;
use countersign_core::store::Change;

use crate::dropped::{MOST_POLLS, held_up};
use crate::fail::must;
use crate::laws::scene::{
    COMPANY, Props, commit, key, raised, time, wait_until, with_account, with_tenant,
};
use crate::race::{Thread, beside, pause};
use crate::subject::Subject;

/// How long a call is held up: a few readings of any clock.
const A_WHILE: Duration = Duration::from_millis(5);
/// How often a call that is held up waits for what it may itself hold back.
const PATIENCE: usize = 500;

/// What happened while a call was held up.
pub(in crate::laws) struct Meanwhile {
    /// The time before something was written.
    pub(in crate::laws) before: Timestamp,
    /// The time after.
    pub(in crate::laws) after: Timestamp,
}

/// *`now` is the time of the reading*, and not that at which the call or its transaction began: a
/// snapshot never shows what was written after its own time.
///
/// Each call is held up at each of its awaits, while time passes and something is written. So a
/// store that takes the time when its transaction begins is found every time.
pub async fn a_snapshot_shows_nothing_from_after_its_time(subject: &Subject) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    let mut old = props.create(subject.store(), &key).await;
    let mut company = props.found(subject.store(), key.tenant()).await;
    for polls in 0..MOST_POLLS {
        let next = raised(&old);
        let writing = with_account(&key, Some(old.version), &next);
        let load = subject.store().load(&key);
        let (found, meanwhile) = held_up(polls, load, written(subject, writing)).await;
        let found = must(found, "load an account");
        let version = found.account.map(|account| account.version);
        let Some(meanwhile) = meanwhile else { break };
        fits(version == Some(next.version), found.now, &meanwhile.end().await, "an account");
        old = next;
    }
    for polls in 0..MOST_POLLS {
        let next = raised(&company);
        let writing = with_tenant(key.tenant(), Some(company.version), &next);
        let read = subject.store().tenant(key.tenant());
        let (found, meanwhile) = held_up(polls, read, written(subject, writing)).await;
        let (found, now) = must(found, "read a company");
        let Some(meanwhile) = meanwhile else { break };
        let version = found.map(|tenant| tenant.version);
        fits(version == Some(next.version), now, &meanwhile.end().await, "a company");
        company = next;
    }
}

/// Lets a while pass and writes this, on a thread of its own; waits for it, unless it waits for the
/// call that is held up.
pub(in crate::laws) async fn written(subject: &Subject, change: Change) -> Thread<Meanwhile> {
    let theirs = subject.clone();
    let writing = beside(subject.drive(), async move {
        let store = theirs.second();
        wait_until(&theirs, time(store).await.plus(A_WHILE)).await;
        let before = time(store).await;
        commit(store, change).await;
        Meanwhile { before, after: time(store).await }
    });
    for _ in 0..PATIENCE {
        if writing.has_ended() {
            break;
        }
        pause().await;
    }
    writing
}

/// What was read together with a time fits to it.
fn fits(is_new: bool, now: Timestamp, meanwhile: &Meanwhile, what: &str) {
    if is_new {
        assert!(
            meanwhile.before <= now,
            "{what} is read with the time {} ms, and was written at {} ms or later",
            now.millis(),
            meanwhile.before.millis()
        );
    } else {
        assert!(
            now <= meanwhile.after,
            "{what} is read with the time {} ms, and had been written anew by {} ms",
            now.millis(),
            meanwhile.after.millis()
        );
    }
}
