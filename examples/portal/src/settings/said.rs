//! The message of a settings page about the request before it: one of a fixed set, in a cookie. A
//! forged cookie changes a sentence on the forger's own screen.

use std::time::Duration;

use countersign::{AccountKey, MINUTE, UserId};
use countersign_axum::{Browser, SameSite};
use maud::{Markup, html};

use super::desk::Desk;
use super::roll::{Roll, Row};
use crate::design::parts::status;

const COOKIE: &str = "settings-said";
const LIFE: Duration = MINUTE.saturating_mul(5);

/// The result of the request before this page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// The company's settings.
    Settings(Settings),
    /// Something about one person.
    Person(Act, UserId),
}

/// The result for the company's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settings {
    Saved,
    SameAsBefore,
    Undone,
    UndoOver,
    NeedOwn,
}

/// The result for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Invited,
    Saved,
    Reset,
    Unlocked,
    Exempted,
    ExemptionEnded,
    EnrollmentApproved,
    ApprovalWithdrawn,
    Withdrawn,
    TooSoon,
    PressAgain,
    NeedOwn,
    NotOnOneself,
    AddressTried,
    TriedOften,
    InvitedOften,
}

const SETTINGS: [(&str, Settings); 5] = [
    ("saved", Settings::Saved),
    ("same", Settings::SameAsBefore),
    ("undone", Settings::Undone),
    ("undo-over", Settings::UndoOver),
    ("need-own", Settings::NeedOwn),
];

const ACTS: [(&str, Act); 16] = [
    ("address-tried", Act::AddressTried),
    ("tried-often", Act::TriedOften),
    ("invited-often", Act::InvitedOften),
    ("invited", Act::Invited),
    ("user-saved", Act::Saved),
    ("reset", Act::Reset),
    ("unlocked", Act::Unlocked),
    ("exempted", Act::Exempted),
    ("exemption-ended", Act::ExemptionEnded),
    ("approved", Act::EnrollmentApproved),
    ("approval-withdrawn", Act::ApprovalWithdrawn),
    ("withdrawn", Act::Withdrawn),
    ("too-soon", Act::TooSoon),
    ("press-again", Act::PressAgain),
    ("user-need-own", Act::NeedOwn),
    ("not-on-oneself", Act::NotOnOneself),
];

impl Said {
    /// Says it on the next settings page.
    pub(super) fn leave(&self, browser: &Browser) {
        browser.set_cookie(COOKIE, &self.to_cookie(), Some(LIFE), SameSite::Lax);
    }

    /// Says it about a person on the next settings page.
    pub(super) fn leave_about(act: Act, key: &AccountKey, browser: &Browser) {
        Self::Person(act, key.user().clone()).leave(browser);
    }

    /// The message for this page, once.
    pub(super) fn take(browser: &Browser) -> Option<Self> {
        let said = Self::from_cookie(&browser.cookie(COOKIE)?);
        browser.drop_cookie(COOKIE);
        said
    }

    fn to_cookie(&self) -> String {
        match self {
            Self::Settings(what) => word(&SETTINGS, *what).to_owned(),
            Self::Person(act, id) => format!("{}.{id}", word(&ACTS, *act)),
        }
    }

    fn from_cookie(text: &str) -> Option<Self> {
        match text.split_once('.') {
            None => find_by_word(&SETTINGS, text).map(Self::Settings),
            Some((act, id)) => Some(Self::Person(find_by_word(&ACTS, act)?, UserId::new(id).ok()?)),
        }
    }
}

impl Act {
    fn is_good(self) -> bool {
        !matches!(
            self,
            Self::TooSoon
                | Self::PressAgain
                | Self::NeedOwn
                | Self::NotOnOneself
                | Self::TriedOften
                | Self::InvitedOften
        )
    }
}

/// The sentence about a person, if there is one to say and the person is here.
pub(super) fn show_about_person(desk: &Desk, roll: &Roll) -> Markup {
    let Some(Said::Person(act, id)) = Said::take(&desk.visit.browser) else { return html! {} };
    let Some(row) = roll.find(id.as_str()) else { return html! {} };
    let sentence = sentence(desk, act, row);
    match act.is_good() {
        true => status(&html! { p { (sentence) } }),
        false => notice(&sentence),
    }
}

fn sentence(desk: &Desk, act: Act, row: &Row) -> String {
    let words = &desk.words().edit;
    let name = row.person.name();
    match act {
        Act::Invited => (words.invitation_sent)(row.person.email.as_str()),
        Act::Saved => (words.saved)(&name),
        Act::Reset => (desk.words().reset.done)(&name),
        Act::Unlocked => (words.unlocked)(&name),
        Act::Exempted => match row.account.resolution.exempt_until {
            Some(until) => (words.exempted)(&name, &desk.when().near(until)),
            None => (words.exemption_ended)(&name),
        },
        Act::ExemptionEnded => (words.exemption_ended)(&name),
        Act::EnrollmentApproved => match row.account.facts.approved_until {
            Some(until) => (words.approved)(&name, &desk.when().near(until)),
            None => words.approval_withdrawn.to_owned(),
        },
        Act::ApprovalWithdrawn => words.approval_withdrawn.to_owned(),
        Act::Withdrawn => words.withdrawn.to_owned(),
        Act::TooSoon => words.too_soon.to_owned(),
        Act::PressAgain => words.press_again.to_owned(),
        Act::NeedOwn => words.need_own.to_owned(),
        Act::AddressTried => (words.address_tried)(&name),
        Act::TriedOften => words.tried_often.to_owned(),
        Act::InvitedOften => words.invited_often.to_owned(),
        Act::NotOnOneself => words.not_on_oneself.to_owned(),
    }
}

/// Something that is worth a look before one goes on.
pub(super) fn notice(sentence: &str) -> Markup {
    html! { div.notice role="status" { p { (sentence) } } }
}

fn word<T: Copy + PartialEq>(table: &[(&'static str, T)], wanted: T) -> &'static str {
    table.iter().find(|(_, value)| *value == wanted).map_or("", |(word, _)| word)
}

fn find_by_word<T: Copy>(table: &[(&'static str, T)], text: &str) -> Option<T> {
    table.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_said_survives_the_cookie() {
        for (_, what) in SETTINGS {
            let said = Said::Settings(what);
            assert_eq!(Said::from_cookie(&said.to_cookie()), Some(said));
        }
        for (_, act) in ACTS {
            let said = Said::Person(act, UserId::new("ben").unwrap());
            assert_eq!(Said::from_cookie(&said.to_cookie()), Some(said));
        }
    }

    #[test]
    fn a_forged_cookie_says_nothing() {
        for forged in ["", ".", "saved.ben", "reset", "reset.", "<b>", "Log in at evil.example"] {
            assert_eq!(Said::from_cookie(forged), None, "{forged:?}");
        }
    }
}
