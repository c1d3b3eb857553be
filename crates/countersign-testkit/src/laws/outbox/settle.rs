//! Settling: the lease that holds a letter decides, and no other.

use std::time::Duration;

use countersign_core::store::{Lease, Settlement, Storage};
use countersign_core::{LetterId, Timestamp};

use crate::fail::must;
use crate::laws::scene::{LONG, Props, claim, claim_all, claim_one, time, wait_until};
use crate::subject::Subject;

/// A time that a law can wait for.
const SHORT: Duration = Duration::from_millis(30);

/// *`settle` with the lease that now holds the letter removes it.*
pub async fn a_sent_letter_leaves_the_outbox(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 3).await;
    let due = claim(store, 2, SHORT).await;
    for sent in &due.claimed {
        settle(store, sent.letter.id, sent.lease, Settlement::Done).await;
    }
    wait_until(subject, due.now.plus(SHORT)).await;
    let left = claim(store, 10, LONG).await;
    assert_eq!(left.claimed.len(), 1, "of three letters two were sent");
    assert!(
        due.claimed.iter().all(|sent| left.claimed.iter().all(|l| l.letter.id != sent.letter.id)),
        "a letter that was sent is still in the outbox"
    );
}

/// *`settle` ... moves it to its time*: not before, and then at once.
pub async fn a_delayed_letter_is_due_at_its_time(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    props.queue(store, 1).await;
    let (held, now) = claim_one(store, SHORT).await;
    settle(store, held.letter.id, held.lease, Settlement::Again(now.plus(LONG))).await;
    wait_until(subject, now.plus(SHORT)).await;
    let due = claim(store, 10, LONG).await;
    assert!(due.claimed.is_empty(), "a delayed letter came at the end of its old lease");
    assert_eq!(due.next, Some(now.plus(LONG)), "a delayed letter is due at another time");

    props.queue(store, 1).await;
    let (held, now) = claim_one(store, LONG).await;
    let time = now.plus(SHORT);
    settle(store, held.letter.id, held.lease, Settlement::Again(time)).await;
    let due = claim(store, 10, LONG).await;
    assert!(due.claimed.is_empty() || due.now >= time, "a delayed letter came before its time");
    if due.claimed.is_empty() {
        wait_until(subject, time).await;
        let (again, _) = claim_one(store, LONG).await;
        assert_eq!(again.letter, held.letter, "another letter came than was delayed");
    }
}

/// *With any other lease it changes nothing and succeeds.*
pub async fn settling_with_an_old_lease_changes_nothing(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 1).await;
    let (old, now) = claim_one(store, SHORT).await;
    wait_until(subject, now.plus(SHORT)).await;
    let (held, _) = claim_one(store, LONG).await;
    let far = Lease::from_number(held.lease.number() + 1000);
    for lease in [old.lease, far] {
        for settlement in [Settlement::Again(Timestamp::from_seconds(0)), Settlement::Done] {
            settle(store, old.letter.id, lease, settlement).await;
            assert!(claim_all(store).await.is_empty(), "an old lease ended the one that holds");
        }
    }
    // Still there, and still held by the lease that was never given up.
    let again = Settlement::Again(time(store).await);
    settle(store, held.letter.id, held.lease, again).await;
    let (last, _) = claim_one(store, LONG).await;
    assert_eq!(last.letter, held.letter, "an old lease settled the letter");
    // A lease that was settled holds nothing any more.
    settle(store, held.letter.id, held.lease, Settlement::Done).await;
    settle(store, last.letter.id, last.lease, Settlement::Again(time(store).await)).await;
    assert_eq!(claim_all(store).await.len(), 1, "a lease that was settled settled again");
}

/// *...and succeeds*, also for a letter that is not there: two workers may settle the same one.
pub async fn settling_an_unknown_letter_succeeds(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 1).await;
    let (held, now) = claim_one(store, LONG).await;
    for _ in 0..2 {
        settle(store, held.letter.id, held.lease, Settlement::Done).await;
    }
    settle(store, held.letter.id, held.lease, Settlement::Again(now)).await;
    let unknown = LetterId::from_bytes([7; 16]);
    settle(store, unknown, Lease::from_number(1), Settlement::Again(now)).await;
    settle(store, unknown, Lease::from_number(1), Settlement::Done).await;
    assert!(claim_all(store).await.is_empty(), "settling what is not there made a letter");
}

async fn settle(store: &dyn Storage, letter: LetterId, lease: Lease, settlement: Settlement) {
    must(store.settle(letter, lease, settlement).await, "settle a letter");
}

/// *A letter that is `Extended` keeps its lease, which ends at the new time.*
pub async fn a_letter_that_is_still_being_sent_stays_held(subject: &Subject) {
    let store = subject.store();
    Props::new().queue(store, 1).await;
    let (held, now) = claim_one(store, SHORT).await;
    let id = held.letter.id;
    let longer = Settlement::Extended(now.plus(LONG));
    must(store.settle(id, held.lease, longer).await, "hold a letter for longer");
    wait_until(subject, now.plus(SHORT)).await;
    let due = claim(store, 10, LONG).await;
    assert!(due.claimed.is_empty(), "a letter is claimed that is still being sent");
    assert_eq!(due.next, Some(now.plus(LONG)), "the lease of a held letter ends at another time");
    must(store.settle(id, held.lease, Settlement::Extended(now)).await, "hold a letter for less");
    let (again, _) = claim_one(store, LONG).await;
    assert!(again.lease > held.lease, "the lease of a held letter did not end");
    must(store.settle(id, held.lease, Settlement::Extended(now)).await, "settle with an old lease");
    let due = claim(store, 10, LONG).await;
    assert!(due.claimed.is_empty(), "an old lease ended the one that holds the letter");
    must(store.settle(id, again.lease, Settlement::Done).await, "settle a held letter");
    assert_eq!(claim(store, 10, LONG).await.next, None, "a held letter that was sent stays");
}
