//! Keeps countersign's accounts in a SQL database.
//!
//! | feature | store |
//! | --- | --- |
//! | `sqlite` | `SqliteStore`: one file, or a pool that the host has already |
//!
//! Each database has a file of its own with every statement in view; nothing is generic over them.
//! What the rows mean is decided in [`countersign_core::record`], for all alike.
//!
//! # Example
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # async fn open(folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! use countersign_sql::SqliteStore;
//!
//! let store = SqliteStore::open(folder.join("portal.db")).await?;
//! # drop(store);
//! # Ok(())
//! # }
//! # fn main() {}
//! ```
#![cfg_attr(feature = "sqlite", doc = include_str!("../docs/sqlite.md"))]

#[cfg(feature = "sqlite")]
mod companies;
#[cfg(feature = "sqlite")]
mod error;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "sqlite")]
pub use error::OpenError;
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteOptions, SqliteStore};

/// The driver, in the version that a pool of the host must be of.
#[cfg(feature = "sqlite")]
pub use sqlx;
