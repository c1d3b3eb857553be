//! A proof comes back only through `Mfa::open_session`.

use countersign_core::Proof;

fn deserialize<T: serde::de::DeserializeOwned>(_: &str) {}

fn main() {
    deserialize::<Proof>("{}");
}
