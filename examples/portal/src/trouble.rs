//! Trouble: errors that no page can do anything about and that only the log shows in full.

/// Any error of the parts below.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;
