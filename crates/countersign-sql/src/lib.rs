#![cfg_attr(feature = "sqlite", doc = include_str!("../README.md"))]
#![cfg_attr(feature = "sqlite", doc = include_str!("../docs/sqlite.md"))]
#![cfg_attr(
    not(feature = "sqlite"),
    doc = "Keeps countersign's accounts in a SQL database: switch on the feature `sqlite`."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "sqlite")]
mod encoded;
#[cfg(feature = "sqlite")]
mod error;
#[cfg(feature = "sqlite")]
mod migrations;
#[cfg(feature = "sqlite")]
mod rows;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "sqlite")]
pub use error::OpenError;
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteOptions, SqliteStore};

/// The driver, in the version that a pool of the host must be of.
#[cfg(feature = "sqlite")]
pub use sqlx;
