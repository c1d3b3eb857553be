//! The keys that seal what leaves the process: TOTP secrets, tickets, proofs, invitations.
//!
//! A host keeps them in its secret store, never in the database beside the rows they protect.
//! Rotation is online: make a key known to every node first, then make it current; older keys go
//! on opening what they sealed.

use std::fmt::{self, Debug};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::types::{InvalidValue, KeyId, OsRandom, Random, RandomError, Secret, behind_pointers};

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
    ///
    /// ```
    /// use countersign_core::KeyId;
    /// use countersign_core::keys::Key;
    ///
    /// let key = Key::new(KeyId::new(7), *b"32 bytes from your secret store!")?;
    /// assert_eq!(key.id(), KeyId::new(7));
    /// // A buffer that nobody filled.
    /// assert!(Key::new(KeyId::new(7), [0; 32]).is_err());
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if all bytes are zero: then nothing was read, and everybody has that key.
    pub fn new(id: KeyId, bytes: [u8; KEY_BYTES]) -> Result<Self, InvalidValue> {
        if bytes == [0; KEY_BYTES] {
            let next = "give 32 random bytes, such as those of `Key::draw`";
            return Err(InvalidValue::new("a key", "all of its bytes are zero", next));
        }
        Ok(Self { id, secret: Secret::new(bytes.to_vec()) })
    }

    /// Draws a fresh key.
    ///
    /// # Errors
    ///
    /// [`RandomError`] if the source of randomness fails, or gives nothing but zeros.
    pub fn draw(id: KeyId, random: &dyn Random) -> Result<Self, RandomError> {
        let mut bytes = [0; KEY_BYTES];
        random.fill(&mut bytes)?;
        Self::new(id, bytes).map_err(|refused| RandomError(refused.to_string()))
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no keys: it does not implement `KeyRing`",
    note = "`Keys::from_file` reads a ring of keys, and `Keys::create` makes its file"
)]
pub trait KeyRing: Debug + Send + Sync + 'static {
    /// The number of the key that seals from now on.
    fn current(&self) -> KeyId;

    /// The key with this number, or nothing if this node does not know it.
    fn key(&self, id: KeyId) -> Option<Key>;
}

behind_pointers! {
    impl KeyRing {
        fn current(&self) -> KeyId {
            (**self).current()
        }

        fn key(&self, id: KeyId) -> Option<Key> {
            (**self).key(id)
        }
    }
}

/// A ring of keys held in memory: the last one seals, all of them open.
///
/// The text form has one key a line, a number and 32 bytes in base64url. Empty lines and lines
/// that start with `#` are skipped.
///
/// ```
/// use countersign_core::{KeyId, Keys};
/// use countersign_core::keys::KeyRing;
///
/// let keys = Keys::parse(
///     "# the last line is the current key
///      1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE
///      2 AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
/// )?;
/// assert_eq!(keys.current(), KeyId::new(2));
/// assert!(keys.key(KeyId::new(1)).is_some());
/// # Ok::<(), countersign_core::keys::KeyFileError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Keys {
    current: Key,
    older: Vec<Key>,
}

impl Keys {
    /// A ring of one key.
    ///
    /// ```
    /// use countersign_core::{KeyId, Keys, OsRandom};
    /// use countersign_core::keys::{Key, KeyRing};
    ///
    /// let keys = Keys::new(Key::draw(KeyId::new(7), &OsRandom)?);
    /// assert_eq!(keys.current(), KeyId::new(7));
    /// # Ok::<(), countersign_core::RandomError>(())
    /// ```
    #[must_use]
    pub fn new(current: Key) -> Self {
        Self { current, older: Vec::new() }
    }

