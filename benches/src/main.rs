//! What a login costs, always as a ratio against a floor measured in the same run.
//!
//! ```console
//! $ cargo run --release -p countersign-benches            # outside the store
//! $ cargo run --release -p countersign-benches sqlite     # on SQLite, against a loop by hand
//! $ cargo run --release -p countersign-benches http       # whole logins over HTTP, on SQLite
//! $ cargo run --release -p countersign-benches crowd      # a company of a million people
//! $ cargo run --release -p countersign-benches pictures   # QR codes, against the bare encoding
//! $ cargo build --release -p countersign-benches
//! $ valgrind --tool=callgrind target/release/countersign-benches count verify 200
//! ```
//!
//! `count OPERATION N` does only that, N times, for an instruction counter: run it with N and 2N, and
//! the difference belongs to the operation.
#![expect(clippy::print_stdout, reason = "a benchmark reports")]

mod crowd;
mod http;
mod outside;
mod pictures;
mod sqlite;

use std::error::Error;

type Done<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Done {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => outside::Bench::new()?.compare(),
        ["count", operation, times] => outside::Bench::new()?.count(operation, times.parse()?),
        ["sqlite"] => sqlite::compare(),
        ["http"] => http::compare(),
        ["crowd"] => crowd::measure(),
        ["pictures"] => pictures::compare(),
        _ => {
            Err("give nothing, or: sqlite, or: http, or: crowd, or: pictures, or: count floor|begin|verify|wrong TIMES"
                .into())
        }
    }
}
