//! A change as the words of `commit.lua`: the tenant, and six lists of rows; before each stands how
//! many it has. An empty word is absence, and where a record is written it erases.

use countersign::store::record::{AccountRow, FormError, account_to_bytes, letter_to_bytes};
use countersign::store::{Change, Part};
use countersign::{AccountKey, Version};

use crate::outbox::lane_word;
use crate::records::{event_bytes, tenant_bytes, texts_bytes};

type Word = Vec<u8>;
type Rows<const N: usize> = Result<Vec<[Word; N]>, FormError>;

pub(crate) fn words(change: &Change) -> Result<Vec<Word>, FormError> {
    let mut words = vec![change.tenant_id.as_str().into()];
    list(&mut words, compared(change));
    list(&mut words, tenant(change)?);
    list(&mut words, texts(change)?);
    list(&mut words, account(change)?);
    list(&mut words, events(change)?);
    list(&mut words, letters(change)?);
    Ok(words)
}

fn list<const N: usize>(words: &mut Vec<Word>, rows: Vec<[Word; N]>) {
    words.push(rows.len().to_string().into());
    words.extend(rows.into_iter().flatten());
}

/// In which hash, under which id, which version must be there.
fn compared(change: &Change) -> Vec<[Word; 3]> {
    let accounts = format!("accounts:{}", change.tenant_id);
    let tenant = expected(&change.tenant).map(|v| ("tenants", change.tenant_id.as_str(), v));
    let account = change.user_id.as_ref().zip(expected(&change.account));
    let account = account.map(|(user, version)| (&*accounts, user.as_str(), version));
    let also = change.also.as_ref();
    let also = also.map(|also| (&*accounts, also.user_id.as_str(), also.version));
    let word = |version: Version| Word::from(version.number().to_be_bytes());
    let rows = [tenant, account, also].into_iter().flatten();
    rows.map(|(hash, id, version)| [hash.into(), id.into(), version.map_or_else(Word::new, word)])
        .collect()
}

/// The version that must be there, if one is compared: `Some(None)` is absence.
fn expected<T>(part: &Part<T>) -> Option<Option<Version>> {
    match part {
        Part::Leave => None,
        Part::Compare(expected) | Part::Write { expected, .. } => Some(*expected),
        Part::Erase(expected) => Some(Some(*expected)),
    }
}

fn tenant(change: &Change) -> Rows<1> {
    Ok(match &change.tenant {
        Part::Leave | Part::Compare(_) => Vec::new(),
        Part::Write { next, .. } => vec![[tenant_bytes(next)?]],
        Part::Erase(_) => vec![[Word::new()]],
    })
}

fn texts(change: &Change) -> Rows<1> {
    Ok(match (&change.tenant, &change.texts) {
        (Part::Write { next, .. }, Some(texts)) => {
            vec![[texts_bytes(&change.tenant_id, next.version, texts)?]]
        }
        (Part::Erase(_), _) => vec![[Word::new()]],
        (Part::Write { .. }, None) | (Part::Leave | Part::Compare(_), _) => Vec::new(),
    })
}

/// The user, the record, and the facts it is counted by.
fn account(change: &Change) -> Rows<3> {
    let Some(user) = &change.user_id else { return Ok(Vec::new()) };
    let key = AccountKey::of(change.tenant_id.clone(), user.clone());
    let user = user.as_str().into();
    Ok(match &change.account {
        Part::Leave | Part::Compare(_) => Vec::new(),
        Part::Write { next, .. } => {
            let facts = AccountRow::of(&key, next)?.reported.facts;
            vec![[user, account_to_bytes(&key, next)?, facts]]
        }
        Part::Erase(_) => vec![[user, Word::new(), Word::new()]],
    })
}

/// The id, the account, and the record.
fn events(change: &Change) -> Rows<3> {
    let events = change.events.iter().map(|event| {
        let account = event.account.map_or_else(String::new, |account| account.to_string());
        Ok([event.id.to_string().into(), account.into(), event_bytes(event)?])
    });
    events.collect()
}

/// The id, what a claim filters by, and the record.
fn letters(change: &Change) -> Rows<5> {
    let letters = change.letters.iter().map(|letter| {
        let tenant = letter.key.tenant().as_str().into();
        let domain = letter.to.domain().into();
        let lane = lane_word(letter.lane()).into();
        Ok([letter.id.to_string().into(), tenant, domain, lane, letter_to_bytes(letter)?])
    });
    letters.collect()
}
