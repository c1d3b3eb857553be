//! Mails as pure data: a typed message in, a subject, a text part and an HTML part out.
//!
//! Why it is safe: words of other people (a tenant's name, a browser, a reason) are inserted last,
//! on one line, without control characters, shortened, and escaped in HTML; they are never read as
//! a template again. A security code stands on a line of its own and never in the subject. A code
//! mail has no link, an invitation has one. `Debug` shows neither code nor link nor address.

mod letter;
pub(crate) mod mailer;
mod message;
mod page;
mod reason;
pub(crate) mod rendered;
mod template;
#[cfg(test)]
mod tests;
mod texts;
mod value;

pub use letter::{Lane, Letter, LetterKind};
pub use mailer::MailFailure;
pub(crate) use mailer::{MailError, Mailer};
pub use message::{MailKind, Message};
pub use reason::{MailPhase, MailReason};
#[cfg(test)]
pub(crate) use rendered::Mail;
pub(crate) use rendered::{Envelope, render};
pub use template::{Template, TemplateError};
pub use texts::Texts;