    /// Adds a key that opens and does not seal. Each key has a number of its own.
    ///
    /// ```
    /// use countersign_core::{KeyId, Keys, OsRandom};
    /// use countersign_core::keys::{Key, KeyRing};
    ///
    /// let old = Key::draw(KeyId::new(1), &OsRandom)?;
    /// let keys = Keys::new(Key::draw(KeyId::new(2), &OsRandom)?).and_older(old)?;
    /// assert_eq!(keys.current(), KeyId::new(2));
    /// assert!(keys.key(KeyId::new(1)).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the ring has a key with that number: which of the two opens would be
    /// left to chance.
    pub fn and_older(mut self, key: Key) -> Result<Self, InvalidValue> {
        if self.key(key.id).is_some() {
            let why = format!("it has a key {} already", key.id);
            let next = "give each key a number of its own";
            return Err(InvalidValue::new("a key for the ring", why, next));
        }
        self.older.push(key);
        Ok(self)
    }

    /// A ring of one fresh key, for tests and demos: what it seals ends with the process.
    ///
    /// ```
    /// use countersign_core::{Keys, OsRandom};
    ///
    /// let keys = Keys::ephemeral(&OsRandom)?;
    /// # Ok::<(), countersign_core::RandomError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RandomError`] if the source of randomness fails.
    pub fn ephemeral(random: &dyn Random) -> Result<Self, RandomError> {
        Ok(Self::new(Key::draw(KeyId::new(1), random)?))
    }

    /// Draws a fresh key and writes it to a new file, which only its owner may read.
    ///
    /// Call it once, when a portal is set up, and keep a copy of the file in a safe place: without
    /// it, no user who has linked an app can log in. A file that exists is never overwritten.
    ///
    /// ```
    /// use countersign_core::Keys;
    /// use countersign_core::keys::KeyFileError;
    ///
    /// # let folder = format!("countersign-create-{}", std::process::id());
    /// # let folder = std::env::temp_dir().join(folder);
    /// # std::fs::create_dir_all(&folder)?;
    /// let path = folder.join("countersign.keys");
    /// let keys = Keys::create(&path)?;
    /// assert!(matches!(Keys::create(&path), Err(KeyFileError::Exists { .. })));
    /// # std::fs::remove_dir_all(folder)?;
    /// # drop(keys);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Exists`] if there is a file; [`KeyFileError::NotWritten`] and
    /// [`KeyFileError::NotDrawn`] if a new one could not be made. Then there is none.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        let path = path.as_ref();
        let key = Key::draw(KeyId::new(1), &OsRandom).map_err(KeyFileError::NotDrawn)?;
        let bytes = Zeroizing::new(BASE64URL_NOPAD.encode(key.secret.expose()));
        let text = Zeroizing::new(format!("{HEADING}{} {}\n", key.id, *bytes));
        write_new(path, &text).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyFileError::Exists { path: shown(path) },
            _ => KeyFileError::NotWritten { path: shown(path), source },
        })?;
        Ok(Self::new(key))
    }

    /// Reads the text form from a file.
    ///
    /// If other users of the machine may read that file too, a line in the log says so.
    ///
    /// ```
    /// use countersign_core::Keys;
    ///
    /// # let folder = format!("countersign-read-{}", std::process::id());
    /// # let folder = std::env::temp_dir().join(folder);
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("countersign.keys");
    /// # Keys::create(&path)?;
    /// let keys = Keys::from_file(&path)?;
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if the file cannot be read or holds something else.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        let path = path.as_ref();
        let text = read_secret(path)
            .map_err(|source| KeyFileError::Unreadable { path: shown(path), source })?;
        Self::parse(&text)
    }

    /// Reads the text form, such as from an environment variable that a secret store fills.
    ///
    /// ```
    /// use countersign_core::Keys;
    /// use countersign_core::keys::KeyFileError;
    ///
    /// let keys = Keys::parse("1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE")?;
    /// assert!(matches!(Keys::parse("1 not-a-key"), Err(KeyFileError::BadLine { line: 1 })));
    /// # Ok::<(), KeyFileError>(())
    /// ```
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
            let read = parse_line(line).ok_or(KeyFileError::BadLine { line: at + 1 })?;
            let key = Key::new(read.0, read.1).map_err(|_| KeyFileError::Zero { line: at + 1 })?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyFileError::Twice { id: key.id });
            }
            keys.push(key);
        }
        let current = keys.pop().ok_or(KeyFileError::Empty)?;
        Ok(Self { current, older: keys })
    }
}

