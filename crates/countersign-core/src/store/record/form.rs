//! The bytes of every stored form: its number first, and for documents what binds them to their
//! owner and version.

use serde::{Deserialize, Serialize};

use crate::store::store::{DamagedAccount, DamagedTenant, StoreError};
use crate::types::{Version, joined};

/// The first form of every part. This release writes it where nothing was added since.
pub(super) const FIRST: u8 = 1;
/// The second form, of the parts that were added to.
pub(super) const SECOND: u8 = 2;
/// Bytes that bind a document to its owner and version.
const TAG: usize = 16;

/// Why something stored cannot be read, or something cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// A later release wrote it; that release, or a later one, reads it.
    #[error("{what} has the form {form}, which a later release wrote; update this one")]
    Later {
        /// Which part.
        what: &'static str,
        /// The number of its form.
        form: u8,
    },
    /// The bytes are not what was written, or belong to another record.
    #[error("{what} is damaged or belongs to another record; restore it from a backup")]
    Damaged {
        /// Which part.
        what: &'static str,
    },
    /// A value has no stored form. This is a fault of this library.
    #[error("{what} has no stored form; report this as a bug")]
    Unstorable {
        /// Which part.
        what: &'static str,
    },
}

impl FormError {
    /// The same, as what a store reports: with the place, never with what was found there.
    #[must_use]
    pub fn at(self, place: &str) -> StoreError {
        match self {
            Self::Unstorable { .. } => StoreError::Unavailable(Box::new(self)),
            Self::Later { .. } | Self::Damaged { .. } => {
                StoreError::Corrupt { place: format!("{place}: {self}") }
            }
        }
    }

    /// The same of an account that is stored under this version. One that a later release wrote is
    /// not damaged: nobody replaces it by mistake.
    ///
    /// ```
    /// use countersign_core::store::StoreError;
    /// use countersign_core::store::record::FormError;
    ///
    /// let cut_short = FormError::Damaged { what: "the document" };
    /// let told = cut_short.of_account("account larkfield/ada", 7);
    /// assert!(matches!(told, StoreError::Damaged(damage) if damage.version.is_some()));
    /// ```
    #[must_use]
    pub fn of_account(self, place: &str, version: i64) -> StoreError {
        let version = match self {
            Self::Unstorable { .. } => return self.at(place),
            Self::Later { .. } => None,
            Self::Damaged { .. } => Some(version_of(version)),
        };
        DamagedAccount { place: format!("{place}: {self}"), version }.into()
    }

    /// The same of a tenant that is stored under this version.
    #[must_use]
    pub fn of_tenant(self, place: &str, version: i64) -> StoreError {
        match self.of_account(place, version) {
            StoreError::Damaged(DamagedAccount { place, version }) => {
                DamagedTenant { place, version }.into()
            }
            error => error,
        }
    }
}

/// A version, a generation or a step as a signed column: every bit is kept, the order is not.
pub(super) fn signed(number: u64) -> i64 {
    i64::from_be_bytes(number.to_be_bytes())
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::from_be_bytes(number.to_be_bytes())
}

/// A version as the column keeps it.
///
/// ```
/// use countersign_core::store::record::{column_of, version_of};
/// use countersign_core::Version;
///
/// let version = Version::from_number(u64::MAX);
/// assert_eq!(version_of(column_of(version)), version);
/// ```
#[must_use]
pub fn column_of(version: Version) -> i64 {
    signed(version.number())
}

/// The version that a column keeps.
#[must_use]
pub fn version_of(column: i64) -> Version {
    Version::from_number(unsigned(column))
}

/// The number of the form, then the value.
pub(super) fn encode<T: Serialize>(
    what: &'static str,
    form: u8,
    value: &T,
) -> Result<Vec<u8>, FormError> {
    postcard::to_extend(value, vec![form]).map_err(|_| FormError::Unstorable { what })
}

/// A value that has one form.
pub(super) fn decode<'a, T: Deserialize<'a>>(
    what: &'static str,
    bytes: &'a [u8],
) -> Result<T, FormError> {
    match split_form(what, FIRST, bytes)? {
        (FIRST, body) => decode_body(what, body),
        _ => Err(FormError::Damaged { what }),
    }
}

/// The number of the form, at most `newest`, and what follows it.
pub(super) fn split_form<'a>(
    what: &'static str,
    newest: u8,
    bytes: &'a [u8],
) -> Result<(u8, &'a [u8]), FormError> {
    match bytes.split_first() {
        Some((&form, _)) if form > newest => Err(FormError::Later { what, form }),
        Some((&form, body)) => Ok((form, body)),
        None => Err(FormError::Damaged { what }),
    }
}

/// The value, if it is all that there is.
pub(super) fn decode_body<'a, T: Deserialize<'a>>(
    what: &'static str,
    body: &'a [u8],
) -> Result<T, FormError> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        _ => Err(FormError::Damaged { what }),
    }
}

/// A value bound to its owner and version: the form, the tag, then the value.
pub(super) fn encode_bound<T: Serialize>(
    what: &'static str,
    form: u8,
    owner: &[&[u8]],
    version: i64,
    value: &T,
) -> Result<Vec<u8>, FormError> {
    let body = encode(what, form, value)?;
    let mut bytes = tag(what, owner, version, &body).to_vec();
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

pub(super) fn decode_bound<'a, T: Deserialize<'a>>(
    what: &'static str,
    owner: &[&[u8]],
    version: i64,
    bytes: &'a [u8],
) -> Result<T, FormError> {
    match split_bound(what, FIRST, owner, version, bytes)? {
        (FIRST, body) => decode_body(what, body),
        _ => Err(FormError::Damaged { what }),
    }
}

/// The number of the form of a bound value, at most `newest`, and what follows it.
pub(super) fn split_bound<'a>(
    what: &'static str,
    newest: u8,
    owner: &[&[u8]],
    version: i64,
    bytes: &'a [u8],
) -> Result<(u8, &'a [u8]), FormError> {
    match bytes.split_at_checked(TAG) {
        Some((found, body)) if found == tag(what, owner, version, body) => {
            split_form(what, newest, body)
        }
        _ => Err(FormError::Damaged { what }),
    }
}

/// It finds damage and mistakes. Against somebody who writes to the database, secrets are sealed.
fn tag(what: &str, owner: &[&[u8]], version: i64, body: &[u8]) -> [u8; TAG] {
    use sha2::{Digest as _, Sha256};
    let mut parts: Vec<&[u8]> = vec![b"countersign record", what.as_bytes()];
    parts.extend_from_slice(owner);
    let version = version.to_be_bytes();
    parts.extend_from_slice(&[&version, body]);
    let digest: [u8; 32] = Sha256::digest(joined(&parts)).into();
    let mut tag = [0; TAG];
    tag.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    tag
}
