//! A phone with an authenticator app, as a user would hold it in front of the screen.
//!
//! It shares no code with the library that it checks: it reads links and computes codes in its own
//! way, so both must agree with RFC 6238 and not only with each other.

mod camera;
mod link;
mod totp;

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::clock::millis_of;
use countersign_core::codes::Provisioning;
use countersign_core::{Secret, Timestamp};

use self::link::Link;
use crate::fail::{fail, must};

/// A phone that scans enrollment codes and shows security codes.
///
/// It has no clock of its own: a code is asked for at a moment, and the phone adds what its clock
/// is off. `Debug` shows no secret.
///
/// ```
/// use std::time::Duration;
/// use countersign_core::Timestamp;
/// use countersign_testkit::FakePhone;
///
/// let mut phone = FakePhone::new();
/// phone.scan_uri(
///     "otpauth://totp/Larkfield%20Freight:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
///      &issuer=Larkfield%20Freight",
/// )?;
/// // From the table in RFC 6238, appendix B.
/// assert_eq!(phone.code(Timestamp::from_seconds(59)), "287082");
///
/// phone.runs_slow(Duration::from_secs(30));
/// assert_eq!(phone.code(Timestamp::from_seconds(89)), "287082");
/// # Ok::<(), countersign_testkit::NotScanned>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct FakePhone {
    /// Newest last.
    entries: Vec<Entry>,
    /// Milliseconds that its clock is ahead.
    ahead: i64,
    digits: Digits,
}

/// One line in the app.
#[derive(Debug, Clone)]
struct Entry {
    issuer: String,
    label: String,
    secret: Secret,
    digits: u8,
    period: Duration,
}

#[derive(Debug, Clone, Copy, Default)]
enum Digits {
    #[default]
    European,
    Arabic,
}

impl FakePhone {
    /// A phone with an empty app and a clock that is right.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Scans what an enrollment page shows.
    ///
    /// # Panics
    ///
    /// If the link cannot be read, or if the key for typing is another one.
    #[track_caller]
    pub fn scan(&mut self, shown: &Provisioning) {
        let link = must(Link::parse(shown.uri().expose()), "the phone scans the page");
        let typed = must(link::read_key(shown.key().expose()), "the person types the key");
        assert!(typed == link.secret, "the key for typing is not the key in the picture");
        self.keep(link);
    }

    /// Opens a link, or reads the text of a QR code.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] says what an authenticator app would make of it.
    pub fn scan_uri(&mut self, uri: &str) -> Result<(), NotScanned> {
        self.keep(Link::parse(uri)?);
        Ok(())
    }

    /// Looks at a picture: rows of `width` bytes, 0 for black and 255 for white.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] if there is not exactly one QR code in it, or nothing for an authenticator.
    pub fn scan_picture(&mut self, width: usize, luma: &[u8]) -> Result<(), NotScanned> {
        self.scan_uri(&camera::read_picture(width, luma)?)
    }

    /// Looks at a terminal that shows a QR code in half blocks, in either polarity.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] if the text is no such picture, or nothing for an authenticator.
    pub fn scan_terminal(&mut self, text: &str) -> Result<(), NotScanned> {
        self.scan_uri(&camera::read_terminal(text)?)
    }

    /// Takes a key that the user types, with names of the user's own choice.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] if it is no key in Base32.
    pub fn type_key(&mut self, issuer: &str, label: &str, key: &str) -> Result<(), NotScanned> {
        let secret = link::read_key(key)?;
        self.keep(Link::plain(issuer.to_owned(), label.to_owned(), secret));
        Ok(())
    }

    /// The code that the newest entry shows when a right clock says `now`.
    ///
    /// # Panics
    ///
    /// If nothing was scanned.
    #[must_use]
    #[track_caller]
    pub fn code(&self, now: Timestamp) -> String {
        match self.entries.last() {
            Some(entry) => self.show(entry, now),
            None => fail("the phone has scanned nothing yet"),
        }
    }

