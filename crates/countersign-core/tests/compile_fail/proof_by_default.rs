//! There is no empty proof.

use countersign_core::login::Proof;

fn main() {
    let _ = Proof::default();
}
