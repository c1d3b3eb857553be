//! What a proof says cannot be changed.

use countersign_core::rules::Proof;
use countersign_core::words::AccountKey;

fn forge(mut proof: Proof, key: AccountKey) -> Proof {
    proof.key = key;
    proof
}

fn main() {}
