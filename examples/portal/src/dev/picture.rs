//! Pictures that a person uploads: a PNG becomes rows of grey, as a camera would see them.
//!
//! The file comes from a browser, so it may be anything. Its sides are bounded before a byte is
//! unpacked, and what is no picture is `None`.

use zune_png::PngDecoder;
use zune_png::zune_core::bytestream::ZCursor;
use zune_png::zune_core::options::DecoderOptions;

/// A picture in grey.
pub(super) struct Grey {
    pub(super) width: usize,
    /// One byte for a pixel, 0 for black and 255 for white.
    pub(super) luma: Vec<u8>,
}

/// Longest side of a picture, in pixels.
const LONGEST: usize = 8000;

/// Reads a PNG.
pub(super) fn read_png(bytes: &[u8]) -> Option<Grey> {
    let options = DecoderOptions::default()
        .set_max_width(LONGEST)
        .set_max_height(LONGEST)
        .png_set_strip_to_8bit(true);
    let mut decoder = PngDecoder::new_with_options(ZCursor::new(bytes), options);
    let samples = decoder.decode_raw().ok()?;
    let (width, height) = decoder.dimensions()?;
    let channels = decoder.colorspace()?.num_components();
    let luma: Vec<u8> = samples.chunks_exact(channels).map(grey).collect();
    (luma.len() == width.checked_mul(height)?).then_some(Grey { width, luma })
}

/// How bright a pixel is on white paper.
fn grey(pixel: &[u8]) -> u8 {
    let (bright, alpha) = match *pixel {
        [luma] => (luma, 255),
        [luma, alpha] => (luma, alpha),
        [red, green, blue] => (weigh(red, green, blue), 255),
        [red, green, blue, alpha] => (weigh(red, green, blue), alpha),
        _ => (255, 255),
    };
    let shown = u32::from(bright) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
    u8::try_from(shown / 255).unwrap_or(255)
}

/// The weights of the eye, as television has them (ITU-R BT.601).
fn weigh(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from(sum / 1000).unwrap_or(255)
}
