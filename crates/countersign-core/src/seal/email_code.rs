//! The e-mailed code: derived each time it is needed, never stored in any form.
//!
//! A challenge fixes a key and what the code belongs to. Mailing, resending and checking all derive
//! the same code from these, so a copy of the database holds no code, and a code fits nothing but
//! its own challenge.

use super::sealer::{Fault, Sealer, Use};
use crate::codes::{Code, truncate};
use crate::login::Purpose;
use crate::types::{AccountKey, ChallengeId, EmailAddress, KeyId};

/// What an e-mailed code belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeFor<'a> {
    pub(crate) purpose: &'a Purpose,
    pub(crate) account: &'a AccountKey,
    pub(crate) challenge: ChallengeId,
    pub(crate) to: &'a EmailAddress,
}

impl Sealer {
    /// Derives the code of `digits` digits, 6 to 8, under the key with this number.
    ///
    /// It is the truncation of RFC 4226 over HMAC-SHA-256 of all that it belongs to, each part
    /// behind its length, so no two challenges share what their codes are made from.
    pub(crate) fn email_code(
        &self,
        key: KeyId,
        code: &CodeFor<'_>,
        digits: u8,
    ) -> Result<Code, Fault> {
        let purpose = code.purpose.tag();
        let parts: [&[u8]; 5] = [
            &purpose,
            code.account.tenant().as_str().as_bytes(),
            code.account.user().as_str().as_bytes(),
            code.challenge.as_bytes(),
            code.to.as_str().as_bytes(),
        ];
        let mac = self.digest(key, Use::EmailCode, &parts)?;
        Ok(truncate(mac.as_bytes(), digits))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::login::StepUpReason;
    use crate::seal::keys::{Key, Keys};
    use crate::types::AuthenticatorId;

    fn sealer(byte: u8) -> Sealer {
        let key = |number, byte| Key::new(KeyId::new(number), [byte; 32]).unwrap();
        Sealer::new(Arc::new(Keys::new(key(1, byte)).and_older(key(2, 99)).unwrap()))
    }

    fn code(sealer: &Sealer, purpose: &Purpose, challenge: ChallengeId, digits: u8) -> String {
        let account = AccountKey::new("larkfield", "ada").unwrap();
        let to = "ada@larkfield.example".parse().unwrap();
        let belongs = CodeFor { purpose, account: &account, challenge, to: &to };
        sealer.email_code(KeyId::new(1), &belongs, digits).unwrap().digits().to_owned()
    }

    /// The code of the challenge with this number.
    fn numbered(sealer: &Sealer, number: u32, digits: u8) -> String {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        code(sealer, &Purpose::Login, ChallengeId::from_bytes(id), digits)
    }

    #[test]
    fn a_code_is_what_another_implementation_derives() {
        // Python: hmac.digest(HKDF-SHA-256(b"\x07" * 32, info=b"countersign 1 e-mail code"), m,
        // "sha256"), with m made of each part behind its length as struct.pack(">Q", len(part)).
        let challenge = ChallengeId::from_bytes([5; 16]);
        for (digits, expected) in [(6, "025234"), (7, "7025234"), (8, "67025234")] {
            assert_eq!(code(&sealer(7), &Purpose::Login, challenge, digits), expected);
        }
    }

    #[test]
    fn no_two_purposes_share_what_their_codes_are_made_from() {
        let reason = |text: &str| Purpose::StepUp(StepUpReason::new(text).unwrap());
        let remove = |byte| Purpose::RemoveApp(AuthenticatorId::from_bytes([byte; 16]));
        let plain = [
            Purpose::Login,
            Purpose::Administer,
            Purpose::LinkApp,
            Purpose::ReplaceApp,
            Purpose::ChangeAddress,
            Purpose::ConfirmAddress,
            Purpose::Strengthen,
        ];
        // A host may name an act of its own as this library names one of its purposes.
        let named = plain.iter().map(|purpose| reason(&purpose.to_string()));
        let others = [reason("payment 4711"), reason("\u{2003}"), remove(0), remove(b'a')];
        let all: Vec<_> = plain.iter().cloned().chain(named).chain(others).collect();
        let challenge = ChallengeId::from_bytes([5; 16]);
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                assert_ne!(one.tag(), other.tag(), "{one:?} {other:?}");
                let codes = [one, other].map(|purpose| code(&sealer(1), purpose, challenge, 8));
                assert_ne!(codes[0], codes[1], "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn another_key_or_challenge_has_another_code_and_the_same_one_the_same() {
        let code = numbered(&sealer(1), 1, 8);
        assert_eq!(numbered(&sealer(1), 1, 8), code);
        assert_ne!(numbered(&sealer(2), 1, 8), code);
        assert_ne!(numbered(&sealer(1), 2, 8), code);
        assert_eq!(numbered(&sealer(1), 1, 6), code[2..]);
    }
}
