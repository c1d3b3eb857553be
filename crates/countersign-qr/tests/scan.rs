//! Readers written by others read the text that a terminal would show.
//!
//! The characters are painted as a terminal paints them, on its own ground and with some of it
//! around the picture. So these tests see what a camera sees, and not what we meant.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of a test may fail as the test may"
)]

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;

use countersign_qr::{Polarity, Qr};

const POLARITIES: [Polarity; 2] = [Polarity::DarkOnLight, Polarity::LightOnDark];

/// Links as they come from ordinary companies and from odd ones.
fn links() -> Vec<String> {
    let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    let long = "long%20name%20".repeat(20);
    vec![
        format!(
            "otpauth://totp/Larkfield%20Freight:ada?secret={secret}&issuer=Larkfield%20Freight"
        ),
        format!("otpauth://totp/a?secret={secret}"),
        format!(
            "otpauth://totp/Acme%3A%20Dev:o'neil%2Btest%40example.com?secret={secret}&digits=8"
        ),
        format!("otpauth://totp/%E5%B7%A5%E5%8B%99:%F0%9F%A6%86?secret={secret}&issuer=%E5%B7%A5"),
        format!("otpauth://totp/{long}:{long}?secret={secret}&issuer={long}"),
        format!("otpauth://totp/Café Zürich:žofie 🦆?secret={secret}"),
        format!("OTPAUTH://TOTP/UPPER:CASE?SECRET={secret}&PERIOD=30"),
        "otpauth://totp/x?secret=".to_owned() + &"A".repeat(1000),
    ]
}

#[test]
fn a_scanner_reads_the_text_of_both_polarities() {
    for link in links() {
        let qr = Qr::encode(&link).unwrap();
        for polarity in POLARITIES {
            let screen = Screen::showing(&qr.terminal(polarity), polarity);
            assert_eq!(screen.scanned(), [link.as_str()], "{polarity:?}");
        }
    }
}

#[test]
fn every_side_of_the_text_has_four_light_modules() {
    for link in links() {
        let qr = Qr::encode(&link).unwrap();
        for polarity in POLARITIES {
            let (width, rows) = modules(&qr.terminal(polarity), polarity);
            assert_eq!(width, qr.width());
            assert_eq!(rows.len(), qr.width() + 1);
            let far = qr.width() - 4;
            for (y, row) in rows.iter().enumerate() {
                for (x, dark) in row.iter().enumerate() {
                    assert_eq!(*dark, qr.is_dark(x, y));
                    let quiet = x < 4 || y < 4 || x >= far || y >= far;
                    assert!(!(quiet && *dark), "{polarity:?}: dark at {x}, {y}");
                }
            }
        }
    }
}

#[test]
fn another_reader_agrees() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (at, link) in links().into_iter().enumerate() {
        for polarity in POLARITIES {
            let screen = Screen::showing(&Qr::encode(&link).unwrap().terminal(polarity), polarity);
            let file = folder.join(format!("scan-{at}-{polarity:?}.pgm"));
            fs::write(&file, screen.pgm()).unwrap();
            let asked = Command::new("zbarimg")
                .args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"])
                .arg(&file)
                .output();
            let answer = match asked {
                Err(why) if why.kind() == ErrorKind::NotFound => return skip(),
                asked => asked.unwrap(),
            };
            assert_eq!(String::from_utf8_lossy(&answer.stdout).trim_end(), link, "{polarity:?}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "under CI a skipped test would be a lie")]
fn skip() {
    let line = "zbarimg is missing: install zbar-tools to have a second reader look at QR codes";
    assert!(std::env::var_os("CI").is_none_or(|value| value.is_empty()), "{line}");
    // The test harness swallows what eprintln! writes, and a skip must be seen.
    let mut stderr = std::io::stderr().lock();
    writeln!(stderr, "!!! SKIPPED another_reader_agrees: {line}").unwrap();
}

/// What a camera sees in front of a terminal: pixels, true where they are dark.
struct Screen {
    width: usize,
    height: usize,
    dark: Vec<bool>,
}

impl Screen {
    /// Modules of bare terminal around the text, so that only the text's own quiet zone helps.
    const GROUND: usize = 6;
    /// Pixels on each side of a module.
    const SCALE: usize = 4;

    fn showing(text: &str, polarity: Polarity) -> Self {
        let (columns, rows) = modules(text, polarity);
        let ground = polarity == Polarity::LightOnDark;
        let width = (columns + 2 * Self::GROUND) * Self::SCALE;
        let height = (rows.len() + 2 * Self::GROUND) * Self::SCALE;
        let module = |pixel: usize| (pixel / Self::SCALE).checked_sub(Self::GROUND);
        let dark = |x, y| {
            let row = module(y).and_then(|y| rows.get(y));
            row.and_then(|row| row.get(module(x)?)).copied().unwrap_or(ground)
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let dark = pixels.map(|(x, y)| dark(x, y)).collect();
        Self { width, height, dark }
    }

    fn scanned(&self) -> Vec<String> {
        let pixel = |x, y| self.dark[y * self.width + x];
        let mut image = rqrr::PreparedImage::prepare_from_bitmap(self.width, self.height, pixel);
        image.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
    }

    fn pgm(&self) -> Vec<u8> {
        let mut file = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        file.extend(self.dark.iter().map(|dark| if *dark { 0 } else { 255 }));
        file
    }
}

/// Paints half blocks on a terminal: the width, and rows of modules, true where they are dark.
fn modules(text: &str, polarity: Polarity) -> (usize, Vec<Vec<bool>>) {
    let ink_is_dark = polarity == Polarity::DarkOnLight;
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
    (width, rows)
}
