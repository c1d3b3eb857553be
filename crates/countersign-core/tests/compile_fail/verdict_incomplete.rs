//! A host handles each verdict.

use countersign_core::login::Verdict;

fn answer(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed(_) => "welcome",
        Verdict::Failed(_) => "try again",
    }
}

fn main() {}
