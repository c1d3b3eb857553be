//! Claiming: what is due, oldest first, for one worker at a time, until the lease ends.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_core::mail::{Lane, LetterKind};
use countersign_core::store::{Change, ClaimFilter, Claimed, Settlement};
use countersign_core::{LetterId, Timestamp};

use crate::fail::{fail, must};
use crate::laws::scene::{
    COMPANY, LONG, Props, account, address, claim, claim_all, claim_one, commit, company, key,
    raised, time, wait_until, wins, writing,
};
use crate::race::{pause, race};
use crate::subject::Subject;

/// A lease that a law can wait for.
const SHORT: Duration = Duration::from_millis(30);

/// *`claim` returns letters that are due, oldest first*: in the order of their commits.
pub async fn letters_come_oldest_first(subject: &Subject) {
    let queued = Props::new().queue(subject.store(), 12).await;
    let mut found = Vec::new();
    for limit in [1, 3, 100] {
        found.extend(ids(&claim(subject.store(), limit, LONG).await.claimed));
    }
    assert_eq!(found, queued, "letters do not come oldest first");
}

/// *Oldest is what is due longest*: a letter that was delayed comes behind those that were due
/// before its time.
pub async fn letters_that_are_due_longest_come_first(subject: &Subject) {
    let store = subject.store();
    let props = Props::new();
    props.queue(store, 1).await;
    let (delayed, _) = claim_one(store, LONG).await;
    let mut expected = props.queue(store, 1).await;
    let again = time(store).await.plus(SHORT);
    let later = Settlement::Again(again);
    must(store.settle(delayed.letter.id, delayed.lease, later).await, "settle a letter");
    expected.push(delayed.letter.id);
    wait_until(subject, again.plus(Duration::from_millis(1))).await;
    expected.extend(props.queue(store, 1).await);
    let found = ids(&claim(store, 10, LONG).await.claimed);
    assert_eq!(found, expected, "letters do not come in the order in which they were due");
}

/// *`claim` returns only letters that the filter takes, and those it passes over change nothing.*
pub async fn a_claim_takes_what_the_filter_takes(subject: &Subject) {
    let store = subject.store();
    let mut letters = Vec::new();
    for tenant in [COMPANY, "oakmoor"] {
        let key = key(tenant, "ada");
        for to in ["ada@larkfield.example", "ada@mail.larkfield.example"] {
            let locked = LetterKind::Locked { until: Timestamp::from_millis(0) };
            for mut letter in [
                Props::new().letter(&key),
                Props::new().letter_of(&key, LetterKind::AppRemoved),
                Props::new().letter_of(&key, locked),
            ] {
                letter.to = address(to);
                letter.id = LetterId::from_bytes([u8::try_from(letters.len()).unwrap_or(0); 16]);
                letters.push(letter.clone());
                let change = Change { letters: vec![letter], ..Change::to_account(&key) };
                commit(store, change).await;
            }
        }
    }
    let domain = |name: &str| [name.to_owned()].into();
    let all = ClaimFilter::default;
    let codes = Some(Lane::Codes);
    for filter in [
        // Nobody has such letters, though the words are in those that are there.
        ClaimFilter { except_domains: domain("field.example"), lane: codes, ..all() },
        ClaimFilter { except_domains: domain("larkfield.example"), ..all() },
        ClaimFilter { except_tenants: [company()].into(), lane: Some(Lane::Notices), ..all() },
        ClaimFilter { lane: Some(Lane::Others), ..all() },
        ClaimFilter { except_tenants: [company()].into(), ..all() },
        all(),
    ] {
        let expected: Vec<_> =
            letters.iter().filter(|letter| filter.takes(letter)).map(|letter| letter.id).collect();
        letters.retain(|letter| !filter.takes(letter));
        let due = must(store.claim(100, LONG, &filter).await, "claim letters");
        assert_eq!(ids(&due.claimed), expected, "a claim took other letters than {filter:?} takes");
        let firsts = due.claimed.iter().all(|claimed| claimed.attempt == 1);
        assert!(firsts, "a letter that was passed over was changed");
    }
}

