//! Live e-mail challenges, and the one bucket that every mail with a code draws on.
//!
//! The code belongs to the challenge and is derived when it is needed, so what is kept here is no
//! secret. A challenge that still has half a code's life is joined by further logins: one mail
//! serves a reload, a double press and a second tab.
//!
//! The last token of the bucket is kept for the fresh code of a login. A login takes it only when
//! the newest code has less than half its life, and a token comes back in just that time. So
//! whatever else is asked for, and however often, a login always finds one or the other.
//! A mail whose code is answered gives its token back: it reached the one it was for.

use super::bucket::{Bucket, Measure};
use crate::login::Purpose;
use crate::policy::Limits;
use crate::types::{ChallengeId, EmailAddress, Generation, KeyId, Timestamp};

/// Most live challenges of logins. As they join each other, three are there at most.
pub(crate) const LOGIN_PLACES: usize = 4;
/// Most live challenges of all step-ups together.
pub(crate) const STEP_UP_PLACES: usize = 4;

/// What challenges belong to: when one of these rises, the ones from before are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Era {
    pub(crate) account: Generation,
    pub(crate) tenant: Generation,
}

/// Who asks for a mail with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// A login that begins. It may take the last token.
    FreshLogin,
    /// Another way, a resend, a second step, or a step-up.
    Other,
}

impl Asking {
    /// The tokens that must be left behind.
    fn kept(self) -> u32 {
        match self {
            Self::FreshLogin => 0,
            Self::Other => 1,
        }
    }
}

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

    /// Whether more than half a full life is left.
    fn can_be_joined(&self, limits: &Limits, now: Timestamp) -> bool {
        self.is_live(now) && now.plus(limits.half_code_life()) < self.ends
    }

    fn serves(&self, purpose: &Purpose, to: &EmailAddress) -> bool {
        self.purpose == *purpose && self.to == *to
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

/// The live challenges, and the bucket of mails.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mailbox {
    /// What the live challenges belong to.
    pub(crate) era: Option<Era>,
    pub(crate) live: Vec<LiveChallenge>,
    pub(crate) bucket: Bucket,
}

impl Mailbox {
    /// The challenges that can still be answered.
    fn alive(&self, era: Era, now: Timestamp) -> impl Iterator<Item = &LiveChallenge> {
        let ours = self.era == Some(era);
        self.live.iter().filter(move |live| ours && live.is_live(now))
    }

    pub(crate) fn find(&self, id: ChallengeId, era: Era, now: Timestamp) -> Option<&LiveChallenge> {
        self.alive(era, now).find(|live| live.id == id)
    }

    /// The challenge that another login for the same thing shares.
    pub(crate) fn joinable(
        &self,
        purpose: &Purpose,
        to: &EmailAddress,
        limits: &Limits,
        era: Era,
        now: Timestamp,
    ) -> Option<&LiveChallenge> {
        self.newest(purpose, to, era, now).filter(|live| live.can_be_joined(limits, now))
    }

    /// The challenge for this that ends last, however little is left of it.
    pub(crate) fn newest(
        &self,
        purpose: &Purpose,
        to: &EmailAddress,
        era: Era,
        now: Timestamp,
    ) -> Option<&LiveChallenge> {
        self.alive(era, now).filter(|live| live.serves(purpose, to)).max_by_key(|live| live.ends)
    }

    /// When a challenge for this can be opened; now, if it can. Logins and step-ups take no place
    /// from each other.
    pub(crate) fn opens(
        &self,
        purpose: &Purpose,
        asking: Asking,
        limits: &Limits,
        era: Era,
        now: Timestamp,
    ) -> Timestamp {
        let is_login = *purpose == Purpose::Login;
        let places = if is_login { LOGIN_PLACES } else { STEP_UP_PLACES };
        let beside =
            self.alive(era, now).filter(|live| (live.purpose == Purpose::Login) == is_login);
        let mut ends: Vec<_> = beside.map(|live| live.ends).collect();
        ends.sort_unstable();
        let over = ends.len().checked_sub(places);
        let place = over.and_then(|over| ends.get(over).copied()).unwrap_or(now);
        self.next_mail(asking, limits, now).max(place)
    }

    /// When the bucket has a token for one more mail; now, if it has.
    pub(crate) fn next_mail(&self, asking: Asking, limits: &Limits, now: Timestamp) -> Timestamp {
        self.bucket.opens(asking.kept(), measure(limits), now)
    }

    /// Opens a challenge, whose mail takes a token.
    pub(crate) fn open(
        &mut self,
        challenge: LiveChallenge,
        limits: &Limits,
        era: Era,
        now: Timestamp,
    ) {
        let ours = self.era == Some(era);
        self.live.retain(|live| ours && live.is_live(now));
        self.era = Some(era);
        self.live.push(challenge);
        self.bucket.take(measure(limits), now);
    }

    /// The code was answered: it works no more, and its mail counts no more.
    pub(crate) fn close(&mut self, id: ChallengeId, limits: &Limits) {
        self.live.retain(|live| live.id != id);
        self.bucket.give_back(measure(limits));
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
        let opens = self.next_mail(Asking::Other, limits, now);
        let at = opens.max(live.last_sent.plus(limits.resend_pause));
        if at <= now { Ok(()) } else { Err(NotNow::At(at)) }
    }

    /// Counts a resend of this challenge.
    pub(crate) fn count_resend(&mut self, id: ChallengeId, limits: &Limits, now: Timestamp) {
        self.bucket.take(measure(limits), now);
        for live in self.live.iter_mut().filter(|live| live.id == id) {
            live.resent = live.resent.saturating_add(1);
            live.last_sent = now;
        }
    }
}

fn measure(limits: &Limits) -> Measure {
    Measure { size: u32::from(limits.code_mails_in_a_row), every: limits.half_code_life() }
}
