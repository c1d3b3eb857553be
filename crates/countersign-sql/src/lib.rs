#![cfg_attr(all(feature = "sqlite", feature = "postgres"), doc = include_str!("../README.md"))]
#![cfg_attr(feature = "postgres", doc = include_str!("../docs/postgres.md"))]
#![cfg_attr(feature = "sqlite", doc = include_str!("../docs/sqlite.md"))]
#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    doc = "Keeps countersign's accounts in a SQL database: switch on the feature `sqlite` or `postgres`."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod encoded;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod error;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod migrations;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod rows;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use error::OpenError;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresStore};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteOptions, SqliteStore};

/// The driver, in the version that a pool of the host must be of.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use sqlx;
