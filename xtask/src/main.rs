//! The chores of this repository, one command each.
//!
//! `cargo xtask test` runs every test, `cargo xtask check` runs what continuous integration
//! asks for besides tests, `cargo xtask figures` prints sizes, and `cargo xtask pictures` takes the
//! pictures in the README. A developer and the script in `.ci/run` call the same commands, so what
//! is green here is green there.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to the person who started it"
)]

mod axe;
mod check;
mod command;
mod figures;
mod openapi;
mod pictures;
mod retired;
mod test;
mod tools;
mod users;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let chore = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match (chore.as_str(), rest.as_slice()) {
        ("test", extra) => test::run(extra),
        ("check", []) => check::run(),
        ("words", []) => retired::run(),
        ("figures", []) => figures::run(),
        ("pictures", []) => pictures::run(),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "usage: cargo xtask <chore>

  test [ARGS]  every test of the workspace; ARGS go to cargo test
  check        format, words, lints on each feature, minimum Rust, documentation, the OpenAPI
               document, licenses
  words        looks for words that were retired
  figures      lines per file, crates per dependency tree
  pictures     the pictures of the portal in the README, taken anew";
