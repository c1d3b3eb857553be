//! A whole record as one run of bytes, for stores that keep values under keys.

use serde::{Deserialize, Serialize};

use super::account::{AccountRow, Counters, read_account};
use super::form::{FIRST, FormError, decode, decode_bound, encode, encode_bound};
use super::letter::{LetterRow, read_letter};
use crate::account::Account;
use crate::mail::Letter;
use crate::store::store::Versioned;
use crate::types::AccountKey;

const ACCOUNT: &str = "the bytes of an account";
const LETTER: &str = "the bytes of a letter";

/// An account and its version as one run of bytes: some 300 in ordinary use, and at most 8,192.
///
/// The bytes are bound to the account's key and hold no more than its row would: secrets in them
/// are sealed. A store that keeps values under keys compares their first eight bytes, which are the
/// version, most significant byte first.
///
/// ```
/// use countersign_core::store::Versioned;
/// use countersign_core::{AccountKey, NewUser, OsRandom, Version};
/// use countersign_core::store::record::{account_from_bytes, account_to_bytes};
/// use countersign_core::account::Account;
///
/// let key = AccountKey::new("larkfield", "ada")?;
/// let value = Account::new(NewUser::at("ada@larkfield.example".parse()?), &OsRandom)?;
/// let account = Versioned { version: Version::start(&OsRandom)?, value };
/// let bytes = account_to_bytes(&key, &account)?;
/// assert_eq!(bytes[..8], account.version.number().to_be_bytes());
/// assert_eq!(account_from_bytes(&key, &bytes)?, account);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`FormError::Unstorable`], which is a fault of this library.
pub fn account_to_bytes(
    key: &AccountKey,
    account: &Versioned<Account>,
) -> Result<Vec<u8>, FormError> {
    row_to_bytes(key, AccountRow::of(key, account)?)
}

/// The account that these bytes are.
///
/// # Errors
///
/// [`FormError`] if they are of a later release, are damaged, or are another account's; report it with
/// [`FormError::of_account`] and the version in the first eight bytes.
pub fn account_from_bytes(key: &AccountKey, bytes: &[u8]) -> Result<Versioned<Account>, FormError> {
    let damaged = FormError::Damaged { what: ACCOUNT };
    let (version, bound) = bytes.split_first_chunk().ok_or(damaged)?;
    let version = i64::from_be_bytes(*version);
    let form: AccountForm = decode_bound(ACCOUNT, &owner(key), version, bound)?;
    let counters = Counters {
        last_step: form.last_step,
        failures: form.failures,
        locked_until: form.locked_until,
        second_step_at: form.second_step_at,
        pending: form.pending,
    };
    read_account(key, version, &counters, version, &form.document)
}

/// A letter as one run of bytes, with its id and whose it is: at most 2,048.
///
/// ```
/// use countersign_core::store::record::{letter_from_bytes, letter_to_bytes};
/// # use countersign_core::mail::{Letter, LetterKind};
/// # use countersign_core::{AccountKey, LetterId, MINUTE, Timestamp};
/// # let key = AccountKey::new("larkfield", "ada")?;
/// # let to = "ada@larkfield.example".parse()?;
/// # let now = Timestamp::from_seconds(1_795_530_720);
/// # let (id, kind) = (LetterId::from_bytes([7; 16]), LetterKind::AppRemoved);
/// # let letter = Letter::new(id, key, to, None, kind, now, now.plus(MINUTE));
/// let bytes = letter_to_bytes(&letter)?;
/// assert_eq!(letter_from_bytes(&bytes)?, letter);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`FormError::Unstorable`], which is a fault of this library.
pub fn letter_to_bytes(letter: &Letter) -> Result<Vec<u8>, FormError> {
    let row = LetterRow::of(letter)?;
    let form = LetterForm {
        id: row.id,
        tenant: letter.key.tenant().as_str().to_owned(),
        user: letter.key.user().as_str().to_owned(),
        body: row.body,
    };
    encode(LETTER, FIRST, &form)
}

/// The letter that these bytes are.
///
/// # Errors
///
/// [`FormError`] if they are of a later release or cannot be read.
pub fn letter_from_bytes(bytes: &[u8]) -> Result<Letter, FormError> {
    let form: LetterForm = decode(LETTER, bytes)?;
    let key = AccountKey::new(form.tenant, form.user);
    let key = key.map_err(|_| FormError::Damaged { what: LETTER })?;
    read_letter(key, form.id, &form.body)
}

