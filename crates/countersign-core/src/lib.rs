//! Every rule of countersign: no database, no SMTP, no HTTP, no async runtime.
//!
//! The crate opens into five rooms, and each knows only those above it, with one exception that
//! is a rule of its own: the ports speak of accounts, so they know the rules.
//!
//! | room | holds |
//! | --- | --- |
//! | [`types`] | ids, time, secrets, methods, clock, randomness: values that parse and decide nothing |
//! | [`mail`] | letters, mails and their texts, the port that sends them |
//! | [`codes`] | codes as people type them, as apps and mails make them, and what an app scans |
//! | [`policy`] | requirements, policies, facts, and how they join |
//! | [`login`] | one login: client, step, ticket, outcome, proof |
//! | [`seal`] | keys, and what is sealed under them |
//! | [`account`] | accounts and tenants, and what can happen to them |
//! | [`store`] | the ports that keep accounts, events and letters; the store in memory; the stored form |
//! | [`mfa`] | what the host calls: `Mfa`, `Admin`, `Courier`: load, decide, commit, then answer |

pub mod account;
pub mod codes;
pub mod login;
pub mod mail;
pub mod mfa;
pub mod policy;
pub mod seal;
pub mod store;
pub mod types;

/// What each `impl` of a port with `async fn` begins with.
pub use async_trait::async_trait;
