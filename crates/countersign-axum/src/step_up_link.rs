//! The link to a step-up: its purpose and the way back, in the query of the address.
//!
//! The purposes of the core are fixed words, and any page may link to them. A purpose that the host
//! words itself is shown on the page, so its address carries a seal that only pages of this browser
//! can have made: no mail and no other site chooses the sentence that a person confirms.

use countersign_core::{Digest, Purpose};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest as _, Sha256};

use crate::addresses::STEP_UP;
use crate::browser::Browser;
use crate::problem::Problem;
use crate::redirect_path::{RedirectPath, encode_query};

/// One act that needs a fresh proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StepUpLink {
    pub(crate) purpose: Purpose,
    /// Where the person goes afterwards, and if they would rather not.
    pub(crate) back: RedirectPath,
}

impl Browser {
    /// The address where this person confirms that it is them, for this purpose, and then goes
    /// back.
    ///
    /// For [`Purpose::LinkApp`], [`Purpose::ReplaceApp`], [`Purpose::RemoveApp`] and
    /// [`Purpose::ConfirmAddress`] the gate also carries the act out: the address is a whole button
    /// of an account page.
    ///
    /// ```
    /// use axum::response::Html;
    /// use countersign_axum::{Browser, Problem, RedirectPath};
    /// use countersign_core::Purpose;
    ///
    /// async fn account(browser: Browser) -> Result<Html<String>, Problem> {
    ///     let Some(here) = RedirectPath::new("/account/security") else { return Ok(Html(String::new())) };
    ///     let link = browser.step_up(&Purpose::LinkApp, &here)?;
    ///     let link = link.as_str().replace('&', "&amp;");
    ///     Ok(Html(format!("<a href=\"{link}\">Link another app</a>")))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The source of randomness is missing, for a browser that is seen for the first time.
    pub fn step_up(&self, purpose: &Purpose, back: &RedirectPath) -> Result<RedirectPath, Problem> {
        let link = StepUpLink { purpose: purpose.clone(), back: back.clone() };
        link.path(STEP_UP, self)
    }
}

impl StepUpLink {
    /// The link that this request followed, if it is a valid one.
    pub(crate) fn from_request(browser: &Browser) -> Option<Self> {
        let purpose = step_up_purpose(&browser.query("for")?)?;
        let back = browser.next();
        let link = Self { purpose, back: back.unwrap_or_else(|| RedirectPath::trust("/")) };
        let sealed = match link.purpose {
            Purpose::StepUp(_) => {
                let seal = browser.query("seal").and_then(|seal| unseal(&seal))?;
                seal == Digest::from_bytes(link.seal(&browser.known_binding()?))
            }
            Purpose::Login
            | Purpose::Administer
            | Purpose::LinkApp
            | Purpose::ReplaceApp
            | Purpose::RemoveApp(_)
            | Purpose::ChangeAddress
            | Purpose::Strengthen
            | Purpose::ConfirmAddress => true,
        };
        sealed.then_some(link)
    }

    /// The address of this link below `path`.
    pub(crate) fn path(&self, path: &str, browser: &Browser) -> Result<RedirectPath, Problem> {
        let name = self.purpose.as_str();
        let back = self.back.as_str();
        let mut place = format!("{path}?for={}&next={}", encode_query(&name), encode_query(back));
        if matches!(self.purpose, Purpose::StepUp(_)) {
            let seal = BASE64URL_NOPAD.encode(&self.seal(&browser.binding()?));
            place.push_str(&format!("&seal={seal}"));
        }
        Ok(RedirectPath::trust(place))
    }

    /// Names the purpose in a cookie, so that a ticket answers no other page than its own.
    pub(crate) fn mark(&self) -> String {
        let digest = Sha256::digest(self.purpose.as_str().as_bytes());
        HEXLOWER.encode(digest.get(..8).unwrap_or_default())
    }

    fn seal(&self, binding: &str) -> [u8; 32] {
        let name = self.purpose.as_str();
        let back = self.back.as_str();
        let parts = ["countersign step-up link", binding, &name, back];
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

/// The purpose of this name, if it is one that a step-up serves.
pub(crate) fn step_up_purpose(name: &str) -> Option<Purpose> {
    name.parse().ok().filter(|purpose| *purpose != Purpose::Login)
}

#[cfg(test)]
mod tests {
    use countersign_core::AuthenticatorId;
    use countersign_core::login::StepUpReason;

    use super::*;

    #[test]
    fn every_purpose_but_a_login_is_read_back_from_its_name() {
        for purpose in [
            Purpose::Administer,
            Purpose::LinkApp,
            Purpose::ReplaceApp,
            Purpose::RemoveApp(AuthenticatorId::from_bytes([7; 16])),
            Purpose::ChangeAddress,
            Purpose::Strengthen,
            Purpose::ConfirmAddress,
            Purpose::StepUp(StepUpReason::new("payment 4711 & more").unwrap()),
        ] {
            assert_eq!(step_up_purpose(&purpose.as_str()), Some(purpose));
        }
        for bad in ["", "login", "step-up:", "step-up:\n", "remove-app:x", "Administer", "act.pay"]
        {
            assert_eq!(step_up_purpose(bad), None, "{bad:?}");
        }
    }
}
