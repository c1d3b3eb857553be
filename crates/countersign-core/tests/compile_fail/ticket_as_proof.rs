//! A ticket is a question, and a proof is the answer.

use countersign_core::login::Ticket;
use countersign_core::mfa::{Admin, Error, Mfa};

async fn administer(mfa: &Mfa, ticket: Ticket) -> Result<Admin, Error> {
    mfa.admin(ticket).await
}

fn main() {}
