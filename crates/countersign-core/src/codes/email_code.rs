//! The e-mailed code: derived each time it is wanted, never stored in any form.
//!
//! A challenge fixes a key and some parts (purpose, tenant, user, challenge id, address). Mailing,
//! resending and checking all derive the same code from them, so a copy of the database holds no
//! code, and a code fits nothing but its own challenge.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::code::Code;
use crate::types::Secret;

/// Derives the code of `digits` digits, 6 to 8, that belongs to these parts under this key.
///
/// The MAC is HMAC-SHA-256 over the parts, each behind its length in 8 bytes, so no two lists of
/// parts run together: ("ab", "c") and ("a", "bc") have different codes.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104)")]
pub(crate) fn derive(subkey: &Secret, parts: &[&[u8]], digits: u8) -> Code {
    let mut mac = Hmac::<Sha256>::new_from_slice(subkey.expose()).expect("a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    truncate(&mac.finalize().into_bytes(), digits)
}

/// Dynamic truncation, RFC 4226, 5.3: a MAC of at least 20 bytes becomes `digits` digits.
///
/// The last nibble of the MAC says where to take 4 bytes. Their top bit is masked, and the
/// remainder by a power of ten is padded with zeros. The standard knows 6 to 8 digits; anything
/// else is brought to the nearer end.
pub(super) fn truncate(mac: &[u8], digits: u8) -> Code {
    let digits = digits.clamp(6, 8);
    let offset = usize::from(mac.last().copied().unwrap_or(0) & 0x0f);
    let word = mac.iter().skip(offset).take(4).fold(0, |word, byte| (word << 8) | u32::from(*byte));
    let value = (word & 0x7fff_ffff) % 10_u32.pow(u32::from(digits));
    Code::from_generated(format!("{value:0width$}", width = usize::from(digits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Secret {
        Secret::new(vec![byte; 32])
    }

    /// The code of the challenge with this number.
    fn numbered(key: &Secret, number: u32, digits: u8) -> String {
        derive(key, &[b"login", &number.to_be_bytes()], digits).digits().to_owned()
    }

    #[test]
    fn the_worked_example_of_rfc_4226_truncates_as_printed() {
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19,
            0xda, 0x8e, 0x94, 0x5b, 0x55, 0x5a,
        ];
        assert_eq!(truncate(&mac, 6).digits(), "872921");
        assert_eq!(truncate(&mac, 7).digits(), "7872921");
        assert_eq!(truncate(&mac, 8).digits(), "57872921");
    }

    #[test]
    fn the_top_bit_is_masked_and_leading_zeros_are_kept() {
        let mac_of = |word: u32| {
            let mut mac = [0; 32];
            mac[..4].copy_from_slice(&word.to_be_bytes());
            mac
        };
        for (word, digits, code) in [
            (0, 6, "000000"),
            (7, 8, "00000007"),
            (0x8000_0000, 6, "000000"),
            (0x8000_0001, 8, "00000001"),
            (0xffff_ffff, 6, "483647"),
        ] {
            assert_eq!(truncate(&mac_of(word), digits).digits(), code);
        }
        // The highest offset still has its four bytes, in the shortest MAC there is.
        let mut mac = [0; 20];
        mac[15..].copy_from_slice(&[0, 0, 0, 42, 0x0f]);
        assert_eq!(truncate(&mac, 6).digits(), "000042");
    }

    #[test]
    fn a_code_is_what_another_implementation_derives() {
        // Python's hmac.digest(b"\x07" * 32, m, "sha256"), with m made of each part behind its
        // length as struct.pack(">Q", len(part)).
        let parts: [&[u8]; 3] = [b"login", b"larkfield", b"ada"];
        for (digits, code) in [(6, "056943"), (7, "2056943"), (8, "42056943")] {
            assert_eq!(derive(&key(7), &parts, digits).digits(), code);
        }
    }

    #[test]
    fn parts_never_run_together() {
        let lists: [&[&[u8]]; 7] = [
            &[b"ab", b"c"],
            &[b"a", b"bc"],
            &[b"abc"],
            &[b"abc", b""],
            &[b"", b"abc"],
            &[],
            &[b""],
        ];
        for (at, one) in lists.iter().enumerate() {
            for other in &lists[at + 1..] {
                assert_ne!(derive(&key(1), one, 8), derive(&key(1), other, 8), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn another_key_or_challenge_has_another_code_and_the_same_one_the_same() {
        let code = numbered(&key(1), 1, 8);
        assert_eq!(numbered(&key(1), 1, 8), code);
        assert_ne!(numbered(&key(2), 1, 8), code);
        assert_ne!(numbered(&key(1), 2, 8), code);
        assert_eq!(numbered(&key(1), 1, 6), code[2..]);
    }

    #[test]
    fn a_code_is_uniform_over_its_digits() {
        const SAMPLES: u32 = 100_000;
        let key = key(3);
        // Two halves of the code, a thousand values each: both ends of it are covered.
        let mut seen = [[0_u32; 1000]; 2];
        for number in 0..SAMPLES {
            let code = numbered(&key, number, 6);
            for (half, seen) in [&code[..3], &code[3..]].into_iter().zip(&mut seen) {
                seen[half.parse::<usize>().unwrap()] += 1;
            }
        }
        let expected = f64::from(SAMPLES) / 1000.0;
        for half in seen {
            let chi: f64 = half.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
            // 999 degrees of freedom: mean 999, standard deviation 45. Five of them either way.
            assert!((775.0..1225.0).contains(&chi), "{chi}");
        }
    }
}
