//! A verdict that nobody looks at is a login that nobody checked.
#![deny(unused_must_use)]

use countersign_core::{Answer, Client, Error, Mfa, Ticket};

async fn log_in(mfa: &Mfa, ticket: &Ticket, client: &Client) -> Result<(), Error> {
    mfa.verify(ticket, &Answer::code("482913"), client).await?;
    Ok(())
}

fn main() {}
