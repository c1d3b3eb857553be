//! The picture as PNG, for places that take no SVG.
//!
//! One bit for each pixel. A module is many rows of pixels that are all alike, and each of these
//! but the first says "as above", of which next to nothing is left after compression.

use miniz_oxide::deflate::compress_to_vec_zlib;

use crate::Qr;

/// The size of a PNG: pixels on each side of a module, from 1 to 32.
///
/// The default is 8, with which the link of most accounts is a picture of about 450 pixels on each
/// side. A picture is sharp at its own size and at whole multiples of it.
///
/// ```
/// use countersign_qr::Scale;
///
/// assert_eq!(Scale::default(), Scale::new(8).unwrap());
/// assert_eq!(Scale::new(0), None);
/// assert_eq!(Scale::new(33), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale(u8);

impl Scale {
    /// This many pixels on each side of a module, or nothing outside of 1 to 32.
    #[must_use]
    pub const fn new(pixels: u8) -> Option<Self> {
        match pixels {
            1..=MOST_PIXELS => Some(Self(pixels)),
            _ => None,
        }
    }
}

impl Default for Scale {
    fn default() -> Self {
        Self(8)
    }
}

pub(crate) fn draw(qr: &Qr, Scale(pixels): Scale) -> Vec<u8> {
    let pixels = usize::from(pixels);
    let width = big_endian(qr.width() * pixels);
    let header = [&width[..], &width, &[BITS, GRAY, DEFLATE, FILTERS, NOT_INTERLACED]].concat();
    let mut png = SIGNATURE.to_vec();
    push_chunk(*b"IHDR", &header, &mut png);
    push_chunk(*b"IDAT", &compress_to_vec_zlib(&rows(qr, pixels), LEVEL), &mut png);
    push_chunk(*b"IEND", &[], &mut png);
    png
}

/// The rows of pixels, each behind the number of its filter.
fn rows(qr: &Qr, pixels: usize) -> Vec<u8> {
    let bytes = (qr.width() * pixels).div_ceil(8);
    let mut rows = Vec::with_capacity((1 + bytes) * qr.width() * pixels);
    for y in 0..qr.width() {
        // Behind the last pixel of a row there may be bits left, and they do not matter.
        let light = |x: usize| u8::from(!qr.is_dark(x / pixels, y));
        let byte = |at: usize| (8 * at..8 * at + 8).fold(0, |byte, x| byte << 1 | light(x));
        rows.push(AS_IT_IS);
        rows.extend((0..bytes).map(byte));
        for _ in 1..pixels {
            rows.push(AS_ABOVE);
            rows.resize(rows.len() + bytes, 0);
        }
    }
    rows
}

fn push_chunk(kind: [u8; 4], content: &[u8], png: &mut Vec<u8>) {
    png.extend(big_endian(content.len()));
    let named = [&kind, content].concat();
    png.extend(&named);
    png.extend(checksum(&named).to_be_bytes());
}

#[expect(clippy::expect_used, reason = "no picture has more than 185 modules of 32 pixels")]
fn big_endian(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("a picture is small").to_be_bytes()
}

/// CRC-32 as in ISO 3309, bit by bit: a picture has few bytes.
fn checksum(bytes: &[u8]) -> u32 {
    let shifted = |sum: u32| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
    let with = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| shifted(sum));
    !bytes.iter().fold(u32::MAX, with)
}

const MOST_PIXELS: u8 = 32;

// What follows has its names and numbers from the PNG specification.
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
const BITS: u8 = 1;
const GRAY: u8 = 0;
const DEFLATE: u8 = 0;
const FILTERS: u8 = 0;
const NOT_INTERLACED: u8 = 0;
const AS_IT_IS: u8 = 0;
const AS_ABOVE: u8 = 2;

/// How hard to compress, from 0 to 10. Higher levels save a few bytes in a hundred
/// and take up to twice as long.
const LEVEL: u8 = 3;

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn the_checksum_is_the_one_of_the_format() {
        // The check value of CRC-32, and the end that every PNG has.
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum(b"IEND"), 0xAE42_6082);
    }
}
