//! The proof: evidence of a finished login that nothing but a finished login can produce.
//!
//! It has private fields, no `Clone`, no `Deserialize` and no public constructor. A host makes its
//! session from it, at most one for each proof id.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::types::{
    Aal, AccountKey, AuthenticatorId, FirstFactor, Generation, InvalidValue, Method, ProofId,
    SecretText, Timestamp,
};

/// What stands before a reason, and before the id of an app.
const STEP_UP: &str = "step-up:";
const REMOVE_APP: &str = "remove-app:";

/// What a login step is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// An ordinary login.
    Login,
    /// Something of the host's own that asks for a fresh proof.
    StepUp(StepUpReason),
    /// Administering the tenant.
    Administer,
    /// Linking an authenticator app besides those there are.
    LinkApp,
    /// Linking an authenticator app in place of those there are.
    ReplaceApp,
    /// Removing an authenticator app.
    RemoveApp(AuthenticatorId),
    /// Confirming a new e-mail address.
    ConfirmAddress,
}

impl Purpose {
    /// The name for APIs and logs, which never changes: `login`, `administer`, `link-app`,
    /// `replace-app` or `confirm-address`, and with what they are about `step-up:payment 4711` and
    /// `remove-app:` with the app's id. For people there is `Display`.
    ///
    /// ```
    /// use countersign_core::Purpose;
    /// use countersign_core::login::StepUpReason;
    ///
    /// let purpose = Purpose::StepUp(StepUpReason::new("payment 4711")?);
    /// assert_eq!(purpose.as_str(), "step-up:payment 4711");
    /// assert_eq!(purpose.as_str().parse(), Ok(purpose));
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Login => "login",
            Self::StepUp(reason) => return format!("{STEP_UP}{}", reason.as_str()).into(),
            Self::Administer => "administer",
            Self::LinkApp => "link-app",
            Self::ReplaceApp => "replace-app",
            Self::RemoveApp(id) => return format!("{REMOVE_APP}{id}").into(),
            Self::ConfirmAddress => "confirm-address",
        })
    }

    /// The purpose as bytes for key material: no two purposes have the same, whatever a host calls
    /// its own.
    pub(crate) fn tag(&self) -> Vec<u8> {
        match self {
            Self::Login => vec![0],
            Self::StepUp(reason) => [&[1], reason.0.as_bytes()].concat(),
            Self::Administer => vec![2],
            Self::LinkApp => vec![3],
            Self::ReplaceApp => vec![4],
            Self::RemoveApp(id) => [&[5], id.as_bytes().as_slice()].concat(),
            Self::ConfirmAddress => vec![6],
        }
    }
}

impl FromStr for Purpose {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if let Some(reason) = text.strip_prefix(STEP_UP) {
            return StepUpReason::new(reason).map(Self::StepUp);
        }
        if let Some(id) = text.strip_prefix(REMOVE_APP) {
            return id.parse().map(Self::RemoveApp);
        }
        match text {
            "login" => Ok(Self::Login),
            "administer" => Ok(Self::Administer),
            "link-app" => Ok(Self::LinkApp),
            "replace-app" => Ok(Self::ReplaceApp),
            "confirm-address" => Ok(Self::ConfirmAddress),
            _ => {
                let next = "give a name such as login or step-up:payment 4711";
                Err(InvalidValue::new("a purpose", "there is none of that name", next))
            }
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login => f.write_str("log in"),
            Self::StepUp(reason) => f.write_str(&reason.0),
            Self::Administer => f.write_str("administer"),
            Self::LinkApp => f.write_str("link an app"),
            Self::ReplaceApp => f.write_str("replace the app"),
            Self::RemoveApp(_) => f.write_str("remove an app"),
            Self::ConfirmAddress => f.write_str("confirm an address"),
        }
    }
}

/// The host's own name for what a step-up is for, such as `payment 4711`: 1 to 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepUpReason(Box<str>);

