//! What a proof says cannot be changed.

use countersign_core::login::Proof;
use countersign_core::types::AccountKey;

fn forge(mut proof: Proof, key: AccountKey) -> Proof {
    proof.key = key;
    proof
}

fn main() {}
