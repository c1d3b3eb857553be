//! A proof comes back only through `Mfa::open`.

use countersign_core::login::Proof;

fn deserialize<T: serde::de::DeserializeOwned>(_: &str) {}

fn main() {
    deserialize::<Proof>("{}");
}
