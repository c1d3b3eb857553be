//! The PNG, opened by a reader of our own and by one that others wrote.

use countersign_qr::{Qr, Scale};
use miniz_oxide::inflate::decompress_to_vec_zlib;

use crate::camera::{GROUNDS, Picture};
use crate::{links, tools};

#[test]
fn a_scanner_reads_the_png_on_light_and_on_dark_pages() {
    for link in links::odd() {
        let picture = opened(&Qr::encode(&link).unwrap().png(Scale::default()));
        for ground in GROUNDS {
            assert_eq!(picture.on(ground, 20).scanned(), [link.as_str()], "{ground:?}");
        }
    }
}

#[test]
fn another_reader_reads_the_png() {
    for link in links::odd() {
        let qr = Qr::encode(&link).unwrap();
        for pixels in [2, 5, 13] {
            let png = qr.png(Scale::new(pixels).unwrap());
            let Some(read) = tools::zbarimg("PNG", &png) else { return };
            assert_eq!(read, link, "{pixels} pixels");
        }
    }
}

#[test]
fn inverted_no_scanner_finds_it() {
    let picture = opened(&Qr::encode(&links::usual()).unwrap().png(Scale::default()));
    for ground in GROUNDS {
        assert_eq!(picture.inverted().on(ground, 20).scanned(), [""; 0], "{ground:?}");
    }
}

#[test]
fn every_pixel_is_that_of_its_module_at_every_scale() {
    let qr = Qr::encode("otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP").unwrap();
    for pixels in 1..=32 {
        let picture = opened(&qr.png(Scale::new(pixels).unwrap()));
        let pixels = usize::from(pixels);
        let side = qr.width() * pixels;
        let expected = Picture::painted(side, side, |x, y| qr.is_dark(x / pixels, y / pixels));
        assert!(picture == expected, "{pixels} pixels");
    }
}

#[test]
fn the_png_of_a_usual_link_is_small() {
    let qr = Qr::encode(&links::usual()).unwrap();
    for (scale, most) in [(Scale::default(), 1_000), (Scale::new(5).unwrap(), 1_000)] {
        let bytes = qr.png(scale).len();
        assert!(bytes <= most, "{scale:?}: {bytes} bytes");
    }
}

/// Opens a file as we write it, and panics at anything else. Checksums are for the other reader.
pub(crate) fn opened(png: &[u8]) -> Picture {
    let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
    let mut chunk = |kind: &[u8; 4]| {
        let (length, after) = rest.split_first_chunk::<4>().unwrap();
        let after = after.strip_prefix(kind).unwrap();
        let (content, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        rest = &after[4..];
        content
    };
    let header = chunk(b"IHDR");
    let rows = decompress_to_vec_zlib(chunk(b"IDAT")).unwrap();
    assert!(chunk(b"IEND").is_empty());
    assert!(rest.is_empty(), "nothing stands behind the end");

    let [width, height] = [0, 4].map(|at| {
        let side: [u8; 4] = header[at..at + 4].try_into().unwrap();
        u32::from_be_bytes(side) as usize
    });
    assert_eq!(header[8..], [1, 0, 0, 0, 0], "one bit of gray, plain in everything else");
    let bytes = width.div_ceil(8);
    assert_eq!(rows.len(), height * (1 + bytes));
    let mut above = vec![0; bytes];
    let mut light = Vec::new();
    for row in rows.chunks_exact(1 + bytes) {
        let unfiltered = row[1..].iter().zip(&above).map(|(byte, above)| match row[0] {
            0 => *byte,
            2 => byte.wrapping_add(*above),
            other => panic!("{other} is no filter of ours"),
        });
        above = unfiltered.collect();
        light.push(above.clone());
    }
    Picture::painted(width, height, |x, y| light[y][x / 8] >> (7 - x % 8) & 1 == 0)
}
