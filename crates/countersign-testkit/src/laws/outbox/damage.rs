//! Letters that cannot be read, and those that wait behind them.

use countersign_core::store::{ClaimFilter, Settlement, StoreError};

use crate::fail::{fail, must};
use crate::laws::scene::{LONG, Props, claim};
use crate::subject::{Damage, Subject};

/// *A letter that cannot be read is put off for the lease, as if it was claimed, and holds up no
/// other*, however many there are: `claim` fails only where nothing else is due.
///
/// A subject that cannot be damaged keeps this law: see
/// [`Subject::damaged_by`](crate::Subject::damaged_by).
pub async fn damaged_letters_hold_up_no_other(subject: &Subject) {
    let Some(damage) = subject.damage() else { return };
    let props = Props::new();
    let store = subject.store();
    let letters = props.queue(store, 4).await;
    let [first, second, third, last] = &letters[..] else { return };
    for letter in [first, second] {
        damage(Damage::Letter(*letter));
    }
    let due = claim(store, 1, LONG).await;
    let claimed: Vec<_> = due.claimed.iter().map(|claimed| claimed.letter.id).collect();
    assert_eq!(claimed, [*third], "the letter behind damaged ones");
    for held in due.claimed {
        let settled = store.settle(held.letter.id, held.lease, Settlement::Done).await;
        must(settled, "settle a letter");
    }
    damage(Damage::Letter(*last));
    match store.claim(1, LONG, &ClaimFilter::default()).await {
        Err(StoreError::Corrupt { .. }) => {}
        Err(error) => fail(format_args!("a damaged letter is told as: {error}")),
        Ok(_) => fail("a damaged letter is not told where it is alone"),
    }
    let due = claim(store, 10, LONG).await;
    assert!(due.claimed.is_empty(), "a damaged letter is claimed");
    let later = due.next.is_some_and(|next| next > due.now);
    assert!(later, "a damaged letter is not put off");
}