// Whoever opens the file in an editor learns what it is.
const HEADING: &str = "# Keys of countersign: secret. Lose them, and linked apps no longer work.\n";

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a key would look like a file that somebody damaged. It is ours, so nothing is lost.
        let _gone_or_not = fs::remove_file(path);
    }
    written
}

fn read_secret(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut file = File::open(path)?;
    warn_if_others_may_read(&file, path);
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(unix)]
fn warn_if_others_may_read(file: &File, path: &Path) {
    const GROUP_AND_OTHERS: u32 = 0o044;
    let mode = file.metadata().map(|known| std::os::unix::fs::MetadataExt::mode(&known));
    if mode.is_ok_and(|mode| mode & GROUP_AND_OTHERS != 0) {
        tracing::warn!(
            target: "countersign",
            path = %path.display(),
            "other users of this machine may read the key file; run `chmod 600` on it"
        );
    }
}

// Elsewhere permissions are lists of names, and this library asks no one for them.
#[cfg(not(unix))]
fn warn_if_others_may_read(_: &File, _: &Path) {}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn parse_line(line: &str) -> Option<(KeyId, [u8; KEY_BYTES])> {
    let (number, bytes) = line.split_once(char::is_whitespace)?;
    let bytes = BASE64URL_NOPAD.decode(bytes.trim().as_bytes()).ok()?;
    Some((KeyId::new(number.parse().ok()?), bytes.try_into().ok()?))
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
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file could not be read.
    #[error("the key file {path} could not be read; check the path and the permissions")]
    Unreadable {
        /// Where it was looked for.
        path: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// There is something at the path of a new file already, and it was left as it is.
    #[error(
        "there is something at {path} already, and no key file was written over it; read it with \
         `Keys::from_file`, or name another path"
    )]
    Exists {
        /// Where the new file was to be.
        path: String,
    },
    /// A new file could not be written.
    #[error(
        "the key file {path} could not be written; check that its folder exists and may be written to"
    )]
    NotWritten {
        /// Where the new file was to be.
        path: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// No new key could be drawn.
    #[error("no key could be drawn; ask again, and look at the machine if that does not help")]
    NotDrawn(#[source] RandomError),
    /// A line has another shape.
    #[error(
        "line {line} of the key file is not a number and 32 bytes in base64url; mend that line"
    )]
    BadLine {
        /// The line, counted from 1.
        line: usize,
    },
    /// A line holds a key of zeros.
    #[error("the key on line {line} is all zeros, which everybody can guess; draw another one")]
    Zero {
        /// The line, counted from 1.
        line: usize,
    },
    /// Two lines carry the same number.
    #[error("key {id} stands in the key file twice; give each key a number of its own")]
    Twice {
        /// The number.
        id: KeyId,
    },
    /// The file holds no key.
    #[error("the key file holds no key; add a line with a number and 32 bytes in base64url")]
    Empty,
}

// The sentence, since `main` shows an error by this.
impl Debug for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match std::error::Error::source(self) {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    #[test]
    fn a_key_file_that_is_wrong_says_where_and_shows_no_key() {
        let twice = format!("{ONE}\n{ONE}");
        let zeros = format!("{ONE}\n2 {}", "A".repeat(43));
        for (text, says) in [
            ("", "holds no key"),
            ("1 c2hvcnQ", "line 1"),
            ("# fine\n\nx AQEB", "line 3"),
            (twice.as_str(), "key 1 stands in the key file twice"),
            (zeros.as_str(), "line 2 is all zeros"),
        ] {
            let said = Keys::parse(text).unwrap_err().to_string();
            assert!(said.contains(says), "{said}");
            assert!(!said.contains("AQEB") && !said.contains("c2hvcnQ"), "{said}");
        }
    }

