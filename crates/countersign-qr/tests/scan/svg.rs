//! The SVG, painted as a browser would paint it.

use countersign_qr::Qr;

use crate::browser::shown;
use crate::camera::{GROUNDS, Ground, Picture};
use crate::{links, tools};

/// Pixels of a module on some screens, in hundredths. Not all are whole ones.
const ZOOMS: [usize; 3] = [200, 400, 351];

#[test]
fn a_browser_paints_the_symbol_and_nothing_else() {
    for link in links::odd() {
        let qr = Qr::encode(&link).unwrap();
        for ground in GROUNDS {
            let painted = shown(&qr.svg("x"), ground, 100);
            let expected = Picture::painted(qr.width(), qr.width(), |x, y| qr.is_dark(x, y));
            assert!(painted == expected, "{link}");
        }
    }
}

#[test]
fn a_scanner_reads_the_svg_on_light_and_on_dark_pages() {
    for link in links::odd() {
        let svg = Qr::encode(&link).unwrap().svg("x");
        for (ground, zoom) in pages() {
            let page = shown(&svg, ground, zoom).on(ground, 20);
            assert_eq!(page.scanned(), [link.as_str()], "{ground:?}, {zoom}");
        }
    }
}

#[test]
fn another_reader_reads_the_svg_on_light_and_on_dark_pages() {
    for link in links::odd() {
        let svg = Qr::encode(&link).unwrap().svg("x");
        for (ground, zoom) in pages() {
            let page = shown(&svg, ground, zoom).on(ground, 20);
            let Some(read) = page.scanned_by_another("SVG") else { return };
            assert_eq!(read, link, "{ground:?}, {zoom}");
        }
    }
}

#[test]
fn another_painter_paints_what_is_read() {
    // Names that would break out of the markup would break it for this painter too.
    let names = ["x", "</title><script>", "\" 'Smith & Sons' <!-- ]]>", "a\0b\u{1b}\u{ffff}", ""];
    for link in links::odd() {
        let qr = Qr::encode(&link).unwrap();
        for (name, module) in names.into_iter().zip([4, 3, 5, 8, 2]) {
            // One pixel more than whole modules, so that edges fall between pixels.
            let width = qr.width() * module + 1;
            let test = "SVG by another painter";
            let Some(png) = tools::rsvg_convert(test, &qr.svg(name), width) else { return };
            let Some(read) = tools::zbarimg(test, &png) else { return };
            assert_eq!(read, link, "{name:?}, {width} pixels");
        }
    }
}

#[test]
fn without_its_plate_no_scanner_finds_it_on_a_dark_page() {
    // So the plate matters, and the tests above can fail.
    let svg = Qr::encode(&links::usual()).unwrap().svg("x");
    let (before, after) = svg.split_once("<rect").unwrap();
    let bare = format!("{before}<path{}", after.split_once("<path").unwrap().1);
    assert_eq!(shown(&bare, Ground::Light, 400).on(Ground::Light, 20).scanned().len(), 1);
    assert_eq!(shown(&bare, Ground::Dark, 400).on(Ground::Dark, 20).scanned(), [""; 0]);
}

#[test]
fn inverted_no_scanner_finds_it() {
    let svg = Qr::encode(&links::usual()).unwrap().svg("x");
    for ground in GROUNDS {
        let page = shown(&svg, ground, 400).inverted().on(ground, 20);
        assert_eq!(page.scanned(), [""; 0], "{ground:?}");
    }
}

#[test]
fn the_svg_of_a_usual_link_is_small() {
    let svg = Qr::encode(&links::usual()).unwrap().svg("QR code for Larkfield Freight");
    assert!(svg.len() <= 10_000, "{} bytes", svg.len());
    assert!(svg.len() <= 6_000, "{} bytes: more than the documentation says", svg.len());
}

fn pages() -> impl Iterator<Item = (Ground, usize)> {
    GROUNDS.into_iter().flat_map(|ground| ZOOMS.map(|zoom| (ground, zoom)))
}
