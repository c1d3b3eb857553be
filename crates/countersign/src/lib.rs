//! Multi-factor login for portals that serve many companies.
//!
//! A portal checks the password and asks countersign for the rest. The answer says that nothing
//! more is needed, that a code is asked for, or that an authenticator app must be linked first. At
//! the end stands a [`Proof`], which nothing but a finished login can produce and which sessions
//! are made from. Administrators switch on *Email MFA* or *App MFA (recommended)* for a whole
//! company or for one person; the stronger rule wins, and every answer can say why.
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
//! | `smtp` | `SmtpMailer`, on tokio and rustls | a part of *ring* | you have a mail server |
//! | `axum` | `countersign::axum`: a gate with extractors, pages and JSON | no | your application runs on axum |
//! | `tokio` | `countersign::tokio`: the courier's loop, with an orderly end | no | your program runs on tokio |
//! | `mock` | mockall mocks in [`ports`] | no | you test your own code against the ports |
//!
//! Without any feature there are the rules, the store in memory, and ports for your own.
//!
//! The short list below is what most hosts use. The rooms [`types`], [`account`], [`ports`],
//! [`mfa`] and [`store`] hold the rest.

#[cfg(feature = "tokio")]
pub mod tokio;

#[cfg(feature = "axum")]
pub use countersign_axum as axum;

pub use countersign_core::{account, codes, login, mail, mfa, policy, seal, store, types};

pub use countersign_core::account::NewUser;
pub use countersign_core::login::{
    Answer, Begun, Client, Continued, Proof, Purpose, Step, Ticket, Verdict,
};
#[doc(inline)]
pub use countersign_core::mail::Mail;
#[doc(inline)]
pub use countersign_core::mail::{MailError, Mailer};
#[doc(inline)]
pub use countersign_core::mfa::{Admin, Courier, Error, Mfa, NewTenant, Start};
pub use countersign_core::policy::{Policy, Requirement};
pub use countersign_core::seal::Keys;
#[doc(inline)]
pub use countersign_core::store::MemoryStore;
pub use countersign_core::types::OsRandom;
#[doc(inline)]
pub use countersign_core::types::{
    AccountKey, EmailAddress, FirstFactor, Locale, Method, TenantId, UserId,
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
#[cfg(feature = "sqlite")]
#[doc(inline)]
pub use countersign_sql::SqliteStore;
