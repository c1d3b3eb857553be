//! What somebody writes for the activity log: a name or a reason.

use super::error::Cause;
use crate::types::{is_blank, misleads};

/// Most bytes of it.
const MOST_BYTES: usize = 200;

/// One line of text that an auditor will read.
pub(super) fn line(text: impl Into<String>) -> Result<String, Cause> {
    let text = text.into();
    let fits = !is_blank(&text) && text.len() <= MOST_BYTES;
    if fits && !text.chars().any(misleads) {
        return Ok(text);
    }
    let why = "a name or reason is not one line of 1 to 200 bytes";
    Err(Cause::unfit("reason.line", why, "give one line that an auditor understands"))
}
