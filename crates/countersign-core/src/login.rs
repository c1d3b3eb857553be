//! One login, as values: what a request brings along, what a step asks for, what it ends in, the
//! ticket that carries it through the browser, and the proof at its end.

mod client;
mod invitation;
mod need;
mod outcome;
mod proof;
mod reason;
mod session;

mod ticket;

pub use client::{Answer, Client};
pub(crate) use invitation::InvitationClaims;
pub use invitation::{Accepted, Invitation, InvitationEnd};
pub(crate) use need::{Need, first_app_need, login_need, offers, strongest_need};
pub use outcome::{Begun, Challenge, Continued, Enrollment, Mailed, Passed, Step, Verdict};
pub use proof::{Proof, Purpose, SealedProof, StepUpReason, UsedMethod};
pub use reason::{Locked, Refusal, Staleness, Wrong, WrongAnswer};
pub use session::{SessionCheck, SessionEnd};
pub use ticket::Ticket;
pub(crate) use ticket::{Ask, TicketClaims, bind};
