//! There is no empty proof.

use countersign_core::rules::Proof;

fn main() {
    let _ = Proof::default();
}
