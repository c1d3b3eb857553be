//! The one error of every constructor here: which value was refused, why, and what to change.

/// Why a word was refused: which word, and what to change.
///
/// ```
/// use countersign_core::TenantId;
///
/// let refused = TenantId::new("").unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "a tenant id was refused: it is empty; give between 1 and 128 bytes"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word} was refused: {why}; {next}")]
pub struct InvalidValue {
    word: &'static str,
    why: String,
    next: &'static str,
}

impl InvalidValue {
    pub(crate) fn new(word: &'static str, why: impl Into<String>, next: &'static str) -> Self {
        Self { word, why: why.into(), next }
    }

    /// The kind of word that was refused, such as "a tenant id".
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.word
    }
}