impl StepUpReason {
    /// Takes the host's name for it.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if it is empty, longer than 64 bytes, or holds a control character.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        if text.is_empty() || text.len() > 64 || text.chars().any(char::is_control) {
            let why = "it is not one line of 1 to 64 bytes";
            return Err(InvalidValue::new("a step-up reason", why, "give a short name of the act"));
        }
        Ok(Self(text.into_boxed_str()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One method that was passed, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsedMethod {
    /// The method.
    pub method: Method,
    /// When its answer was judged right, by the store's clock.
    pub at: Timestamp,
}

/// Unforgeable evidence of a finished login: who, in which tenant, by which methods, and when.
///
/// ```compile_fail
/// // A proof cannot be made by hand.
/// let proof = countersign_core::Proof {};
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a proof is what a session is made from"]
pub struct Proof {
    pub(crate) id: ProofId,
    pub(crate) key: AccountKey,
    pub(crate) purpose: Purpose,
    pub(crate) first: FirstFactor,
    pub(crate) passed: Vec<UsedMethod>,
    pub(crate) issued: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) account_generation: Generation,
    pub(crate) tenant_generation: Generation,
    pub(crate) policy_revision: u64,
}

impl Proof {
    /// Its id. The same attempt sent twice gets the same id; make one session for each.
    #[must_use]
    pub fn id(&self) -> ProofId {
        self.id
    }

    /// Who logged in, and in which tenant.
    #[must_use]
    pub fn key(&self) -> &AccountKey {
        &self.key
    }

    /// What it was made for. A host must check this before it acts on a step-up.
    #[must_use]
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// What the host checked first.
    #[must_use]
    pub fn first_factor(&self) -> &FirstFactor {
        &self.first
    }

    /// The methods passed, in the order they were.
    #[must_use]
    pub fn passed(&self) -> &[UsedMethod] {
        &self.passed
    }

    /// When the login was finished.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// When the proof ends, sealed or not.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// The policy revision that the login was judged by.
    #[must_use]
    pub fn policy_revision(&self) -> u64 {
        self.policy_revision
    }

    /// Authentication method references (RFC 8176), registered values only.
    ///
    /// A code is `otp`, whichever way it came. `mfa` is stated only for a password and an app,
    /// which are two kinds of factor; an e-mailed code is not (NIST SP 800-63B-4, 3.1.3.1).
    #[must_use]
    pub fn amr(&self) -> Vec<&str> {
        let mut amr = self.first.amr();
        if !self.passed.is_empty() && !amr.contains(&"otp") {
            amr.push("otp");
        }
        if self.aal() == Aal::Aal2 && !amr.contains(&"mfa") {
            amr.push("mfa");
        }
        amr
    }

    /// The assurance level of this login. It never exceeds what happened in this login.
    #[must_use]
    pub fn aal(&self) -> Aal {
        Aal::of(&self.first, self.passed.iter().map(|pass| pass.method))
    }

    /// Whether a method at least this strong was passed at most `within` before `now`.
    #[must_use]
    pub fn is_fresh(&self, method: Method, within: Duration, now: Timestamp) -> bool {
        self.passed
            .iter()
            .any(|pass| pass.method >= method && pass.at <= now && now < pass.at.plus(within))
    }
}

/// A proof as text, to keep in a session or hand to another service of the same host.
///
/// Only `Mfa` can open it again, and only until its end or until something raised a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedProof(SecretText);

impl SealedProof {
    /// Text that was kept; whether it is one of ours shows when it is opened.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(SecretText::new(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_is_read_from_its_name_whatever_the_host_calls_its_own() {
        let reason = |text: &str| Purpose::StepUp(StepUpReason::new(text).unwrap());
        let check = |purpose: Purpose, name: &str| {
            assert_eq!(purpose.as_str(), name);
            assert_eq!(name.parse(), Ok(purpose));
        };
        check(Purpose::Login, "login");
        check(reason("payment 4711"), "step-up:payment 4711");
        check(reason("login"), "step-up:login");
        check(reason("remove-app:"), "step-up:remove-app:");
        check(reason("step-up: \u{1f69a}"), "step-up:step-up: \u{1f69a}");
        check(Purpose::Administer, "administer");
        check(Purpose::LinkApp, "link-app");
        check(Purpose::ReplaceApp, "replace-app");
        let app = AuthenticatorId::from_bytes([0xab; 16]);
        check(Purpose::RemoveApp(app), &format!("remove-app:{}", "ab".repeat(16)));
        check(Purpose::ConfirmAddress, "confirm-address");
        for wrong in ["", "Login", "log in", "step-up", "step-up:", "remove-app:ab", "login "] {
            assert!(wrong.parse::<Purpose>().is_err(), "{wrong}");
        }
    }
}
