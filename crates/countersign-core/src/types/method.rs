//! What a login is worth: methods, authentication method references, assurance levels.
//!
//! Names follow RFC 8176 and NIST SP 800-63B-4. An e-mailed code is honest about itself: it never
//! raises a login to AAL2 (63B-4, 3.1.3.1), whatever a tenant's policy asks.

use std::fmt;
use std::str::FromStr;

use super::invalid_value::InvalidValue;

/// A method that a user can pass as the second step. The later one is the stronger.
///
/// This version has no backup codes: an administrator resets the account of a user who lost a phone
/// ([`Admin::reset`](crate::Admin::reset)).
#[doc(alias = "2fa")]
#[doc(alias = "mfa")]
#[doc(alias = "backup code")]
#[doc(alias = "recovery code")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a host handles each method")]
pub enum Method {
    /// A code sent to the user's e-mail address. It never raises a login to AAL2 (NIST SP 800-63B-4,
    /// 3.1.3.1).
    #[doc(alias = "otp")]
    Email,
    /// A code from an authenticator app (RFC 6238): SHA-1, 6 digits, 30 seconds, which every app
    /// reads.
    #[doc(alias = "totp")]
    #[doc(alias = "otp")]
    App,
}

impl Method {
    /// Every method, the weakest first.
    pub const ALL: [Self; 2] = [Self::Email, Self::App];

    /// The name for APIs and settings, which never changes: `email` or `app`. For people there is
    /// `Display`.
    ///
    /// ```
    /// use countersign_core::Method;
    ///
    /// assert_eq!(Method::App.as_str().parse(), Ok(Method::App));
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::App => "app",
        }
    }
}

impl FromStr for Method {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let unknown =
            || InvalidValue::new("a method", "there is none of that name", "give email or app");
        Self::ALL.into_iter().find(|method| method.as_str() == text).ok_or_else(unknown)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "Email",
            Self::App => "App",
        })
    }
}

/// The first factor, which the host checked before it asked countersign.
///
/// It is recorded in the proof and is never by itself the second step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstFactor {
    /// A password that the host holds.
    Password,
    /// A login at another identity provider, with the `amr` values that it stated.
    ///
    /// At most eight values of at most 32 bytes are kept.
    Federated(Vec<String>),
}

impl FirstFactor {
    /// The RFC 8176 values of this factor alone.
    #[must_use]
    pub fn amr(&self) -> Vec<&str> {
        match self {
            Self::Password => vec!["pwd"],
            Self::Federated(stated) => stated.iter().map(String::as_str).collect(),
        }
    }
}

/// Authenticator assurance level (NIST SP 800-63B-4, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "NIST has these and AAL3, which no method here reaches"
)]
pub enum Aal {
    /// One factor, or a second one that NIST does not accept, such as e-mail.
    Aal1,
    /// Two factors, the second an authenticator app.
    Aal2,
}

impl Aal {
    /// The level of these methods on top of the first factor.
    #[must_use]
    pub fn of(first: &FirstFactor, methods: impl IntoIterator<Item = Method>) -> Self {
        let app = methods.into_iter().any(|method| method == Method::App);
        match first {
            FirstFactor::Password if app => Self::Aal2,
            // What the other provider checked is its own statement; we vouch for our step only.
            FirstFactor::Federated(stated) if app && stated.iter().any(|v| v == "pwd") => {
                Self::Aal2
            }
            FirstFactor::Password | FirstFactor::Federated(_) => Self::Aal1,
        }
    }
}

impl fmt::Display for Aal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_read_from_its_name_and_from_nothing_else() {
        for method in Method::ALL {
            assert_eq!(method.as_str().parse(), Ok(method));
            assert!(method.to_string().parse::<Method>().is_err(), "{method} is for people");
        }
        let refused = "sms".parse::<Method>().unwrap_err().to_string();
        assert_eq!(refused, "a method was refused: there is none of that name; give email or app");
    }

    #[test]
    fn an_emailed_code_is_never_worth_aal2() {
        assert_eq!(Aal::of(&FirstFactor::Password, [Method::Email]), Aal::Aal1);
        assert_eq!(Aal::of(&FirstFactor::Password, [Method::Email, Method::App]), Aal::Aal2);
        assert_eq!(Aal::of(&FirstFactor::Password, []), Aal::Aal1);
    }

    #[test]
    fn a_federated_login_counts_only_what_it_stated() {
        let silent = FirstFactor::Federated(vec![]);
        let stated = FirstFactor::Federated(vec!["pwd".to_owned()]);
        assert_eq!(Aal::of(&silent, [Method::App]), Aal::Aal1);
        assert_eq!(Aal::of(&stated, [Method::App]), Aal::Aal2);
    }
}
