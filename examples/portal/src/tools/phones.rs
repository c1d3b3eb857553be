//! Two phones, each with an authenticator app and a clock that may be off.
//!
//! The app is the one of the testkit, which shares no code with the library: what it shows, an app
//! of any maker would show.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign::Timestamp;
use countersign_testkit::{FakePhone, NotScanned, Shown};

/// Both phones. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phones {
    both: Arc<Mutex<[Phone; 2]>>,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Which {
    #[default]
    First,
    Second,
}

impl Which {
    pub(crate) const ALL: [Self; 2] = [Self::First, Self::Second];

    pub(crate) fn number(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
        }
    }

    /// The phone with this number; the first if there is none.
    pub(crate) fn numbered(number: Option<u8>) -> Self {
        Self::ALL.into_iter().find(|which| Some(which.number()) == number).unwrap_or_default()
    }
}

/// One phone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phone {
    app: FakePhone,
    /// Seconds that its clock is ahead.
    ahead: i32,
}

/// Most seconds that the clock of a phone can be off, in either direction.
pub(crate) const MOST_OFF: i32 = 300;

impl Phones {
    /// Does something with one of them.
    pub(crate) fn with<T>(&self, which: Which, act: impl FnOnce(&mut Phone) -> T) -> T {
        let mut both = self.both.lock().unwrap_or_else(PoisonError::into_inner);
        let [first, second] = &mut *both;
        act(match which {
            Which::First => first,
            Which::Second => second,
        })
    }
}

impl Phone {
    /// Opens a link, or the text of a QR code.
    pub(crate) fn open(&mut self, link: &str) -> Result<(), NotScanned> {
        self.app.scan_uri(link.trim())
    }

    /// Holds the camera to a picture in grey.
    pub(crate) fn look_at(&mut self, width: usize, luma: &[u8]) -> Result<(), NotScanned> {
        self.app.scan_picture(width, luma)
    }

    /// The entries of the app, newest first.
    pub(crate) fn screen(&self, now: Timestamp) -> Vec<Shown> {
        let mut shown = self.app.screen(now);
        shown.reverse();
        shown
    }

    pub(crate) fn delete_entry(&mut self, issuer: &str, label: &str) {
        self.app.forget(issuer, label);
    }

    /// The app is gone with all it knew. A new one has the clock of the phone.
    pub(crate) fn delete_app(&mut self) {
        self.app = FakePhone::new();
        self.set_ahead(self.ahead);
    }

    pub(crate) fn ahead(&self) -> i32 {
        self.ahead
    }

    pub(crate) fn set_ahead(&mut self, seconds: i32) {
        self.ahead = seconds.clamp(-MOST_OFF, MOST_OFF);
        let off = Duration::from_secs(self.ahead.unsigned_abs().into());
        match self.ahead >= 0 {
            true => self.app.runs_fast(off),
            false => self.app.runs_slow(off),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "otpauth://totp/Larkfield%20Freight:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                        &issuer=Larkfield%20Freight";

    fn codes(phones: &Phones, which: Which, seconds: i64) -> Vec<String> {
        let shown = phones.with(which, |phone| phone.screen(Timestamp::from_seconds(seconds)));
        shown.into_iter().map(|shown| shown.code).collect()
    }

    #[test]
    fn what_one_phone_knows_the_other_does_not() {
        let phones = Phones::default();
        phones.with(Which::First, |phone| phone.open(LINK)).unwrap();
        // From the table in RFC 6238, appendix B.
        assert_eq!(codes(&phones, Which::First, 59), ["287082"]);
        assert!(codes(&phones, Which::Second, 59).is_empty());
        phones.with(Which::First, Phone::delete_app);
        assert!(codes(&phones, Which::First, 59).is_empty());
    }

    #[test]
    fn a_new_app_has_the_clock_of_the_phone() {
        let phones = Phones::default();
        phones.with(Which::First, |phone| phone.set_ahead(-30));
        phones.with(Which::First, Phone::delete_app);
        phones.with(Which::First, |phone| phone.open(LINK)).unwrap();
        assert_eq!(codes(&phones, Which::First, 89), ["287082"]);
        phones.with(Which::First, |phone| phone.set_ahead(9999));
        assert_eq!(phones.with(Which::First, |phone| phone.ahead()), MOST_OFF);
    }
}
