//! One login as values: the client of a request, the steps, their outcomes, the ticket that carries
//! the login through the browser, and the proof at its end.

pub(crate) mod client;
mod invitation;
mod need;
pub(crate) mod outcome;
pub(crate) mod proof;
pub(crate) mod reason;
pub(crate) mod session;

pub(crate) mod ticket;

pub(crate) use client::{Answer, Client};
pub(crate) use invitation::InvitationClaims;
pub use invitation::{Accepted, EndedInvitation, Invitation, InvitationEnd};
pub(crate) use need::{Need, link_need, login_need, offers, strengthen_need, strongest_need};
pub use outcome::Mailed;
pub(crate) use outcome::{Begun, Challenge, Continued, Enrollment, Passed, Step, Verdict};
pub use proof::{Acted, StepUpReason, UsedMethod};
pub(crate) use proof::{Proof, Purpose, SealedProof};
pub(crate) use reason::{Locked, Refusal, Staleness, Wrong, WrongAnswer};
pub(crate) use session::{SessionCheck, SessionEnd};
pub(crate) use ticket::{Ask, BegunBy, Ticket, TicketClaims, bind};
