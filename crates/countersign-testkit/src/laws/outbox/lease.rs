//! Leases: from when, for which letter, until when; and of which moment a claim is.

use std::time::Duration;

use countersign_core::store::{
    Change, ClaimFilter, Claimed, Lease, MOST_CLAIMED, Settlement, Storage,
};
use countersign_core::{LetterId, NewUser};

use crate::dropped::{MOST_POLLS, dropped_after, held_up};
use crate::fail::{fail, must};
use crate::laws::life::longest_address;
use crate::laws::scene::{
    COMPANY, LONG, Props, account, address, claim, claim_all, claim_one, commit, key, time,
    wait_until, with_account,
};
use crate::laws::store::written;
use crate::race::{pause, race};
use crate::subject::Subject;

/// A time that a law can wait for.
const SHORT: Duration = Duration::from_millis(30);

/// *...and holds each until `now` and `lease`*: the lease counts from the claim, however long the
/// letter has waited, and to the millisecond.
pub async fn a_lease_counts_from_now(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 1).await;
    for lease in [LONG, Duration::from_millis(86_399_997), SHORT, Duration::from_millis(61_001)] {
        wait_until(subject, time(store).await.plus(SHORT)).await;
        let due = claim(store, 10, lease).await;
        let [held] = &due.claimed[..] else { fail("one letter is due, and it is not claimed") };
        assert_eq!(due.next, Some(due.now.plus(lease)), "a lease does not count from the claim");
        settle(store, held.letter.id, held.lease, Settlement::Again(due.now)).await;
    }
}

/// *`now` is the time of the reading*: a claim that is held up between its beginning and its
/// reading holds from the reading on, and shows no letter from after its time.
pub async fn a_claim_shows_no_letter_from_after_its_time(subject: &Subject) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    for polls in 0..MOST_POLLS {
        let letters = vec![props.letter(&key)];
        let queueing = Change { letters, ..Change::to_account(&key) };
        let all = ClaimFilter::default();
        let claiming = subject.store().claim(10, LONG, &all);
        let (due, meanwhile) = held_up(polls, claiming, written(subject, queueing)).await;
        let due = must(due, "claim letters");
        let Some(meanwhile) = meanwhile else { return };
        let meanwhile = meanwhile.end().await;
        for claimed in &due.claimed {
            assert!(
                meanwhile.before <= due.now,
                "a letter is claimed at {} ms that was queued at {} ms or later",
                due.now.millis(),
                meanwhile.before.millis()
            );
            assert_eq!(due.next, Some(due.now.plus(LONG)), "a lease does not count from now");
            settle(subject.store(), claimed.letter.id, claimed.lease, Settlement::Done).await;
        }
        for claimed in claim_all(subject.store()).await {
            settle(subject.store(), claimed.letter.id, claimed.lease, Settlement::Done).await;
        }
    }
}

/// *`claimed`, `next` and `now` are of one moment*: while others claim and settle the same letter,
/// whoever finds nothing to claim is told a moment that is still to come.
pub async fn a_claim_is_of_one_moment(subject: &Subject) {
    Props::new().queue(subject.store(), 1).await;
    race(subject, 4, |_, store| async move {
        for round in 0..40 {
            let due = claim(&*store, 10, LONG).await;
            let Some(held) = due.claimed.first() else {
                assert!(
                    due.next.is_none_or(|next| next > due.now),
                    "nothing was claimed, and `next` says {:?} at {:?}",
                    due.next,
                    due.now
                );
                continue;
            };
            assert_eq!(due.next, Some(due.now.plus(LONG)), "`next` is of another moment");
            if round % 4 == 0 {
                // Meanwhile the others find nothing, on a machine with one core too.
                pause().await;
            }
            settle(&*store, held.letter.id, held.lease, Settlement::Again(due.now)).await;
        }
    })
    .await;
}

/// *`claim` returns at most `limit` letters, and at most [`MOST_CLAIMED`]*, so that no claim reads
/// a whole outbox.
pub async fn a_claim_has_a_cap(subject: &Subject) {
    let store = subject.store();
    queue(store, MOST_CLAIMED + 5).await;
    let due = claim(store, usize::MAX, LONG).await;
    assert_eq!(due.claimed.len(), MOST_CLAIMED, "a claim without a limit");
    assert!(
        due.next.is_some_and(|next| next <= due.now),
        "more letters are due now, and `next` says later or nothing"
    );
}

/// *A claim that is shorter than `limit` and the cap leaves nothing due.*
pub async fn a_short_claim_is_the_end(subject: &Subject) {
    let store = subject.store();
    queue(store, 200).await;
    for (limit, expected) in [(150, 150), (MOST_CLAIMED, 50), (10, 0)] {
        let due = claim(store, limit, LONG).await;
        assert_eq!(due.claimed.len(), expected, "a claim of {limit} letters");
        let more = due.next.is_none_or(|next| next <= due.now);
        assert_eq!(more, expected == limit, "whether more is due is told wrongly by `next`");
    }
}