/// *`next` is the earliest moment at which a further letter that the filter takes may be claimed.*
pub async fn next_is_of_the_letters_that_the_filter_takes(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 2).await;
    let nobody = ClaimFilter { except_tenants: [company()].into(), ..ClaimFilter::default() };
    let none = must(store.claim(10, LONG, &nobody).await, "claim letters");
    assert_eq!(none.next, None, "`next` tells of a letter that the filter passes over");
    let notices = ClaimFilter { lane: Some(Lane::Notices), ..ClaimFilter::default() };
    let none = must(store.claim(10, LONG, &notices).await, "claim letters");
    assert_eq!(none.next, None, "`next` tells of a letter in another lane");
    let codes = ClaimFilter { lane: Some(Lane::Codes), ..ClaimFilter::default() };
    let due = must(store.claim(1, LONG, &codes).await, "claim letters");
    let now = due.next.is_some_and(|next| next <= due.now);
    assert!(now, "a letter that the filter takes is due, and `next` says {:?}", due.next);
}

/// *...at most `limit`.*
pub async fn a_claim_has_a_limit(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 10).await;
    let mut left: usize = 10;
    for limit in [0, 1, 2, 4, usize::MAX] {
        let expected = limit.min(left);
        let claimed = claim(store, limit, LONG).await.claimed.len();
        assert_eq!(claimed, expected, "a claim of {limit} letters, with {left} due");
        left -= expected;
    }
}

/// *...and holds each for `lease`: until the lease ends, no other claim returns it.*
pub async fn a_held_letter_is_not_claimed_again(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 3).await;
    let first = claim(store, 2, LONG).await;
    let nodes = [store, subject.second()];
    let others: Vec<_> = ids(&claim(subject.second(), 100, LONG).await.claimed);
    assert_eq!(others.len(), 1, "one of three letters is not held");
    assert!(
        first.claimed.iter().all(|held| !others.contains(&held.letter.id)),
        "a letter is claimed that another worker holds"
    );
    for node in nodes {
        assert!(claim_all(node).await.is_empty(), "a letter is claimed that another worker holds");
    }
    if let Some(clock) = subject.clock() {
        clock.set(first.now.plus(LONG).minus(Duration::from_millis(1)));
        assert!(claim_all(store).await.is_empty(), "a lease ended too early");
    }
}

/// *A letter whose lease has ended without being settled is due again, with a higher attempt.*
pub async fn a_letter_whose_lease_has_ended_is_due_again(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 1).await;
    let (first, now) = claim_one(store, SHORT).await;
    wait_until(subject, now.plus(SHORT)).await;
    let (again, _) = claim_one(subject.second(), LONG).await;
    assert_eq!(again.letter, first.letter, "another letter came back than was held");
    assert!(
        again.attempt > first.attempt,
        "a letter that came back has attempt {} after {}",
        again.attempt,
        first.attempt
    );
}

/// *Which attempt to send it this is: 1 for the first*, and one more for each claim.
pub async fn attempts_are_counted_from_one(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 1).await;
    for attempt in 1..=4 {
        let (claimed, now) = claim_one(store, SHORT).await;
        assert_eq!(claimed.attempt, attempt, "attempts are not counted from one");
        if attempt % 2 == 0 {
            wait_until(subject, now.plus(SHORT)).await;
        } else {
            let again = Settlement::Again(now);
            must(store.settle(claimed.letter.id, claimed.lease, again).await, "settle a letter");
        }
    }
}

/// *A later claim of the same letter has another lease; the numbers of one letter only rise.*
pub async fn a_later_claim_has_a_higher_lease(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 1).await;
    let mut leases = Vec::new();
    for round in 0..4 {
        let (claimed, now) = claim_one(store, SHORT).await;
        leases.push(claimed.lease);
        if round % 2 == 0 {
            wait_until(subject, now.plus(SHORT)).await;
        } else {
            let again = Settlement::Again(now);
            must(store.settle(claimed.letter.id, claimed.lease, again).await, "settle a letter");
        }
    }
    assert!(
        leases.is_sorted_by(|earlier, later| earlier < later),
        "leases of one letter do not rise: {leases:?}"
    );
}

