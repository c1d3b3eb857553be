//! Languages of mails: a BCP 47 tag, its fallback, and the direction it is written in.

use std::fmt;
use std::str::FromStr;

use super::invalid_value::InvalidValue;

const WORD: &str = "a locale";
const NEXT: &str = "give a BCP 47 tag such as \"en\", \"de\" or \"pt-BR\"";

/// A language tag (BCP 47), kept in its usual spelling: `en`, `de`, `pt-BR`.
///
/// ```
/// use countersign_core::{Direction, Locale};
///
/// let locale: Locale = "DE-at".parse()?;
/// assert_eq!(locale.as_str(), "de-AT");
/// assert_eq!(locale.language(), "de");
/// assert_eq!(locale.direction(), Direction::LeftToRight);
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(Box<str>);

impl Locale {
    /// Parses a tag of one to four parts, at most 35 bytes.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the tag has another shape.
    pub fn new(tag: &str) -> Result<Self, InvalidValue> {
        if tag.len() > 35 {
            return Err(InvalidValue::new(WORD, format!("it has {} bytes", tag.len()), NEXT));
        }
        let mut spelled = Vec::new();
        for (at, part) in tag.split('-').enumerate() {
            let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
            let word = part.bytes().all(|b| b.is_ascii_alphanumeric());
            spelled.push(match (at, part.len()) {
                (0, 2..=3) if letters => part.to_ascii_lowercase(),
                (1..=3, 2) if letters => part.to_ascii_uppercase(),
                (1..=3, 2..=8) if word => part.to_ascii_lowercase(),
                _ => return Err(InvalidValue::new(WORD, "it is not a language tag", NEXT)),
            });
        }
        Ok(Self(spelled.join("-").into_boxed_str()))
    }

    /// English, the language every text exists in.
    #[must_use]
    pub fn english() -> Self {
        Self("en".into())
    }

    /// The whole tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone: `pt` of `pt-BR`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Which way the language is written.
    #[must_use]
    pub fn direction(&self) -> Direction {
        match self.language() {
            "ar" | "dv" | "fa" | "he" | "ps" | "ur" | "yi" => Direction::RightToLeft,
            _ => Direction::LeftToRight,
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Locale {
    type Err = InvalidValue;

    fn from_str(tag: &str) -> Result<Self, InvalidValue> {
        Self::new(tag)
    }
}

/// The text in the language of the locale: English, German or Arabic, and English for any other.
///
/// The languages stand side by side where a sentence is needed, so a missing one does not compile.
pub(crate) fn in_language(
    locale: &Locale,
    [english, german, arabic]: [&'static str; 3],
) -> &'static str {
    match locale.language() {
        "de" => german,
        "ar" => arabic,
        _ => english,
    }
}

/// Which way a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Direction {
    /// As English.
    LeftToRight,
    /// As Arabic.
    RightToLeft,
}

impl Direction {
    /// The value of an HTML `dir` attribute.
    #[must_use]
    pub fn as_html(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_kept_in_its_usual_spelling() {
        for (given, kept) in [("EN", "en"), ("pt-br", "pt-BR"), ("ZH-hans-cn", "zh-hans-CN")] {
            assert_eq!(Locale::new(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_not_a_tag_is_refused() {
        for bad in ["", "-", "e", "en_US", "en-", "12", "en\r\nX", &"en-aa".repeat(9)] {
            assert!(Locale::new(bad).is_err(), "{bad:?}");
        }
    }
}
