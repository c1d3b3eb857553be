//! The login form's memory from one page to the next: the address that was typed, never the
//! password, and the error, as one of a fixed set.

use std::time::Duration;

use countersign::{DAY, MINUTE, Timestamp};
use countersign_axum::{Browser, SameSite};
use data_encoding::BASE64URL_NOPAD;

/// The error of a login attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    NoMatch,
    NoEmail,
    NoPassword,
    Nothing,
    TooMany(Timestamp),
}

/// Most bytes of an address that come back.
const MOST_BYTES: usize = 254;
const EMAIL: &str = "login-email";
const WRONG: &str = "login-wrong";
const COMPANY: &str = "login-company";
const EMAIL_LIFE: Duration = MINUTE.saturating_mul(30);
const WRONG_LIFE: Duration = MINUTE.saturating_mul(5);
const COMPANY_LIFE: Duration = DAY.saturating_mul(180);

/// Keeps the address for the next look at the login form.
pub(crate) fn keep_email(browser: &Browser, email: &str) {
    if email.len() <= MOST_BYTES {
        let text = BASE64URL_NOPAD.encode(email.as_bytes());
        browser.set_cookie(EMAIL, &text, Some(EMAIL_LIFE), SameSite::Lax);
    }
}

/// The address that was typed last, while its login is under way.
pub(crate) fn email(browser: &Browser) -> Option<String> {
    let bytes = BASE64URL_NOPAD.decode(browser.cookie(EMAIL)?.as_bytes()).ok()?;
    let email = String::from_utf8(bytes).ok()?;
    (email.len() <= MOST_BYTES && !email.chars().any(char::is_control)).then_some(email)
}

/// Forgets the address after a login, so that the next person at this browser does not see it.
pub(crate) fn forget_email(browser: &Browser) {
    browser.drop_cookie(EMAIL);
}

/// The company of the last login in this browser.
pub(crate) fn company(browser: &Browser) -> Option<String> {
    let bytes = BASE64URL_NOPAD.decode(browser.cookie(COMPANY)?.as_bytes()).ok()?;
    String::from_utf8(bytes).ok()
}

pub(crate) fn keep_company(browser: &Browser, id: &str) {
    let text = BASE64URL_NOPAD.encode(id.as_bytes());
    browser.set_cookie(COMPANY, &text, Some(COMPANY_LIFE), SameSite::Lax);
}

impl Wrong {
    /// Leaves it for the next page.
    pub(crate) fn leave(self, browser: &Browser) {
        browser.set_cookie(WRONG, &self.to_cookie(), Some(WRONG_LIFE), SameSite::Lax);
    }

    /// The error of the attempt before, once.
    pub(crate) fn take(browser: &Browser) -> Option<Self> {
        let text = browser.cookie(WRONG)?;
        browser.drop_cookie(WRONG);
        Self::from_cookie(&text)
    }

    fn to_cookie(self) -> String {
        match self {
            Self::NoMatch => "no-match".to_owned(),
            Self::NoEmail => "no-email".to_owned(),
            Self::NoPassword => "no-password".to_owned(),
            Self::Nothing => "nothing".to_owned(),
            Self::TooMany(until) => format!("too-many.{}", until.seconds()),
        }
    }

    fn from_cookie(text: &str) -> Option<Self> {
        Some(match text.split_once('.') {
            None if text == "no-match" => Self::NoMatch,
            None if text == "no-email" => Self::NoEmail,
            None if text == "no-password" => Self::NoPassword,
            None if text == "nothing" => Self::Nothing,
            Some(("too-many", until)) => {
                let seconds = until.parse().ok().filter(|s| (0..253_402_300_800).contains(s))?;
                Self::TooMany(Timestamp::from_seconds(seconds))
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wrong_survives_the_cookie_and_nothing_else_does() {
        let soon = Timestamp::from_seconds(1_795_530_720);
        for wrong in [
            Wrong::NoMatch,
            Wrong::NoEmail,
            Wrong::NoPassword,
            Wrong::Nothing,
            Wrong::TooMany(soon),
        ] {
            assert_eq!(Wrong::from_cookie(&wrong.to_cookie()), Some(wrong));
        }
        for forged in ["", "no-match.", "too-many", "too-many.x", "too-many.-1", "<b>"] {
            assert_eq!(Wrong::from_cookie(forged), None, "{forged:?}");
        }
    }
}
