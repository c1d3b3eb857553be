//! How a MAC becomes a code, for apps and mails alike.

use super::code::Code;

/// Dynamic truncation, RFC 4226, 5.3: a MAC of at least 20 bytes becomes `digits` digits.
///
/// The last nibble of the MAC says where to take 4 bytes. Their top bit is masked, and the
/// remainder by a power of ten is padded with zeros. The standard knows 6 to 8 digits; anything
/// else is brought to the nearer end.
pub(crate) fn truncate(mac: &[u8], digits: u8) -> Code {
    let digits = digits.clamp(6, 8);
    let offset = usize::from(mac.last().copied().unwrap_or(0) & 0x0f);
    let word = mac.iter().skip(offset).take(4).fold(0, |word, byte| (word << 8) | u32::from(*byte));
    let value = (word & 0x7fff_ffff) % 10_u32.pow(u32::from(digits));
    Code::from_generated(format!("{value:0width$}", width = usize::from(digits)))
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;

    use super::*;

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
    fn a_code_is_uniform_over_its_digits() {
        const SAMPLES: u32 = 100_000;
        let key = Hmac::<Sha256>::new_from_slice(&[3; 32]).unwrap();
        // Two halves of the code, a thousand values each: both ends of it are covered.
        let mut seen = [[0_u32; 1000]; 2];
        for number in 0..SAMPLES {
            let mac = key.clone().chain_update(number.to_be_bytes()).finalize().into_bytes();
            let code = truncate(&mac, 6);
            let code = code.digits();
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
