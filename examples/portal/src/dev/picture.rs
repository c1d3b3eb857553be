//! Pictures that a person uploads: a PNG becomes rows of grey, as a camera would see them.
//!
//! The file comes from a browser, so it may be anything. Its sides are bounded before a byte is
//! unpacked, and a file that is not a picture gives `None`.

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

#[cfg(test)]
mod tests {
    use countersign::{Qr, Scale};
    use countersign_testkit::FakePhone;
    use zune_png::PngEncoder;
    use zune_png::zune_core::bit_depth::BitDepth;
    use zune_png::zune_core::colorspace::ColorSpace;
    use zune_png::zune_core::options::EncoderOptions;

    use super::*;

    const LINK: &str = "otpauth://totp/Larkfield%20Freight:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                        &issuer=Larkfield%20Freight";

    fn scans(png: &[u8]) -> bool {
        let Some(grey) = read_png(png) else { return false };
        FakePhone::new().scan_picture(grey.width, &grey.luma).is_ok()
    }

    /// The same picture with these colors for each grey, as a screenshot has them.
    fn painted(grey: &Grey, space: ColorSpace, paint: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
        let pixels: Vec<u8> = grey.luma.iter().copied().flat_map(paint).collect();
        let height = grey.luma.len() / grey.width;
        let options = EncoderOptions::new(grey.width, height, space, BitDepth::Eight);
        let mut png = Vec::new();
        PngEncoder::new(&pixels, options).encode(&mut png).unwrap();
        png
    }

    #[test]
    fn a_picture_of_a_code_is_scanned_in_grey_and_in_color_and_on_nothing() {
        let png = Qr::encode(LINK).unwrap().png(Scale::default());
        assert!(scans(&png));
        let grey = read_png(&png).unwrap();
        assert!(scans(&painted(&grey, ColorSpace::RGB, |luma| vec![luma, luma, luma])));
        let blue = |luma| if luma == 0 { vec![20, 30, 90] } else { vec![250, 248, 240] };
        assert!(scans(&painted(&grey, ColorSpace::RGB, blue)));
        let bare = |luma| if luma == 0 { vec![0, 0, 0, 255] } else { vec![0, 0, 0, 0] };
        assert!(scans(&painted(&grey, ColorSpace::RGBA, bare)), "nothing is white paper");
    }

    #[test]
    fn what_is_no_picture_is_none_however_it_ends() {
        let png = Qr::encode(LINK).unwrap().png(Scale::default());
        for end in 0..png.len() - 1 {
            let _ = read_png(&png[..end]);
        }
        assert!(!scans(&png[..png.len() / 2]));
        assert!(read_png(b"").is_none() && read_png(b"GIF89a, or so it says").is_none());
        assert!(read_png(&[0; 4096]).is_none());
    }

    #[test]
    fn a_picture_that_is_too_wide_is_refused() {
        for (width, taken) in [(LONGEST, true), (LONGEST + 1, false)] {
            let strip = Grey { width, luma: vec![255; width] };
            let png = painted(&strip, ColorSpace::Luma, |luma| vec![luma]);
            assert_eq!(read_png(&png).is_some(), taken, "{width}");
        }
    }
}
