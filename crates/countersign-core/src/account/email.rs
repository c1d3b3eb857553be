//! Live e-mail challenges and the budget for sending.
//!
//! The code belongs to the challenge and is derived when it is needed, so what is kept here is no
//! secret. A challenge in the first half of its life is joined by further logins: one mail serves
//! a reload, a double press and a second tab.

use crate::login::Purpose;
use crate::policy::Limits;
use crate::types::{ChallengeId, EmailAddress, HOUR, KeyId, Timestamp};

/// Most live challenges of one account, over all purposes.
pub(crate) const MOST_LIVE: usize = 8;

/// One e-mailed code that may still come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LiveChallenge {
    pub(crate) id: ChallengeId,
    pub(crate) purpose: Purpose,
    pub(crate) to: EmailAddress,
    /// The key that derives its code, fixed when it began.
    pub(crate) key: KeyId,
    pub(crate) began: Timestamp,
    pub(crate) ends: Timestamp,
    /// How often its code was sent again.
    pub(crate) resent: u8,
    pub(crate) last_sent: Timestamp,
}

impl LiveChallenge {
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        self.began <= now && now < self.ends
    }

    fn can_be_joined(&self, now: Timestamp) -> bool {
        let half = self.ends.since(self.began) / 2;
        self.began <= now && now < self.began.plus(half)
    }

    /// Four letters that stand in the mail and on the page.
    pub(crate) fn reference(&self) -> String {
        reference(self.id)
    }
}

/// Four consonants that name a challenge for people: no digits, so a mail holds one code only.
pub(crate) fn reference(id: ChallengeId) -> String {
    const LETTERS: &[u8; 16] = b"BCDFGHJKLMNPRSTV";
    let letter = |byte: &u8| LETTERS.get(usize::from(byte & 15)).copied().map_or('X', char::from);
    id.as_bytes().iter().take(4).map(letter).collect()
}

/// Why a code is not sent again now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotNow {
    At(Timestamp),
    SentOften,
}

/// The live challenges and the resends of the last hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) live: Vec<LiveChallenge>,
    pub(crate) resends: Vec<Timestamp>,
}

impl Mailbox {
    pub(crate) fn find(&self, id: ChallengeId, now: Timestamp) -> Option<&LiveChallenge> {
        self.live.iter().find(|live| live.id == id && live.is_live(now))
    }

    /// The challenge that another login for the same thing shares.
    pub(crate) fn joinable(
        &self,
        purpose: &Purpose,
        to: &EmailAddress,
        now: Timestamp,
    ) -> Option<&LiveChallenge> {
        self.live
            .iter()
            .find(|live| live.purpose == *purpose && live.to == *to && live.can_be_joined(now))
    }

    /// When there is room for one more challenge; now, if there is.
    pub(crate) fn room_at(&self, now: Timestamp) -> Option<Timestamp> {
        let live = self.live.iter().filter(|live| live.is_live(now));
        let (count, first) = live.fold((0, None::<Timestamp>), |(count, first), live| {
            (count + 1, Some(first.map_or(live.ends, |first| first.min(live.ends))))
        });
        first.filter(|_| count >= MOST_LIVE)
    }

    pub(crate) fn open(&mut self, challenge: LiveChallenge, now: Timestamp) {
        self.live.retain(|live| live.is_live(now));
        self.live.push(challenge);
    }

    pub(crate) fn close(&mut self, id: ChallengeId) {
        self.live.retain(|live| live.id != id);
    }

    /// When this code can be sent again.
    pub(crate) fn next_resend(
        &self,
        live: &LiveChallenge,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(), NotNow> {
        if live.resent >= limits.resends_per_challenge {
            return Err(NotNow::SentOften);
        }
        let at = self.hour_opens(limits, now).max(live.last_sent.plus(limits.resend_pause));
        if at <= now { Ok(()) } else { Err(NotNow::At(at)) }
    }

    /// When the hourly budget has room.
    pub(crate) fn hour_opens(&self, limits: &Limits, now: Timestamp) -> Timestamp {
        let cap = usize::from(limits.resends_per_hour);
        let mut recent: Vec<_> =
            self.resends.iter().map(|at| at.plus(HOUR)).filter(|end| now < *end).collect();
        recent.sort_unstable();
        match recent.len().checked_sub(cap) {
            Some(over) => recent.get(over).copied().unwrap_or(now),
            None => now,
        }
    }

    /// Counts a resend against the hour.
    pub(crate) fn charge_resend(&mut self, now: Timestamp) {
        self.resends.retain(|at| now < at.plus(HOUR));
        self.resends.push(now);
    }

    /// Counts a resend of this challenge.
    pub(crate) fn count_resend(&mut self, id: ChallengeId, now: Timestamp) {
        self.charge_resend(now);
        for live in self.live.iter_mut().filter(|live| live.id == id) {
            live.resent = live.resent.saturating_add(1);
            live.last_sent = now;
        }
    }
}
