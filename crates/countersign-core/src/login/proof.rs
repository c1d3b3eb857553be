//! The proof: evidence of a finished login that nothing but a finished login can produce.
//!
//! It has private fields, no `Clone`, no `Deserialize` and no public constructor. A host makes its
//! session from it, at most one for each proof id.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::policy::Requirement;
use crate::types::{
    Aal, AccountKey, AuthenticatorId, FirstFactor, Generation, InvalidValue, Method, ProofId, Role,
    SecretText, Timestamp, misleads,
};

/// What stands before a reason, and before the id of an app.
const STEP_UP: &str = "step-up:";
const REMOVE_APP: &str = "remove-app:";

/// The purpose of a login or a step-up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a host carries each out")]
pub enum Purpose {
    /// An ordinary login.
    Login,
    /// An act of the host's own that needs a fresh proof, such as a payment.
    StepUp(StepUpReason),
    /// Administering the tenant.
    Administer,
    /// Linking another authenticator app; at most five are linked.
    LinkApp,
    /// Linking an authenticator app in place of all the linked ones.
    ReplaceApp,
    /// Removing an authenticator app.
    RemoveApp(AuthenticatorId),
    /// Naming a new e-mail address, which is used once it is confirmed.
    ChangeAddress,
    /// Confirming a new e-mail address.
    ConfirmAddress,
    /// Showing what the policy asks of a session by now: what a login of this user would be asked.
    /// [`Mfa::renew`](crate::Mfa::renew) adds it to the session.
    Strengthen,
}

impl Purpose {
    /// The name for APIs and logs, which never changes: `login`, `administer`, `link-app`,
    /// `replace-app`, `change-address`, `confirm-address` or `strengthen`, and with what they are
    /// about `step-up:payment 4711` and `remove-app:` with the app's id. For people there is
    /// `Display`.
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
            Self::ChangeAddress => "change-address",
            Self::ConfirmAddress => "confirm-address",
            Self::Strengthen => "strengthen",
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
            Self::ChangeAddress => vec![7],
            Self::Strengthen => vec![8],
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
            "change-address" => Ok(Self::ChangeAddress),
            "confirm-address" => Ok(Self::ConfirmAddress),
            "strengthen" => Ok(Self::Strengthen),
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
            Self::ChangeAddress => f.write_str("change the address for codes"),
            Self::ConfirmAddress => f.write_str("confirm an address"),
            Self::Strengthen => f.write_str("stay logged in"),
        }
    }
}

/// The host's own name for the act that a step-up is for: 1 to 64 bytes.
///
/// ```
/// use countersign_core::Purpose;
/// use countersign_core::login::StepUpReason;
///
/// let purpose = Purpose::StepUp(StepUpReason::new("payment 4711")?);
/// assert_eq!(purpose.to_string(), "payment 4711");
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepUpReason(Box<str>);

impl StepUpReason {
    /// Wraps the host's name for the act.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if it is empty, longer than 64 bytes, not one line, or holds a character that
    /// is invisible or changes the direction of text.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        if text.is_empty() || text.len() > 64 || text.chars().any(misleads) {
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

/// Evidence of a finished login that cannot be made in another way: who, in which tenant, by which
/// methods, and when.
///
/// Make a session from it: [`Mfa::seal`](crate::Mfa::seal) turns it into text, and
/// [`Mfa::open_session`](crate::Mfa::open_session) checks it at each request. Its assurance is that
/// of this login and no more: an e-mailed code never makes it AAL2 (NIST SP 800-63B-4, 3.1.3.1).
///
/// ```compile_fail
/// // A proof cannot be made by hand.
/// let proof = countersign_core::Proof {};
/// ```
#[doc(alias = "session")]
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
    /// The roles that the host stated for this login.
    pub(crate) roles: BTreeSet<Role>,
    /// What the host asked of this login, whatever the policy says.
    pub(crate) minimum: Requirement,
    /// The session that a step-up was begun from.
    pub(crate) begun_by: Option<ProofId>,
}

/// An act of a user on their own account, which was carried out: for
/// [`Mfa::renew`](crate::Mfa::renew), and for nothing else.
///
/// The proof of a step-up that linked an app or confirmed an address becomes one with `into()`.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "without it the session of the user who acted has ended too"]
pub struct Acted(pub(crate) Proof);

impl From<Proof> for Acted {
    fn from(proof: Proof) -> Self {
        Self(proof)
    }
}

