//! RFC 4226 and RFC 6238, written down from the text of the RFCs.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::fail::fail;

/// The code of one step.
pub(super) fn code(secret: &[u8], step: u64, digits: u8) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        fail("HMAC takes keys of every length");
    };
    mac.update(&step.to_be_bytes());
    let sum: [u8; 20] = mac.finalize().into_bytes().into();
    // RFC 4226, 5.3: the low half of the last byte says where four bytes are taken from, and
    // their first bit is dropped.
    let offset = usize::from(sum[19] & 0x0f);
    let taken = sum.iter().skip(offset).take(4);
    let number = taken.fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    let width = usize::from(digits);
    format!("{:0width$}", u64::from(number) % 10_u64.pow(digits.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        for (seconds, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(b"12345678901234567890", seconds / 30, 8), expected);
        }
    }

    #[test]
    fn codes_are_those_of_rfc_4226_appendix_d() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, expected) in (0..).zip(expected) {
            assert_eq!(code(b"12345678901234567890", step, 6), expected);
        }
    }
}
