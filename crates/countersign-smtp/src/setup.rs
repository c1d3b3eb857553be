//! What is said when a mailer cannot be set up.

use std::fmt;

/// Why a mailer cannot be set up: what is wrong, why, and what to do.
///
/// It repeats nothing of the URL, since a password that is not percent-encoded can end up in any
/// part of it.
///
/// ```
/// use countersign_smtp::SmtpMailer;
///
/// let sender = "security@larkfield.example".parse()?;
/// let error = SmtpMailer::from_url("smtp://portal:a/b@mail.larkfield.example", sender).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "mail server URL: the path has no meaning; if that belongs to the user name or the password, \
///      percent-encode it: @ is %40, : is %3A, / is %2F, ? is %3F, # is %23"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{within}{what} {why}; {next}")]
pub struct SetupError {
    within: &'static str,
    what: &'static str,
    why: &'static str,
    next: &'static str,
}

impl SetupError {
    pub(crate) fn url(what: &'static str, why: &'static str, next: &'static str) -> Self {
        Self { within: "mail server URL: ", ..Self::new(what, why, next) }
    }

    pub(crate) fn authority() -> Self {
        let next = "give a PEM file with BEGIN CERTIFICATE lines";
        Self::new("the certificate authority", "cannot be read", next)
    }

    pub(crate) fn tls() -> Self {
        Self::new("TLS", "is not there", "this is a fault of countersign-smtp: report it")
    }

    pub(crate) fn new(what: &'static str, why: &'static str, next: &'static str) -> Self {
        Self { within: "", what, why, next }
    }
}

// The sentence, since `main` shows an error by this.
impl fmt::Debug for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::SetupError;

    #[test]
    fn an_error_that_leaves_main_is_a_sentence() {
        let error = SetupError::url("the port", "is no number", "leave it out");
        assert_eq!(format!("{error:?}"), "mail server URL: the port is no number; leave it out");
    }
}
