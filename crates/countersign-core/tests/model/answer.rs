//! The answers in a story: right, wrong, replayed, malformed, somebody else's, and twice; and what
//! each must lead to.

use countersign_core::{Answer, AttemptId, Client, ErrorKind, Purpose, Timestamp, Verdict};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::belief::{MINUTE, SECOND};
use crate::world::{Asks, Open, World, browser};

/// What an answer must lead to, by the model.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Stale,
    Malformed,
    Locked,
    RanOut,
    Same(String),
    /// By the app with this number, the one to be linked after all others, and this step of it.
    Right(Option<(usize, u64)>),
    Wrong,
    /// Stale or as said: what the policy still asks for decides, or a clock that went back.
    MaybeStale(Box<Self>),
}

impl World {
    pub(crate) fn answer(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let open = self.some_open();
        let at = if self.dice.one_in(16) { 1 - open.hand.browser } else { open.hand.browser };
        let with_id = self.faults || self.dice.one_in(2);
        let attempt = with_id.then(|| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&self.number().to_be_bytes());
            AttemptId::from_bytes(id)
        });
        let code = self.typed(&open);
        self.judge(&open, at, attempt, &code);
        // A double press, a retry after a lost reply, or somebody trying once more without an id.
        if self.dice.one_in(3) {
            if self.dice.one_in(4) {
                self.rotate();
            }
            let again = if self.dice.one_in(4) { None } else { attempt };
            let again = if self.faults { attempt } else { again };
            self.judge(&open, at, again, &code);
        }
    }

    /// The same wrong answer until it locks and beyond, as somebody who guesses would.
    pub(crate) fn guess(&mut self) {
        let alive = || self.open.iter().rev().filter(|open| self.is_answerable(open));
        // Mostly at something that is in use, where guesses add up to the hard stop.
        let in_use = alive().find(|open| !matches!(open.asks, Asks::Link(_)));
        let Some(open) = in_use.or_else(|| alive().next()).cloned() else { return };
        for _ in 0..self.dice.below(14) {
            let until = self.people[open.hand.who].locked_until.filter(|until| self.now() < *until);
            if until.is_some() && self.dice.one_in(2) {
                self.unlock(open.hand.who);
                continue;
            }
            // Somebody patient waits for the end of each lock.
            if let Some(until) = until.filter(|_| self.dice.below(5) > 0) {
                self.clock.set(Timestamp::from_millis(until));
            }
            let number = self.number();
            let attempt = self
                .faults
                .then(|| AttemptId::from_bytes([u8::try_from(number % 251).unwrap(); 16]));
            let code = self.wrong(&open);
            self.judge(&open, open.hand.browser, attempt, &code);
        }
    }

    fn typed(&mut self, open: &Open) -> String {
        let now = self.now();
        let shown = |phone: &FakePhone, at: i64| phone.code(Timestamp::from_millis(at));
        match self.dice.below(10) {
            0 => self.dice.of(&["", "12345", "1234567", "12a456", "        "]).to_owned(),
            1 => self.wrong(open),
            2 => {
                // Somebody else's code, mostly right for them.
                let phones: Vec<_> = self.people.iter().flat_map(|p| &p.apps).collect();
                let codes: Vec<_> = self.codes.values().cloned().collect();
                match (phones.first(), codes.last()) {
                    (Some(app), _) if open.hand.step.is_multiple_of(2) => shown(&app.phone, now),
                    (_, Some(code)) => code.clone(),
                    _ => "000000".to_owned(),
                }
            }
            _ => match &open.asks {
                Asks::Mail(letter) => {
                    self.codes.get(letter).cloned().unwrap_or("000000".to_owned())
                }
                Asks::Link(phone) => shown(phone, now),
                Asks::App => {
                    let off = self.dice.of(&[-30 * SECOND, 0, 0, 0, 30 * SECOND]);
                    match self.people[open.hand.who].apps.last() {
                        Some(app) => shown(&app.phone, now + off),
                        None => "000000".to_owned(),
                    }
                }
            },
        }
    }

    fn wrong(&mut self, open: &Open) -> String {
        loop {
            let code = format!("{:06}", self.dice.below(1_000_000));
            if !matches!(self.compare(open, &code), Expected::Right(_)) {
                return code;
            }
        }
    }

    /// Whether the code is right now, by the phones and the mails alone.
    fn compare(&self, open: &Open, code: &str) -> Expected {
        let person = &self.people[open.hand.who];
        let fresh = |phone: &FakePhone, last: Option<u64>| {
            let steps = (-1..=1).map(|off| self.now().div_euclid(30 * SECOND) + off);
            let fits = |step: &i64| phone.code(Timestamp::from_millis(step * 30 * SECOND)) == code;
            let steps = steps.filter(fits).map(|step| u64::try_from(step).unwrap());
            steps.into_iter().find(|step| last.is_none_or(|last| *step > last))
        };
        let step = match &open.asks {
            Asks::Mail(letter) => {
                let right = self.codes.get(letter).is_some_and(|right| right == code);
                return if right { Expected::Right(None) } else { Expected::Wrong };
            }
            Asks::App => {
                let on = person.apps.iter().enumerate().filter(|(_, app)| !app.off);
                on.map(|(at, app)| fresh(&app.phone, app.last_step).map(|step| (at, step)))
                    .find_map(|right| right)
            }
            Asks::Link(phone) => fresh(phone, None).map(|step| (person.apps.len(), step)),
        };
        step.map_or(Expected::Wrong, |step| Expected::Right(Some(step)))
    }

    fn expect(&self, open: &Open, at: usize, attempt: Option<AttemptId>, code: &str) -> Expected {
        let now = self.now();
        let person = &self.people[open.hand.who];
        if at != open.hand.browser || now >= open.ends {
            return Expected::Stale;
        }
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Expected::Malformed;
        }
        if !person.there || person.suspended {
            return Expected::Stale;
        }
        let era = self.era(open.hand.who);
        let slot = self.slots[open.hand.who].as_ref().filter(|slot| {
            let same =
                slot.ticket == open.ticket && Some(slot.attempt) == attempt && slot.code == code;
            let live = slot.at <= now && now < slot.at + 2 * MINUTE;
            same && live && (slot.account, slot.company) == (era.account, era.company)
        });
        if let Some(slot) = slot {
            return Expected::Same(slot.verdict.clone());
        }
        if !self.is_answerable(open) {
            return Expected::Stale;
        }
        if person.locked(now) {
            return Expected::Locked;
        }
        let judged = self.compare(open, code);
        match &open.asks {
            Asks::Mail(_) if person.mail_off && open.purpose != Purpose::ConfirmAddress => {
                Expected::Locked
            }
            Asks::Mail(letter) if now >= letter.until => Expected::RanOut,
            // A clock that went back may have closed the challenge for good.
            Asks::Mail(_) if self.clock_went_back => Expected::MaybeStale(Box::new(judged)),
            Asks::App if person.apps.is_empty() => Expected::Stale,
            Asks::App if !person.app_works() => Expected::Locked,
            Asks::Link(_) if open.purpose == Purpose::Login && !person.apps.is_empty() => {
                Expected::Stale
            }
            Asks::Link(_) => Expected::MaybeStale(Box::new(judged)),
            _ => judged,
        }
    }

    fn judge(&mut self, open: &Open, at: usize, attempt: Option<AttemptId>, code: &str) {
        let before = self.look();
        let mut expected = self.expect(open, at, attempt, code);
        let client: Client = match attempt {
            Some(id) => browser(at).attempt(id),
            None => browser(at),
        };
        let verdict = loop {
            match block_on(self.mfa.verify(&open.ticket, &Answer::code(code), &client)) {
                Ok(verdict) => break verdict,
                Err(error) => {
                    assert!(self.faults && !self.met, "{error}");
                    self.met = true;
                    let unchanged = before == self.look();
                    assert!(unchanged || error.kind() == ErrorKind::OutcomeUnknown, "{error}");
                }
            }
        };
        if let Expected::MaybeStale(otherwise) = expected {
            let stale = matches!(verdict, Verdict::Stale(_));
            expected = if stale { Expected::Stale } else { *otherwise };
        }
        self.settle(open, attempt, code, expected, verdict, &before);
    }
}
