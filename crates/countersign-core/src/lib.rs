//! Every rule of countersign: no database, no SMTP, no HTTP, no async runtime.
//!
//! The crate opens into five rooms, and each knows only those above it, with one exception that
//! is a rule of its own: the ports speak of accounts, so they know the rules.
//!
//! | room | holds |
//! | --- | --- |
//! | [`words`] | ids, time, secrets, assurance: values that parse and decide nothing |
//! | [`rules`] | policy, account, ticket, proof: pure functions of their arguments |
//! | [`ports`] | what the host plugs in: store, mailer, keys, clock, randomness |
//! | [`record`] | the stored form, for stores that keep rows: columns, compact bytes, golden files |
//! | [`services`] | what the host calls: `Mfa`, `Admin`, `Courier`: load, decide, commit, then answer |

pub mod memory;
pub mod ports;
pub mod record;
pub mod rules;
pub mod services;
pub mod words;

/// What each `impl` of a port with `async fn` begins with.
pub use async_trait::async_trait;
