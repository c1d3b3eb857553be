//! How many notices and invitations one mailbox gets, whoever they are from.
//!
//! A tenant has its pace. This is for what gets past it: one account that is told much, and many
//! accounts, of one tenant or several, with one and the same address.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::mail::{Lane, Letter, LetterKind};
use crate::types::{AccountKey, EmailAddress, HOUR, MINUTE, TenantId, Timestamp};

/// Notices of a change from one tenant, and as many other mails that are no codes from all tenants, to
/// one mailbox in this time, in one process.
const MOST: usize = 10;
const WITHIN: Duration = MINUTE.saturating_mul(10);
/// Two notices of a lock within this time say the same.
const SAYS_THE_SAME: Duration = HOUR;
/// Mailboxes and locks that are remembered; with more, what is over is forgotten, and then all.
const MOST_KNOWN: usize = 10_000;

/// A mailbox, as what goes there is counted: no lane takes the places of another, and of notices of a
/// change no tenant those of another.
type Mailbox = (Lane, Option<TenantId>, EmailAddress);

/// What was sent lately.
#[derive(Debug, Default)]
pub(super) struct Recipients {
    sent: BTreeMap<Mailbox, Vec<Timestamp>>,
    locks: BTreeMap<AccountKey, Timestamp>,
}

/// What is to be done with a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Now,
    At(Timestamp),
    /// Its recipient has been told already.
    Told,
}

impl Recipients {
    /// Whether the letter is for now. If so, it counts.
    pub(super) fn turn(&mut self, letter: &Letter, now: Timestamp) -> Turn {
        if letter.lane() == Lane::Codes {
            return Turn::Now;
        }
        self.forget(now);
        let is_lock = matches!(letter.subject, LetterKind::Locked { .. });
        if is_lock && self.locks.contains_key(&letter.key) {
            return Turn::Told;
        }
        let sent = self.sent.entry(mailbox(letter)).or_default();
        sent.retain(|at| is_recent(*at, WITHIN, now));
        if sent.len() >= MOST {
            let first = sent.first().copied().unwrap_or(now);
            return Turn::At(first.plus(WITHIN));
        }
        sent.push(now);
        if is_lock {
            self.locks.insert(letter.key.clone(), now);
        }
        Turn::Now
    }

    /// The mail was not sent after all.
    pub(super) fn take_back(&mut self, letter: &Letter) {
        if let Some(sent) = self.sent.get_mut(&mailbox(letter)) {
            sent.pop();
        }
        if matches!(letter.subject, LetterKind::Locked { .. }) {
            self.locks.remove(&letter.key);
        }
    }

    fn forget(&mut self, now: Timestamp) {
        self.locks.retain(|_, at| is_recent(*at, SAYS_THE_SAME, now));
        if self.sent.len() < MOST_KNOWN && self.locks.len() < MOST_KNOWN {
            return;
        }
        self.sent.retain(|_, sent| sent.last().is_some_and(|at| is_recent(*at, WITHIN, now)));
        if self.sent.len() >= MOST_KNOWN || self.locks.len() >= MOST_KNOWN {
            *self = Self::default();
        }
    }
}

fn mailbox(letter: &Letter) -> Mailbox {
    let lane = letter.lane();
    let tenant = (lane == Lane::Notices).then(|| letter.key.tenant().clone());
    (lane, tenant, letter.to.clone())
}

/// Whether it was within this time; a clock that was set back forgets.
fn is_recent(at: Timestamp, within: Duration, now: Timestamp) -> bool {
    at <= now && now < at.plus(within)
}
