//! A proof has private fields and no constructor.

use countersign_core::Proof;

fn main() {
    let _ = Proof {};
}
