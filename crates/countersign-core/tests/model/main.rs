//! Random stories against a small model that shares no rule with the library: after each step the
//! stored accounts must be what the model believes, in every count.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod acts;
mod answer;
mod belief;
mod checks;
mod deployment;
mod login;
mod proofs;
mod story;
mod verdict;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use countersign_testkit::Fault;

use crate::story::tell;
use crate::world::World;

/// Runs one story and names it if it fails.
fn named<T>(name: &str, story: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(story)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
        panic!("{name}: {}", said.unwrap_or_default())
    })
}

#[test]
fn every_random_story_goes_as_the_model_believes() {
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..300 {
        let tally = named(&format!("seed {seed}"), || {
            let mut world = World::open(seed, false);
            tell(&mut world, 40);
            world.end();
            world.tally
        });
        for (what, times) in tally {
            *seen.entry(what).or_insert(0) += times;
        }
    }
    // A story that never gets anywhere proves nothing.
    for what in story::MUST_BE_SEEN {
        assert!(seen.get(what).copied().unwrap_or(0) >= 5, "{what} was hardly seen: {seen:?}");
    }
}

/// Breaks every store call of a story in turn; the story must come through each time.
fn break_each_call(fault: Fault) {
    for seed in 0..8 {
        for call in 1.. {
            let met = named(&format!("seed {seed}, {fault:?} at call {call}"), || {
                let mut world = World::open(1000 + seed, true);
                world.store.fail_call(call, fault);
                tell(&mut world, 14);
                world.end();
                world.met
            });
            if !met {
                assert!(call > 10, "the story of seed {seed} hardly used the store");
                break;
            }
        }
    }
}

#[test]
fn a_store_that_is_away_for_any_one_call_counts_nothing_twice_and_nothing_by_halves() {
    break_each_call(Fault::Unavailable);
}

#[test]
fn a_store_that_did_it_and_does_not_know_tells_the_same_attempt_what_happened() {
    break_each_call(Fault::UnknownButDone);
}

#[test]
fn a_store_that_did_not_do_it_and_does_not_know_loses_nothing() {
    break_each_call(Fault::UnknownAndNotDone);
}