/// What is in it has forms of its own, so this one stays as it is.
#[derive(Serialize, Deserialize)]
struct AccountForm {
    last_step: Option<i64>,
    failures: i64,
    locked_until: Option<i64>,
    second_step_at: Option<i64>,
    pending: Vec<u8>,
    document: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct LetterForm {
    id: [u8; 16],
    tenant: String,
    user: String,
    body: Vec<u8>,
}

fn row_to_bytes(key: &AccountKey, row: AccountRow) -> Result<Vec<u8>, FormError> {
    let form = AccountForm {
        last_step: row.counters.last_step,
        failures: row.counters.failures,
        locked_until: row.counters.locked_until,
        second_step_at: row.counters.second_step_at,
        pending: row.counters.pending,
        document: row.document,
    };
    let mut bytes = row.version.to_be_bytes().to_vec();
    bytes.extend(encode_bound(ACCOUNT, FIRST, &owner(key), row.version, &form)?);
    Ok(bytes)
}

fn owner(key: &AccountKey) -> [&[u8]; 2] {
    [key.tenant().as_str().as_bytes(), key.user().as_str().as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::LetterKind;
    use crate::store::record::account::Reported;
    use crate::types::{LetterId, Timestamp, Version};

    fn key() -> AccountKey {
        AccountKey::new("larkfield", "ada").unwrap()
    }

    fn filled() -> Versioned<Account> {
        Versioned { version: Version::from_number(77), value: Account::filled() }
    }

    fn letter() -> Letter {
        let kind = LetterKind::Locked { until: Timestamp::from_seconds(3) };
        let to = "Ada@larkfield.example".parse().unwrap();
        let now = Timestamp::from_millis(1_795_530_720_123);
        Letter::new(LetterId::from_bytes([7; 16]), key(), to, None, kind, now, now)
    }

    #[test]
    fn an_account_comes_back_from_its_bytes() {
        let bytes = account_to_bytes(&key(), &filled()).unwrap();
        assert_eq!(account_from_bytes(&key(), &bytes), Ok(filled()));
    }

    #[test]
    fn a_letter_comes_back_from_its_bytes() {
        assert_eq!(letter_from_bytes(&letter_to_bytes(&letter()).unwrap()), Ok(letter()));
    }

    #[test]
    fn the_bytes_of_another_account_or_version_are_refused() {
        let bytes = account_to_bytes(&key(), &filled()).unwrap();
        let ben = AccountKey::new("larkfield", "ben").unwrap();
        let damaged = Err(FormError::Damaged { what: ACCOUNT });
        assert_eq!(account_from_bytes(&ben, &bytes), damaged);
        let mut other = bytes.clone();
        other[7] += 1;
        assert_eq!(account_from_bytes(&key(), &other), damaged);
    }

    #[test]
    fn damage_to_any_byte_of_an_account_is_an_error() {
        let bytes = account_to_bytes(&key(), &filled()).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            assert!(account_from_bytes(&key(), &damaged).is_err(), "byte {at}");
            assert!(account_from_bytes(&key(), &bytes[..at]).is_err(), "{at} bytes");
        }
    }

    #[test]
    fn damage_to_a_letter_never_panics() {
        let bytes = letter_to_bytes(&letter()).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            let _ = letter_from_bytes(&damaged);
            assert!(letter_from_bytes(&bytes[..at]).is_err(), "{at} bytes");
        }
    }

    /// A difference here makes everything unreadable that was ever kept like this.
    #[test]
    fn what_was_kept_is_read_for_ever() {
        let counters = Counters {
            last_step: Some(5),
            failures: 2,
            locked_until: Some(-1),
            second_step_at: None,
            pending: vec![1, 2],
        };
        let reported = Reported {
            facts: Vec::new(),
            address: None,
            roles: String::new(),
            rule: "none",
            methods: String::new(),
        };
        let row = AccountRow { version: 77, counters, reported, document: vec![3, 4, 5] };
        let hex = |bytes: Vec<u8>| data_encoding::HEXLOWER.encode(&bytes);
        let account = "000000000000004d75ba06faa08e9cd4d08c2ee3edcb4ee8\
                       01010a0401010002010203030405";
        assert_eq!(hex(row_to_bytes(&key(), row).unwrap()), account);
        let told = "0107070707070707070707070707070707096c61726b6669656c6403616461\
                    270115416461406c61726b6669656c642e6578616d706c650006f02ef68dc4\
                    dfc168f68dc4dfc168";
        assert_eq!(hex(letter_to_bytes(&letter()).unwrap()), told);
    }
}
