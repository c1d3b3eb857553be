//! Names that people see: of a tenant or a user, and of the one who gives out the codes.

use std::fmt;
use std::str::FromStr;

use super::invalid_value::InvalidValue;

/// Most bytes in a display name.
const NAME_BYTES: usize = 64;

/// The name people know a tenant or a user by: 1 to 64 bytes on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(Box<str>);

impl DisplayName {
    /// Takes the name as it is.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if it is empty, longer than 64 bytes, or not one line of text.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let why = match text.trim() {
            "" => "it is empty",
            _ if text.len() > NAME_BYTES => "it is longer than 64 bytes",
            _ if text.chars().any(char::is_control) => "it holds a control character",
            _ => return Ok(Self(text.into_boxed_str())),
        };
        Err(InvalidValue::new("a display name", why, "give one line of 1 to 64 bytes"))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Most bytes in an issuer.
const ISSUER_BYTES: usize = 64;

/// Who gives out the codes, as the authenticator app shows it: 1 to 64 bytes, without a colon.
///
/// ```
/// use countersign_core::Issuer;
///
/// let issuer = Issuer::new("Larkfield Freight")?;
/// assert_eq!(issuer.as_str(), "Larkfield Freight");
/// assert_eq!(
///     Issuer::new("Larkfield: Freight").unwrap_err().to_string(),
///     "an issuer was refused: it holds ':'; \
///      give a plain name of 1 to 64 bytes such as Larkfield Freight"
/// );
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(Box<str>);

impl Issuer {
    /// Takes a name for people.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the name is blank or longer than 64 bytes; if it holds a colon, also as
    /// `%3A`, at which apps split issuer from label; if it holds a control character; or if it
    /// holds `//` and so looks like an address.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        match objection(&text) {
            None => Ok(Self(text.into_boxed_str())),
            Some(why) => Err(InvalidValue::new(
                "an issuer",
                why,
                "give a plain name of 1 to 64 bytes such as Larkfield Freight",
            )),
        }
    }

    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Issuer {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

/// Why this cannot be an issuer, if so.
fn objection(issuer: &str) -> Option<String> {
    if issuer.trim().is_empty() {
        return Some("it is empty".to_owned());
    }
    if issuer.len() > ISSUER_BYTES {
        return Some(format!("it has {} bytes", issuer.len()));
    }
    if let Some(control) = issuer.chars().find(|c| c.is_control()) {
        return Some(format!("it holds the control character U+{:04X}", u32::from(control)));
    }
    ["//", ":", "%3A", "%3a"]
        .into_iter()
        .find(|sign| issuer.contains(sign))
        .map(|sign| format!("it holds '{sign}'"))
}
