//! What a proof says cannot be changed.

use countersign_core::{AccountKey, Proof};

fn forge(mut proof: Proof, key: AccountKey) -> Proof {
    proof.key = key;
    proof
}

fn main() {}
