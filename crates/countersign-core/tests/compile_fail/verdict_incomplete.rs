//! A host handles each verdict.

use countersign_core::Verdict;

fn answer(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed(_) => "welcome",
        Verdict::Wrong(_) => "try again",
    }
}

fn main() {}
