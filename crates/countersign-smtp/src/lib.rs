//! Sends the mails of countersign through a mail server.
//!
//! [`SmtpMailer`] is the [`Mailer`](countersign_core::Mailer) for a tokio program. Each mail has
//! a connection of its own, one deadline around everything from the look-up of the server to the dot
//! that ends the mail, and one for the answer to that dot; so a server that is slow, silent or broken delays one mail and confuses none.
//!
//! ```
//! use countersign_core::{Keys, MemoryStore, Mfa, OsRandom};
//! use countersign_smtp::SmtpMailer;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let keys = Keys::ephemeral(&OsRandom)?;
//! let sender = "security@larkfield.example".parse()?;
//! let mailer = SmtpMailer::builder("smtps://portal:p%40ss@mail.larkfield.example", sender)
//!     .sender_name("Larkfield Freight")
//!     .build()?;
//!
//! let (mfa, courier) =
//!     Mfa::builder().store(MemoryStore::new()).mailer(mailer).keys(keys).build()?;
//!
//! // The courier takes letters from the outbox to the mailer for as long as this task runs.
//! let post = tokio::spawn(courier.run(tokio::time::sleep));
//!
//! // At the end of the program. A letter that is under way is sent by the next courier: its lease
//! // ends by itself.
//! post.abort();
//! # drop(mfa);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is guaranteed
//!
//! - **No mail is lost without a word.** `Ok` means that the server answered 250 to this mail. A send
//!   that is dropped takes its connection with it, so a late answer misleads no later mail.
//! - **Every send ends.** [`SmtpMailerBuilder::deadline`] bounds the sending,
//!   [`SmtpMailerBuilder::final_dot_deadline`] the answer, and replies have a largest size.
//! - **Nothing travels in the clear** to another machine, unless the host says `danger_unencrypted`.
//!   A server that offers no `STARTTLS`, or has a wrong certificate, gets no mail and no password.
//! - **Nobody slips in a recipient, a header or a second mail**, whatever stands in a name, a reason or
//!   a browser's description.
//! - **An error holds no part of a mail**, not even what the server said about it. One line for each
//!   failure is logged, with the target `countersign`; it says where and why, and neither to whom nor what.
//! - **Only the recipient's own refusal marks an address** as refused, and only if the server says so
//!   with an enhanced status: see [`SmtpError`].
//!
//! # What arrives
//!
//! One text part and one HTML part, and these headers: `From`, `Reply-To` if one is set, `To`,
//! `Subject`, `Date`, `Message-ID` (the same whenever the same mail is sent again), `Content-Language`,
//! `Auto-Submitted: auto-generated`, `X-Auto-Response-Suppress: All`. There is no `List-Unsubscribe` and
//! no `Precedence`: one cannot opt out of a login.
//!
//! Before the first mail the operator of the domain does what no library can: SPF and DKIM for the
//! server that sends, a DMARC policy for the sender's domain, and a `Reply-To` that somebody reads.
//!
//! # When mail does not arrive
//!
//! [`SmtpMailer::probe`] says in sentences what is wrong with a server, and sends nothing.

mod builder;
mod mailer;
mod probe;

mod dialog;
mod message;
mod reply;
mod setup;
mod tls;
mod tokens;
mod url;

mod error;

pub use builder::SmtpMailerBuilder;
pub use error::{Phase, SmtpError};
pub use mailer::SmtpMailer;
pub use probe::{Finding, Probe};
pub use setup::SetupError;
pub use tokens::TokenSource;

/// The example in the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