impl Proof {
    /// Its id. The same attempt sent twice gets the same id; make one session for each.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let key = &demo.ben;
    /// # let proof = demo.log_in(key).await;
    /// # let other = demo.log_in(key).await;
    /// assert_ne!(proof.id(), other.id());
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn id(&self) -> ProofId {
        self.id
    }

    /// Who logged in, and in which tenant.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let key = &demo.ben;
    /// # let proof = demo.log_in(key).await;
    /// assert_eq!(proof.key().tenant().as_str(), "larkfield");
    /// assert_eq!(proof.key().user().as_str(), "ben");
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn key(&self) -> &AccountKey {
        &self.key
    }

    /// What it was made for. A host must check this before it acts on a step-up, or open the proof
    /// with [`Mfa::open_step_up`](crate::Mfa::open_step_up), which does.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let key = &demo.ben;
    /// use countersign_core::Purpose;
    ///
    /// # let proof = demo.log_in(key).await;
    /// assert_eq!(*proof.purpose(), Purpose::Login);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// The first factor, as the host stated it.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let key = &demo.ben;
    /// use countersign_core::FirstFactor;
    ///
    /// # let proof = demo.log_in(key).await;
    /// assert_eq!(*proof.first_factor(), FirstFactor::Password);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn first_factor(&self) -> &FirstFactor {
        &self.first
    }

    /// The methods that were passed, in this order.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let ada = &demo.ada;
    /// use countersign_core::Method;
    ///
    /// # let proof = demo.log_in(ada).await;
    /// assert_eq!(proof.passed()[0].method, Method::App);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn passed(&self) -> &[UsedMethod] {
        &self.passed
    }

    /// When the login was finished.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// When the proof ends, sealed or not: [`Limits::proof_life`](crate::Limits::proof_life) after
    /// the login.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::HOUR;
    ///
    /// # let proof = demo.log_in(key).await;
    /// assert_eq!(proof.ends(), proof.issued().plus(12 * HOUR));
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let ada = &demo.ada;
    /// # let key = &demo.ben;
    /// # let proof = demo.log_in(ada).await;
    /// assert_eq!(proof.amr(), ["pwd", "otp", "mfa"]);
    /// # let proof = demo.log_in(key).await;
    /// assert_eq!(proof.amr(), ["pwd", "otp"]); // E-mailed.
    /// # Ok(())
    /// # });
    /// ```
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

    /// The assurance level of this login (NIST SP 800-63B-4, section 2). It never exceeds what
    /// happened in this login.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let ada = &demo.ada;
    /// # let key = &demo.ben;
    /// use countersign_core::Aal;
    ///
    /// # let proof = demo.log_in(ada).await;
    /// assert_eq!(proof.aal(), Aal::Aal2);
    /// # let proof = demo.log_in(key).await;
    /// assert_eq!(proof.aal(), Aal::Aal1); // E-mailed.
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn aal(&self) -> Aal {
        Aal::of(&self.first, self.passed.iter().map(|used| used.method))
    }

    /// When a method at least this strong was last passed; `None` if it never was in this login or
    /// since.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let key = &demo.ben;
    /// use countersign_core::Method;
    ///
    /// # let proof = demo.log_in(key).await;
    /// assert_eq!(proof.last_passed(Method::Email), Some(proof.issued()));
    /// assert_eq!(proof.last_passed(Method::App), None);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn last_passed(&self, method: Method) -> Option<Timestamp> {
        self.passed.iter().filter(|used| used.method >= method).map(|used| used.at).max()
    }

    /// Whether a method at least this strong was passed at most `within` before `now`.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::{MINUTE, Method};
    ///
    /// # let proof = demo.log_in(key).await;
    /// assert!(proof.is_fresh(Method::Email, 15 * MINUTE, mfa.now()));
    /// assert!(!proof.is_fresh(Method::App, 15 * MINUTE, mfa.now()));
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn is_fresh(&self, method: Method, within: Duration, now: Timestamp) -> bool {
        self.passed
            .iter()
            .any(|used| used.method >= method && used.at <= now && now < used.at.plus(within))
    }
}

/// A proof as text, to keep in a session or hand to another service of the same host.
///
/// Only `Mfa` can open it again, until its end or until the user's sessions are ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedProof(SecretText);

impl SealedProof {
    /// Wraps text that was kept; opening it shows whether it is valid.
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
        check(Purpose::ChangeAddress, "change-address");
        check(Purpose::ConfirmAddress, "confirm-address");
        check(Purpose::Strengthen, "strengthen");
        for wrong in ["", "Login", "log in", "step-up", "step-up:", "remove-app:ab", "login "] {
            assert!(wrong.parse::<Purpose>().is_err(), "{wrong}");
        }
    }
}
