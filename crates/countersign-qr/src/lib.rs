//! QR codes: the link that a user scans once to put their account into an authenticator app.
//!
//! [`Qr::encode`] makes the picture, and three methods draw it: [`Qr::svg`] for a page,
//! [`Qr::terminal`] for a terminal of either polarity, and with the feature `png` `Qr::png` for
//! what takes neither. All of them are dark on light with the quiet zone inside of the picture,
//! because without that light margin a scanner on a dark page finds nothing.
//!
//! ```
//! use countersign_qr::Qr;
//!
//! # fn main() -> Result<(), countersign_qr::QrError> {
//! let link = "otpauth://totp/Larkfield%20Freight:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
//! let svg = Qr::encode(link)?.svg("QR code for Larkfield Freight; the key below does the same");
//! let page = format!("<h1>Set up your authenticator app</h1><figure>{svg}</figure>");
//! # assert!(page.contains("<svg "));
//! # Ok(())
//! # }
//! ```
//!
//! # Whoever sees the picture has the secret
//!
//! So nothing here writes a file, and `Debug` shows the size of a picture and never its modules.
//! Where a host shows one, some care is left to it:
//!
//! - Answer with `Cache-Control: no-store`, and only to the owner of the account, in the flow in
//!   which the secret was made. Never write a picture to a disk, a log or a mail.
//! - Put the SVG into the page itself. A picture at an address of its own is one more request to
//!   guard, and a `data:` address needs `img-src data:`, which a good content security policy does
//!   not grant. The SVG in the page needs no permission at all.
//! - Show the key for typing beside it, for people who cannot scan.
//!
//! # Features
//!
//! | feature | brings | crates | you want it when |
//! | --- | --- | --- | --- |
//! | `png` | `Qr::png`, `Scale` | 2, without C | you show a code where no SVG can be |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
#[cfg(feature = "png")]
mod png;
mod svg;
mod terminal;

use std::error::Error;
use std::fmt;

use qrcode_generator::qr::{Encoder, ErrorCorrection};

pub use error::QrError;
#[cfg(feature = "png")]
pub use png::Scale;
pub use terminal::Polarity;

/// The example in the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// A picture that a camera reads back as the text it was made from.
///
/// It is square and made of modules, which are dark or light. Module (0, 0) is the upper left
/// corner of the quiet zone. Treat a picture as you treat the text: it holds the same secret.
pub struct Qr {
    symbol: Symbol,
}

impl Qr {
    /// Draws the text, with at least error correction level M and a quiet zone of four modules.
    ///
    /// The picture is as small as the text allows. Level M survives the loss of 15 percent of the
    /// symbol; where the size leaves room, the level is higher.
    ///
    /// ```
    /// use countersign_qr::Qr;
    ///
    /// let qr = Qr::encode("otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP")?;
    /// // 29 modules in each direction, and four of quiet zone on each side.
    /// assert_eq!(qr.width(), 29 + 8);
    /// assert!(Qr::encode(&"too long".repeat(300)).is_err());
    /// # Ok::<(), countersign_qr::QrError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when the text is too long for the largest symbol, at about 2,300 bytes. The error
    /// holds the length of the text and nothing of its content.
    pub fn encode(text: &str) -> Result<Self, QrError> {
        let symbol = symbol(text).map_err(|source| QrError::too_long(text.len(), source))?;
        Ok(Self { symbol })
    }

    /// The number of modules on each side, both quiet zones included.
    #[must_use]
    pub fn width(&self) -> usize {
        self.symbol.width + 2 * QUIET_ZONE
    }

