//! The picture as text, for terminals.
//!
//! A character cell is about twice as high as it is wide, so one character shows two modules
//! above each other, drawn with half blocks. Ink can only be the color of the letters. On a light
//! terminal ink is dark and draws the dark modules; on a dark terminal ink is light and draws the
//! light ones, quiet zone included. Either way a scanner sees dark modules on a light ground,
//! which matters: many scanners do not read an inverted picture.

use crate::Qr;

/// The colors of a terminal: letters on ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "letters are darker or lighter than the ground")]
pub enum Polarity {
    /// The terminal writes dark letters on a light ground.
    DarkOnLight,
    /// The terminal writes light letters on a dark ground.
    LightOnDark,
}

pub(crate) fn draw(qr: &Qr, polarity: Polarity) -> String {
    let inked = |x, y| match polarity {
        Polarity::DarkOnLight => qr.is_dark(x, y),
        Polarity::LightOnDark => !qr.is_dark(x, y),
    };
    let mut text = String::new();
    for y in (0..qr.width()).step_by(2) {
        text.extend((0..qr.width()).map(|x| match (inked(x, y), inked(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }));
        text.push('\n');
    }
    text
}
