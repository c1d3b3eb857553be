//! Names that people see: of a tenant or a user, and of the one who gives out the codes.

use std::fmt;
use std::str::FromStr;

use super::invalid_value::InvalidValue;
use super::visible::{is_blank, misleads};

/// Most bytes in a display name.
const NAME_BYTES: usize = 64;

/// The name people know a tenant or a user by: 1 to 64 bytes on one line.
///
/// ```
/// use countersign_core::DisplayName;
///
/// assert_eq!(DisplayName::new("Larkfield Freight")?.as_str(), "Larkfield Freight");
/// // It would read as another name than it is.
/// assert!(DisplayName::new("\u{202e}thgierF dleifkraL").is_err());
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(Box<str>);

impl DisplayName {
    /// Takes the name as it is.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if nothing of it is seen, if it is longer than 64 bytes or not one line, or
    /// if it holds a character that is invisible or changes the direction of text.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let why = if is_blank(&text) {
            "it is empty"
        } else if text.len() > NAME_BYTES {
            "it is longer than 64 bytes"
        } else if text.chars().any(misleads) {
            "it holds a character that is not seen or changes the direction of text"
        } else {
            return Ok(Self(text.into_boxed_str()));
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

/// The issuer of the codes, as authenticator apps show it: 1 to 64 bytes, without a colon.
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
    /// `%3A`, at which apps split issuer from label; if it holds a character that is invisible or
    /// changes the direction of text; or if it holds `//` and so looks like an address.
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
    if is_blank(issuer) {
        return Some("it is empty".to_owned());
    }
    if issuer.len() > ISSUER_BYTES {
        return Some(format!("it has {} bytes", issuer.len()));
    }
    if let Some(hidden) = issuer.chars().find(|c| misleads(*c)) {
        let hidden = u32::from(hidden);
        return Some(format!("it holds U+{hidden:04X}, which is not seen or turns the text"));
    }
    ["//", ":", "%3A", "%3a"]
        .into_iter()
        .find(|sign| issuer.contains(sign))
        .map(|sign| format!("it holds '{sign}'"))
}
