//! Challenge ids already answered, kept until the last ticket that names them has ended.
//!
//! An accepted id is never evicted early. When the list is full, nothing more is accepted until
//! the oldest ends, so a flood of logins can slow one account and replay nothing.

use crate::types::{ChallengeId, Timestamp};

/// Most ids remembered at once: each login spends one or two, and each lives as long as a ticket. No
/// person logs in so often.
pub(crate) const MOST: usize = 256;
/// The latest ids stay at least this many, ended or not.
const KEPT: usize = 8;

/// The ids that are spent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) ids: Vec<(ChallengeId, Timestamp)>,
}

impl Spent {
    pub(crate) fn has(&self, id: ChallengeId) -> bool {
        self.ids.iter().any(|(spent, _)| *spent == id)
    }

    /// When there is room for `more` ids; now, if there is.
    pub(crate) fn room_at(&self, more: usize, now: Timestamp) -> Option<Timestamp> {
        let mut ends: Vec<_> = self.ids.iter().map(|(_, end)| *end).filter(|e| now < *e).collect();
        let over = (ends.len() + more).checked_sub(MOST).filter(|over| *over > 0)?;
        ends.sort_unstable();
        ends.get(over - 1).copied()
    }

    /// Remembers the id until then, and forgets the oldest of those that have ended.
    ///
    /// The latest few stay even after their end: a clock that leapt ahead may come back.
    pub(crate) fn spend(&mut self, id: ChallengeId, until: Timestamp, now: Timestamp) {
        if self.has(id) {
            return;
        }
        let mut too_many = (self.ids.len() + 1).saturating_sub(KEPT);
        self.ids.retain(|(_, end)| {
            let forgotten = too_many > 0 && *end <= now;
            too_many -= usize::from(forgotten);
            !forgotten
        });
        self.ids.push((id, until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{DAY, MINUTE};
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn id(number: u8) -> ChallengeId {
        ChallengeId::from_bytes([number; 16])
    }

    #[test]
    fn a_full_list_accepts_nothing_until_the_oldest_ends() {
        let mut spent = Spent::default();
        for number in 0..=255 {
            assert_eq!(spent.room_at(1, NOW), None);
            let until = NOW.plus(Duration::from_secs(u64::from(number) + 1));
            spent.spend(id(number), until, NOW);
        }
        assert_eq!(spent.room_at(1, NOW), Some(NOW.plus(Duration::from_secs(1))));
        assert_eq!(spent.room_at(2, NOW), Some(NOW.plus(Duration::from_secs(2))));
        assert_eq!(spent.room_at(1, NOW.plus(Duration::from_secs(1))), None);
        assert!((0..=255).all(|number| spent.has(id(number))));
    }

    #[test]
    fn a_clock_that_leaps_ahead_and_comes_back_revives_none_of_the_latest() {
        let mut spent = Spent::default();
        let soon = NOW.plus(15 * MINUTE);
        (0..8).for_each(|number| spent.spend(id(number), soon, NOW));
        let leapt = NOW.plus(9 * DAY);
        (8..12).for_each(|number| spent.spend(id(number), leapt, leapt));
        assert!((4..12).all(|number| spent.has(id(number))));
        assert_eq!(spent.ids.len(), 8, "and the list stays short");
    }
}
