//! There is no empty proof.

use countersign_core::Proof;

fn main() {
    let _ = Proof::default();
}