    /// The code that the entry with these names shows when a right clock says `now`.
    ///
    /// # Panics
    ///
    /// If there is no such entry.
    #[must_use]
    #[track_caller]
    pub fn code_of(&self, issuer: &str, label: &str, now: Timestamp) -> String {
        match self.entries.iter().find(|entry| entry.is(issuer, label)) {
            Some(entry) => self.show(entry, now),
            None => fail(format_args!(
                "the phone has no entry {issuer:?} with {label:?}, only {:?}",
                self.entries().collect::<Vec<_>>()
            )),
        }
    }

    /// The entries, issuer and label, in the order in which they were scanned.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|entry| (entry.issuer.as_str(), entry.label.as_str()))
    }

    /// What the app shows when a right clock says `now`, in the order in which it was scanned.
    #[must_use]
    pub fn screen(&self, now: Timestamp) -> Vec<Shown> {
        let clock = now.millis().saturating_add(self.ahead);
        let shown = |entry: &Entry| {
            let period = millis_of(entry.period);
            // An app knows no longer period than a minute.
            let left = u32::try_from(period - clock.rem_euclid(period)).unwrap_or_default();
            Shown {
                issuer: entry.issuer.clone(),
                label: entry.label.clone(),
                code: self.show(entry, now),
                left: Duration::from_millis(left.into()),
                period: entry.period,
            }
        };
        self.entries.iter().map(shown).collect()
    }

    /// Deletes an entry, if it is there.
    pub fn forget(&mut self, issuer: &str, label: &str) {
        self.entries.retain(|entry| !entry.is(issuer, label));
    }

    /// Its clock is fast by this much from now on.
    pub fn runs_fast(&mut self, by: Duration) {
        self.ahead = millis_of(by);
    }

    /// Its clock is slow by this much from now on.
    pub fn runs_slow(&mut self, by: Duration) {
        self.ahead = -millis_of(by);
    }

    /// Shows codes in the digits of Arabic from now on: ٠١٢٣٤٥٦٧٨٩.
    pub fn shows_arabic_digits(&mut self) {
        self.digits = Digits::Arabic;
    }

    /// A second scan under the same names takes the place of the first, as in most apps.
    fn keep(&mut self, link: Link) {
        let Link { issuer, label, secret, digits, period } = link;
        self.forget(&issuer, &label);
        self.entries.push(Entry { issuer, label, secret, digits, period });
    }

    #[track_caller]
    fn show(&self, entry: &Entry, now: Timestamp) -> String {
        let at = now.millis().saturating_add(self.ahead);
        let Ok(step) = u64::try_from(at.div_euclid(millis_of(entry.period))) else {
            fail("no app shows codes for the time before 1970");
        };
        let code = totp::code(entry.secret.expose(), step, entry.digits);
        match self.digits {
            Digits::European => code,
            Digits::Arabic => code.chars().map(arabic).collect(),
        }
    }
}

impl Entry {
    fn is(&self, issuer: &str, label: &str) -> bool {
        self.issuer == issuer && self.label == label
    }
}

fn arabic(digit: char) -> char {
    digit.to_digit(10).and_then(|value| char::from_u32(0x660 + value)).unwrap_or(digit)
}

/// One entry as the screen of a phone shows it at a moment.
///
/// `Debug` shows no code.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a screen shows this and no more")]
pub struct Shown {
    /// Who it is for: the portal or the tenant.
    pub issuer: String,
    /// Which account it is for.
    pub label: String,
    /// The code of this moment.
    pub code: String,
    /// How long the app goes on showing this code.
    pub left: Duration,
    /// How long it shows any code.
    pub period: Duration,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown")
            .field("issuer", &self.issuer)
            .field("label", &self.label)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// Why a phone made nothing of what it saw. It never repeats what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotScanned {
    why: String,
}

impl NotScanned {
    fn because(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

impl fmt::Display for NotScanned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the phone cannot use this: {}", self.why)
    }
}

impl Error for NotScanned {}
