//! A proof has private fields and no constructor.

use countersign_core::rules::Proof;

fn main() {
    let _ = Proof {};
}
