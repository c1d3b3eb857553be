//! A change as columns, for all databases alike: what is encoded before a statement is written.

use countersign_core::AccountKey;
use countersign_core::account::Account;
use countersign_core::mail::Lane;
use countersign_core::store::record::{
    AccountRow, Counters, EventRow, FormError, LetterRow, TenantRow, TextsRow, column_of,
};
use countersign_core::store::{Change, Part, StoreError, Touched, Versioned};

/// A change, encoded before any connection is asked for.
pub(crate) struct Rows {
    pub(crate) tenant_id: Vec<u8>,
    pub(crate) user_id: Vec<u8>,
    pub(crate) tenant: Step<TenantRow>,
    pub(crate) texts: Option<TextsRow>,
    pub(crate) account: Step<AccountRow, AccountForm>,
    pub(crate) also: Option<Also>,
    pub(crate) events: Vec<EventRow>,
    pub(crate) letters: Vec<LetterBy>,
}

/// What happens to one record: what is created is whole, what is updated may be a part of it.
pub(crate) enum Step<W, U = W> {
    Leave,
    Compare(Option<i64>),
    Create(W),
    Update { expected: i64, next: U },
    Erase(i64),
}

pub(crate) enum AccountForm {
    Whole(AccountRow),
    Counters { version: i64, counters: Counters },
}

/// A further account that is compared and not written.
pub(crate) struct Also {
    pub(crate) user: Vec<u8>,
    pub(crate) version: Option<i64>,
}

pub(crate) struct LetterBy {
    pub(crate) tenant: Vec<u8>,
    pub(crate) user: Vec<u8>,
    pub(crate) lane: i64,
    pub(crate) domain: String,
    pub(crate) row: LetterRow,
}

impl Rows {
    /// The change as rows.
    pub(crate) fn of(change: Change) -> Result<Self, StoreError> {
        let place = change.tenant_id.to_string();
        let unstorable = |error: FormError| error.at(&place);
        let user = change.user_id.as_ref();
        let key = user.map(|user| AccountKey::of(change.tenant_id.clone(), user.clone()));
        let texts = texts_row(&change);
        let account = match &key {
            Some(key) => {
                let whole = |next: &_| AccountRow::of(key, next);
                step(change.account, whole, |next, touched| account_form(key, next, touched))
            }
            None => Ok(Step::Leave),
        };
        let letters = change.letters.iter().map(|letter| {
            Ok(LetterBy {
                tenant: letter.key.tenant().as_str().as_bytes().to_vec(),
                user: letter.key.user().as_str().as_bytes().to_vec(),
                lane: lane_number(letter.lane()),
                domain: letter.to.domain().to_owned(),
                row: LetterRow::of(letter)?,
            })
        });
        Ok(Self {
            tenant_id: change.tenant_id.as_str().as_bytes().to_vec(),
            user_id: user.map(|user| user.as_str().as_bytes().to_vec()).unwrap_or_default(),
            texts: texts.map_err(unstorable)?,
            tenant: step(change.tenant, TenantRow::of, |next, _| TenantRow::of(next))
                .map_err(unstorable)?,
            account: account.map_err(unstorable)?,
            also: change.also.map(|also| Also {
                user: also.user_id.as_str().as_bytes().to_vec(),
                version: also.version.map(column_of),
            }),
            events: change
                .events
                .iter()
                .map(EventRow::of)
                .collect::<Result<_, _>>()
                .map_err(unstorable)?,
            letters: letters.collect::<Result<_, FormError>>().map_err(unstorable)?,
        })
    }
}

/// The lane as the column holds it. Letters that an older release queued have 0.
pub(crate) fn lane_number(lane: Lane) -> i64 {
    match lane {
        Lane::Codes => 0,
        Lane::Notices => 1,
        Lane::Others => 2,
    }
}

/// The mail texts, if the tenant is written with them.
fn texts_row(change: &Change) -> Result<Option<TextsRow>, FormError> {
    match (&change.tenant, &change.texts) {
        (Part::Write { next, .. }, Some(texts)) => {
            TextsRow::of(&change.tenant_id, next.version, texts).map(Some)
        }
        _ => Ok(None),
    }
}

fn step<T, W, U>(
    part: Part<T>,
    whole: impl FnOnce(&Versioned<T>) -> Result<W, FormError>,
    update: impl FnOnce(&Versioned<T>, Touched) -> Result<U, FormError>,
) -> Result<Step<W, U>, FormError> {
    Ok(match part {
        Part::Leave => Step::Leave,
        Part::Compare(expected) => Step::Compare(expected.map(column_of)),
        Part::Erase(expected) => Step::Erase(column_of(expected)),
        Part::Write { expected: None, next, .. } => Step::Create(whole(&next)?),
        Part::Write { expected: Some(expected), next, touched } => {
            Step::Update { expected: column_of(expected), next: update(&next, touched)? }
        }
    })
}

fn account_form(
    key: &AccountKey,
    next: &Versioned<Account>,
    touched: Touched,
) -> Result<AccountForm, FormError> {
    Ok(match touched {
        Touched::Everything => AccountForm::Whole(AccountRow::of(key, next)?),
        Touched::Counters => AccountForm::Counters {
            version: column_of(next.version),
            counters: Counters::of(&next.value)?,
        },
    })
}

/// How many rows, as the database counts them.
pub(crate) fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
