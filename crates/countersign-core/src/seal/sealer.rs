//! Sealing and deriving: the only file that touches key material.
//!
//! Each use has a subkey of its own (HKDF-SHA-256), so a value made for one purpose is noise to
//! every other. Sealed values are XChaCha20-Poly1305 with random 192-bit nonces, and carry the
//! number of their key; what they belong to is associated data, so rows cannot be swapped.

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::keys::KeyRing;
use crate::types::{Digest, KeyId, Random, RandomError, Secret, joined};

/// What a subkey is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Ticket,
    Proof,
    Invitation,
    AppSecret,
    EmailCode,
    Attempt,
    Fingerprint,
}

impl Use {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Ticket => b"countersign 1 ticket",
            Self::Proof => b"countersign 1 proof",
            Self::Invitation => b"countersign 1 invitation",
            Self::AppSecret => b"countersign 1 app secret",
            Self::EmailCode => b"countersign 1 e-mail code",
            Self::Attempt => b"countersign 1 attempt",
            Self::Fingerprint => b"countersign 1 fingerprint",
        }
    }
}

/// Why a decision failed that needs a key, a secret or randomness. Nothing was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A key that something stored was sealed with is not known to this node.
    UnknownKey(KeyId),
    /// The source of randomness failed.
    Random(RandomError),
    /// A stored secret does not open although its key is known: swapped, damaged or forged.
    Unreadable,
}

impl Fault {
    /// Tells the operator of a fault in stored data. Tokens raise none: anybody can make one.
    pub(crate) fn alarm(&self) {
        match self {
            Self::UnknownKey(id) => {
                let key = id.number();
                tracing::error!(target: "countersign", key, "alarm: unknown key in stored data");
            }
            Self::Unreadable => {
                tracing::error!(target: "countersign", "alarm: a sealed secret does not open");
            }
            Self::Random(error) => {
                tracing::error!(target: "countersign", %error, "alarm: no randomness");
            }
        }
    }
}

impl From<RandomError> for Fault {
    fn from(error: RandomError) -> Self {
        Self::Random(error)
    }
}

/// Seals, opens and derives under the host's keys.
#[derive(Clone)]
pub(crate) struct Sealer {
    keys: Arc<dyn KeyRing>,
}

const FORM: u8 = 1;
const NONCE: usize = 24;
const HEAD: usize = 1 + 4;

impl Sealer {
    pub(crate) fn new(keys: Arc<dyn KeyRing>) -> Self {
        Self { keys }
    }

    /// The number of the key that seals and derives from now on.
    pub(crate) fn current(&self) -> KeyId {
        self.keys.current()
    }

    /// Whether this node knows the key with this number.
    pub(crate) fn knows(&self, id: KeyId) -> bool {
        self.keys.key(id).is_some()
    }

    /// The subkey of one key for one use.
    pub(crate) fn subkey(&self, id: KeyId, used: Use) -> Result<Secret, Fault> {
        let key = self.keys.key(id).ok_or(Fault::UnknownKey(id))?;
        let mut bytes = vec![0; 32];
        hkdf::Hkdf::<Sha256>::new(None, key.secret().expose())
            .expand(used.label(), &mut bytes)
            .map_err(|_| Fault::UnknownKey(id))?;
        Ok(Secret::new(bytes))
    }

    /// What tells two keys with one number apart. Nothing opens with it, and nobody finds the key by
    /// it; nothing if this node does not know that key.
    pub(crate) fn fingerprint(&self, id: KeyId) -> Option<Digest> {
        let bytes = self.subkey(id, Use::Fingerprint).ok()?;
        Some(Digest::from_bytes(bytes.expose().try_into().ok()?))
    }

    /// The number of the key that sealed this, if anything of ours did.
    pub(crate) fn sealed_under(sealed: &[u8]) -> Option<KeyId> {
        let rest = sealed.strip_prefix(&[FORM])?;
        rest.first_chunk::<4>().map(|id| KeyId::new(u32::from_be_bytes(*id)))
    }

