#![doc = include_str!("../README.md")]
//!
//! # The rooms
//!
//! The crate opens into rooms by subject. Each knows only those below it, and a test holds that.
//!
//! | room | holds |
//! | --- | --- |
//! | (the root) | what hosts use: [`Mfa`], [`Admin`], [`Courier`], outcomes, ids, times, addresses |
//! | [`login`] | one login as values: what a mail said, invitations, the methods of a proof |
//! | [`policy`] | the facts of an account, how requirements join, and why |
//! | [`account`] | accounts, tenants, and what happened to them: for stores and activity logs |
//! | [`codes`] | codes as people type them, and what an app scans |
//! | [`mail`] | letters, the facts that a mail tells, texts of a tenant's own |
//! | [`keys`] | the keys of the host |
//! | [`store`] | the storage ports, their contracts, and the stored form |
//!
//! # Cookbook
//!
//! **Require an app for administrators**, besides what the tenant requires of everyone:
//!
//! ```
//! use countersign_core::{Admin, Error, Policy, Requirement, Role, Start};
//!
//! async fn require_apps(admin: &mut Admin) -> Result<(), Box<dyn std::error::Error>> {
//!     let (policy, revision) = admin.policy().await?;
//!     let policy = policy.and_for_role(Role::new("administrator")?, Requirement::App);
//!     let _saved = admin.set_policy(policy, revision, Start::Now).await?;
//!     Ok(())
//! }
//! ```
//!
//! **Reset a lost phone.** The requirement stays, so the user links a new app at the next login:
//!
//! ```
//! use countersign_core::{Admin, Error, UserId};
//!
//! async fn phone_is_lost(admin: &mut Admin, user: UserId) -> Result<(), Error> {
//!     admin.reset(user, "lost the phone on 24 November").await
//! }
//! ```
//!
//! **Send mail through a service of your own.** A mailer is one method:
//!
//! ```
//! use countersign_core::{Mail, MailError, Mailer, async_trait};
//!
//! #[derive(Debug)]
//! struct Post;
//!
//! #[async_trait]
//! impl Mailer for Post {
//!     async fn send(&self, mail: &Mail) -> Result<(), MailError> {
//!         // Hand `mail.to()`, `mail.subject()`, `mail.text()` and `mail.html()` to the service.
//!         Ok(())
//!     }
//! }
//! ```
//!
//! **Write a store.** Read [`store`], start from [`MemoryStore`], and prove yours with the laws of
//! `countersign-testkit`, whose first page is the guide.

pub mod account;
pub mod codes;
pub mod login;
pub mod mail;
pub mod policy;
pub mod store;

mod mfa;
mod seal;
mod types;

/// The keys of the host, which seal tickets, proofs and the secrets of apps.
pub mod keys {
    pub use crate::mfa::{Left, PassedOver, Rekeying};
    pub use crate::seal::{Key, KeyFileError, KeyRing};
}

/// The attribute that each `impl` of a port with `async fn` begins with.
pub use async_trait::async_trait;

pub use account::new_user::NewUser;
pub use login::client::{Answer, Client};
pub use login::outcome::{Begun, Challenge, Continued, Enrollment, Passed, Step, Verdict};
pub use login::proof::{Proof, Purpose, SealedProof};
pub use login::reason::{Locked, Refusal, Staleness, Wrong, WrongAnswer};
pub use login::session::{SessionCheck, SessionEnd};
pub use login::ticket::Ticket;
pub use mail::mailer::{MailError, Mailer};
pub use mail::rendered::Mail;
pub use mfa::{
    Admin, Affected, Builder, Courier, CourierCounts, Denial, Drained, Effect, Error, ErrorKind,
    ExistingUser, ListedUser, Mfa, NewTenant, NextLogin, Preview, Restoring, Saved, Start, User,
    Vouching,
};
pub use policy::limits::Limits;
pub use policy::policy::{BeforeEnrollment, Policy, Requirement};
pub use seal::keys::Keys;
pub use store::memory::MemoryStore;
pub use types::{
    Aal, AccountKey, AttemptId, AuthenticatorId, ChallengeId, Clock, DAY, Digest, Direction,
    DisplayName, EmailAddress, EventId, FirstFactor, Generation, HOUR, InvalidValue, InvitationId,
    Issuer, KeyId, LetterId, Locale, MINUTE, Method, OsRandom, ProofId, Pseudonym, Random,
    RandomError, Role, Secret, SecretText, SystemClock, TenantId, Timestamp, UserId, Version,
};
