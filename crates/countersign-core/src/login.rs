//! One login, as values: what a request brings along, what a step asks for, what it ends in, the
//! ticket that carries it through the browser, and the proof at its end.

mod client;
mod invitation;
mod outcome;
mod proof;
mod session;
pub(crate) mod step;
mod ticket;

pub use client::{Answer, Client};
pub(crate) use invitation::InvitationClaims;
pub use invitation::{Accepted, Invitation, InvitationEnd};
pub use outcome::{
    Begun, Challenge, Continued, Enrollment, Failed, Failure, Locked, Mailed, Next, Passed,
    Refusal, Refused, Stale, Staleness, Verdict,
};
pub use proof::{Pass, Proof, Purpose, Reason, SealedProof};
pub use session::{Evidence, SessionEnd};
pub(crate) use step::{Step, first_app_step, login_step, offers, strongest_step};
pub use ticket::Ticket;
pub(crate) use ticket::{Ask, TicketClaims, bind};
