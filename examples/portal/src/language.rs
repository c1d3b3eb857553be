//! The languages of the demo. A text that is missing in one of them does not compile.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use countersign::Locale;

/// The cookie that holds the language someone chose.
pub(crate) const LANGUAGE_COOKIE: &str = "language";

/// A language that every page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "each page has a text in each of them")]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Arabic, which is written from right to left.
    Arabic,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Arabic];

    /// Its tag, for `lang` and for mails.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Arabic => "ar",
        }
    }

    /// The language with this tag.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The value of `dir`.
    #[must_use]
    pub fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
            Self::Arabic => "rtl",
        }
    }

    /// Its name in its own language.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Arabic => "العربية",
        }
    }

    /// Its locale, for the sentences and the mails of the library.
    #[must_use]
    pub fn locale(self) -> Locale {
        Locale::new(self.tag()).unwrap_or_else(|_| Locale::english())
    }

    /// The text in this language.
    pub(crate) fn pick<T: ?Sized>(
        self,
        english: &'static T,
        german: &'static T,
        arabic: &'static T,
    ) -> &'static T {
        match self {
            Self::English => english,
            Self::German => german,
            Self::Arabic => arabic,
        }
    }

    /// The first language of the browser that we speak.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let wanted = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut best: Option<(u32, Self)> = None;
        for range in wanted.split(',').take(20) {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let Some(language) = tag.split('-').next().and_then(Self::from_tag) else { continue };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
            if weight > best.map_or(0, |(weight, _)| weight) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// `0.8` as 800.
fn thousandths(weight: &str) -> u32 {
    let (whole, rest) = weight.split_once('.').unwrap_or((weight, ""));
    let digits: String = rest.chars().chain("000".chars()).take(3).collect();
    let whole: u32 = whole.parse().unwrap_or(0);
    whole.saturating_mul(1000).saturating_add(digits.parse().unwrap_or(0)).min(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_gets_the_best_language_that_we_speak() {
        for (wanted, spoken) in [
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("fr,ar;q=0.5,en;q=0.4", Some(Language::Arabic)),
            ("en;q=0.1, de;q=0.25", Some(Language::German)),
            ("de;q=0, en;q=0.001", Some(Language::English)),
            ("fr, es;q=0.9", None),
            ("de;q=0", None),
            ("", None),
            ("*", None),
            (";;q=,,=", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, wanted.parse().unwrap());
            assert_eq!(Language::from_headers(&headers), spoken, "{wanted}");
        }
        assert_eq!(Language::from_headers(&HeaderMap::new()), None);
    }

    #[test]
    fn every_tag_is_a_locale() {
        for language in Language::ALL {
            assert_eq!(language.locale().direction().as_html(), language.direction());
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
    }
}
