//! Which letters are in the outbox, and what is in them.

use countersign_core::mail::LetterKind;
use countersign_core::store::{Change, Part};
use countersign_core::{ChallengeId, InvitationId, LetterId, Timestamp};

use crate::laws::same::same;
use crate::laws::scene::{
    COMPANY, LONG, Props, address, claim_all, claim_one, commit, key, load, loses, raised,
    with_account,
};
use crate::subject::Subject;

/// *Letters to queue, due at once.*
pub async fn a_queued_letter_is_due_at_once(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let letter = props.letter(&key);
    let next = props.first(props.account());
    let change = Change { letters: vec![letter.clone()], ..with_account(&key, None, &next) };
    commit(store, change).await;
    let (claimed, _) = claim_one(store, LONG).await;
    assert_eq!(claimed.letter.id, letter.id, "another letter than the queued one is due");
}

/// *A letter is in the outbox if and only if the change that queued it was committed.* Here: only.
pub async fn a_lost_change_queues_no_letter(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let there = props.create(store, &key).await;
    for wrong in [None, Some(there.version.next())] {
        let change = with_account(&key, wrong, &raised(&there));
        let change = Change { letters: vec![props.letter(&key), props.letter(&key)], ..change };
        loses(store, change, "the account has another version").await;
    }
    assert!(claim_all(store).await.is_empty(), "a change that was lost queued a letter");
}

/// *A letter is in the outbox if and only if the change that queued it was committed.* Here: if.
/// What is still worth sending is the courier's to judge.
pub async fn a_letter_outlives_its_account(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = key(COMPANY, "ada");
    let nobody = key("unknown", "nobody");
    let there = props.create(store, &ada).await;
    let letters = [props.letter(&ada), props.letter(&ada), props.letter(&nobody)];
    let mut ids: Vec<LetterId> = letters.iter().map(|letter| letter.id).collect();
    let [before, with, other] = letters;
    commit(store, Change { letters: vec![before], ..Change::to_account(&ada) }).await;
    let account = Part::Erase(there.version);
    commit(store, Change { account, letters: vec![with], ..Change::to_account(&ada) }).await;
    commit(store, Change { letters: vec![other], ..Change::to_account(&nobody) }).await;
    assert!(load(store, &ada).await.account.is_none(), "an erased account is still there");
    let mut found: Vec<_> =
        claim_all(store).await.iter().map(|claimed| claimed.letter.id).collect();
    found.sort();
    ids.sort();
    assert_eq!(found, ids, "letters of an account that is gone are missing");
}

/// *What is read equals what was written.* Here: a letter of every kind.
pub async fn a_letter_is_read_as_it_was_written(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let text = || "Zoë's \"Firefox\" on 🦆; --\\".to_owned();
    let kinds = [
        LetterKind::LoginCode {
            challenge: ChallengeId::from_bytes([0xfe; 16]),
            client: Some(text()),
        },
        LetterKind::LoginCode { challenge: ChallengeId::from_bytes([0; 16]), client: None },
        LetterKind::Invitation { invitation: InvitationId::from_bytes([0xed; 16]) },
        LetterKind::AppLinked { client: Some(text()) },
        LetterKind::AppLinked { client: None },
        LetterKind::AppReplaced { client: Some(text()) },
        LetterKind::AppReplaced { client: None },
        LetterKind::AppRemoved,
        LetterKind::MfaReset { by: text(), reason: "ü".repeat(100) },
        LetterKind::Locked { until: Timestamp::from_millis(1_795_530_720_123) },
        LetterKind::AddressChanged { old: Some("a••@x.example".to_owned()), new: text() },
        LetterKind::AddressChanged { old: None, new: text() },
    ];
    for (number, kind) in (0..).zip(kinds) {
        let key = key(&format!("company {number} "), " Zoë 🦆");
        let mut letter = props.letter_of(&key, kind);
        letter.to = address("o'brien+tag=x/y{z}@sub.larkfield.example");
        letter.queued = Timestamp::from_millis(number * 86_400_001);
        letter.ends = Timestamp::from_millis(4_102_444_800_000 + number);
        if number % 2 == 0 {
            letter.locale = None;
        }
        let change = Change { letters: vec![letter.clone()], ..Change::to_account(&key) };
        commit(store, change).await;
        let (claimed, _) = claim_one(store, LONG).await;
        same(&claimed.letter, &letter, "a letter");
    }
}
