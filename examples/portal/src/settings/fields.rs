//! The fields of the form that creates and edits a person.

use countersign::policy::Facts;
use countersign::{EmailAddress, Requirement};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::roll::Row;
use super::shelf::Form;
use super::words::Words;
use crate::language::Language;
use crate::people::Details;

/// Most characters of a first or last name.
const NAME: usize = 60;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) role: String,
    pub(super) mfa: String,
    /// A digest of the saved values when the form was shown.
    pub(super) was: String,
}

/// The dropdown of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    Company,
    Email,
    App,
    /// The same as the company's: only a dated exemption goes below it.
    NoMfa,
}

impl Setting {
    fn from_name(word: &str) -> Option<Self> {
        match word {
            "" | "company" => Some(Self::Company),
            "email" => Some(Self::Email),
            "app" => Some(Self::App),
            "none" => Some(Self::NoMfa),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Email => "email",
            Self::App => "app",
            Self::NoMfa => "none",
        }
    }

    fn of(facts: &Facts) -> Self {
        match facts.rule {
            Requirement::None => Self::Company,
            Requirement::Email => Self::Email,
            Requirement::App => Self::App,
        }
    }

    /// The rule that it stands for.
    pub(super) fn rule(self) -> Requirement {
        match self {
            Self::Company | Self::NoMfa => Requirement::None,
            Self::Email => Requirement::Email,
            Self::App => Requirement::App,
        }
    }
}

impl Fields {
    /// The saved values of a person.
    pub(super) fn of(row: &Row) -> Self {
        let person = &row.person;
        let fields = Self {
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            email: person.email.as_str().to_owned(),
            role: if row.is_admin() { "admin" } else { "user" }.to_owned(),
            mfa: Setting::of(&row.account.facts).name().to_owned(),
            was: String::new(),
        };
        Self { was: fields.digest(), ..fields }
    }

    /// The values that were typed and not saved.
    pub(super) fn from_form(form: &Form) -> Self {
        let field = |name| form.field(name).to_owned();
        Self {
            first_name: field("first_name"),
            last_name: field("last_name"),
            email: field("email"),
            role: field("role"),
            mfa: field("mfa"),
            was: String::new(),
        }
    }

    /// The values as a form that is kept.
    pub(super) fn to_form(&self) -> Vec<(&'static str, String)> {
        vec![
            ("first_name", self.first_name.clone()),
            ("last_name", self.last_name.clone()),
            ("email", self.email.clone()),
            ("role", self.role.clone()),
            ("mfa", self.mfa.clone()),
        ]
    }

    pub(super) fn is_admin(&self) -> bool {
        self.role == "admin"
    }

    pub(super) fn setting(&self) -> Setting {
        Setting::from_name(&self.mfa).unwrap_or(Setting::Company)
    }

    /// The errors, each with its field.
    pub(super) fn errors(&self, words: &'static Words) -> Vec<(&'static str, &'static str)> {
        let words = &words.edit;
        let mut errors = Vec::new();
        let names = [
            ("first_name", &self.first_name, words.need_first),
            ("last_name", &self.last_name, words.need_last),
        ];
        for (field, typed, missing) in names {
            match typed.trim() {
                "" => errors.push((field, missing)),
                name if name.chars().count() > NAME || name.chars().any(char::is_control) => {
                    errors.push((field, words.too_long));
                }
                _ => {}
            }
        }
        match self.email.trim() {
            "" => errors.push(("email", words.need_email)),
            email if EmailAddress::new(email).is_err() => errors.push(("email", words.odd_email)),
            _ => {}
        }
        errors
    }

    /// The record that the portal saves; nothing while there is an error.
    pub(super) fn details(&self, language: Option<Language>) -> Option<Details> {
        Some(Details {
            first_name: self.first_name.trim().to_owned(),
            last_name: self.last_name.trim().to_owned(),
            email: EmailAddress::new(self.email.trim()).ok()?,
            language,
        })
    }

    fn digest(&self) -> String {
        let fields = [&self.first_name, &self.last_name, &self.email, &self.role, &self.mfa];
        let framed = fields.iter().fold(Sha256::new(), |hash, field| {
            hash.chain_update(field.len().to_be_bytes()).chain_update(field)
        });
        let digest: [u8; 32] = framed.finalize().into();
        HEXLOWER.encode(digest.get(..8).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(first: &str, last: &str, email: &str) -> Fields {
        let text = str::to_owned;
        Fields {
            first_name: text(first),
            last_name: text(last),
            email: text(email),
            ..Fields::default()
        }
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let words = Words::of(Language::English);
        let long = "x".repeat(NAME + 1);
        for (fields, wrong) in [
            (typed("Dev", "Anand", "dev@larkfield.example"), vec![]),
            (typed(" ", "", ""), vec!["first_name", "last_name", "email"]),
            (typed("Dev", &long, "dev@larkfield.example"), vec!["last_name"]),
            (typed("Dev\u{7}", "Anand", "dev@larkfield.example"), vec!["first_name"]),
            (typed("Dev", "Anand", "dev"), vec!["email"]),
            (typed("Dev", "Anand", "dev@larkfield.example\nBcc: x@y.example"), vec!["email"]),
        ] {
            let named: Vec<_> = fields.errors(words).into_iter().map(|(field, _)| field).collect();
            assert_eq!(named, wrong, "{fields:?}");
        }
    }

    #[test]
    fn no_mfa_of_ones_own_is_the_company_setting_and_an_unknown_word_is_too() {
        for (word, rule) in [
            ("company", Requirement::None),
            ("none", Requirement::None),
            ("email", Requirement::Email),
            ("app", Requirement::App),
            ("sms", Requirement::None),
        ] {
            let fields = Fields { mfa: word.to_owned(), ..Fields::default() };
            assert_eq!(fields.setting().rule(), rule, "{word}");
        }
    }
}
