//! Multi-factor login for portals that serve many tenants.
//!
//! A portal checks the password and asks countersign for the rest. The answer says that nothing
//! more is needed, that a code is asked for, or that an authenticator app must be linked first. At
//! the end stands a [`Proof`], which nothing but a finished login can produce and which sessions
//! are made from. Administrators switch on *Email MFA* or *App MFA (recommended)* for a whole
//! tenant or for one user; the stronger rule wins, and every answer can say why.
//!
//! # One login
//!
//! ```
//! use countersign::{
//!     AccountKey, Answer, Begun, Client, FirstFactor, Locale, Mfa, Step, Verdict,
//! };
//!
//! async fn login(mfa: &Mfa, key: &AccountKey, cookie: &str) -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::bound_to(cookie)?;
//!     let english = Locale::english();
//!     match mfa.begin(key, FirstFactor::Password, &client).await? {
//!         Begun::Passed(passed) => println!("in: {:?}", passed.proof.amr()),
//!         Begun::Step(Step::EnterCode(challenge)) => {
//!             // Ask for the code, keep the ticket in a cookie, and judge what comes back.
//!             match mfa.verify(&challenge.ticket, &Answer::code("482 913"), &client).await? {
//!                 Verdict::Passed(passed) => println!("in: {:?}", passed.proof.amr()),
//!                 Verdict::Step(_) => println!("one more step"),
//!                 Verdict::Wrong(wrong) => println!("{}", wrong.message(&english)),
//!                 Verdict::Locked(locked) => println!("{}", locked.message(&english, mfa.now())),
//!                 Verdict::Stale(staleness) => println!("{}", staleness.message(&english)),
//!             }
//!         }
//!         Begun::Step(Step::LinkApp(enrollment)) => println!("scan {:?}", enrollment.app),
//!         Begun::Refused(refusal) => println!("{}", refusal.message(&english, mfa.now())),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Features
//!
//! | feature | brings | links C | you want it when |
//! | --- | --- | --- | --- |
//! | `qr` (default) | [`Qr`] | no | you show QR codes |
//! | `png` | `Scale`, and QR codes as PNG | no | you show them where SVG cannot go |
//! | `sqlite` | `SqliteStore`: a file, or a pool you have | SQLite itself | you want accounts kept with no server to run |
//! | `postgres` | `PostgresStore`: a server, or a pool you have | a part of *ring* | you run several processes, or have PostgreSQL |
//! | `smtp` | `SmtpMailer`, on tokio and rustls | a part of *ring* | you have a mail server |
//! | `axum` | `countersign::web`: a gate with extractors, pages and JSON | no | your application runs on axum |
//! | `tokio` | `spawn_courier`: the courier's loop, with an orderly end | no | your program runs on tokio |
//!
//! Without any feature there are the rules, the store in memory, and ports for your own.
//!
//! The minimum Rust is 1.89. The features `sqlite` and `postgres` need Rust 1.94, because sqlx does. A
//! pool that you hand to a store must be of sqlx 0.9, which `countersign_sql::sqlx` names.
//!
//! What most hosts use stands here, at the root; each type has this one path. The rooms [`login`],
//! [`policy`], [`account`], [`codes`], [`mail`], [`keys`] and [`store`] hold the rest.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "tokio")]
mod courier_task;

#[cfg(feature = "tokio")]
pub use courier_task::{CourierTask, spawn_courier};

/// A gate for axum: pages, JSON, extractors and step-ups, with every cookie and redirect.
#[cfg(feature = "axum")]
pub use countersign_axum as web;

pub use countersign_core::{account, async_trait, codes, keys, login, mail, policy, store};

#[doc(inline)]
pub use countersign_core::{
    Aal, AccountKey, Admin, Affected, Answer, AttemptId, AuthenticatorId, BeforeEnrollment, Begun,
    Builder, Challenge, ChallengeId, Client, Clock, Continued, Courier, CourierCounts, DAY, Denial,
    Digest, Direction, DisplayName, Drained, Effect, EmailAddress, Enrollment, Error, ErrorKind,
    EventId, ExistingUser, FirstFactor, Generation, HOUR, InvalidValue, InvitationId, Issuer,
    KeyId, Keys, LetterId, Limits, ListedUser, Locale, Locked, MINUTE, Mail, MailError, Mailer,
    MemoryStore, Method, Mfa, NewTenant, NewUser, NextLogin, OsRandom, Passed, Policy, Preview,
    Proof, ProofId, Pseudonym, Purpose, Random, RandomError, Refusal, Requirement, Role, Saved,
    SealedProof, Secret, SecretText, SessionCheck, SessionEnd, Staleness, Start, Step, SystemClock,
    TenantId, Ticket, Timestamp, User, UserId, Verdict, Version, Vouching, Wrong, WrongAnswer,
};
#[cfg(feature = "png")]
#[doc(inline)]
pub use countersign_qr::Scale;
#[cfg(feature = "qr")]
#[doc(inline)]
pub use countersign_qr::{Polarity, Qr};
#[cfg(feature = "smtp")]
#[doc(inline)]
pub use countersign_smtp::SmtpMailer;
#[cfg(feature = "postgres")]
#[doc(inline)]
pub use countersign_sql::PostgresStore;
#[cfg(feature = "sqlite")]
#[doc(inline)]
pub use countersign_sql::SqliteStore;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
#[doc(inline)]
pub use countersign_sql::sqlx;
