//! Randomness. Every secret, id and nonce of this library is drawn through this port.

use std::fmt::{self, Debug};

use super::pointers::behind_pointers;

/// A source of unpredictable bytes.
///
/// # Contract
///
/// Either the whole slice is filled with bytes from a cryptographic generator, or an error is
/// returned; a partly filled slice is never reported as success. NIST SP 800-63B-4, 3.2.12.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no random bytes: it does not implement `Random`",
    note = "`OsRandom` asks the operating system; repeatable randomness for tests is in https://docs.rs/countersign-testkit/latest/countersign_testkit/#test-your-login"
)]
pub trait Random: Debug + Send + Sync + 'static {
    /// Fills the slice.
    ///
    /// # Errors
    ///
    /// [`RandomError`] if the source fails; the caller then makes nothing.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

behind_pointers! {
    impl Random {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
            (**self).fill(bytes)
        }
    }
}

/// The source of randomness failed.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness failed: {0}")]
pub struct RandomError(pub String);

// The sentence, since `main` shows an error by this.
impl Debug for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The generator of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the port that the lint points to")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        use rand::TryRng as _;
        rand::rngs::SysRng.try_fill_bytes(bytes).map_err(|error| RandomError(error.to_string()))
    }
}
