#![doc = include_str!("../README.md")]

mod accounts;
mod change;
mod outbox;
mod records;
mod store;

pub use store::RedisStore;
