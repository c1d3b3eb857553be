//! The one thing that can go wrong: a text that does not fit.

use std::error::Error;
use std::fmt;

/// A text could not be drawn, because it is too long for any QR code.
///
/// It holds lengths only. The text itself holds a secret and stays out of every message.
pub struct QrError {
    bytes: usize,
    source: Box<dyn Error + Send + Sync>,
}

impl QrError {
    pub(crate) fn too_long(bytes: usize, source: Box<dyn Error + Send + Sync>) -> Self {
        Self { bytes, source }
    }
}

impl fmt::Display for QrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot draw a text of {} bytes as a QR code: the largest holds about 2300 bytes; \
             shorten the issuer or the account name",
            self.bytes
        )
    }
}

// The sentence, since `main` shows an error by this.
impl fmt::Debug for QrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Error for QrError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}
