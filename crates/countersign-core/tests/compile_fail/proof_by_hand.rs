//! A proof has private fields and no constructor.

use countersign_core::login::Proof;

fn main() {
    let _ = Proof {};
}
