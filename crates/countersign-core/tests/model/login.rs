//! The person's part of a story: begin, step up, and the small things in between.

use countersign_core::rules::{
    Begun, Challenge, Continued, Enrollment, Mailed, Purpose, Reason, Refusal, Requirement,
};
use countersign_core::words::{FirstFactor, Lifetime, Method, Timestamp};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::belief::{MINUTE, rank};
use crate::world::{Asks, Letter, Open, World, browser};

impl World {
    pub(crate) fn begin(&mut self) {
        let (who, at) = (self.dice.below(4), self.dice.below(2));
        let held = match self.dice.one_in(2) || self.open.is_empty() {
            true => None,
            false => Some(self.open[self.dice.below(self.open.len())].clone()),
        };
        // So that a deadline tells a step that goes on from a fresh one.
        if held.as_ref().is_some_and(|held| held.ends == self.now() + 15 * MINUTE) {
            self.clock.advance(Lifetime::from_millis(1));
        }
        let client = match &held {
            Some(held) => browser(at).holding(held.ticket.clone()),
            None => browser(at),
        };
        let before = self.look();
        let begun = block_on(self.mfa.begin(&self.keys[who], FirstFactor::Password, &client));
        let Some(Some(begun)) = self.done(&before, begun) else { return };
        let (now, person) = (self.now(), self.people[who].clone());
        let required = person.required(self.company_of(who), now);
        let nothing_asked = required == Requirement::None;
        let reachable = person.there && !person.suspended;
        let passed = matches!(begun, Begun::Passed(_));
        assert_eq!(passed, reachable && nothing_asked, "{required} and {begun:?}");
        match &begun {
            Begun::Challenge(challenge) => {
                assert!(reachable && !person.locked(now));
                let accepted = rank(Requirement::of(challenge.method)) >= rank(required);
                // Where no app is linked, an e-mailed code may be the gate before the first.
                assert!(accepted || person.apps.is_empty(), "{required} and {begun:?}");
            }
            Begun::Enroll(_) => assert!(reachable && person.apps.is_empty() && !person.locked(now)),
            Begun::Refused(refused) => match refused.reason {
                Refusal::Unknown => assert!(!person.there),
                Refusal::Suspended => assert!(person.suspended),
                Refusal::Locked { until: Some(until) } => {
                    assert_eq!(Some(until.millis()), person.locked_until);
                }
                _ => {}
            },
            Begun::Passed(_) => {}
        }
        let goes_on = held.filter(|held| {
            let ours = held.who == who && held.browser == at && held.purpose == Purpose::Login;
            ours && self.is_answerable(held)
        });
        self.keep_begun(who, at, Purpose::Login, goes_on, begun);
    }

    pub(crate) fn step_up(&mut self) {
        let Some((proof, kept)) = self.take_proof() else { return };
        let (who, at) = (kept.who, self.dice.below(2));
        let app = self.people[who].apps.iter().find_map(|app| app.id);
        let purpose = match self.dice.below(9) {
            0 => Purpose::StepUp(Reason::new("payment 4711").unwrap()),
            1 => Purpose::Administer,
            2 | 3 => Purpose::LinkApp,
            4 => Purpose::ReplaceApp,
            5 => Purpose::ConfirmAddress,
            _ => app.map_or(Purpose::LinkApp, Purpose::RemoveApp),
        };
        let before = self.look();
        let begun = block_on(self.mfa.step_up(&proof, purpose.clone(), &browser(at)));
        let Some(Some(begun)) = self.done(&before, begun) else { return };
        let person = &self.people[who];
        assert!(!matches!(begun, Begun::Passed(_)), "a step-up without a step");
        if let Begun::Enroll(_) = begun {
            assert!(!person.used_mail && !person.used_app, "bound by a password alone");
        }
        if purpose == Purpose::ConfirmAddress && person.proposed.is_none() {
            assert!(matches!(begun, Begun::Refused(_)));
        }
        self.keep_begun(who, at, purpose, None, begun);
    }

    fn keep_begun(
        &mut self,
        who: usize,
        at: usize,
        for_what: Purpose,
        held: Option<Open>,
        begun: Begun,
    ) {
        let step = self.number();
        let fresh = self.now() + 15 * MINUTE;
        // A held ticket that goes on keeps its deadline, its step and what was passed.
        let went_on = |ends: Timestamp| {
            held.filter(|held| held.ends == ends.millis() && ends.millis() != fresh)
        };
        let (step, passed) = match &begun {
            Begun::Challenge(Challenge { ends, .. }) | Begun::Enroll(Enrollment { ends, .. }) => {
                went_on(*ends).map_or((step, Vec::new()), |held| (held.step, held.passed))
            }
            _ => (step, Vec::new()),
        };
        match begun {
            Begun::Passed(passed) => {
                self.saw("nothing is asked");
                self.keep_proof(who, None, &passed.proof);
            }
            Begun::Challenge(challenge) => {
                assert_eq!(challenge.purpose, for_what);
                self.keep_challenge(who, at, step, passed, challenge);
            }
            Begun::Enroll(enrollment) => self.keep_enrollment(who, at, step, passed, enrollment),
            Begun::Refused(_) => self.saw("refused"),
        }
    }

