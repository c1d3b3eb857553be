//! Trouble: what can go wrong where nobody can do anything about it but read the log.

/// Any error of the parts below.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;
