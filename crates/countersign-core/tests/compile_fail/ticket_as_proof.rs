//! A ticket is a question, and a proof is the answer.

use countersign_core::{Admin, Error, Mfa, Ticket};

async fn administer(mfa: &Mfa, ticket: Ticket) -> Result<Admin, Error> {
    mfa.admin(ticket).await
}

fn main() {}