/// *`next` is the earliest moment at which a further letter may be claimed*, whether it waits for
/// the limit, for its own time, or for the end of a lease.
pub async fn next_is_the_earliest_moment_of_a_further_letter(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let due = claim(store, 10, LONG).await;
    assert_eq!(due.next, None, "an empty outbox says when a letter is due");

    props.queue(store, 2).await;
    let due = claim(store, 1, LONG).await;
    assert!(
        due.next.is_some_and(|next| next <= due.now),
        "a letter is due at once and was not claimed, and `next` says {:?} at {:?}",
        due.next,
        due.now
    );
    let [held] = &due.claimed[..] else { fail("of two letters one was asked for") };
    let (second, _) = claim_one(store, LONG).await;
    must(store.settle(second.letter.id, second.lease, Settlement::Done).await, "settle a letter");

    // One letter is left. First it waits for a time, then for the end of a lease.
    let time = time(store).await.plus(SHORT);
    let again = Settlement::Again(time);
    must(store.settle(held.letter.id, held.lease, again).await, "settle a letter");
    comes_at_next(subject, SHORT).await;
    comes_at_next(subject, LONG).await;
}

/// Claims until the only letter comes: never before the announced moment, and then at once.
async fn comes_at_next(subject: &Subject, lease: Duration) {
    let store = subject.store();
    let announced = claim(store, 10, SHORT).await.next;
    let Some(next) = announced else { fail("a letter waits, and `next` says nothing") };
    for _ in 0..10_000 {
        let due = claim(store, 10, lease).await;
        if !due.claimed.is_empty() {
            assert!(due.now >= next, "a letter came before the moment of `next`");
            assert!(
                due.next.is_some_and(|next| next > due.now),
                "the only letter is held, and `next` says {:?} at {:?}",
                due.next,
                due.now
            );
            return;
        }
        assert!(due.now < next, "a letter did not come at the moment of `next`");
        assert_eq!(due.next, announced, "`next` moves while the letter waits");
        let last = next.minus(Duration::from_millis(1));
        match subject.clock() {
            Some(clock) => clock.set(if due.now < last { last } else { next }),
            None => pause().await,
        }
    }
    fail("the store's time does not reach the moment of `next`")
}

/// *Until the lease ends, no other claim returns it*: four workers claim while others queue, and
/// each letter of a committed change is claimed once.
pub async fn of_many_workers_one_claims_a_letter(subject: &Subject) {
    const WRITERS: usize = 2;
    let props = Props::new();
    let key = key(COMPANY, "ada");
    props.create(subject.store(), &key).await;
    let waiting = props.queue(subject.store(), 40).await;
    let found = race(subject, 4 + WRITERS, |worker, store| {
        let props = props.clone();
        let key = key.clone();
        async move {
            let mut queued = Vec::new();
            let mut claimed = Vec::new();
            for _ in 0..25 {
                if worker >= WRITERS {
                    claimed.extend(ids(&claim(&*store, 3, LONG).await.claimed));
                    continue;
                }
                let Some(old) = account(&*store, &key).await else { fail("the account is gone") };
                let letters = vec![props.letter(&key), props.letter(&key)];
                let new: Vec<_> = letters.iter().map(|letter| letter.id).collect();
                let account = writing(Some(old.version), &raised(&old));
                let change = Change { account, letters, ..Change::to_account(&key) };
                if wins(&*store, change).await {
                    queued.extend(new);
                }
            }
            (queued, claimed)
        }
    })
    .await;
    let rest = ids(&claim_all(subject.store()).await);
    let (queued, claimed): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let queued: BTreeSet<LetterId> = queued.into_iter().flatten().chain(waiting).collect();
    let claimed: Vec<LetterId> = claimed.into_iter().flatten().chain(rest).collect();
    let different: BTreeSet<_> = claimed.iter().copied().collect();
    assert_eq!(different.len(), claimed.len(), "a letter was claimed by two workers");
    assert!(different == queued, "the claimed letters are not those of the committed changes");
}

fn ids(claimed: &[Claimed]) -> Vec<LetterId> {
    claimed.iter().map(|claimed| claimed.letter.id).collect()
}
