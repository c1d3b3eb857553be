//! A sealed proof is text until it was opened and checked.

use countersign_core::{Admin, Error, Mfa, SealedProof};

async fn administer(mfa: &Mfa, sealed: SealedProof) -> Result<Admin, Error> {
    mfa.admin(sealed).await
}

fn main() {}