    /// Seals under the current key.
    pub(crate) fn seal(
        &self,
        used: Use,
        belongs_to: &[u8],
        plain: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, Fault> {
        let id = self.current();
        let cipher = self.cipher(id, used)?;
        let mut nonce = [0; NONCE];
        random.fill(&mut nonce)?;
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: belongs_to })
            .map_err(|_| Fault::Unreadable)?;
        let mut out = Vec::with_capacity(HEAD + NONCE + sealed.len());
        out.push(FORM);
        out.extend_from_slice(&id.number().to_be_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed for this use and this owner; `None` if it was not.
    pub(crate) fn open(
        &self,
        used: Use,
        belongs_to: &[u8],
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        let Some((&FORM, rest)) = sealed.split_first() else { return Ok(None) };
        let Some((id, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let Some((nonce, sealed)) = rest.split_first_chunk::<NONCE>() else { return Ok(None) };
        let cipher = self.cipher(KeyId::new(u32::from_be_bytes(*id)), used)?;
        let plain = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: belongs_to });
        Ok(plain.ok().map(Zeroizing::new))
    }

    /// A keyed digest of the parts, each with its length in front.
    pub(crate) fn digest(&self, id: KeyId, used: Use, parts: &[&[u8]]) -> Result<Digest, Fault> {
        let subkey = self.subkey(id, used)?;
        let mut mac =
            Hmac::<Sha256>::new_from_slice(subkey.expose()).map_err(|_| Fault::UnknownKey(id))?;
        mac.update(&joined(parts));
        Ok(Digest::from_bytes(mac.finalize().into_bytes().into()))
    }

    fn cipher(&self, id: KeyId, used: Use) -> Result<XChaCha20Poly1305, Fault> {
        let subkey = self.subkey(id, used)?;
        XChaCha20Poly1305::new_from_slice(subkey.expose()).map_err(|_| Fault::UnknownKey(id))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer(current key {})", self.current())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::keys::{Key, Keys};
    use crate::types::OsRandom;

    fn sealer(keys: Keys) -> Sealer {
        Sealer::new(Arc::new(keys))
    }

    fn key(number: u32, byte: u8) -> Key {
        Key::new(KeyId::new(number), [byte; 32]).unwrap()
    }

    #[test]
    fn what_was_sealed_for_one_use_or_owner_opens_for_no_other() {
        let sealer = sealer(Keys::new(key(1, 1)));
        let sealed = sealer.seal(Use::AppSecret, b"ada", b"secret", &OsRandom).unwrap();
        let opened = sealer.open(Use::AppSecret, b"ada", &sealed).unwrap().unwrap();
        assert_eq!(&*opened, b"secret");
        assert!(sealer.open(Use::AppSecret, b"ben", &sealed).unwrap().is_none());
        assert!(sealer.open(Use::Ticket, b"ada", &sealed).unwrap().is_none());
    }

    #[test]
    fn no_damaged_byte_opens() {
        let sealer = sealer(Keys::new(key(1, 1)));
        let sealed = sealer.seal(Use::Ticket, b"", b"secret", &OsRandom).unwrap();
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(!matches!(sealer.open(Use::Ticket, b"", &damaged), Ok(Some(_))), "byte {at}");
            assert!(!matches!(sealer.open(Use::Ticket, b"", &sealed[..at]), Ok(Some(_))));
        }
    }

    #[test]
    fn a_fingerprint_is_of_one_key_and_opens_nothing() {
        let ring = sealer(Keys::new(key(1, 1)).and_older(key(2, 2)).unwrap());
        let [one, two] = [1, 2].map(|number| ring.fingerprint(KeyId::new(number)).unwrap());
        assert_ne!(one, two);
        // Its number is no part of it.
        assert_eq!(sealer(Keys::new(key(9, 1))).fingerprint(KeyId::new(9)), Some(one));
        assert_eq!(ring.fingerprint(KeyId::new(3)), None);
        let as_key = Key::new(KeyId::new(1), *one.as_bytes()).unwrap();
        let sealed = ring.seal(Use::AppSecret, b"", b"secret", &OsRandom).unwrap();
        assert!(sealer(Keys::new(as_key)).open(Use::AppSecret, b"", &sealed).unwrap().is_none());
        assert_eq!(Sealer::sealed_under(&sealed), Some(KeyId::new(1)));
        assert_eq!(Sealer::sealed_under(&sealed[..4]), None);
    }

    #[test]
    fn an_older_key_still_opens_and_an_unknown_one_is_a_fault() {
        let old = sealer(Keys::new(key(1, 1)));
        let sealed = old.seal(Use::Ticket, b"", b"x", &OsRandom).unwrap();
        let rotated = sealer(Keys::new(key(2, 2)).and_older(key(1, 1)).unwrap());
        assert!(rotated.open(Use::Ticket, b"", &sealed).unwrap().is_some());
        let forgot = sealer(Keys::new(key(2, 2)));
        assert_eq!(
            forgot.open(Use::Ticket, b"", &sealed).unwrap_err(),
            Fault::UnknownKey(KeyId::new(1))
        );
    }
}
