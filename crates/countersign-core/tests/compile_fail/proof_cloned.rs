//! A proof is used up where it is used.

use countersign_core::Proof;

fn twice(proof: &Proof) -> Proof {
    proof.clone()
}

fn main() {}