    /// Says whether the module in this column and row is dark.
    ///
    /// The quiet zone is light, and so is everything outside of the picture.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET_ZONE).filter(|at| *at < self.symbol.width);
        let at = inside(x).zip(inside(y)).map(|(x, y)| y * self.symbol.width + x);
        at.and_then(|at| self.symbol.modules.get(at)).is_some_and(|dark| *dark)
    }

    /// Draws the picture as SVG, to stand in an HTML page as it is.
    ///
    /// It is one `svg` element: black on a white plate of its own, so that it reads in dark themes
    /// and forced colors too, with a quiet zone of four modules. It has no prologue, script, style,
    /// id or link, so a strict content security policy lets it pass, and two may stand on a page.
    /// It is also a whole file of the type `image/svg+xml`.
    ///
    /// `name` is what a screen reader calls the picture, in the language of the page; a blank one
    /// becomes "QR code". It is escaped, so it may come from anybody. It is in plain sight, so the
    /// link or its secret have no place in it.
    ///
    /// A module is four CSS pixels wide, so the link of most accounts is 200 to 250 pixels; style
    /// sheets may say another width, and the height follows. The markup takes about 5 KB for a link
    /// of 136 bytes and stays below 20 KB for the longest that the core makes, of 512 bytes.
    ///
    /// What can still spoil it is a style sheet that colors every `path` or `rect`, as some sets of
    /// icons bring one.
    ///
    /// ```
    /// use countersign_qr::Qr;
    ///
    /// let svg = Qr::encode("otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP")?.svg("Smith & Sons");
    /// assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
    /// assert!(svg.contains(r#" role="img" aria-label="Smith &amp; Sons""#));
    /// # Ok::<(), countersign_qr::QrError>(())
    /// ```
    #[must_use]
    pub fn svg(&self, name: &str) -> String {
        svg::draw(self, name)
    }

    /// Draws the picture as PNG, black on white, with a quiet zone of four modules.
    ///
    /// It has one bit for each pixel, and takes 1 KB for a link of 136 bytes at the default scale.
    /// Where it is shown larger or smaller, let that be without smoothing.
    ///
    /// The file holds the secret: answer with `Cache-Control: no-store`, and never keep it.
    ///
    /// ```
    /// use countersign_qr::{Qr, Scale};
    ///
    /// let qr = Qr::encode("otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP")?;
    /// let png = qr.png(Scale::default());
    /// assert!(png.starts_with(b"\x89PNG"));
    /// # Ok::<(), countersign_qr::QrError>(())
    /// ```
    #[cfg(feature = "png")]
    #[must_use]
    pub fn png(&self, scale: Scale) -> Vec<u8> {
        png::draw(self, scale)
    }

    /// Draws the picture with characters, two modules above each other in each.
    ///
    /// Choose the polarity by the colors of the terminal, so that what should be dark is dark.
    /// Every line ends with a line break, and every line is [`width`](Self::width) characters wide.
    /// The number of rows is odd, so below the last there is one more row of quiet zone.
    ///
    /// ```
    /// use countersign_qr::{Polarity, Qr};
    ///
    /// let qr = Qr::encode("otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP")?;
    /// // For a terminal that writes light letters on a dark ground, as most do.
    /// print!("{}", qr.terminal(Polarity::LightOnDark));
    /// # Ok::<(), countersign_qr::QrError>(())
    /// ```
    #[must_use]
    pub fn terminal(&self, polarity: Polarity) -> String {
        terminal::draw(self, polarity)
    }
}

impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Qr").field("width", &self.width()).finish_non_exhaustive()
    }
}

// What an encoder answers: rows of modules without a quiet zone, true where they are dark.
struct Symbol {
    width: usize,
    modules: Vec<bool>,
}

// The only place that knows which crate encodes, so that another can take its place.
//
// Some readers take bytes outside of ASCII for Latin-1 and some for UTF-8, and few heed a header
// that says which. UTF-8 without a header is what most of them guess right.
fn symbol(text: &str) -> Result<Symbol, Box<dyn Error + Send + Sync>> {
    let encoded = Encoder::new(ErrorCorrection::Medium).encode_bytes(text.as_bytes())?;
    Ok(Symbol { width: encoded.width(), modules: encoded.modules().to_vec() })
}

// ISO/IEC 18004 asks for four modules on each side.
const QUIET_ZONE: usize = 4;

#[cfg(test)]
mod tests {
    use super::Qr;

    const LINK: &str = "otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    #[test]
    fn debug_output_never_shows_the_picture() {
        let qr = Qr::encode(LINK).unwrap();
        assert_eq!(format!("{qr:?}"), format!("Qr {{ width: {}, .. }}", qr.width()));
    }

    #[test]
    fn outside_of_the_picture_everything_is_light() {
        let qr = Qr::encode(LINK).unwrap();
        for at in [qr.width(), qr.width() + 1, usize::MAX] {
            assert!(!qr.is_dark(at, 4) && !qr.is_dark(4, at) && !qr.is_dark(at, at));
        }
    }

    #[test]
    fn the_quiet_zone_is_four_modules_on_each_side_and_no_more() {
        let qr = Qr::encode(LINK).unwrap();
        let width = qr.width();
        let side = 0..qr.width();
        let dark = |near: usize| {
            let far = width - 1 - near;
            [
                side.clone().any(|at| qr.is_dark(at, near)),
                side.clone().any(|at| qr.is_dark(at, far)),
                side.clone().any(|at| qr.is_dark(near, at)),
                side.clone().any(|at| qr.is_dark(far, at)),
            ]
        };
        for near in 0..4 {
            assert_eq!(dark(near), [false; 4], "row or column {near}");
        }
        // The finder patterns touch every side.
        assert_eq!(dark(4), [true; 4]);
    }

    #[test]
    fn a_text_that_is_too_long_is_an_error_that_says_what_to_do() {
        let secret = "JBSWY3DPEHPK3PXP".repeat(400);
        let error = Qr::encode(&secret).unwrap_err();
        assert_eq!(format!("{error:?}"), error.to_string());
        let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(shown.contains("6400 bytes") && shown.contains("shorten"), "{shown}");
        assert!(!shown.contains("JBSWY3DP"), "{shown}");
    }

    #[test]
    fn the_longest_text_that_fits_is_drawn() {
        assert_eq!(Qr::encode(&"a".repeat(2331)).unwrap().width(), 177 + 8);
        assert!(Qr::encode(&"a".repeat(2332)).is_err());
    }
}
