//! The texts of home and account security in each language of the demo.

mod ar;
mod de;
mod en;

use super::words::Words;
use crate::language::Language;

impl Words {
    /// The texts in this language.
    pub(super) fn of(language: Language) -> &'static Self {
        language.pick(&en::WORDS, &de::WORDS, &ar::WORDS)
    }
}
