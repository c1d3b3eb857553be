//! A bucket of tokens that refills at a steady pace, kept as one moment: when it is full again.
//!
//! No bucket is full later than an empty one would be. A moment beyond that was written by a clock
//! that leapt ahead and came back, or under other limits, and says nothing: the bucket is full.

use std::time::Duration;

use crate::types::Timestamp;

/// How large a bucket is, and how fast it refills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Tokens in a full bucket.
    pub(crate) size: u32,
    /// How long one token takes to come back.
    pub(crate) every: Duration,
}

impl Measure {
    fn whole(self) -> Duration {
        self.every.saturating_mul(self.size)
    }
}

/// The bucket; a new one is full.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) full_at: Option<Timestamp>,
}

impl Bucket {
    /// When a token can be taken that leaves `kept` behind; now, if one can.
    pub(crate) fn opens(self, kept: u32, measure: Measure, now: Timestamp) -> Timestamp {
        let wanted = measure.every.saturating_mul(kept.saturating_add(1));
        let opens = self.full_from(measure, now).plus(wanted).minus(measure.whole());
        opens.max(now)
    }

    /// Takes a token, whether or not there is one: ask [`Self::opens`] first.
    pub(crate) fn take(&mut self, measure: Measure, now: Timestamp) {
        self.full_at = Some(self.full_from(measure, now).plus(measure.every));
    }

    /// Puts a token back.
    pub(crate) fn give_back(&mut self, measure: Measure) {
        self.full_at = self.full_at.map(|full| full.minus(measure.every));
    }

    /// When it is full, seen from now.
    fn full_from(self, measure: Measure, now: Timestamp) -> Timestamp {
        let latest = now.plus(measure.whole());
        self.full_at.filter(|full| *full <= latest).map_or(now, |full| full.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{DAY, MINUTE};

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const FIVE: Measure = Measure { size: 5, every: MINUTE };

    fn after_taking(tokens: u32) -> Bucket {
        let mut bucket = Bucket::default();
        (0..tokens).for_each(|_| bucket.take(FIVE, NOW));
        bucket
    }

    #[test]
    fn a_full_bucket_gives_its_size_and_then_one_token_a_minute() {
        for taken in 0..5 {
            assert_eq!(after_taking(taken).opens(0, FIVE, NOW), NOW, "{taken}");
        }
        assert_eq!(after_taking(5).opens(0, FIVE, NOW), NOW.plus(MINUTE));
        assert_eq!(after_taking(5).opens(0, FIVE, NOW.plus(MINUTE)), NOW.plus(MINUTE));
    }

    #[test]
    fn a_token_that_is_put_back_can_be_taken_again_and_a_full_bucket_overflows() {
        let mut bucket = after_taking(5);
        bucket.give_back(FIVE);
        assert_eq!(bucket.opens(0, FIVE, NOW), NOW);
        (0..20).for_each(|_| bucket.give_back(FIVE));
        (0..5).for_each(|_| bucket.take(FIVE, NOW));
        assert_eq!(bucket.opens(0, FIVE, NOW), NOW.plus(MINUTE));
    }

    #[test]
    fn whoever_must_leave_a_token_waits_for_the_one_after() {
        assert_eq!(after_taking(3).opens(1, FIVE, NOW), NOW);
        assert_eq!(after_taking(4).opens(1, FIVE, NOW), NOW.plus(MINUTE));
        assert_eq!(after_taking(5).opens(1, FIVE, NOW), NOW.plus(2 * MINUTE));
    }

    #[test]
    fn a_clock_that_leapt_ahead_and_came_back_empties_no_bucket_for_good() {
        let mut bucket = Bucket::default();
        bucket.take(FIVE, NOW.plus(365 * DAY));
        assert_eq!(bucket.opens(0, FIVE, NOW), NOW);
        (0..5).for_each(|_| bucket.take(FIVE, NOW));
        assert_eq!(bucket.opens(0, FIVE, NOW), NOW.plus(MINUTE));
    }
}