/// *`settle` takes only the letter that it names*, though other letters have the same lease.
pub async fn a_settlement_takes_only_its_own_letter(subject: &Subject) {
    let store = subject.store();
    queue(store, 4).await;
    let due = claim(store, 10, SHORT).await;
    let [sent, delayed, left, other] = &due.claimed[..] else { fail("four letters are due") };
    settle(store, sent.letter.id, sent.lease, Settlement::Done).await;
    let later = Settlement::Again(due.now.plus(LONG));
    settle(store, delayed.letter.id, delayed.lease, later).await;
    wait_until(subject, due.now.plus(SHORT)).await;
    let mut found = ids(&claim_all(store).await);
    found.sort();
    let mut expected = [left.letter.id, other.letter.id];
    expected.sort();
    assert_eq!(found, expected, "of four letters one was sent and one delayed");
}

/// *`Again` ends the lease*: whoever gave a letter back has no say in it any more.
pub async fn a_letter_that_was_given_back_is_held_no_more(subject: &Subject) {
    let store = subject.store();
    queue(store, 1).await;
    let (old, now) = claim_one(store, LONG).await;
    settle(store, old.letter.id, old.lease, Settlement::Again(now)).await;
    settle(store, old.letter.id, old.lease, Settlement::Again(now.plus(LONG))).await;
    settle(store, old.letter.id, old.lease, Settlement::Done).await;
    let (again, _) = claim_one(store, LONG).await;
    assert_eq!(again.letter, old.letter, "another letter came back than was given back");
    assert!(again.lease > old.lease, "a letter came back under the lease that had ended");
}

/// *A letter's address comes back byte for byte*, in both cases and at its longest; and an
/// account's.
pub async fn an_address_comes_back_byte_for_byte(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let addresses = ["ADA@larkfield.example", "aDa.Lovelace+X@larkfield.example"].map(address);
    for (number, to) in addresses.into_iter().chain([longest_address()]).enumerate() {
        let key = key(COMPANY, &format!("user {number}"));
        let mut letter = props.letter(&key);
        letter.to = to.clone();
        let next = props.first(props.account_of(NewUser::at(to.clone())));
        let change = Change { letters: vec![letter], ..with_account(&key, None, &next) };
        commit(store, change).await;
        let (claimed, _) = claim_one(store, LONG).await;
        assert_eq!(claimed.letter.to.as_str(), to.as_str(), "a letter goes to another address");
        let found = account(store, &key).await;
        let found = found.as_ref().and_then(|account| account.value.address());
        assert_eq!(found, Some(&to), "an account has another address");
    }
}

/// *A `claim` whose future is dropped holds letters or not*: it loses none. Those that it holds are
/// due again when its lease ends.
pub async fn a_dropped_claim_loses_no_letter(subject: &Subject) {
    const LETTERS: usize = 3;
    let all = ClaimFilter::default();
    let store = subject.store();
    queue(store, LETTERS).await;
    for polls in 0..MOST_POLLS {
        let told = dropped_after(polls, store.claim(LETTERS, SHORT, &all)).await;
        let ended = told.is_some();
        let found = all_come_back(subject, LETTERS).await;
        for claimed in &found {
            let again = Settlement::Again(time(store).await);
            settle(store, claimed.letter.id, claimed.lease, again).await;
        }
        if ended {
            return;
        }
    }
    fail("a claim never ends")
}

/// *A `settle` whose future is dropped is done, or not*: a letter that was to be sent again is
/// there, once, whether it was moved to its time or not.
pub async fn a_dropped_settlement_is_whole_or_absent(subject: &Subject) {
    let store = subject.store();
    queue(store, 1).await;
    for polls in 0..MOST_POLLS {
        let (held, now) = claim_one(store, SHORT).await;
        let again = Settlement::Again(now.plus(SHORT));
        let settling = store.settle(held.letter.id, held.lease, again);
        let ended = dropped_after(polls, settling).await.is_some();
        let found = all_come_back(subject, 1).await;
        assert!(found.iter().all(|found| found.letter == held.letter), "another letter came back");
        for claimed in &found {
            let again = Settlement::Again(time(store).await);
            settle(store, claimed.letter.id, claimed.lease, again).await;
        }
        if ended {
            return;
        }
    }
    fail("a settlement never ends")
}

/// Claims, as leases end, until as many letters have come as there are.
async fn all_come_back(subject: &Subject, letters: usize) -> Vec<Claimed> {
    let store = subject.second();
    let mut found: Vec<Claimed> = Vec::new();
    for _ in 0..20 {
        found.extend(claim(store, 10, LONG).await.claimed);
        if found.len() >= letters {
            break;
        }
        wait_until(subject, time(store).await.plus(SHORT)).await;
    }
    assert_eq!(found.len(), letters, "letters of a call that was dropped do not come back");
    found
}

/// Queues this many letters in one change.
async fn queue(store: &dyn Storage, letters: usize) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    let letters = (0..letters).map(|_| props.letter(&key)).collect();
    commit(store, Change { letters, ..Change::to_account(&key) }).await;
}

async fn settle(store: &dyn Storage, letter: LetterId, lease: Lease, settlement: Settlement) {
    must(store.settle(letter, lease, settlement).await, "settle a letter");
}

fn ids(claimed: &[Claimed]) -> Vec<LetterId> {
    claimed.iter().map(|claimed| claimed.letter.id).collect()
}
