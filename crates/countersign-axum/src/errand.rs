//! What a step-up is for, and where it came from: the part of its address that says so.
//!
//! The purposes that the core knows are fixed words, and anybody may link to them. A purpose of the
//! host's own has a text that stands on the page, so its address carries a seal that only this
//! browser's pages can have made: no mail and no other site writes what a person confirms.

use countersign_core::login::{Purpose, Reason};
use countersign_core::types::Digest;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest as _, Sha256};

use crate::browser::Browser;
use crate::problem::Problem;
use crate::target::{Target, encoded};

pub(crate) const STEP_UP: &str = "/step-up";
pub(crate) const STEP_UP_AGAIN: &str = "/step-up/again";

/// One act that needs a fresh proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Errand {
    pub(crate) purpose: Purpose,
    /// Where the person goes afterwards, and if they would rather not.
    pub(crate) back: Target,
}

impl Browser {
    /// The address where this person confirms that it is them, for this purpose, and then goes back.
    ///
    /// For [`Purpose::LinkApp`], [`Purpose::ReplaceApp`], [`Purpose::RemoveApp`] and
    /// [`Purpose::ConfirmAddress`] the gate also carries the act out: the address is a whole button
    /// of an account page.
    ///
    /// ```
    /// use axum::response::Html;
    /// use countersign_axum::{Browser, Problem, Target};
    /// use countersign_core::login::Purpose;
    ///
    /// async fn account(browser: Browser) -> Result<Html<String>, Problem> {
    ///     let Some(here) = Target::new("/account/security") else { return Ok(Html(String::new())) };
    ///     let link = browser.step_up(&Purpose::LinkApp, &here)?;
    ///     let link = link.as_str().replace('&', "&amp;");
    ///     Ok(Html(format!("<a href=\"{link}\">Link another app</a>")))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The source of randomness is missing, for a browser that is seen for the first time.
    pub fn step_up(&self, purpose: &Purpose, back: &Target) -> Result<Target, Problem> {
        let errand = Errand { purpose: purpose.clone(), back: back.clone() };
        errand.place(STEP_UP, self)
    }
}

impl Errand {
    /// What the address of this request asks for.
    pub(crate) fn of(browser: &Browser) -> Option<Self> {
        let purpose = purpose_of(&browser.query("for")?)?;
        let back = browser.next();
        let errand = Self { purpose, back: back.unwrap_or_else(|| Target::ours("/")) };
        let sealed = match errand.purpose {
            Purpose::StepUp(_) => {
                let seal = browser.query("seal").and_then(|seal| unseal(&seal))?;
                seal == Digest::from_bytes(errand.seal(&browser.known_binding()?))
            }
            _ => true,
        };
        sealed.then_some(errand)
    }

    /// The address of this errand below `path`.
    pub(crate) fn place(&self, path: &str, browser: &Browser) -> Result<Target, Problem> {
        let (word, back) = (word_of(&self.purpose), self.back.as_str());
        let mut place = format!("{path}?for={}&next={}", encoded(&word), encoded(back));
        if matches!(self.purpose, Purpose::StepUp(_)) {
            let seal = BASE64URL_NOPAD.encode(&self.seal(&browser.binding()?));
            place.push_str(&format!("&seal={seal}"));
        }
        Ok(Target::ours(place))
    }

    /// Names the purpose in a cookie, so that a ticket answers no other page than its own.
    pub(crate) fn mark(&self) -> String {
        let digest = Sha256::digest(word_of(&self.purpose));
        HEXLOWER.encode(digest.get(..8).unwrap_or_default())
    }

    fn seal(&self, binding: &str) -> [u8; 32] {
        let (word, back) = (word_of(&self.purpose), self.back.as_str());
        let parts = ["countersign errand", binding, &word, back];
        let framed = parts.iter().fold(Sha256::new(), |hash, part| {
            hash.chain_update(part.len().to_be_bytes()).chain_update(part)
        });
        framed.finalize().into()
    }
}

fn unseal(text: &str) -> Option<Digest> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    bytes.try_into().ok().map(Digest::from_bytes)
}

/// The word of a purpose in an address and in JSON.
pub(crate) fn word_of(purpose: &Purpose) -> String {
    match purpose {
        Purpose::Login => "login".to_owned(),
        Purpose::StepUp(reason) => format!("act.{}", reason.as_str()),
        Purpose::Administer => "administer".to_owned(),
        Purpose::LinkApp => "link-app".to_owned(),
        Purpose::ReplaceApp => "replace-app".to_owned(),
        Purpose::RemoveApp(id) => format!("remove-app.{id}"),
        Purpose::ConfirmAddress => "confirm-address".to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// The purpose that a word names; a login is none that could be asked for so.
pub(crate) fn purpose_of(word: &str) -> Option<Purpose> {
    Some(match (word, word.split_once('.')) {
        ("administer", _) => Purpose::Administer,
        ("link-app", _) => Purpose::LinkApp,
        ("replace-app", _) => Purpose::ReplaceApp,
        ("confirm-address", _) => Purpose::ConfirmAddress,
        (_, Some(("remove-app", id))) => Purpose::RemoveApp(id.parse().ok()?),
        (_, Some(("act", reason))) => Purpose::StepUp(Reason::new(reason).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_core::types::AuthenticatorId;

    #[test]
    fn every_purpose_but_a_login_is_read_back_from_its_word() {
        for purpose in [
            Purpose::Administer,
            Purpose::LinkApp,
            Purpose::ReplaceApp,
            Purpose::RemoveApp(AuthenticatorId::from_bytes([7; 16])),
            Purpose::ConfirmAddress,
            Purpose::StepUp(Reason::new("payment 4711 & more").unwrap()),
        ] {
            assert_eq!(purpose_of(&word_of(&purpose)), Some(purpose));
        }
        for bad in
            ["", "login", "act", "act.", "act.\n", "remove-app", "remove-app.x", "Administer"]
        {
            assert_eq!(purpose_of(bad), None, "{bad:?}");
        }
    }
}
