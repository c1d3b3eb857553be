//! The text that a terminal would show, on its own ground.

use countersign_qr::Polarity::{self, DarkOnLight, LightOnDark};
use countersign_qr::Qr;

use crate::camera::{Ground, Picture};
use crate::links;

pub(crate) const POLARITIES: [Polarity; 2] = [DarkOnLight, LightOnDark];

#[test]
fn a_scanner_reads_the_text_of_both_polarities() {
    for link in links::odd() {
        let qr = Qr::encode(&link).unwrap();
        for polarity in POLARITIES {
            let screen = screen(&qr.terminal(polarity), polarity);
            assert_eq!(screen.scanned(), [link.as_str()], "{polarity:?}");
        }
    }
}

#[test]
fn another_reader_reads_the_text_of_both_polarities() {
    for link in links::odd() {
        for polarity in POLARITIES {
            let screen = screen(&Qr::encode(&link).unwrap().terminal(polarity), polarity);
            let Some(read) = screen.scanned_by_another("text of a terminal") else { return };
            assert_eq!(read, link, "{polarity:?}");
        }
    }
}

#[test]
fn on_a_terminal_of_the_other_polarity_a_scanner_finds_nothing() {
    // So the choice of the polarity matters, and the tests above can fail.
    let qr = Qr::encode(&links::usual()).unwrap();
    for (polarity, other) in [(DarkOnLight, LightOnDark), (LightOnDark, DarkOnLight)] {
        assert_eq!(screen(&qr.terminal(polarity), other).scanned(), [""; 0]);
    }
}

#[test]
fn every_side_of_the_text_has_four_light_modules() {
    for link in links::odd() {
        let qr = Qr::encode(&link).unwrap();
        for polarity in POLARITIES {
            let text = modules(&qr.terminal(polarity), polarity);
            assert_eq!((text.width, text.height), (qr.width(), qr.width() + 1));
            let far = qr.width() - 4;
            for (x, y) in (0..text.height).flat_map(|y| (0..text.width).map(move |x| (x, y))) {
                assert_eq!(text.is_dark(x, y), qr.is_dark(x, y));
                let quiet = x < 4 || y < 4 || x >= far || y >= far;
                assert!(!(quiet && text.is_dark(x, y)), "{polarity:?}: dark at {x}, {y}");
            }
        }
    }
}

/// What a camera sees in front of a terminal.
fn screen(text: &str, polarity: Polarity) -> Picture {
    /// Pixels on each side of a module.
    const SCALE: usize = 4;
    let modules = modules(text, polarity);
    let painted = Picture::painted(modules.width * SCALE, modules.height * SCALE, |x, y| {
        modules.is_dark(x / SCALE, y / SCALE)
    });
    let ground = match polarity {
        DarkOnLight => Ground::Light,
        LightOnDark => Ground::Dark,
    };
    painted.on(ground, 6 * SCALE)
}

/// Paints half blocks on a terminal, one pixel for each module.
fn modules(text: &str, polarity: Polarity) -> Picture {
    let ink_is_dark = polarity == DarkOnLight;
    let mut rows = Vec::new();
    for line in text.lines() {
        let cells = line.chars().map(|character| match character {
            '█' => (true, true),
            '▀' => (true, false),
            '▄' => (false, true),
            ' ' => (false, false),
            other => panic!("{other:?} is no half block"),
        });
        let (upper, lower): (Vec<bool>, Vec<bool>) =
            cells.map(|(upper, lower)| (upper == ink_is_dark, lower == ink_is_dark)).unzip();
        rows.push(upper);
        rows.push(lower);
    }
    let width = rows[0].len();
    assert!(rows.iter().all(|row| row.len() == width), "every line is equally wide");
    Picture::painted(width, rows.len(), |x, y| rows[y][x])
}
