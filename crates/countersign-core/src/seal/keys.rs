//! The keys that seal what leaves the process: TOTP secrets, tickets, proofs, invitations.
//!
//! A host keeps them in its secret store, never in the database beside the rows they protect.
//! Rotation is online: make a key known to every node first, then make it current; older keys go
//! on opening what they sealed.

use std::fmt::{self, Debug};
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;

use crate::types::{KeyId, Random, RandomError, Secret};

/// Bytes in a key.
const KEY_BYTES: usize = 32;

/// One key: its number and 32 secret bytes.
#[derive(Clone)]
pub struct Key {
    id: KeyId,
    secret: Secret,
}

impl Key {
    /// The key with this number and these bytes.
    #[must_use]
    pub fn new(id: KeyId, bytes: [u8; KEY_BYTES]) -> Self {
        Self { id, secret: Secret::new(bytes.to_vec()) }
    }

    /// Draws a fresh key.
    ///
    /// # Errors
    ///
    /// [`RandomError`] if the source of randomness fails.
    pub fn draw(id: KeyId, random: &dyn Random) -> Result<Self, RandomError> {
        let mut bytes = [0; KEY_BYTES];
        random.fill(&mut bytes)?;
        Ok(Self::new(id, bytes))
    }

    /// The number of the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, ..)", self.id)
    }
}

/// Hands out keys: the current one to seal with, any known one to open with.
///
/// # Contract
///
/// - `current` names a key that `key` returns.
/// - A key that was ever current stays known until nothing sealed with it is wanted any more.
/// - Both answer from memory; a host with a remote key service caches what it fetched.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait KeyRing: Debug + Send + Sync + 'static {
    /// The number of the key that seals from now on.
    fn current(&self) -> KeyId;

    /// The key with this number, or nothing if this node does not know it.
    fn key(&self, id: KeyId) -> Option<Key>;
}

/// A ring of keys held in memory: the last one seals, all of them open.
///
/// The text form has one key a line, a number and 32 bytes in base64url. Empty lines and lines
/// that start with `#` are skipped.
///
/// ```
/// use countersign_core::seal::{KeyRing, Keys};
/// use countersign_core::types::KeyId;
///
/// let keys = Keys::parse(
///     "# the last line is the current key
///      1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE
///      2 AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
/// )?;
/// assert_eq!(keys.current(), KeyId::new(2));
/// assert!(keys.key(KeyId::new(1)).is_some());
/// # Ok::<(), countersign_core::seal::KeyFileError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Keys {
    current: Key,
    older: Vec<Key>,
}

impl Keys {
    /// A ring of one key.
    #[must_use]
    pub fn new(current: Key) -> Self {
        Self { current, older: Vec::new() }
    }

    /// Adds a key that opens and does not seal.
    #[must_use]
    pub fn and_older(mut self, key: Key) -> Self {
        self.older.push(key);
        self
    }

    /// A ring of one fresh key, for tests and demos: what it seals ends with the process.
    ///
    /// # Errors
    ///
    /// [`RandomError`] if the source of randomness fails.
    pub fn ephemeral(random: &dyn Random) -> Result<Self, RandomError> {
        Ok(Self::new(Key::draw(KeyId::new(1), random)?))
    }

    /// Reads the text form from a file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if the file cannot be read or holds something else.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| KeyFileError::Unreadable {
            path: path.display().to_string(),
            source,
        })?;
        Self::parse(&text)
    }

    /// Reads the text form.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] names the line that is wrong and never repeats it.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let mut keys: Vec<Key> = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = parse_line(line).ok_or(KeyFileError::BadLine { line: at + 1 })?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyFileError::Twice { id: key.id });
            }
            keys.push(key);
        }
        let current = keys.pop().ok_or(KeyFileError::Empty)?;
        Ok(Self { current, older: keys })
    }
}

fn parse_line(line: &str) -> Option<Key> {
    let (number, bytes) = line.split_once(char::is_whitespace)?;
    let bytes = BASE64URL_NOPAD.decode(bytes.trim().as_bytes()).ok()?;
    Some(Key::new(KeyId::new(number.parse().ok()?), bytes.try_into().ok()?))
}

impl KeyRing for Keys {
    fn current(&self) -> KeyId {
        self.current.id
    }

    fn key(&self, id: KeyId) -> Option<Key> {
        std::iter::once(&self.current).chain(&self.older).find(|key| key.id == id).cloned()
    }
}

/// Why a key file was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file could not be read.
    #[error("the key file {path} could not be read; check the path and the permissions")]
    Unreadable {
        /// Where it was looked for.
        path: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A line has another shape.
    #[error(
        "line {line} of the key file is not a number and 32 bytes in base64url; mend that line"
    )]
    BadLine {
        /// The line, counted from 1.
        line: usize,
    },
    /// Two lines carry the same number.
    #[error("key {id} stands in the key file twice; give each key a number of its own")]
    Twice {
        /// The number.
        id: KeyId,
    },
    /// There is no key in it.
    #[error("the key file holds no key; add a line with a number and 32 bytes in base64url")]
    Empty,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    #[test]
    fn a_key_file_that_is_wrong_says_where_and_shows_no_key() {
        let twice = format!("{ONE}\n{ONE}");
        for (text, says) in [
            ("", "holds no key"),
            ("1 c2hvcnQ", "line 1"),
            ("# fine\n\nx AQEB", "line 3"),
            (twice.as_str(), "key 1 stands in the key file twice"),
        ] {
            let said = Keys::parse(text).unwrap_err().to_string();
            assert!(said.contains(says), "{said}");
            assert!(!said.contains("AQEB") && !said.contains("c2hvcnQ"), "{said}");
        }
    }

    #[test]
    fn debug_output_never_shows_a_key() {
        let shown = format!("{:?}", Keys::parse(ONE).unwrap());
        assert!(shown.contains("Key(1, ..)") && !shown.contains("AQ"), "{shown}");
    }
}
