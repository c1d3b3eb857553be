//! Randomness that comes out the same in every run, and that fails when a test says so.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::{Random, RandomError};
use rand::rngs::ChaCha20Rng;
use rand::{Rng, SeedableRng};

/// A source that gives the same bytes for the same seed. Clones draw from one stream.
///
/// Whoever knows the seed knows every secret drawn from it: this is for tests only.
///
/// ```
/// use countersign_core::Random;
/// use countersign_testkit::SeededRandom;
///
/// let (mut one, mut same) = ([0; 16], [0; 16]);
/// SeededRandom::new(7).fill(&mut one)?;
/// SeededRandom::new(7).fill(&mut same)?;
/// assert_eq!(one, same);
///
/// let failing = SeededRandom::new(7);
/// failing.fail_after(1);
/// assert!(failing.fill(&mut one).is_ok());
/// assert!(failing.fill(&mut one).is_err());
/// # Ok::<(), countersign_core::RandomError>(())
/// ```
#[derive(Clone)]
pub struct SeededRandom {
    state: Arc<Mutex<State>>,
}

struct State {
    stream: ChaCha20Rng,
    /// How often it still works; always, if nothing is said.
    left: Option<u64>,
}

impl SeededRandom {
    /// The source with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let stream = ChaCha20Rng::seed_from_u64(seed);
        Self { state: Arc::new(Mutex::new(State { stream, left: None })) }
    }

    /// Works this many times more, then fails every time.
    ///
    /// A test that counts `draws` up from zero meets every place where an operation needs
    /// randomness.
    pub fn fail_after(&self, draws: u64) {
        self.change(|state| state.left = Some(draws));
    }

    /// Works again.
    pub fn work_again(&self) {
        self.change(|state| state.left = None);
    }

    fn change<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        self.change(|state| {
            state.left = match state.left {
                Some(0) => return Err(RandomError("the test said so".to_owned())),
                Some(left) => Some(left - 1),
                None => None,
            };
            state.stream.fill_bytes(bytes);
            Ok(())
        })
    }
}

impl fmt::Debug for SeededRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeededRandom").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(random: &SeededRandom) -> Result<[u8; 32], RandomError> {
        let mut bytes = [0; 32];
        random.fill(&mut bytes).map(|()| bytes)
    }

    #[test]
    fn two_seeds_share_nothing_and_one_never_repeats() {
        let random = SeededRandom::new(1);
        let drawn = [draw(&random), draw(&random.clone()), draw(&SeededRandom::new(2))];
        let drawn = drawn.map(Result::unwrap);
        assert!(drawn[0] != drawn[1] && drawn[0] != drawn[2] && drawn[1] != drawn[2]);
    }

    #[test]
    fn it_fails_when_it_was_told_to_and_leaves_the_bytes_alone() {
        let random = SeededRandom::new(1);
        random.fail_after(2);
        assert!(draw(&random).is_ok() && draw(&random).is_ok());
        let mut bytes = [7; 4];
        assert!(random.fill(&mut bytes).is_err() && random.fill(&mut bytes).is_err());
        assert_eq!(bytes, [7; 4]);
        random.work_again();
        assert!(draw(&random).is_ok());
    }
}
