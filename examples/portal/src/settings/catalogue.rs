//! The texts of the settings pages in each language of the demo.

mod arabic;
mod english;
mod german;

use super::words::Words;
use crate::language::Language;

impl Words {
    /// The texts in this language.
    pub(super) fn of(language: Language) -> &'static Self {
        language.pick(&english::WORDS, &german::WORDS, &arabic::WORDS)
    }
}
