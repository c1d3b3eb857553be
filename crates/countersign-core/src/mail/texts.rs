//! The texts to choose from: a tenant's own, and the standard ones in English, German and Arabic.
//!
//! The standard texts are data files that a translator can read, and pass through the same parser
//! as a tenant's. Should one ever fail there, a bare mail is sent: a login never waits for a typo.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::message::MailKind;
use super::template::{Template, TemplateError};
use crate::types::Locale;

/// Most templates of one tenant.
const MOST: usize = 64;

/// The standard texts: language, then file.
const FILES: [(&str, &str); 3] = [
    ("en", include_str!("en.txt")),
    ("de", include_str!("de.txt")),
    ("ar", include_str!("ar.txt")),
];

static STANDARD: LazyLock<Texts> = LazyLock::new(|| {
    let mut by_name = BTreeMap::new();
    for template in FILES.iter().flat_map(|(tag, file)| read(tag, file)).flatten() {
        by_name.insert((template.kind(), template.locale().clone()), template);
    }
    Texts { by_name: Arc::new(by_name) }
});

/// A tenant's own templates, at most 64; where it has none, the standard text is used.
///
/// ```
/// use countersign_core::mail::{MailKind, Template, Texts};
/// use countersign_core::Locale;
///
/// let locale: Locale = "fr".parse()?;
/// let mut texts = Texts::default();
/// texts.set(Template::parse(MailKind::LoginCode, &locale, "Votre code", "Votre code : {code}")?)?;
/// assert!(texts.get(MailKind::LoginCode, &locale).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts {
    // An editor and a store in memory copy them; the templates are shared between the copies.
    by_name: Arc<BTreeMap<(MailKind, Locale), Template>>,
}

impl Texts {
    /// The texts that this library brings, in English, German and Arabic.
    #[must_use]
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// Takes in a template; one of the same kind and language makes room for it.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] if there are 64 others already.
    pub fn set(&mut self, template: Template) -> Result<(), TemplateError> {
        let name = (template.kind(), template.locale().clone());
        if self.by_name.len() >= MOST && !self.by_name.contains_key(&name) {
            return Err(TemplateError::too_many(&template, MOST));
        }
        Arc::make_mut(&mut self.by_name).insert(name, template);
        Ok(())
    }

    /// The template of this kind in exactly this language, if there is one.
    #[must_use]
    pub fn get(&self, kind: MailKind, locale: &Locale) -> Option<&Template> {
        self.by_name.get(&(kind, locale.clone()))
    }

    /// Takes out a template, so that the standard text is used again.
    pub fn remove(&mut self, kind: MailKind, locale: &Locale) -> Option<Template> {
        Arc::make_mut(&mut self.by_name).remove(&(kind, locale.clone()))
    }

    /// All templates, by kind and language.
    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.by_name.values()
    }

    /// The template to use: the first wanted language that has one, else English.
    pub(super) fn choose(&self, kind: MailKind, wanted: &[Locale]) -> Cow<'_, Template> {
        for locale in wanted.iter().chain([&Locale::english()]) {
            let language = Locale::new(locale.language()).ok();
            for tag in std::iter::once(locale).chain(&language) {
                if let Some(found) = self.get(kind, tag).or_else(|| STANDARD.get(kind, tag)) {
                    return Cow::Borrowed(found);
                }
            }
        }
        Cow::Owned(Template::bare(kind))
    }
}

/// Reads a file of texts: `== kind`, a line with the subject, then the body.
///
/// What stands above the first kind is a note to translators.
fn read(tag: &str, file: &str) -> Vec<Result<Template, TemplateError>> {
    let Ok(locale) = Locale::new(tag) else { return Vec::new() };
    let sections = file.split("\n== ").skip(1);
    let parts = sections.filter_map(|section| {
        let (kind, rest) = section.split_once('\n')?;
        let (subject, body) = rest.trim_start().split_once('\n')?;
        Some((kind.trim().parse().ok()?, subject.strip_prefix("Subject:")?.trim(), body.trim()))
    });
    parts.map(|(kind, subject, body)| Template::parse(kind, &locale, subject, body)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_text_exists_and_parses() {
        for (tag, file) in FILES {
            let read = read(tag, file);
            let kinds: Vec<_> = read.iter().map(|t| t.as_ref().unwrap().kind()).collect();
            assert_eq!(kinds, MailKind::ALL, "{tag}");
            assert_eq!(file.matches("\n== ").count(), MailKind::ALL.len(), "{tag}");
        }
    }

    #[test]
    fn standard_texts_neither_shout_nor_beg() {
        for template in STANDARD.iter() {
            let words = format!("{} {}", template.subject(), template.body()).to_lowercase();
            for bad in [
                "!",
                "please",
                "invalid",
                "bitte",
                "ungültig",
                "spam",
                "يرجى",
                "رجاء",
                "فضلك",
                "غير صالح",
            ] {
                assert!(!words.contains(bad), "{bad} in {words}");
            }
        }
    }

    #[test]
    fn a_tenant_cannot_store_texts_without_end() {
        let mut texts = Texts::default();
        let template = |n: usize| {
            let locale = Locale::new(&format!("xx-v{n:02}")).unwrap();
            Template::parse(MailKind::Locked, &locale, "Locked", "Locked until {until}.").unwrap()
        };
        for n in 0..MOST {
            texts.set(template(n)).unwrap();
        }
        assert_eq!(
            texts.set(template(MOST)).unwrap_err().to_string(),
            "template locked.xx-v64: there are 64 templates already; remove one first"
        );
        assert!(texts.set(template(3)).is_ok());
    }
}