    pub(crate) fn keep_challenge(
        &mut self,
        who: usize,
        at: usize,
        step: u32,
        passed: Vec<Method>,
        shown: Challenge,
    ) {
        let asks = match (&shown.mail, shown.method) {
            (Some(mail), Method::Email) => {
                let person = &self.people[who];
                let to = match shown.purpose {
                    Purpose::ConfirmAddress => person.proposed.clone().unwrap(),
                    _ => person.address.clone(),
                };
                Asks::Mail(Letter {
                    company: self.keys[who].tenant().to_string(),
                    to: to.to_string(),
                    reference: mail.reference.clone(),
                    until: mail.works_until.millis(),
                })
            }
            (None, Method::App) => Asks::App,
            other => panic!("{other:?}"),
        };
        self.push(Open {
            ticket: shown.ticket,
            who,
            browser: at,
            purpose: shown.purpose,
            asks,
            passed,
            ends: shown.ends.millis(),
            step,
            era: self.era(who),
        });
    }

    pub(crate) fn keep_enrollment(
        &mut self,
        who: usize,
        at: usize,
        step: u32,
        passed: Vec<Method>,
        shown: Enrollment,
    ) {
        let mut phone = FakePhone::new();
        phone.scan(&shown.app);
        self.push(Open {
            ticket: shown.ticket,
            who,
            browser: at,
            purpose: shown.purpose,
            asks: Asks::Link(phone),
            passed,
            ends: shown.ends.millis(),
            step,
            era: self.era(who),
        });
    }

    fn push(&mut self, open: Open) {
        self.open.push(open);
        if self.open.len() > 8 {
            self.open.remove(0);
        }
    }

    /// Mostly a ticket that can still be answered.
    pub(crate) fn some_open(&mut self) -> Open {
        let any = self.open[self.dice.below(self.open.len())].clone();
        let alive = self.open.iter().rev().find(|open| self.is_answerable(open)).cloned();
        if self.dice.below(4) > 0 { alive.unwrap_or(any) } else { any }
    }

    pub(crate) fn is_answerable(&self, open: &Open) -> bool {
        let spent = self.spent_steps.contains(&open.step)
            || matches!(&open.asks, Asks::Mail(letter) if self.spent_mails.contains(letter));
        self.now() < open.ends && !spent && open.era == self.era(open.who)
    }

    /// Resend, another way, or the same step shown again.
    pub(crate) fn go_on(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let open = self.some_open();
        let (who, kind) = (open.who, self.dice.below(3));
        if kind == 0 && self.dice.one_in(2) {
            self.clock.advance(Lifetime::from_seconds(31));
        }
        let client = browser(open.browser);
        let before = self.look();
        let method = self.dice.of(&[Method::Email, Method::App]);
        let outcome = match kind {
            0 => block_on(self.mfa.resend(&open.ticket, &client)),
            1 => block_on(self.mfa.another_way(&open.ticket, method, &client)),
            _ => block_on(self.mfa.resume(&open.ticket, &client)),
        };
        let Some(Some(outcome)) = self.done(&before, outcome) else { return };
        let person = &self.people[who];
        let alive = person.there && !person.suspended && self.is_answerable(&open);
        match outcome {
            Continued::Challenge(shown) => {
                assert!(alive && !person.locked(self.now()), "a dead ticket went on");
                assert_eq!(shown.ends.millis(), open.ends, "a new deadline");
                let same = |letter: &Letter| {
                    let again = |mail: &Mailed| mail.queued && mail.reference == letter.reference;
                    kind == 0 && shown.mail.as_ref().is_some_and(again)
                };
                if let Asks::Mail(letter) = &open.asks
                    && same(letter)
                {
                    let sent = self.resent.entry(letter.clone()).or_insert(0);
                    *sent += 1;
                    assert!(*sent <= 5, "one code was sent again {sent} times");
                    self.saw("sent again");
                }
                self.keep_challenge(who, open.browser, open.step, open.passed, shown);
            }
            Continued::Enroll(shown) => {
                assert!(alive, "a dead ticket went on");
                let (Asks::Link(old), mut new) = (&open.asks, FakePhone::new()) else { panic!() };
                new.scan(&shown.app);
                let now = Timestamp::from_millis(self.now());
                assert_eq!(old.code(now), new.code(now), "another QR code");
                self.keep_enrollment(who, open.browser, open.step, open.passed, shown);
            }
            Continued::Refused(_) => assert!(person.there),
            Continued::Stale(_) => self.saw("a dead ticket is not shown again"),
        }
    }
}