    #[test]
    fn no_ring_has_two_keys_with_one_number_and_no_key_is_all_zeros() {
        let key = |number, byte| Key::new(KeyId::new(number), [byte; 32]);
        let ring = Keys::new(key(2, 2).unwrap()).and_older(key(1, 1).unwrap()).unwrap();
        for number in [1, 2] {
            let said = ring.clone().and_older(key(number, 3).unwrap()).unwrap_err().to_string();
            assert!(said.contains(&format!("it has a key {number} already")), "{said}");
        }
        assert!(key(1, 0).is_err());
        assert!(Key::draw(KeyId::new(1), &Zeros).is_err());
    }

    #[derive(Debug)]
    struct Zeros;

    impl Random for Zeros {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
            bytes.fill(0);
            Ok(())
        }
    }

    #[test]
    fn debug_output_never_shows_a_key() {
        let shown = format!("{:?}", Keys::parse(ONE).unwrap());
        assert!(shown.contains("Key(1, ..)") && !shown.contains("AQ"), "{shown}");
    }

    /// An empty folder of its own for one test, gone at its end.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("countersign-keys-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_new_key_file_holds_the_key_that_was_returned() {
        let folder = Folder::new("created");
        let path = folder.0.join("a.keys");
        let other = folder.0.join("b.keys");
        let keys = Keys::create(&path).unwrap();
        let read = Keys::from_file(&path).unwrap();
        assert_eq!(read.current.secret, keys.current.secret);
        assert_eq!((read.current(), read.older.len()), (KeyId::new(1), 0));
        assert_ne!(Keys::create(&other).unwrap().current.secret, keys.current.secret);
    }

    #[test]
    fn a_key_file_is_never_overwritten() {
        let folder = Folder::new("kept");
        let path = folder.0.join("countersign.keys");
        for there in ["", ONE] {
            std::fs::write(&path, there).unwrap();
            let error = Keys::create(&path).unwrap_err();
            assert!(matches!(error, KeyFileError::Exists { .. }), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), there);
        }
        let error = Keys::create(folder.0.join("no/such/folder.keys")).unwrap_err();
        assert!(matches!(error, KeyFileError::NotWritten { .. }), "{error}");
        // A folder cannot be read as text, and what is there stays there.
        assert!(matches!(Keys::create(&folder.0), Err(KeyFileError::Exists { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_but_the_owner_reads_a_new_key_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new("mode");
        let path = folder.0.join("countersign.keys");
        Keys::create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_may_read_is_told_of_once() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new("open");
        let path = folder.0.join("countersign.keys");
        std::fs::write(&path, ONE).unwrap();
        let check = |mode, times| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let log = logged(|| drop(Keys::from_file(&path).unwrap()));
            assert_eq!(log.matches("may read the key file").count(), times, "{mode:o}: {log}");
            assert!(!log.contains("AQEB"), "{log}");
        };
        check(0o644, 1);
        check(0o640, 1);
        check(0o604, 1);
        check(0o600, 0);
        check(0o400, 0);
    }

    #[cfg(unix)]
    fn logged(work: impl FnOnce()) -> String {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(std::sync::Mutex::new(writer))
            .finish();
        tracing::subscriber::with_default(log, work);
        let mut text = String::new();
        std::io::Read::read_to_string(&mut reader, &mut text).unwrap();
        text
    }

    #[test]
    fn an_error_that_leaves_main_is_a_sentence() {
        let error = Keys::from_file("no/such/file").unwrap_err();
        let shown = format!("{error:?}");
        assert!(shown.starts_with("the key file no/such/file could not be read; check"), "{shown}");
        assert!(shown.contains("No such file") || cfg!(not(unix)), "{shown}");
        assert_eq!(
            format!("{:?}", Keys::parse("").unwrap_err()),
            Keys::parse("").unwrap_err().to_string()
        );
    }
}
